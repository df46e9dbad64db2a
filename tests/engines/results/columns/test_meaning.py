"""What is counted, what is unknown and what is 0, by example."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from samaki.engines.results.columns import Answer, Question, answer, row_ids
from samaki.ground.activities.models import Activity, Attendance, Session, Tally
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme, ProgrammePlace
from samaki.kernel.measures import Table, tables
from samaki.strands.counselling.measures import OWED, group_and_month
from samaki.strands.counselling.models import Case, CaseSession, GroupMonth, Outcome
from samaki.strands.outreach.models import OutreachTally

from .world import places

pytestmark = pytest.mark.django_db


class Field:
    """A programme with a men's group in a commune, and the words to fill it."""

    def __init__(self) -> None:
        self.places = {place.code: place for place in places()}
        self.programme = Programme.objects.create(
            key="field", name_km="ក", name_en="f", starts_on=dt.date(2023, 1, 1), fiscal_year_starts_in=4
        )
        self.ours = Organisation.objects.create(key="ours", name_latin="o", kind="local_ngo")
        self.theirs = Organisation.objects.create(key="theirs", name_latin="t", kind="local_ngo")
        self.group = Group.objects.create(
            key="men",
            programme=self.programme,
            organisation=self.ours,
            kind=Group.Kind.MENS_GROUP,
            name_km="ក",
            name_latin="g",
            place=self.places["910101"],
        )

    def session(
        self,
        day: str = "2023-05-05",
        place: str | None = "910101",
        attendance: str = "named",
        organisation: Organisation | None = None,
    ) -> Session:
        activity = Activity.objects.create(
            key=f"a-{Activity.objects.count()}",
            programme=self.programme,
            organisation=organisation or self.ours,
            kind=Activity.Kind.TRAINING,
            title_km="ក",
            title_en="a",
            place=self.places[place] if place else None,
            starts_on=day,
            ends_on=day,
        )
        return Session.objects.create(activity=activity, held_on=day, attendance=attendance)

    def person(self, **values: object) -> Person:
        return Person.objects.create(organisation=self.ours, **values)

    def come(self, person: Person, *sessions: Session) -> None:
        Attendance.objects.bulk_create([Attendance(session=session, person=person) for session in sessions])

    def case(self, *days: str | None, place: str = "910101") -> Case:
        case = Case.objects.create(
            programme=self.programme,
            organisation=self.ours,
            code=f"c-{Case.objects.count()}",
            group=self.group,
            place=self.places[place],
        )
        for number, day in enumerate(days):
            CaseSession.objects.create(case=case, number=number, held_on=day)
        return case

    def judged(
        self, case: Case, value: str, day: str | None = None, violence: str = "any", informant: str = "C"
    ) -> None:
        Outcome.objects.create(case=case, informant=informant, violence=violence, value=value, judged_on=day)

    def report(
        self, month: str, received: str, counselled: int | None = 1, version: int = 1, current: bool = True
    ) -> None:
        GroupMonth.objects.create(
            group=self.group,
            programme=self.programme,
            organisation=self.ours,
            month=month,
            version=version,
            is_current=current,
            received_on=received,
            men_counselled=counselled,
        )

    def reached(self, since: str, until: str, contacts: int, channel: str = "flier") -> None:
        OutreachTally.objects.create(
            programme=self.programme,
            organisation=self.ours,
            place=self.places["910101"],
            channel=channel,
            since=since,
            until=until,
            contacts=contacts,
        )

    def asked(self, measure: str, aggregate: str = "unique", **words: object) -> Answer:
        return answer([Question(measure, aggregate, self.programme.pk, **words)])[0]  # type: ignore[arg-type]


@pytest.fixture
def field() -> Field:
    return Field()


IN_2023 = {"first": dt.date(2023, 1, 1), "last": dt.date(2023, 12, 31)}


def test_a_person_is_counted_once_over_sessions_places_and_months(field: Field) -> None:
    field.come(field.person(), field.session("2023-05-05", "910101"), field.session("2023-06-05", "920101"))
    found = field.asked("attendance", by=("month",))
    assert (found.total, dict(found.cells)) == (1, {("2023-05",): 1, ("2023-06",): 1})
    assert field.asked("attendance", "rows").total == 2


