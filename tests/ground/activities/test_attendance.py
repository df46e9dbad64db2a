from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from samaki.ground.activities import operations, queries
from samaki.ground.activities.models import Activity, Session
from samaki.ground.activities.rules import ALL
from samaki.ground.people.operations import withdraw
from samaki.ground.programmes.models import RightsholderGroup
from samaki.kernel.actors import Role
from samaki.kernel.errors import Conflict, DomainError, Invalid
from tests.factories.field import (
    HELD,
    NOW,
    TOMORROW,
    Field,
    a_consenting_person,
    a_field,
    a_group,
    an_activity,
    lock,
)
from tests.factories.people import SETUP, a_person

pytestmark = pytest.mark.django_db


def _attend(field: Field, activity: Activity, *person_ids: int, revision: int = 1) -> Session:
    return operations.record_attendance(
        session=activity.sessions.get(), revision=revision, person_ids=person_ids, by=field.me, at=NOW
    )


def test_not_recorded_is_unknown_and_an_empty_list_is_nobody() -> None:
    field = a_field()
    activity = an_activity(field)
    before = queries.sheets(field.me, activity)[0]
    _attend(field, activity)
    after = queries.sheets(field.me, activity)[0]
    assert [(sheet.recorded, sheet.count, sheet.people) for sheet in (before, after)] == [
        (False, None, None),
        (True, 0, ()),
    ]


def test_the_list_is_replaced_and_the_same_list_changes_nothing() -> None:
    field = a_field()
    activity = an_activity(field)
    first, second, third = (a_consenting_person(field.ours) for _number in range(3))
    _attend(field, activity, first.pk, second.pk)
    _attend(field, activity, second.pk, third.pk, revision=2)
    again = _attend(field, activity, third.pk, second.pk, revision=3)
    assert (queries.sheets(field.me, activity)[0].people, again.revision) == ((second.pk, third.pk), 3)


def test_the_second_of_two_people_saving_a_list_sees_both() -> None:
    field = a_field()
    activity = an_activity(field)
    first, second = a_consenting_person(field.ours), a_consenting_person(field.ours)
    _attend(field, activity, first.pk)
    with pytest.raises(Conflict) as conflict:
        _attend(field, activity, second.pk)
    assert (conflict.value.code, dict(conflict.value.params)) == (
        "changed_meanwhile",
        {"theirs": {"person_ids": [first.pk]}, "yours": {"person_ids": [second.pk]}, "revision": 2},
    )


@pytest.mark.parametrize("keeps_names, is_sensitive", [(True, True), (False, False)])
def test_where_names_would_expose_only_counts_are_taken(keeps_names: bool, is_sensitive: bool) -> None:
    field = a_field()
    group = a_group(field.programme, field.ours, "circle", keeps_names=keeps_names)
    activity = an_activity(field, group=group, is_sensitive=is_sensitive)
    with pytest.raises(Invalid) as refused:
        _attend(field, activity, a_consenting_person(field.ours).pk)
    assert refused.value.code == "tallies_only"
    session = operations.record_tallies(
        session=activity.sessions.get(), revision=1, counts={ALL: 9}, by=field.me, at=NOW
    )
    assert session.attendance == Session.Attendance.TALLY


def test_who_has_not_consented_is_not_named() -> None:
    field = a_field()
    activity = an_activity(field)
    silent, child = a_person(field.ours), a_consenting_person(field.ours, birth_year=2008)
    with pytest.raises(Invalid) as refused:
        _attend(field, activity, silent.pk, child.pk, a_consenting_person(field.ours).pk)
    assert (refused.value.code, refused.value.params["people"]) == ("consent_wanted", sorted([silent.pk, child.pk]))


def test_another_organisations_person_is_answered_like_one_who_does_not_exist() -> None:
    field = a_field()
    activity = an_activity(field)
    answers = []
    for person_id in (a_consenting_person(field.theirs).pk, 10**9):
        with pytest.raises(Invalid) as refused:
            _attend(field, activity, person_id)
        answers.append((refused.value.code, refused.value.message, refused.value.field))
    assert answers[0] == answers[1]


def test_a_person_entered_twice_attends_once() -> None:
    field = a_field()
    activity = an_activity(field)
    person, twin = a_consenting_person(field.ours), a_consenting_person(field.ours)
    twin.merged_into = person
    twin.save()
    _attend(field, activity, person.pk, twin.pk)
    assert queries.sheets(field.me, activity)[0].people == (person.pk,)


@pytest.mark.parametrize(
    "state, held_on, code",
    [
        (Activity.State.PLANNED, HELD, "not_held"),
        (Activity.State.CANCELLED, HELD, "not_held"),
        (Activity.State.HELD, TOMORROW, "date_in_future"),
    ],
)
def test_attendance_waits_until_it_happened(state: Activity.State, held_on: dt.date, code: str) -> None:
    field = a_field()
    with pytest.raises(DomainError) as refused:
        _attend(field, an_activity(field, held_on=held_on, state=state))
    assert refused.value.code == code


