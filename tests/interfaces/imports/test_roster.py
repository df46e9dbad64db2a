"""Rosters: people recognised or added in the own organisation, never twice; joined, and noted at sessions."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.groups.models import Group, Membership
from samaki.ground.people.identities import opened
from samaki.ground.people.models import Consent, MatchCandidate, Person
from samaki.ground.periods.operations import lock_period
from samaki.kernel.actors import System
from tests.interfaces.imports.conftest import AT, World, codes, workbook

HEAD = ("នាមត្រកូល", "នាមខ្លួន", "Gender", "Birth year", "Phone", "Group", "Joined on", "Activity", "Session date",
        "Consent", "Consent given on", "Guardian consent")  # fmt: skip
JOINED = dt.date(2024, 1, 10)
HELD = dt.date(2024, 2, 20)


def person(
    given: str = "រតនៈ", gender: object = "ស្រី", born: object = 1990, phone: object = "012 345 678", **more: object
) -> tuple[object, ...]:
    row: dict[str, object] = dict.fromkeys(HEAD)
    row |= {"នាមត្រកូល": "សុខ", "នាមខ្លួន": given, "Gender": gender, "Birth year": born, "Phone": phone}
    row |= {name.replace("_", " "): value for name, value in more.items()}
    return tuple(row[name] for name in HEAD)


def member(given: str = "រតនៈ", **more: object) -> tuple[object, ...]:
    return person(given, **{"Group": "old-group", "Joined_on": JOINED, **more})  # type: ignore[arg-type]  # cells


def present(given: str = "រតនៈ", **more: object) -> tuple[object, ...]:
    told = {"Activity": "training", "Consent": "Signature", "Consent_given_on": HELD, **more}
    return person(given, **told)  # type: ignore[arg-type]  # cells


@pytest.fixture(autouse=True)
def learning_groups(world: World) -> None:
    """Groups that anybody may join: a men's group takes only whom vetting has cleared."""
    Group.objects.update(kind=Group.Kind.LEARNING_GROUP)


@pytest.fixture
def session(world: World) -> Session:
    activity = Activity.objects.create(
        key="training", programme=world.programme, organisation=world.ours, kind=Activity.Kind.TRAINING,
        title_km="វគ្គ", title_en="Training", starts_on=HELD, ends_on=HELD,
    )  # fmt: skip
    return Session.objects.create(activity=activity, held_on=HELD)


def test_people_are_added_once_however_often_the_roster_comes(world: World) -> None:
    content = workbook([HEAD, member(), member("វិសាល", Gender="បុរស")])
    assert world.take("roster", content).written.created == 2
    assert world.take("roster", content).written.unchanged == 2
    assert (Person.objects.count(), Membership.objects.count(), MatchCandidate.objects.count()) == (2, 2, 0)
    assert {one.full_km for one in opened(Person.objects.values_list("pk", flat=True)).values()} == {
        "សុខ រតនៈ",
        "សុខ វិសាល",
    }
    assert set(Person.objects.values_list("organisation", flat=True)) == {world.ours.pk}


def test_a_person_at_five_sessions_is_one_person(world: World, session: Session) -> None:
    Session.objects.create(activity=session.activity, number=2, held_on=HELD + dt.timedelta(days=1))
    rows = [present(Session_date=HELD), present(Session_date=HELD + dt.timedelta(days=1))]
    assert world.take("roster", workbook([HEAD, *rows])).saved
    assert (Person.objects.count(), Attendance.objects.count(), Consent.objects.count()) == (1, 2, 1)
    session.refresh_from_db()
    assert (session.attendance, session.revision) == ("named", 2)


def test_the_same_name_and_phone_is_the_same_person_though_the_year_is_left_out(world: World) -> None:
    assert world.take("roster", workbook([HEAD, person()])).saved
    assert world.take("roster", workbook([HEAD, person(born=None, gender=None)])).written.unchanged == 1
    assert Person.objects.count() == 1


def test_the_same_name_with_another_birth_year_is_another_person(world: World) -> None:
    assert world.take("roster", workbook([HEAD, person(phone=None), person(born=1961, phone=None)])).saved
    assert Person.objects.count() == 2


def test_a_mere_namesake_is_added_and_proposed_to_the_staff(world: World) -> None:
    assert world.take("roster", workbook([HEAD, person(phone=None)])).saved
    assert world.take("roster", workbook([HEAD, person(phone=None, born=None)])).written.created == 1
    assert (Person.objects.count(), MatchCandidate.objects.count()) == (2, 1)