def test_a_person_entered_twice_is_counted_once_after_the_merge_and_twice_after_its_undoing(field: Field) -> None:
    kept, again = field.person(), field.person()
    session = field.session()
    field.come(kept, session)
    field.come(again, session)
    Person.objects.filter(pk=again.pk).update(merged_into=kept)
    merged = field.asked("attendance").total
    Person.objects.filter(pk=again.pk).update(merged_into=None)
    assert (merged, field.asked("attendance").total) == (1, 2)


def test_who_withdrew_is_no_longer_a_person_counted(field: Field) -> None:
    session = field.session()
    field.come(field.person(withdrawn_at=timezone.now()), session)
    field.come(field.person(), session)
    assert field.asked("attendance").total == 1


def test_each_organisation_has_its_own_unique_persons(field: Field) -> None:
    person = field.person()
    field.come(person, field.session(), field.session(organisation=field.theirs))
    found = field.asked("attendance", by=("organisation",))
    assert dict(found.per_organisation) == {field.ours.pk: 1, field.theirs.pk: 1}
    assert (found.total, dict(found.cells)) == (1, {("ours",): 1, ("theirs",): 1})
    assert field.asked("attendance", organisation_ids=frozenset({field.theirs.pk})).total == 1
    assert field.asked("attendance", organisation_ids=frozenset()).total == 0


def test_age_is_taken_at_the_end_of_the_period(field: Field) -> None:
    field.come(field.person(birth_year=1999), field.session("2023-05-05"), field.session("2024-05-05"))
    found = field.asked("attendance", by=("age_band",), **IN_2023)
    later = field.asked("attendance", by=("age_band",), first=dt.date(2023, 1, 1), last=dt.date(2024, 12, 31))
    assert (dict(found.cells), dict(later.cells)) == ({("18_24",): 1}, {("25_34",): 1})


def test_a_declared_age_band_stands_where_no_birth_year_was_given(field: Field) -> None:
    field.come(field.person(age_band="50_64"), field.session())
    assert dict(field.asked("attendance", by=("age_band",)).cells) == {("50_64",): 1}


def test_attendance_nobody_wrote_down_is_unknown_and_not_0(field: Field) -> None:
    field.session(attendance="not_recorded")
    found = field.asked("attendance")
    assert (found.total, found.unknown, found.known) == (0, 1, False)


def test_attendance_written_down_as_nobody_is_0(field: Field) -> None:
    field.session(attendance="named")
    field.session(attendance="not_recorded")
    found = field.asked("attendance")
    assert (found.total, found.unknown, found.known) == (0, 1, True)


def test_an_activity_without_sessions_may_hide_attendance(field: Field) -> None:
    field.session().delete()
    assert field.asked("attendance").unknown == 1


def test_a_woman_asked_for_may_be_one_whose_gender_is_not_recorded(field: Field) -> None:
    session = field.session()
    for gender in ("woman", "man", "not_recorded", "prefers_not_to_say"):
        field.come(field.person(gender=gender), session)
    found = field.asked("attendance", where=(("gender", ("woman",)),))
    assert (found.total, found.unknown, found.known) == (1, 1, True)


def test_tallies_of_a_session_are_not_added_over_dimensions(field: Field) -> None:
    session = field.session(attendance="tally")
    for dimension, value, count in (
        ("gender", "woman", 12),
        ("gender", "man", 8),
        ("rightsholder_group", "disability", 15),
        ("age_band", "18_24", 20),
    ):
        Tally.objects.create(session=session, dimension=dimension, value=value, count=count)
    assert field.asked("tallied", "sum").total == 20
    assert dict(field.asked("tallied_as", "sum", where=(("tally", ("gender",)),), by=("value",)).cells) == {
        ("woman",): 12,
        ("man",): 8,
    }
    assert field.asked("attendance").known is True


