"""Figures as each reader may see them: first who must not see, then the published figures of the programmes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samaki.engines.results.operations import keep_statement, load_catalogue
from samaki.engines.results.queries import figure, figures, series
from samaki.ground.people.models import MatchCandidate
from samaki.ground.periods.rules import Kind
from samaki.kernel.actors import PUBLIC, Actor, Role, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import DomainError, Invalid, NotFound, Refused
from samaki.kernel.figures import Figure, FigureQuery
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db
SETUP = System("tests")


@pytest.fixture(autouse=True)
def definitions(db: None) -> None:
    load_catalogue(by=SETUP)


def ask(
    setting: Setting, indicator: str, actor: Actor | System | None = None, by: str = "", **values: object
) -> Figure:
    query = FigureQuery(
        setting.programme.key,
        indicator,
        by=tuple(by.split(",")) if by else (),
        **values,  # type: ignore[arg-type]  # those of FigureQuery
    )
    return figure(actor or setting.officer(), query)


def cells(found: Figure) -> dict[tuple[str, ...], object]:
    return {tuple(cell.dimensions.values()): cell.value for cell in found.by}


class TestWhoMustNotSee:
    def test_another_partners_figures_are_refused_whether_it_exists_or_not_and_audited(self) -> None:
        setting = a_setting()
        setting.session(*setting.people(6, organisation=setting.theirs), organisation=setting.theirs)
        for organisation in (setting.theirs.key, "nobody"):
            for actor in (setting.partner(), setting.stranger(), setting.actor(Role.DONOR), PUBLIC):
                with pytest.raises(Refused) as refused:
                    ask(setting, "participants", actor, organisation=organisation)
                assert refused.value.code == "organisation_refused"
        assert AuditEntry.objects.filter(refused=True, action="see_programme").count() == 8

    def test_a_partner_counts_its_own_records_only(self) -> None:
        setting = a_setting()
        setting.session(*setting.people(3))
        setting.session(*setting.people(40, organisation=setting.theirs), organisation=setting.theirs)
        found = ask(setting, "participants", setting.partner(), by="organisation")
        assert (found.value, found.audience, found.organisations) == (3, "inside", (setting.ours.key,))
        assert cells(found) == {(setting.ours.key,): 3}

    def test_a_coordinator_counts_her_own_group_only(self) -> None:
        setting = a_setting()
        own, other = setting.mens_group(), setting.mens_group("040102")
        setting.cases(2, own)
        setting.cases(30, other)
        coordinator = setting.actor(Role.GROUP_COORDINATOR, setting.ours, group=own)
        assert ask(setting, "perpetrators_counselled", coordinator).value == 2

    @pytest.mark.parametrize("role", [None, Role.DONOR, Role.ADMINISTRATOR, Role.AUTHORITY])
    def test_an_outsider_reads_no_small_number(self, role: Role | None) -> None:
        setting = a_setting()
        setting.session(*setting.people(30), *setting.people(3, "man"), *setting.people(8, "another_term"))
        reader = setting.actor(role) if role else PUBLIC
        found = ask(setting, "participants", reader, by="gender")
        assert (found.value, found.audience) == (41, "public")
        hidden = {cell.dimensions["gender"]: (cell.value, cell.suppressed) for cell in found.by}
        assert hidden["man"] == (None, True)
        assert hidden["another_term"] == (None, True)

    def test_an_outsider_sees_no_breakdown_by_organisation_or_group_and_no_small_place(self) -> None:
        setting = a_setting()
        setting.cases(40, setting.mens_group())
        for by in ("organisation", "group", "commune", "district"):
            with pytest.raises(Refused):
                ask(setting, "perpetrators_counselled", PUBLIC, by=by)
        with pytest.raises(Refused) as refused:
            ask(setting, "perpetrators_counselled", PUBLIC, place="040101")
        assert refused.value.code == "place_not_published"

    def test_an_outsider_asks_whole_periods_only(self) -> None:
        setting = a_setting()
        setting.cases(40, setting.mens_group())
        for day in (14, 31):
            with pytest.raises(Refused) as refused:
                ask(setting, "perpetrators_counselled", PUBLIC, as_of=dt.date(2008, 5, day))
            assert refused.value.code == "as_of_not_published"
        assert ask(setting, "perpetrators_counselled", PUBLIC, period="2008").value == 40

    @pytest.mark.parametrize("more", [{"by": "gender"}, {"place": "04"}])
    def test_an_outsider_gets_no_part_of_a_month_or_quarter(self, more: dict[str, str]) -> None:
        setting = a_setting()
        setting.session(*setting.people(30))
        for period in ("2008-01", "2008-Q1"):
            with pytest.raises(Refused) as refused:
                ask(setting, "participants", PUBLIC, period=period, **more)
            assert refused.value.code == "years_only"
        assert ask(setting, "participants", PUBLIC, period="2008", **more).value == 30

    def test_an_outsider_reads_no_small_range_and_no_small_remainder(self) -> None:
        setting = a_setting()
        setting.session(*setting.people(30))
        setting.session(*setting.people(2, organisation=setting.theirs), organisation=setting.theirs)
        found = ask(setting, "participants", PUBLIC)
        assert (found.value, found.low, found.high, found.suppressed) == (None, None, None, True)

    def test_a_small_province_does_not_follow_from_its_neighbours_asked_one_by_one(self) -> None:
        setting = a_setting()
        for code, persons in (("040101", 30), ("140101", 3), ("150101", 20), ("160101", 25)):
            setting.session(*setting.people(persons), code=code)
        whole = ask(setting, "participants", PUBLIC)
        table = {cell.dimensions["province"]: cell for cell in ask(setting, "participants", PUBLIC, by="province").by}
        alone = {code: ask(setting, "participants", PUBLIC, place=code) for code in table}
        assert whole.value == 78
        assert [code for code in table if table[code].suppressed] == ["14", "15"]
        for code, cell in table.items():
            assert (alone[code].value, alone[code].suppressed) == (cell.value, cell.suppressed)
        with pytest.raises(Refused):
            ask(setting, "participants", PUBLIC, place="0401")

    def test_a_place_asked_with_dimensions_is_read_from_the_table_of_all_places(self) -> None:
        setting = a_setting()
        for code in ("040101", "140101"):
            setting.session(*setting.people(20), *setting.people(30, "man"), code=code)
        found = ask(setting, "participants", PUBLIC, by="gender", place="14")
        assert (found.place, found.value, cells(found)) == ("14", 50, {("woman",): 20, ("man",): 30})
        setting.place("150101")
        assert ask(setting, "participants", PUBLIC, by="gender", place="15").value == 0
        with pytest.raises(Invalid) as refused:
            ask(setting, "participants", PUBLIC, by="gender,age_band,kind", place="14")
        assert refused.value.code == "too_many_dimensions"

    def test_an_outsider_is_not_told_how_few_are_unknown(self) -> None:
        setting = a_setting()
        group = setting.mens_group()
        setting.cases(40, group)
        setting.cases(3, group, on=None)
        found = ask(setting, "perpetrators_counselled", PUBLIC, period="2008")
        assert (found.value, found.unknown) == (40, None)
        assert ask(setting, "perpetrators_counselled", period="2008").unknown == 3


class TestPublishedFiguresOfTheProgrammes:
    """The fixtures of domain.md: record-level data must reproduce them exactly."""

    @pytest.fixture
    def mpp(self) -> Setting:
        setting = a_setting()
        for old_or_new, provinces, men, success in (("old", ("04", "14"), 36, 24), ("new", ("04", "15"), 40, 26)):
            codes = [f"{province}{'01' if old_or_new == 'old' else '02'}0{n}" for n in (1, 2) for province in provinces]
            groups = [setting.mens_group(code) for code in codes]
            for code in codes:
                setting.place(code, old_or_new)
            for number in range(men):
                judged = ("stopped" if number % 2 else "improved") if number < success else None
                physical = "stopped" if judged == "stopped" else "unchanged" if judged else None
                setting.case(groups[number % len(groups)], on=None, judged=judged, physical=physical)
        setting.contacts(3_524, "040101", channel="not_recorded")
        setting.contacts(2_798, "040201", channel="not_recorded")
        return setting

    @pytest.mark.parametrize("inside", [True, False])
    def test_76_men_counselled_are_36_in_old_areas_and_40_in_new(self, mpp: Setting, inside: bool) -> None:
        found = ask(mpp, "perpetrators_counselled", None if inside else PUBLIC, by="area")
        assert (found.value, found.unknown, cells(found)) == (76, 0, {("old",): 36, ("new",): 40})

    @pytest.mark.parametrize("inside", [True, False])
    @pytest.mark.parametrize(
        ("indicator", "numerator", "denominator", "value"),
        [
            ("reported_success", 50, 76, 65.8),
            ("reported_stop_of_success", 25, 50, 50.0),
            ("reported_stop_of_counselled", 25, 76, 32.9),
        ],
    )
    def test_a_ratio_carries_both_its_numbers(
        self, mpp: Setting, inside: bool, indicator: str, numerator: int, denominator: int, value: float
    ) -> None:
        found = ask(mpp, indicator, None if inside else PUBLIC)
        assert (found.numerator, found.denominator, found.value) == (numerator, denominator, value)
        assert (found.unit, found.unknown) == ("percent", 26)

    @pytest.mark.parametrize("inside", [True, False])
    def test_6322_contacts_of_2008_are_3524_and_2798(self, mpp: Setting, inside: bool) -> None:
        found = ask(mpp, "outreach_contacts", None if inside else PUBLIC, by="area", period="2008")
        assert (found.value, found.unit, cells(found)) == (6_322, "contact", {("old",): 3_524, ("new",): 2_798})
        assert cells(ask(mpp, "outreach_contacts", by="channel", period="2008")) == {("not_recorded",): 6_322}

    @pytest.mark.parametrize("inside", [True, False])
    def test_undated_cases_make_2008_unknown_and_not_0(self, mpp: Setting, inside: bool) -> None:
        found = ask(mpp, "perpetrators_counselled", None if inside else PUBLIC, period="2008")
        assert (found.value, found.unknown) == (None, 76)

    def test_what_the_source_stated_stands_beside_what_was_counted(self, mpp: Setting) -> None:
        said = {
            "programme": mpp.programme,
            "text_en": "65 per cent of the men",
            "text_km": "បុរស 65 ភាគរយ",
            "source": "report",
            "by": SETUP,
        }
        keep_statement(indicator="reported_success", value="65 per cent", approximate=False, **said)
        keep_statement(indicator="outreach_contacts", value="about 6,322", approximate=True, period="2008", **said)
        found = ask(mpp, "reported_success")
        assert [(one.value, one.approximate) for one in found.stated] == [("65 per cent", False)]
        assert found.value == 65.8
        assert [one.approximate for one in ask(mpp, "outreach_contacts", period="2008").stated] == [True]
        assert ask(mpp, "outreach_contacts").stated == ()

    def test_members_of_the_working_group_are_counted_as_of_a_date(self) -> None:
        setting = a_setting()
        group = setting.mens_group()
        group.kind = "working_group"
        group.save()
        for gender, since in (("man", 2016), ("man", 2016), ("woman", 2023), ("another_term", 2023)):
            setting.member(group, gender, dt.date(since, 3, 1))
        then = ask(setting, "working_group_composition", by="gender", as_of=dt.date(2016, 12, 31))
        assert (then.value, cells(then)) == (2, {("man",): 2})
        now = ask(setting, "working_group_composition", by="gender", period="2023")
        assert (now.value, now.as_of) == (4, dt.date(2023, 12, 31))
        assert cells(now) == {("man",): 2, ("woman",): 1, ("another_term",): 1}

    def test_attendance_that_nobody_recorded_is_unknown_and_not_0(self) -> None:
        setting = a_setting()
        setting.session(recorded=False)
        setting.session(recorded=False)
        found = ask(setting, "participants", by="gender")
        assert (found.value, found.unknown, found.tallied) == (None, 2, None)
        setting.session()
        recorded = ask(setting, "participants")
        assert (recorded.value, recorded.unknown) == (0, 2)


class TestAcrossOrganisations:
    def test_persons_of_several_organisations_are_a_range_and_never_added(self) -> None:
        setting = a_setting()
        setting.session(*setting.people(5), *setting.people(2, "man"))
        setting.session(*setting.people(9, organisation=setting.theirs), organisation=setting.theirs)
        found = ask(setting, "participants", by="gender")
        assert (found.value, found.low, found.high) == (None, 9, 16)
        ranges = {cell.dimensions["gender"]: (cell.value, cell.low, cell.high) for cell in found.by}
        assert ranges == {"woman": (None, 9, 14), "man": (2, None, None)}

    def test_three_dimensions_of_several_organisations_are_ranges_too(self) -> None:
        setting = a_setting()
        setting.session(*setting.people(5))
        setting.session(*setting.people(9, organisation=setting.theirs), organisation=setting.theirs)
        (cell,) = ask(setting, "participants", by="gender,province,kind").by
        assert (dict(cell.dimensions), cell.value, cell.low, cell.high) == (
            {"gender": "woman", "province": "04", "kind": "meeting"},
            None,
            9,
            14,
        )

    def test_one_organisation_with_records_is_exact(self) -> None:
        setting = a_setting()
        setting.session(*setting.people(5))
        found = ask(setting, "participants")
        assert (found.value, found.low, found.high) == (5, None, None)

    def test_open_pairs_of_the_counted_organisations_are_told(self) -> None:
        setting, elsewhere = a_setting(), a_setting()
        people = setting.people(3)
        setting.session(*people)
        strangers = elsewhere.people(2)
        for first, second, state in ((0, 1, "open"), (0, 2, "different")):
            MatchCandidate.objects.create(
                first=people[first], second=people[second], organisation=setting.ours, likeness=90, state=state
            )
        MatchCandidate.objects.create(first=strangers[0], second=strangers[1], organisation=elsewhere.ours, likeness=90)
        assert ask(setting, "participants").candidates_open == 1
        assert ask(setting, "attendances").candidates_open == 0

    def test_contacts_of_several_organisations_are_added(self) -> None:
        setting = a_setting()
        setting.contacts(10)
        setting.contacts(5, organisation=setting.theirs)
        assert ask(setting, "outreach_contacts", period="2008").value == 15


class TestPeriodsAndPlaces:
    def test_a_person_who_comes_often_is_one_over_any_union_of_periods(self) -> None:
        setting = a_setting()
        person = setting.person()
        for month in (1, 2, 5):
            setting.session(person, on=dt.date(2008, month, 3))
        values = {
            period: ask(setting, "participants", period=period).value for period in ("2008", "2008-Q1", "2008-02")
        }
        assert values == {"2008": 1, "2008-Q1": 1, "2008-02": 1}
        assert ask(setting, "attendances", period="2008-Q1").value == 2

    def test_quarters_follow_the_programmes_own_calendar(self) -> None:
        setting = a_setting(fiscal_year_starts_in=7)
        setting.session(setting.person(), on=dt.date(2009, 1, 15))
        assert ask(setting, "attendances", period="2008-Q3").value == 1
        assert ask(setting, "attendances", period="2009-Q1").value == 0

    def test_a_place_of_any_level_rolls_up(self) -> None:
        setting = a_setting()
        for code in ("040101", "040102", "140101"):
            setting.contacts(10, code)
        values = [ask(setting, "outreach_contacts", place=code).value for code in ("04", "0401", "040101", "14")]
        assert values == [20, 20, 10, 10]

    def test_a_count_that_overlaps_the_period_is_unknown_to_it(self) -> None:
        setting = a_setting()
        setting.contacts(10, since=dt.date(2008, 3, 1), until=dt.date(2008, 4, 30))
        assert (ask(setting, "outreach_contacts", period="2008-04").value) is None
        assert ask(setting, "outreach_contacts", period="2008").value == 10

    def test_a_report_stands_where_its_group_has_no_case_and_is_not_added_where_it_has(self) -> None:
        setting = a_setting()
        silent, busy = setting.mens_group(), setting.mens_group("040102")
        setting.cases(3, busy, on=dt.date(2008, 4, 4), judged="improved", physical="unchanged")
        march, april = dt.date(2008, 3, 1), dt.date(2008, 4, 1)
        setting.report(silent, march, dt.date(2008, 4, 8), men_counselled=5, men_success=2, men_stopped=1)
        setting.report(busy, april, dt.date(2008, 5, 20), men_counselled=3, men_success=3, men_stopped=3)
        assert ask(setting, "perpetrators_counselled", period="2008").value == 8
        found = ask(setting, "reported_success", period="2008")
        assert (found.numerator, found.denominator) == (5, 8)
        stopped = ask(setting, "reported_stop_of_success", period="2008")
        assert (stopped.numerator, stopped.denominator) == (1, 5)
        timely = ask(setting, "group_report_timeliness", period="2008")
        assert (timely.numerator, timely.denominator) == (1, 24)

    def test_a_series_answers_every_period_of_its_kind(self) -> None:
        setting = a_setting()
        for month, count in ((1, 3), (3, 5)):
            setting.contacts(count, since=dt.date(2008, month, 1), until=dt.date(2008, month, 28))
        query = FigureQuery(setting.programme.key, "outreach_contacts")
        found = series(setting.officer(), query, kind=Kind.MONTH, first=dt.date(2008, 1, 9), last=dt.date(2008, 3, 9))
        assert [(one.period, one.value) for one in found] == [("2008-01", 3), ("2008-02", 0), ("2008-03", 5)]


class TestBadQuestions:
    @pytest.mark.parametrize(
        ("change", "kind", "code", "field"),
        [
            ({"programme": "programm"}, NotFound, "no_such_programme", "programme"),
            ({"indicator": "participant"}, NotFound, "no_such_indicator", "indicator"),
            ({"version": 7}, NotFound, "no_such_version", "version"),
            ({"period": "2008-13"}, Invalid, "period_not_understood", "period"),
            ({"by": ("shoe_size",)}, Invalid, "no_such_dimension", "by"),
            ({"by": ("gender", "gender")}, Invalid, "too_many_dimensions", "by"),
            ({"by": ("gender", "kind", "month", "area")}, Invalid, "too_many_dimensions", "by"),
            ({"place": "Atlantis"}, Invalid, "place_unknown", "place"),
        ],
    )
    def test_each_is_refused_with_its_field(
        self, change: dict[str, object], kind: type[DomainError], code: str, field: str
    ) -> None:
        setting = a_setting()
        values = {"programme": setting.programme.key, "indicator": "participants", **change}
        with pytest.raises(kind) as refused:
            figure(setting.officer(), FigureQuery(**values))  # type: ignore[arg-type]  # those of FigureQuery
        assert (refused.value.code, refused.value.field) == (code, field)

    def test_near_words_are_suggested(self) -> None:
        setting = a_setting()
        with pytest.raises(NotFound) as refused:
            ask(setting, "participant")
        assert refused.value.params["suggestions"] == ("participants",)
        assert "participants" in refused.value.message


@pytest.mark.parametrize("outside", [False, True])
def test_three_records_and_six_figures_cost_as_many_queries_as_one(outside: bool) -> None:
    spent = []
    for number in (1, 3):
        setting = a_setting()
        for _each in range(number):
            setting.session(*setting.people(12))
        reader = PUBLIC if outside else setting.officer()
        periods = ["2007", "2008"][:number]
        asked = [
            FigureQuery(setting.programme.key, "participants", period=p, by=("gender",)[: number - 1]) for p in periods
        ]
        figures(reader, asked)
        with CaptureQueriesContext(connection) as captured:
            figures(reader, asked)
        spent.append(len(captured))
    assert spent[0] == spent[1]