def test_who_fits_several_people_is_asked_about(world: World) -> None:
    assert world.take("roster", workbook([HEAD, person(phone="012 111 111"), person(phone="012 222 222")])).saved
    assert codes(world.take("roster", workbook([HEAD, person(phone=None)]))) == [(2, "name", "person_unclear")]


def test_people_of_another_organisation_are_not_recognised(world: World) -> None:
    content = workbook([HEAD, person()])
    assert world.take("roster", content).saved
    assert world.take("roster", content, actor=world.stranger).written.created == 1
    assert sorted(Person.objects.values_list("organisation__key", flat=True)) == ["ours", "theirs"]


@pytest.mark.parametrize(
    ("written", "gender"),
    [("ស្រី", "woman"), ("M", "man"), ("Another term", "another_term"), ("មិនចង់ប្រាប់", "prefers_not_to_say"),
     (None, "not_recorded")],
)  # fmt: skip
def test_the_five_answers_on_gender_stay_five(world: World, written: object, gender: str) -> None:
    assert world.take("roster", workbook([HEAD, person(gender=written)])).saved
    assert Person.objects.get().gender == gender


def test_nobody_is_noted_by_name_without_consent(world: World, session: Session) -> None:
    refused = world.take("roster", workbook([HEAD, present(Consent=None, Consent_given_on=None)]))
    assert (codes(refused), Person.objects.count()) == ([(2, "consent", "consent_wanted")], 0)


def test_a_person_under_18_needs_the_guardians_consent_too(world: World, session: Session) -> None:
    young = present(born=2010)  # type: ignore[arg-type]  # a cell
    refused = world.take("roster", workbook([HEAD, young]))
    assert codes(refused) == [(2, "guardian_consent", "guardian_wanted")]
    asked = present(born=2010, Guardian_consent="Thumbprint")  # type: ignore[arg-type]  # cells
    assert world.take("roster", workbook([HEAD, asked])).saved


def test_a_person_under_18_is_not_named_without_the_guardian_at_no_session_either(world: World) -> None:
    young = person(born=2010, Consent="Signature", Consent_given_on=HELD)
    refused = world.take("roster", workbook([HEAD, young]))
    assert (codes(refused), Person.objects.count()) == ([(2, "guardian_consent", "guardian_wanted")], 0)


def test_a_province_alone_is_where_somebody_lives(world: World) -> None:
    assert world.take("roster", workbook([[*HEAD, "Province"], [*person(), "Pursat"]])).saved
    place = Person.objects.get().place
    assert place is not None
    assert place.code == "15"


def test_a_sensitive_activity_and_a_group_without_names_take_no_roster(world: World, session: Session) -> None:
    Activity.objects.update(is_sensitive=True)
    assert codes(world.take("roster", workbook([HEAD, present()]))) == [(2, "activity", "tallies_only")]
    Group.objects.update(keeps_names=False)
    assert codes(world.take("roster", workbook([HEAD, member()]))) == [(2, "group", "names_not_kept")]


def test_an_unknown_activity_and_a_missing_date_of_joining_are_told(world: World, session: Session) -> None:
    rows = [present(Activity="no such training"), present("វិសាល", Session_date=dt.date(2024, 2, 21))]
    assert [code for _row, _column, code in codes(world.take("roster", workbook([HEAD, *rows])))] == [
        "session_unknown"
    ] * 2
    assert codes(world.take("roster", workbook([HEAD, member(Joined_on=None)]))) == [
        (2, "joined_on", "joined_on_wanted")
    ]


def test_a_locked_month_takes_no_attendance_and_no_membership(world: World, session: Session) -> None:
    lock_period(
        programme=world.programme,
        period="2024-02",
        reason="nobody reports here",
        although_missing=True,
        by=System("tests"),
        at=AT,
    )
    for row in (present(), member()):
        assert [code for _row, _column, code in codes(world.take("roster", workbook([HEAD, row])))] == ["period_locked"]


def test_a_row_without_a_name_is_told(world: World) -> None:
    taken = world.take("roster", workbook([("Name", "Gender"), (None, "ស្រី"), ("សុខ", "ស្រី")]))
    assert codes(taken) == [(2, "name", "name_wanted")]