def test_a_place_holds_all_places_below_it_and_one_above_may(field: Field) -> None:
    for place in ("910101", "9101", "920101", None):
        field.come(field.person(), field.session(place=place))
    found = field.asked("attendance", place_codes=("910101",), by=("commune",))
    assert (found.total, found.unknown, dict(found.cells)) == (1, 2, {("910101",): 1})
    assert field.asked("attendance", place_codes=("91",)).total == 2
    assert field.asked("attendance", by=("province",)).cells == {("91",): 2, ("92",): 1, ("unknown",): 1}


def test_a_state_holds_from_its_first_day_to_the_day_before_its_end(field: Field) -> None:
    Membership.objects.create(
        group=field.group, person=field.person(), since=dt.date(2023, 2, 1), until=dt.date(2023, 5, 1)
    )
    days = ["2023-01-31", "2023-02-01", "2023-04-30", "2023-05-01"]
    assert [field.asked("membership", as_of=dt.date.fromisoformat(day)).total for day in days] == [0, 1, 1, 0]


def test_years_and_quarters_are_those_of_the_programmes_calendar(field: Field) -> None:
    person = field.person()
    field.come(person, field.session("2023-03-31"), field.session("2023-04-01"))
    assert dict(field.asked("attendance", by=("year", "quarter", "month")).cells) == {
        ("2022", "2022-Q4", "2023-03"): 1,
        ("2023", "2023-Q1", "2023-04"): 1,
    }


def test_a_case_without_a_session_is_nobody_counselled(field: Field) -> None:
    field.case()
    assert field.asked("case").total == 0


def test_a_case_without_dates_counts_in_all_time_and_is_unknown_in_a_period(field: Field) -> None:
    field.case(None)
    field.case("2023-05-05", "2023-06-05")
    field.case("2024-05-05", None)
    assert (field.asked("case").total, field.asked("case").unknown) == (3, 0)
    found = field.asked("case", **IN_2023)
    assert (found.total, found.unknown, found.known) == (1, 2, True)
    assert field.asked("case", first=dt.date(2020, 1, 1), last=dt.date(2020, 12, 31)).known is False


def test_the_latest_word_of_the_mens_group_counts_and_undated_words_come_first(field: Field) -> None:
    case = field.case("2023-01-05")
    field.judged(case, "stopped")
    field.judged(case, "unchanged", "2023-03-01")
    field.judged(case, "improved", "2023-09-01")
    field.judged(case, "worse", "2023-10-01", informant="A")
    field.judged(case, "stopped", "2023-10-01", violence="physical")
    field.case("2023-01-05")
    days = ["2023-02-01", "2023-03-01", "2023-12-31"]
    found = [field.asked("case", as_of=dt.date.fromisoformat(day), by=("judged", "physical")).cells for day in days]
    other = {("unknown", "unknown"): 1}
    assert [dict(cells) for cells in found] == [
        {("stopped", "unknown"): 1} | other,
        {("unchanged", "unknown"): 1} | other,
        {("improved", "stopped"): 1} | other,
    ]
    success = field.asked("case", where=(("judged", ("improved", "stopped")),))
    assert (success.total, success.unknown, success.known) == (1, 1, True)


def test_where_every_judgement_is_missing_success_is_unknown(field: Field) -> None:
    field.case("2023-01-05")
    assert field.asked("case", where=(("judged", ("stopped",)),)).known is False


def test_area_is_the_nearest_registered_place_on_the_records_date(field: Field) -> None:
    def area(place: str, value: str, since: str | None) -> None:
        ProgrammePlace.objects.create(programme=field.programme, place=field.places[place], area=value, since=since)

    area("91", "old", None)
    area("910101", "new", "2023-06-01")
    field.case("2023-05-01")
    field.case("2023-07-01")
    field.case(None)
    field.case("2023-07-01", place="910102")
    field.case("2023-07-01", place="920101")
    found = field.asked("case", by=("area",))
    assert dict(found.cells) == {("old",): 2, ("new",): 2, ("unknown",): 1}
    assert dict(found.communes) == {(): 3, ("old",): 2, ("new",): 1, ("unknown",): 1}


