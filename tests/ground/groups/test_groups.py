from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from samaki.ground.groups import operations, queries
from samaki.ground.groups.models import Group
from samaki.ground.people.operations import withdraw
from samaki.kernel.errors import Conflict, DomainError, Invalid
from tests.factories.field import FORMED, NOW, TODAY, TOMORROW, a_consenting_person, a_field, a_group, lock
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db
JOINED = dt.date(2024, 1, 1)


def test_composition_follows_the_dates_of_membership() -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    man, woman = (a_consenting_person(field.ours, gender=gender) for gender in ("man", "woman"))
    first = operations.join_group(group=field.group, person_id=man.pk, since=FORMED, by=field.me, at=NOW)
    operations.join_group(group=field.group, person_id=woman.pk, since=JOINED, by=field.me, at=NOW)
    operations.leave_group(membership=first, revision=1, until=dt.date(2024, 5, 1), by=field.me, at=NOW)
    days = (FORMED - dt.timedelta(days=1), FORMED, JOINED, dt.date(2024, 4, 30), dt.date(2024, 5, 1))
    assert [queries.composition(field.officer, field.group, day).by_gender for day in days] == [
        {},
        {"man": 1},
        {"man": 1, "woman": 1},
        {"man": 1, "woman": 1},
        {"woman": 1},
    ]


def test_a_person_entered_twice_counts_once() -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    person, twin = a_consenting_person(field.ours), a_consenting_person(field.ours)
    for one in (person, twin):
        operations.join_group(group=field.group, person_id=one.pk, since=JOINED, by=field.me, at=NOW)
    twin.merged_into = person
    twin.save()
    assert queries.composition(field.me, field.group, TODAY).total == 1


def test_a_group_whose_membership_reveals_takes_no_name_and_its_size_is_not_known() -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    group = a_group(field.programme, field.ours, "quiet", keeps_names=False)
    person = a_consenting_person(field.ours)
    with pytest.raises(Invalid) as refused:
        operations.join_group(group=group, person_id=person.pk, since=JOINED, by=field.me, at=NOW)
    assert refused.value.code == "names_not_kept"
    assert (queries.composition(field.me, group, TODAY).known, list(queries.members(field.me, group, TODAY))) == (
        False,
        [],
    )


@pytest.mark.parametrize(
    "since, code", [(TOMORROW, "date_in_future"), (FORMED - dt.timedelta(days=1), "group_not_there")]
)
def test_nobody_joins_on_a_day_to_come_or_before_the_group_stood(since: dt.date, code: str) -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    person = a_consenting_person(field.ours)
    with pytest.raises(Invalid) as refused:
        operations.join_group(group=field.group, person_id=person.pk, since=since, by=field.me, at=NOW)
    assert refused.value.code == code


def test_nobody_joins_twice_and_another_organisations_person_is_not_to_be_found() -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    person, stranger = a_consenting_person(field.ours), a_consenting_person(field.theirs)
    operations.join_group(group=field.group, person_id=person.pk, since=JOINED, by=field.me, at=NOW)
    with pytest.raises(Conflict) as twice:
        operations.join_group(group=field.group, person_id=person.pk, since=TODAY, by=field.me, at=NOW)
    answers = []
    for person_id in (stranger.pk, 10**9):
        with pytest.raises(Invalid) as unknown:
            operations.join_group(group=field.group, person_id=person_id, since=JOINED, by=field.me, at=NOW)
        answers.append((unknown.value.code, unknown.value.message))
    assert (twice.value.code, answers[0][0], answers[0] == answers[1]) == ("member_already", "no_such_person", True)


def test_a_locked_period_keeps_the_composition_it_was_published_with() -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    person = a_consenting_person(field.ours)
    lock(field.programme, "2024-02")
    with pytest.raises(Conflict) as locked:
        operations.join_group(group=field.group, person_id=person.pk, since=JOINED, by=field.me, at=NOW)
    assert locked.value.code == "period_locked"
    operations.join_group(group=field.group, person_id=person.pk, since=dt.date(2024, 3, 1), by=field.me, at=NOW)


def test_the_second_of_two_people_saving_a_group_sees_both() -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    names = {"place": None, "formed_on": FORMED, "name_latin": ""}
    operations.edit_group(group=field.group, revision=1, name_km="ទីមួយ", **names, by=field.me, at=NOW)
    with pytest.raises(Conflict) as second:
        operations.edit_group(group=field.group, revision=1, name_km="ទីពីរ", **names, by=field.me, at=NOW)
    assert (second.value.params["theirs"]["name_km"], second.value.params["yours"]["name_km"]) == ("ទីមួយ", "ទីពីរ")  # type: ignore[index]
    assert Group.objects.get(pk=field.group.pk).name_km == "ទីមួយ"


def test_ending_a_group_ends_its_memberships_the_day_after() -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    person = a_consenting_person(field.ours)
    membership = operations.join_group(group=field.group, person_id=person.pk, since=JOINED, by=field.me, at=NOW)
    operations.end_group(group=field.group, revision=1, ended_on=dt.date(2024, 5, 31), by=field.me, at=NOW)
    membership.refresh_from_db()
    assert membership.until == dt.date(2024, 6, 1)
    with pytest.raises(DomainError) as late:
        operations.join_group(group=field.group, person_id=person.pk, since=dt.date(2024, 6, 2), by=field.me, at=NOW)
    assert late.value.code == "group_not_there"


def test_who_withdraws_belongs_to_nothing_from_that_day() -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    person = a_consenting_person(field.ours)
    operations.join_group(group=field.group, person_id=person.pk, since=JOINED, by=field.me, at=NOW)
    withdraw(person.pk, by=SETUP, at=NOW)
    totals = [queries.composition(field.me, field.group, day).total for day in (dt.date(2024, 6, 14), TODAY)]
    assert totals == [1, 0]


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_groups_take_as_many_queries_whatever_their_length(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    Group.objects.all().delete()
    for number in range(rows):
        group = a_group(
            field.programme, field.ours, f"group-{number}", kind=Group.Kind.LEARNING_GROUP, place=field.place
        )
        person = a_consenting_person(field.ours)
        operations.join_group(group=group, person_id=person.pk, since=JOINED, by=field.me, at=NOW)
    with django_assert_num_queries(1):
        found = [
            (group.organisation.name_latin, group.programme.key, group.place and group.place.parent, group.members)  # type: ignore[attr-defined]
            for group in queries.groups_with_sizes(field.me, TODAY)
        ]
    assert [members for *_rest, members in found] == [1] * rows