def test_a_period_locked_meanwhile_takes_no_attendance_and_its_next_month_does() -> None:
    field = a_field()
    march, april = an_activity(field, "march"), an_activity(field, "april", held_on=dt.date(2024, 4, 1))
    lock(field.programme, "2024-Q1")
    with pytest.raises(Conflict) as refused:
        _attend(field, march)
    assert refused.value.code == "period_locked"
    assert _attend(field, april).attendance == Session.Attendance.NAMED


def test_counts_stand_beside_names_and_are_not_added() -> None:
    field = a_field()
    RightsholderGroup.objects.create(programme=field.programme, key="youth", name_km="ក", name_en="Youth")
    activity = an_activity(field)
    _attend(field, activity, a_consenting_person(field.ours).pk)
    counts = {ALL: 4, ("rightsholder_group", "youth"): 5}
    operations.record_tallies(session=activity.sessions.get(), revision=2, counts=counts, by=field.me, at=NOW)
    sheet = queries.sheets(field.me, activity)[0]
    assert (
        sheet.session.attendance,
        sheet.count,
        {(one.dimension, one.value): one.count for one in sheet.tallies},
    ) == (
        Session.Attendance.NAMED,
        1,
        counts,
    )


def test_counts_name_only_groups_the_programme_names() -> None:
    field = a_field()
    with pytest.raises(Invalid) as refused:
        operations.record_tallies(
            session=an_activity(field).sessions.get(),
            revision=1,
            counts={("rightsholder_group", "anybody"): 2},
            by=field.actor(Role.FACILITATOR),
            at=NOW,
        )
    assert refused.value.code == "unknown_rightsholder_group"


def test_who_withdraws_becomes_an_anonymous_count_of_open_periods_and_stays_in_locked_ones() -> None:
    field = a_field()
    person = a_consenting_person(field.ours, birth_year=1990)
    march, april = an_activity(field, "march"), an_activity(field, "april", held_on=dt.date(2024, 4, 2))
    for activity in (march, april):
        _attend(field, activity, person.pk)
    lock(field.programme, "2024-03")
    withdraw(person.pk, by=SETUP, at=NOW)
    locked, moved = (queries.sheets(field.me, activity)[0] for activity in (march, april))
    assert (locked.count, locked.tallies, moved.count) == (1, (), 0)
    assert [(tally.dimension, tally.value, tally.count) for tally in moved.tallies] == [
        ("age_band", "25_34", 1),
        ("all", "all", 1),
        ("gender", "woman", 1),
    ]


def test_two_who_withdraw_add_up_in_the_count() -> None:
    field = a_field()
    people = [a_consenting_person(field.ours, gender=gender) for gender in ("woman", "man")]
    activity = an_activity(field)
    _attend(field, activity, *(person.pk for person in people))
    for person in people:
        withdraw(person.pk, by=SETUP, at=NOW)
    tallies = {(tally.dimension, tally.value): tally.count for tally in queries.sheets(field.me, activity)[0].tallies}
    assert tallies == {
        ("age_band", "25_34"): 2,
        ALL: 2,
        ("gender", "man"): 1,
        ("gender", "woman"): 1,
    }


def test_who_withdraws_adds_one_to_those_counted_beside_the_names_and_loses_none() -> None:
    field = a_field()
    person = a_consenting_person(field.ours, birth_year=1990)
    activity = an_activity(field)
    session = _attend(field, activity, person.pk)
    counts = {("gender", "woman"): 4, ("gender", "man"): 2}
    operations.record_tallies(session=session, revision=session.revision, counts=counts, by=field.me, at=NOW)
    withdraw(person.pk, by=SETUP, at=NOW)
    tallies = {(tally.dimension, tally.value): tally.count for tally in queries.sheets(field.me, activity)[0].tallies}
    assert tallies == {ALL: 7, ("gender", "woman"): 5, ("gender", "man"): 2, ("age_band", "25_34"): 1}


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_activities_and_their_sheets_take_as_many_queries_whatever_their_length(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    field = a_field()
    for number in range(rows):
        activity = an_activity(field, f"meeting-{number}", group=field.group)
        Session.objects.bulk_create(Session(activity=activity, number=2 + n, held_on=HELD) for n in range(rows))
        _attend_first(field, activity)
    counted = ("attended", "sessions_held", "sessions_recorded")
    with django_assert_num_queries(1):
        listed = [
            (*(getattr(one, name) for name in counted), one.organisation.key, one.group and one.group.key)
            for one in queries.activities_with_counts(field.me, field.programme)
        ]
    with django_assert_num_queries(4):
        sheets = queries.sheets(field.me, activity)
    assert (listed, len(sheets)) == ([(2, 1 + rows, 1, "ours", "first")] * rows, 1 + rows)


def _attend_first(field: Field, activity: Activity) -> None:
    people = [a_consenting_person(field.ours).pk for _number in range(2)]
    session = activity.sessions.get(number=1)
    operations.record_attendance(session=session, revision=1, person_ids=people, by=field.me, at=NOW)