def test_contacts_count_in_a_period_only_where_wholly_inside(field: Field) -> None:
    field.reached("2023-01-01", "2023-12-31", 100, channel="not_recorded")
    field.reached("2023-03-01", "2023-03-31", 7)
    field.reached("2024-01-01", "2024-01-31", 3)
    march = field.asked("contact", "sum", first=dt.date(2023, 3, 1), last=dt.date(2023, 3, 31))
    april = field.asked("contact", "sum", first=dt.date(2023, 4, 1), last=dt.date(2023, 4, 30))
    assert (march.total, march.unknown, march.known) == (7, 1, True)
    assert (april.total, april.unknown, april.known) == (0, 1, False)
    year = field.asked("contact", "sum", by=("month",), **IN_2023)
    assert (year.total, dict(year.cells)) == (107, {("unknown",): 100, ("2023-03",): 7})


def test_for_a_group_and_month_the_report_counts_only_without_cases(field: Field) -> None:
    field.report("2023-04-01", "2023-05-01", counselled=5)
    field.report("2023-05-01", "2023-06-01", counselled=6)
    field.case("2023-04-20")
    assert field.asked("case_reported", "sum").total == 6
    field.case(None)
    assert field.asked("case_reported", "sum").total == 0


def test_a_report_that_does_not_say_is_unknown(field: Field) -> None:
    field.report("2023-04-01", "2023-05-01", counselled=None)
    found = field.asked("case_reported", "sum")
    assert (found.total, found.unknown, found.known) == (0, 1, False)


def test_a_month_is_on_time_by_its_first_version_late_or_missing(field: Field) -> None:
    field.report("2023-01-01", "2023-02-10", version=1, current=False)
    field.report("2023-01-01", "2023-05-10", version=2)
    field.report("2023-02-01", "2023-03-11")
    found = field.asked("group_month", "rows", by=("timeliness",), first=dt.date(2023, 1, 1), last=dt.date(2023, 3, 31))
    assert dict(found.cells) == {("on_time",): 1, ("late",): 1, ("missing",): 1}


def test_a_report_not_yet_due_is_neither_late_nor_missing(field: Field) -> None:
    found = field.asked("group_month", "rows", as_of=dt.date(2023, 3, 10), by=("timeliness",))
    assert (found.total, found.unknown, dict(found.cells)) == (1, 2, {("missing",): 1})


def test_ids_of_owed_months_name_the_group_and_the_month(field: Field) -> None:
    question = Question("group_month", "rows", field.programme.pk, last=dt.date(2023, 2, 28))
    ids, total = row_ids(question)
    assert ([group_and_month(row_id) for row_id in ids], total) == (
        [(field.group.pk, 2023, 1), (field.group.pk, 2023, 2)],
        2,
    )
    assert tables["counselling_owed"] is OWED


def test_the_rows_behind_come_page_by_page(field: Field) -> None:
    session = field.session()
    for _ in range(5):
        field.come(field.person(), session)
    question = Question("attendance", "rows", field.programme.pk)
    ids = sorted(Attendance.objects.values_list("pk", flat=True))
    assert row_ids(question, limit=2) == (ids[:2], 5)
    assert row_ids(question, after=ids[1], limit=2) == (ids[2:4], 5)
    assert row_ids(question, after=ids[4]) == ([], 5)


def test_another_programmes_records_are_never_counted(field: Field) -> None:
    field.come(field.person(), field.session())
    other = Programme.objects.create(key="other", name_km="ក", name_en="o")
    nobody = answer([Question("attendance", "unique", other.pk), Question("attendance", "unique", 10**9)])
    assert [found.total for found in nobody] == [0, 0]


def test_an_unknown_measure_or_dimension_is_an_error(field: Field) -> None:
    for question in (
        Question("nothing", "rows", field.programme.pk),
        Question("attendance", "rows", field.programme.pk, by=("channel",)),
        Question("membership", "unique", field.programme.pk, by=("month",)),
    ):
        with pytest.raises(KeyError):
            answer([question])


def test_every_counted_table_has_its_triggers() -> None:
    stored = {spec.key for spec in tables if isinstance(spec, Table)}
    sql = (
        "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'results_change%%'"
        if connection.vendor == "sqlite"
        else "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'results_change%%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert {row[0] for row in cursor.fetchall()} == stored
