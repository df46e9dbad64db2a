"""The released figures: first that nobody reads her side from them, then what they count."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from samaki.engines.results import queries, rows
from samaki.engines.results.models import Snapshot
from samaki.engines.results.operations import load_catalogue
from samaki.ground.periods.operations import lock_period
from samaki.journeys.cessation.models import Release
from samaki.journeys.cessation.operations import release, release_due
from samaki.kernel.actors import PUBLIC, Actor, AnyActor, Grant, Role, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Invalid, Refused
from samaki.kernel.figures import Figure, FigureQuery, as_json
from samaki.strands.counselling.codes import gone_code
from samaki.strands.counselling.models import Case, CaseSession
from samaki.strands.survivors import operations
from samaki.strands.survivors.models import HerFollowUp
from samaki.strands.survivors.rules import Said, Told, Value, Violence
from tests.strands.survivors.world import World

pytestmark = pytest.mark.django_db
TIMER = System("a quarter is over")
LAST = dt.date(2025, 1, 1)  # the last session of every case
IN_WINDOW = dt.date(2025, 7, 1)  # of six months: 18 May to 15 August
QUARTER = dt.date(2025, 9, 30)
NEXT = dt.date(2025, 12, 31)
AT = dt.datetime(2025, 10, 1, 3, tzinfo=dt.UTC)
ANSWERED = AT - dt.timedelta(60)
NO, YES = Told({}, violent_90_days=False, consented=True), Told({}, violent_90_days=True, consented=True)


class Joined(World):
    """Men of two provinces counselled by one organisation, and women of a service whose files name their cases."""

    def __init__(self) -> None:
        super().__init__()
        load_catalogue(by=TIMER)
        self.old, self.new = self.setting.place("040101", "old"), self.setting.place("140101", "new")
        self.group = self.setting.mens_group("040101")

    def men(self, count: int, *, on: dt.date | None = LAST) -> list[Case]:
        first = Case.objects.count()
        places = (self.old, self.new)
        cases = Case.objects.bulk_create(
            Case(
                programme=self.setting.programme,
                organisation=self.setting.ours,
                code=f"M-{first + i:03}",
                group=self.group,
                place=places[i % 2],
                womens_service=self.house,
            )
            for i in range(count)
        )
        CaseSession.objects.bulk_create(CaseSession(case=case, number=1, held_on=on) for case in cases)
        return cases

    def says(self, case: Case, *told: Told, on: dt.date = IN_WINDOW, window: int = 6) -> None:
        said = Said("how", case_code=case.code)
        found = self.file(f"H-{case.code}", said)
        for informant, one in zip(HerFollowUp.Informant, told, strict=False):
            operations.record_follow_up(
                file=found, window=window, informant=informant, asked_on=on, told=one, by=self.worker, at=ANSWERED
            )

    def release(self, as_of: dt.date = QUARTER) -> int:
        return release(self.setting.programme, as_of=as_of, by=TIMER, at=AT)

    def figure(self, actor: AnyActor = PUBLIC, indicator: str = "verified_cessation", **more: object) -> Figure:
        return queries.figure(actor, FigureQuery(self.setting.programme.key, indicator, **more))  # type: ignore[arg-type]

    def numbers(self, **more: object) -> tuple[int | None, int | None, int | None]:
        found = self.figure(**more)  # type: ignore[arg-type]
        return found.numerator, found.denominator, found.unknown


@pytest.fixture
def world() -> Joined:
    return Joined()


def readers(world: Joined) -> list[AnyActor]:
    """Everybody there is, with every right and reason the role may have."""
    return [PUBLIC, TIMER, world.worker, *(world.somebody(role) for role in Role)]


def test_everybody_reads_the_same_and_no_role_reads_more(world: Joined) -> None:
    for case in world.men(40)[:15]:
        world.says(case, NO)
    world.release()
    told = {json.dumps(as_json(world.figure(actor)), cls=DjangoJSONEncoder) for actor in readers(world)}
    assert len(told) == 1
    assert world.numbers() == (15, 40, 25)


def test_the_rows_open_to_nobody_and_the_refusal_is_kept(world: Joined) -> None:
    world.men(20)
    world.release()
    query = FigureQuery(world.setting.programme.key, "verified_cessation")
    for actor in readers(world):
        with pytest.raises(Refused) as refused:
            rows.records(actor, query)
        assert refused.value.code == "rows_refused"
    kept = AuditEntry.objects.filter(action="open_records", refused=True, object_id="verified_cessation")
    assert kept.count() == len(readers(world))


def test_a_figure_does_not_move_when_she_speaks_nor_ask_her_side(world: Joined) -> None:
    cases = world.men(40)
    world.release()
    counsellor = world.somebody(Role.COUNSELLOR)
    before = world.figure(counsellor)
    for case in cases[:20]:
        world.says(case, YES)
    with CaptureQueriesContext(connection) as asked:
        assert world.figure(counsellor) == before
    assert [one["sql"] for one in asked if "survivors_" in one["sql"]] == []


def test_nine_women_who_spoke_change_nothing_at_the_next_release_either(world: Joined) -> None:
    cases = world.men(40)
    world.release()
    before = world.numbers()
    for case in cases[:9]:
        world.says(case, NO, YES)
    world.release(NEXT)
    assert world.numbers() == before == (None, 40, 40)


def test_what_was_told_stays_told_when_a_word_is_corrected_or_a_file_erased(world: Joined) -> None:
    cases = world.men(40)
    for case in cases[:12]:
        world.says(case, NO)
    world.release()
    last = HerFollowUp.objects.select_related("file").order_by("pk").last()
    assert last is not None
    operations.correct_follow_up(follow_up=last, revision=last.revision, told=YES, by=world.worker)
    assert world.numbers() == (12, 40, 28)
    assert world.release() == 0  # the quarter is taken once
    world.release(NEXT)
    assert world.numbers() == (12, 40, 28)


def test_the_table_of_releases_holds_no_code_and_no_small_number_of_hers(world: Joined) -> None:
    for case in world.men(40)[:9]:
        world.says(case, YES)
    world.release()
    stored = json.dumps(list(Release.objects.values_list("content", flat=True)))
    assert "M-0" not in stored
    assert {content[""][""]["against"] for content in Release.objects.values_list("content", flat=True)} == {0}


def test_a_lock_keeps_nothing_of_it(world: Joined) -> None:
    for case in world.men(40, on=dt.date(2024, 6, 1))[:12]:
        world.says(case, NO)
    whose = {"programme": world.setting.programme, "period": "2024"}
    lock_period(**whose, by=TIMER, at=AT, reason="a test", although_missing=True)
    assert Snapshot.objects.filter(version__indicator__key="perpetrators_counselled").exists()
    assert not Snapshot.objects.filter(version__indicator__owner="journeys.cessation").exists()


@pytest.mark.parametrize("by", ["commune", "district", "group", "organisation", "month", "year"])
def test_no_finer_part_is_told_to_anyone(world: Joined, by: str) -> None:
    world.men(20)
    world.release()
    for actor in (PUBLIC, TIMER, world.somebody(Role.CASE_SUPERVISOR)):
        with pytest.raises((Refused, Invalid)) as refused:
            world.figure(actor, by=(by,))
        assert refused.value.code in {"place_not_published", "no_such_dimension"}


def test_a_period_an_organisation_and_one_cell_tell_nothing(world: Joined) -> None:
    world.men(20)
    world.release()
    for more in ({"period": "2025"}, {"organisation": world.setting.ours.key}):
        found = world.figure(TIMER, **more)
        assert (found.value, found.numerator, found.denominator, found.unknown) == (None, None, None, None)
    with pytest.raises(Refused):
        world.figure(TIMER, only=(("area", "old"),))


def test_before_the_first_release_nothing_is_told_and_nothing_is_zero(world: Joined) -> None:
    world.men(20)
    with translation.override("en"):
        found = world.figure(TIMER)
    assert (found.value, found.numerator, found.denominator, found.unknown) == (None, None, None, None)
    assert found.reason == "Nothing of this was released yet"


def test_the_trail_of_a_release_names_no_case(world: Joined) -> None:
    for case in world.men(20)[:3]:
        world.says(case, NO)
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    world.release()
    kept = AuditEntry.objects.filter(pk__gt=newest).order_by("pk")
    assert [(one.action, one.programme_id) for one in kept] == [
        ("count_outcomes", None),
        *[("release_figure", world.setting.programme.pk)] * 3,
    ]
    assert "M-0" not in json.dumps([one.details for one in kept])


def test_intention_to_treat_counts_everybody_who_started(world: Joined) -> None:
    cases = world.men(60)
    for case in cases[:15]:
        world.says(case, NO)
    for case in cases[15:30]:
        world.says(case, NO, YES)  # contradicted
    for case in cases[30:33]:
        world.says(case, Told({Violence.ECONOMIC: Value.STOPPED}, violent_90_days=None, consented=True))
    world.says(cases[33], NO, on=dt.date(2025, 4, 1))  # of another window
    Case.objects.filter(pk__in=[case.pk for case in cases[40:52]]).update(state="lost")
    world.men(10, on=dt.date(2025, 5, 1))  # their window is open until 16 December
    found_before = world.release()
    found = world.figure()
    assert found_before == 3
    assert (found.numerator, found.denominator, found.unknown) == (15, 70, 30)
    assert found.value == 21.4
    assert dict(found.apart) == {"dropouts": 12, "pending": 10}
    assert found.as_of == QUARTER


def test_one_that_became_worse_contradicts_a_no(world: Joined) -> None:
    cases = world.men(60)
    worse = Told({Violence.SEXUAL: Value.WORSE}, violent_90_days=False, consented=True)
    for case in cases[:20]:
        world.says(case, worse)
    world.release()
    assert world.numbers() == (0, 60, 40)


def test_an_answer_in_a_window_still_open_is_not_told(world: Joined) -> None:
    for case in world.men(40, on=dt.date(2025, 5, 1))[:20]:
        world.says(case, NO, on=dt.date(2025, 8, 1))
    world.release()
    found = world.figure()
    assert (found.numerator, found.denominator, found.unknown, dict(found.apart)["pending"]) == (None, 40, 0, 40)


def test_a_case_without_dates_is_unknown_and_takes_the_window_she_named(world: Joined) -> None:
    for case in world.men(40, on=None)[:15]:
        world.says(case, NO, window=12)
    world.release()
    assert world.numbers() == (None, 40, 40)
    assert world.numbers(indicator="verified_cessation_12") == (15, 40, 25)
    assert world.numbers(indicator="follow_up_coverage") == (None, None, 40)


def test_a_code_of_two_organisations_is_of_the_one_whose_case_names_her_service(world: Joined) -> None:
    cases = world.men(40)
    others = world.setting.mens_group("140101", organisation=world.clinic)
    for case in cases[:15]:
        twin = Case.objects.create(
            programme=world.setting.programme,
            organisation=world.clinic,
            code=case.code,
            group=others,
            place=world.new,
            womens_service=world.clinic,
        )
        CaseSession.objects.create(case=twin, number=1, held_on=LAST)
        world.says(case, NO)
    world.release()
    assert world.numbers() == (15, 55, 40)
    Case.objects.filter(organisation=world.clinic).update(womens_service=world.house)
    Release.objects.all().delete()
    world.release()
    assert world.numbers() == (None, 55, 55)


def test_a_case_that_was_let_go_leaves_the_next_release_whole(world: Joined) -> None:
    cases = world.men(60)
    for case in cases[:20]:
        world.says(case, NO)
    world.release()
    gone = cases[:10]
    for case in gone:
        Case.objects.filter(pk=case.pk).update(code=gone_code(world.setting.programme.pk, case.code))
    world.release(NEXT)
    assert world.numbers() == (10, 50, 40)


def test_coverage_counts_windows_that_have_closed(world: Joined) -> None:
    cases = world.men(60)  # three of the four windows have closed
    for case in cases[:45]:
        world.says(case, YES)
    world.release()
    assert world.numbers(indicator="follow_up_coverage") == (45, 180, 0)


def test_areas_and_provinces_are_told_where_every_part_is_large(world: Joined) -> None:
    for case in world.men(80)[:40]:
        world.says(case, NO)
    world.release()
    for by, expected in (("area", ["new", "old"]), ("province", ["04", "14"])):
        cells = world.figure(by=(by,)).by
        assert [(cell.dimensions[by], cell.numerator, cell.denominator) for cell in cells] == [
            (key, 20, 40) for key in expected
        ]
    assert world.figure(place="04").numerator == 20
    for case in Case.objects.filter(place=world.old)[:35]:
        case.place = world.new
        case.save()
    world.release(NEXT)
    with translation.override("en"):
        found = world.figure(by=("area",))
    assert (found.by, found.numerator, found.reason) == ((), 40, "Its parts are not shown (numbers too small)")


def test_a_quarter_that_is_over_is_released_once_for_every_programme_with_cases(world: Joined) -> None:
    world.men(20)
    assert [release_due(by=TIMER, at=AT), release_due(by=TIMER, at=AT)] == [3, 0]
    assert {one.as_of for one in Release.objects.all()} == {QUARTER}
    assert release_due(by=TIMER, at=AT + dt.timedelta(92)) == 3


def test_a_counsellor_of_his_may_ask_and_learns_what_everybody_may(world: Joined) -> None:
    """He reads what is published, whatever was said of the men he counsels himself."""
    cases = world.men(40)
    grant = Grant(Role.COUNSELLOR, world.setting.ours.pk, world.setting.programme.pk)
    his = Actor(7, "counsellor", (grant,), second_factor=True, reason="asks")
    told = []
    for case in (*cases[:9], None):
        Release.objects.all().delete()
        world.release()
        told.append(world.figure(his))
        if case is not None:
            world.says(case, YES)
    assert told == [told[0]] * 10
