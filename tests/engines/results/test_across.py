"""Figures of several organisations while people are counted across them: a range, a narrower one, one number, back."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis import given as given_by
from hypothesis import strategies as st

from samaki.engines.results.operations import load_catalogue
from samaki.engines.results.queries import figure
from samaki.ground.activities.models import Attendance
from samaki.ground.people import operations
from samaki.ground.people.across import operations as across
from samaki.ground.people.models import AcrossPair, Consent, MatchCandidate, Person
from samaki.ground.people.operations import GivenConsent, NewPerson
from samaki.ground.periods.operations import lock_period
from samaki.kernel.actors import PUBLIC, AnyActor, System
from samaki.kernel.errors import Conflict
from samaki.kernel.figures import Figure, FigureQuery, as_json
from tests.factories.people import named
from tests.factories.programmes import a_setting

pytestmark = pytest.mark.django_db
SETUP = System("tests")
GIVEN = GivenConsent(Consent.Purpose.BE_COUNTED_ACROSS, "1", "km", Consent.How.SPOKEN, dt.date(2008, 1, 1))
LETTERS = "bdghklmnprstvw"


@pytest.fixture(autouse=True)
def definitions(db: None) -> None:
    load_catalogue(by=SETUP)


def a_name(number: int) -> str:
    """Names that nothing makes alike."""
    first, second = LETTERS[number % len(LETTERS)], LETTERS[(5 * number + 3) % len(LETTERS)]
    return f"{first}a{second}o{first}i {second}u{first}e{second}a"


class Shared:
    """Two organisations with people at one session each; the first `shared` of each are the same by name."""

    def __init__(self, ours: int, theirs: int, shared: int, agreed: bool = True) -> None:
        self.setting = a_setting()
        self.people: list[list[int]] = []
        consents = (GIVEN,) if agreed else ()
        for side, (organisation, size) in enumerate(((self.setting.ours, ours), (self.setting.theirs, theirs))):
            rows = [
                NewPerson(
                    named(latin=a_name(n if n < shared else 100 * (side + 1) + n)),
                    gender="woman",
                    birth_year=1900 + n if n < shared else 1900 + 7 * n % 90,
                    consents=consents,
                )
                for n in range(size)
            ]
            ids = [one.pk for one in operations.add_people(rows, organisation_id=organisation.pk, by=SETUP)]
            session = self.setting.session(organisation=organisation)
            Attendance.objects.bulk_create(Attendance(session=session, person_id=pk) for pk in ids)
            self.people.append(ids)

    @property
    def programme(self) -> int:
        return self.setting.programme.pk

    def compare(self) -> list[int]:
        """Pairs proposed of those made to be the same, in the order of the people; others are said to be different."""
        across.compare(self.programme, by=SETUP)
        wanted = list(zip(*self.people, strict=False))
        found = {
            (one.first_id, one.second_id): one.pk
            for one in AcrossPair.objects.filter(state="open", first__in=self.people[0] + self.people[1])
        }
        for pair, key in found.items():
            if pair not in wanted:
                across.say_different(key, self.programme, by=SETUP)
        return [found[pair] for pair in wanted if pair in found]

    def ask(self, actor: AnyActor | None = None, by: str = "", indicator: str = "participants") -> Figure:
        names = tuple(by.split(",")) if by else ()
        return figure(actor or self.setting.officer(), FigureQuery(self.setting.programme.key, indicator, by=names))


def told(found: Figure) -> tuple[object, ...]:
    return found.value, found.low, found.high, found.candidates_open


def test_a_range_is_narrowed_by_each_link_and_ends_in_the_union() -> None:
    world = Shared(6, 8, 2)
    assert told(world.ask()) == (None, 8, 14, 0)
    first, second = world.compare()
    assert told(world.ask()) == (None, 12, 14, 2)
    across.say_same(first, world.programme, by=SETUP)
    assert told(world.ask()) == (None, 12, 13, 1)
    across.say_unsure(second, world.programme, by=SETUP)
    assert told(world.ask()) == (None, 12, 13, 1)
    across.say_different(second, world.programme, by=SETUP)
    assert told(world.ask()) == (13, None, None, 0)
    (cell,) = world.ask(by="gender").by
    assert (cell.value, cell.low, cell.high) == (13, None, None)


def test_nobody_who_agreed_leaves_the_range_as_wide_as_it_was() -> None:
    world = Shared(6, 8, 2, agreed=False)
    assert world.compare() == []
    assert told(world.ask()) == (None, 8, 14, 0)


def test_one_who_did_not_agree_keeps_it_a_range() -> None:
    world = Shared(3, 3, 1)
    (pair,) = world.compare()
    across.say_same(pair, world.programme, by=SETUP)
    assert told(world.ask()) == (5, None, None, 0)
    operations.withdraw_consent(Consent.objects.get(person=world.people[0][2]).pk, on=dt.date(2024, 1, 1), by=SETUP)
    assert told(world.ask()) == (None, 4, 5, 0)


def test_a_newcomer_keeps_it_a_range_until_she_is_compared() -> None:
    world = Shared(3, 3, 0)
    world.compare()
    assert told(world.ask()) == (6, None, None, 0)
    new = NewPerson(named(latin="Zozo Zuzu"), gender="woman", birth_year=1999, consents=(GIVEN,))
    person = operations.add_person(new, organisation_id=world.setting.ours.pk, by=SETUP)
    Attendance.objects.create(session=Attendance.objects.get(person=world.people[0][0]).session, person=person)
    assert told(world.ask()) == (None, 6, 7, 0)
    world.compare()
    assert told(world.ask()) == (7, None, None, 0)


@pytest.mark.parametrize("way", ["consent", "person", "undo"])
def test_what_takes_the_link_away_brings_the_range_back(way: str) -> None:
    world = Shared(4, 5, 1)
    (pair,) = world.compare()
    across.say_same(pair, world.programme, by=SETUP)
    assert told(world.ask()) == (8, None, None, 0)
    if way == "consent":
        operations.withdraw_consent(Consent.objects.get(person=world.people[1][0]).pk, on=dt.date(2024, 1, 1), by=SETUP)
        assert told(world.ask()) == (None, 8, 9, 0)
    elif way == "person":
        operations.withdraw(world.people[1][0], by=SETUP)
        assert told(world.ask()) == (8, None, None, 0)  # she is a tally now, and nobody's pair
        assert Person.objects.filter(linked_into__isnull=False).count() == 0
    else:
        across.take_back(pair, world.programme, by=SETUP)
        assert told(world.ask()) == (None, 8, 9, 1)


def test_one_organisation_reads_its_own_number_and_no_sign_of_a_link() -> None:
    world = Shared(4, 5, 1)
    before = as_json(world.ask(world.setting.partner()))
    (pair,) = world.compare()
    assert as_json(world.ask(world.setting.partner())) == before
    across.say_same(pair, world.programme, by=SETUP)
    assert as_json(world.ask(world.setting.partner())) == before


class TestOutside:
    def test_a_few_shared_people_are_not_told_of(self) -> None:
        world = Shared(20, 25, 4)
        for pair in world.compare():
            across.say_same(pair, world.programme, by=SETUP)
        assert told(world.ask())[0] == 41
        assert told(world.ask(PUBLIC))[:3] == (None, 25, 45)

    def test_enough_shared_people_make_the_whole_one_number_and_leave_its_parts_ranges(self) -> None:
        world = Shared(20, 25, 6)
        for pair in world.compare():
            across.say_same(pair, world.programme, by=SETUP)
        found = world.ask(PUBLIC, by="gender")
        assert told(found)[:3] == (39, None, None)
        assert [(cell.value, cell.low, cell.high) for cell in found.by] == [(None, 25, 45)]

    def test_none_shared_is_told(self) -> None:
        world = Shared(10, 12, 0)
        world.compare()
        assert told(world.ask(PUBLIC))[:3] == (22, None, None)


def test_a_locked_period_keeps_what_it_published() -> None:
    world = Shared(4, 5, 1)
    (pair,) = world.compare()
    across.say_same(pair, world.programme, by=SETUP)
    lock_period(
        programme=world.setting.programme,
        period="2008",
        by=SETUP,
        at=dt.datetime(2009, 2, 1, tzinfo=dt.UTC),
        although_missing=True,
        reason="tests",
    )
    query = FigureQuery(world.setting.programme.key, "participants", period="2008", by=("gender",))
    locked = figure(world.setting.officer(), query)
    across.take_back(pair, world.programme, by=SETUP)
    again = figure(world.setting.officer(), query)
    assert (again.value, again.published is not None, [cell.value for cell in again.by]) == (8, True, [8])
    assert json.dumps(as_json(again)["by"]) == json.dumps(as_json(locked)["by"])


@pytest.fixture
def crowd() -> Shared:
    world = Shared(7, 7, 4)
    # Some were entered twice in their own organisation too.
    for side, organisation in enumerate((world.setting.ours, world.setting.theirs)):
        first = Person.objects.get(pk=world.people[side][0])
        twin = NewPerson(named(latin=a_name(0)), gender="man", birth_year=first.birth_year)
        person = operations.add_person(twin, organisation_id=organisation.pk, by=SETUP)
        Attendance.objects.create(session=world.setting.session(organisation=organisation), person=person)
    world.compare()
    return world


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given_by(acts=st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=8))
def test_merges_and_links_taken_back_restore_every_figure(crowd: Shared, acts: list[tuple[int, bool]]) -> None:
    """In whatever order they came: each is taken back in the order drawn, not the reverse of how it was made."""
    asked = [(None, ""), (None, "gender"), (None, "gender,age_band"), (crowd.setting.partner(), "gender"), (PUBLIC, "")]

    def everything() -> list[object]:
        indicators = ("participants", "attendances")
        return [as_json(crowd.ask(actor, by, indicator)) for actor, by in asked for indicator in indicators]

    before = everything()
    own = list(MatchCandidate.objects.order_by("pk"))
    pairs = list(AcrossPair.objects.filter(state="open").order_by("pk"))
    made: list[tuple[bool, int]] = []
    with transaction.atomic():
        for number, first_back in acts:
            across_pair = number % 2 == 0
            choice = (pairs if across_pair else own)[number // 2 % len(pairs if across_pair else own)]
            if (across_pair, choice.pk) in made:
                continue
            try:
                if across_pair:
                    across.say_same(choice.pk, crowd.programme, by=SETUP)
                else:
                    operations.confirm_same(choice.pk, by=SETUP, although_years_differ=True)
            except Conflict:
                continue
            made.insert(0 if first_back else len(made), (across_pair, choice.pk))
        for across_pair, key in made:
            if across_pair:
                across.take_back(key, crowd.programme, by=SETUP)
            else:
                operations.undo_merge(key, by=SETUP)
        assert everything() == before


def test_the_look_ups_do_not_grow_with_the_people() -> None:
    counts = []
    for shared in (1, 3):
        world = Shared(shared + 2, shared + 2, shared)
        world.compare()
        world.ask()
        with CaptureQueriesContext(connection) as captured:
            world.ask()
        counts.append(len(captured))
    assert counts[0] == counts[1]
