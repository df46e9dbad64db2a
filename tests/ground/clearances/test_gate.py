"""Nobody whom vetting has not cleared gets into a men's group or counsels, by any way in; joined records are one."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.accounts.models import User
from samaki.ground.accounts.operations import grant_role
from samaki.ground.activities.rosters import RosterRow, take_roster
from samaki.ground.clearances import operations as clearances
from samaki.ground.clearances.events import ClearanceStopped
from samaki.ground.clearances.models import Clearance
from samaki.ground.clearances.operations import Whom
from samaki.ground.clearances.standing import cleared, stopped
from samaki.ground.groups import operations
from samaki.ground.groups.models import Group, Membership
from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.people.operations import Identity, NewPerson, confirm_same
from samaki.kernel.actors import Role
from samaki.kernel.errors import Conflict, Invalid, RowsInvalid
from samaki.kernel.registry import reactions
from tests.factories.field import NOW, TODAY, Field, a_consenting_person, a_field
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db
LATER = dt.date(2030, 1, 1)


def whom(field: Field, person: Person) -> Whom:
    return Whom(person, field.programme, field.ours)


def clear(field: Field, person: Person) -> None:
    clearances.clear(whom(field, person), until=LATER, by=SETUP, at=NOW)


def join(field: Field, person: Person) -> Membership:
    return operations.join_group(group=field.group, person_id=person.pk, since=TODAY, by=field.me, at=NOW)


def joined(field: Field) -> tuple[Person, Person]:
    """Two records that staff find to be one person's."""
    first, second = (a_consenting_person(field.ours, gender="man") for _each in range(2))
    MatchCandidate.objects.get_or_create(
        first=first, second=second, defaults={"organisation": field.ours, "likeness": 90}
    )
    return first, second


def confirm(first: Person, second: Person) -> None:
    found = MatchCandidate.objects.get(first=first, second=second)
    confirm_same(found.pk, by=SETUP, at=NOW, although_years_differ=True)


def test_an_uncleared_person_joins_no_mens_group_and_a_cleared_one_does() -> None:
    field = a_field()
    person = a_consenting_person(field.ours, gender="man")
    with pytest.raises(Invalid) as error:
        join(field, person)
    assert (error.value.code, error.value.field) == ("not_cleared", "person")
    clear(field, person)
    assert join(field, person).person_id == person.pk


@pytest.mark.parametrize("status", [Clearance.Status.SUSPENDED, Clearance.Status.BARRED])
def test_who_was_stopped_gets_no_role_in_the_group_and_does_not_come_back(status: Clearance.Status) -> None:
    field = a_field()
    person = a_consenting_person(field.ours, gender="man")
    clear(field, person)
    membership = operations.join_group(
        group=field.group, person_id=person.pk, since=TODAY - dt.timedelta(days=9), by=field.me, at=NOW
    )
    clearances.stop(whom(field, person), status=status, by=SETUP, at=NOW)
    with pytest.raises(Invalid) as chair:
        operations.change_role(
            membership=membership, revision=1, role="chair", representing=None, on=TODAY, by=field.me, at=NOW
        )
    left = operations.leave_group(membership=membership, revision=1, until=TODAY, by=field.me, at=NOW)
    with pytest.raises(Invalid) as back:
        operations.undo_leaving(membership=left, revision=2, by=field.me, at=NOW)
    assert (chair.value.code, back.value.code) == ("not_cleared", "not_cleared")


def test_no_list_of_people_brings_an_uncleared_person_into_a_mens_group() -> None:
    field = a_field()
    row = RosterRow(
        NewPerson(Identity(family_latin="Sok", given_latin="Dara"), gender="man", birth_year=1980),
        field.group,
        "member",
        TODAY,
        None,
    )
    with pytest.raises(RowsInvalid) as error:
        take_roster([row], programme=field.programme, organisation=field.ours, by=field.me, at=NOW)
    assert [why.code for _index, why in error.value.faults] == ["not_cleared"]
    assert (Membership.objects.count(), Person.objects.count()) == (0, 0)


def test_other_groups_ask_for_no_clearance() -> None:
    field = a_field(Group.Kind.LEARNING_GROUP)
    person = a_consenting_person(field.ours)
    assert join(field, person).person_id == person.pk


def test_who_is_known_and_uncleared_is_not_made_a_counsellor() -> None:
    field = a_field()
    person = a_consenting_person(field.ours, gender="man")
    user = User.objects.create(username="dara", person_id=person.pk)

    def give(role: Role) -> None:
        grant_role(user=user, role=role, organisation=field.ours, programme_id=field.programme.pk, by=SETUP, at=NOW)

    with pytest.raises(Conflict) as error:
        give(Role.COUNSELLOR)
    assert (error.value.code, user.role_grants.count()) == ("not_cleared", 0)
    give(Role.FACILITATOR)
    clear(field, person)
    give(Role.COUNSELLOR)
    assert sorted(user.role_grants.values_list("role", flat=True)) == ["counsellor", "facilitator"]


def test_joined_records_are_one_person_to_whoever_asks() -> None:
    field = a_field()
    first, second = joined(field)
    clear(field, second)
    asked = [first.pk, second.pk]
    assert cleared(asked, programme_id=field.programme.pk, on=TODAY) == {second.pk}
    confirm(first, second)
    assert cleared(asked, programme_id=field.programme.pk, on=TODAY) == set(asked)
    clearances.stop(whom(field, second), status=Clearance.Status.SUSPENDED, by=SETUP, at=NOW)
    assert stopped(asked, on=TODAY) == set(asked)
    assert cleared(asked, programme_id=field.programme.pk, on=TODAY) == frozenset()


def test_a_record_found_to_be_somebody_stopped_stops_at_once() -> None:
    field = a_field()
    first, second = joined(field)
    clear(field, first)
    clearances.stop(whom(field, second), status=Clearance.Status.SUSPENDED, by=SETUP, at=NOW)
    told: list[ClearanceStopped] = []
    answers = reactions._answers.setdefault(ClearanceStopped, [])
    answers.append(told.append)  # type: ignore[arg-type]  # collects
    try:
        confirm(first, second)
    finally:
        answers.pop()
    assert [event.person_ids for event in told] == [(first.pk, second.pk)]
    assert cleared([first.pk], programme_id=field.programme.pk, on=TODAY) == frozenset()
