"""An older database put back, and people joined or parted between the asking and the day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import TestCase

from samaki.engines.retention import operations
from samaki.engines.retention.models import Receipt
from samaki.ground.activities.models import Attendance, Tally
from samaki.ground.people.events import PersonWithdrawn
from samaki.ground.people.models import MatchCandidate, Person, PersonIdentity, PersonKey
from samaki.ground.people.operations import ask_to_leave, confirm_same, stay, undo_merge
from samaki.kernel import vault
from samaki.kernel.actors import Role, System
from samaki.kernel.errors import Conflict
from samaki.kernel.keyrings import erasures
from samaki.kernel.registry import reactions
from samaki.kernel.sealed import slot_of
from tests.factories.field import Field, a_field
from tests.factories.leaving import LEAVES, STAYS, a_line, a_roster, a_roster_form, sent
from tests.factories.people import a_person, named

pytestmark = pytest.mark.django_db
ASKED = dt.datetime(2024, 7, 1, 3, tzinfo=dt.UTC)
DUE = dt.datetime(2024, 7, 8, 3, tzinfo=dt.UTC)


@pytest.fixture
def field(tmp_path: Path, settings: LazySettings) -> Field:
    settings.VAULT = str(tmp_path / "vault")
    return a_field()


def run(field: Field, at: dt.datetime) -> list[Receipt]:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return operations.run(by=field.actor(Role.SAFEGUARDING_FOCAL), at=at)


def came() -> list[tuple[object, ...]]:
    rows = Attendance.objects.order_by("session", "person__birth_year")
    return list(rows.values_list("session", "person", "person__gender", "person__birth_year", "person__withdrawn_at"))


def a_pair(field: Field) -> MatchCandidate:
    for _each in range(2):
        a_person(field.ours, named(latin="Sok Dara"))
    return MatchCandidate.objects.get()


def test_whose_name_went_with_an_old_programme_stays_counted_where_an_older_database_is_put_back(field: Field) -> None:
    field.programme.ends_on = dt.date(2024, 6, 30)
    field.programme.save()
    a_roster_form(field)
    sent(field, a_roster("2024-03-05", a_line(STAYS, 1985), a_line(LEAVES, 1990)))
    older = transaction.savepoint()
    run(field, dt.datetime(2026, 6, 30, 3, tzinfo=dt.UTC))
    before = came()
    transaction.savepoint_rollback(older)
    erasures.replay()
    assert (came(), Tally.objects.count()) == (before, 0)
    assert (PersonKey.objects.count(), PersonIdentity.objects.count()) == (0, 0)
    assert erasures.replay() == {}


def test_two_who_asked_to_leave_and_were_found_to_be_one_leave_and_hold_up_nobody(field: Field) -> None:
    pair = a_pair(field)
    other = a_person(field.ours, named(latin="Chan Thida"))
    for person_id in (pair.first_id, pair.second_id, other.pk):
        ask_to_leave(person_id, by=field.me, at=ASKED)
    confirm_same(pair.pk, by=field.me)
    (receipt,) = run(field, DUE)
    assert (receipt.went["people"], receipt.went["names"]) == (2, 3)
    assert set(Person.objects.values_list("withdrawn_at", flat=True)) == {DUE}
    assert run(field, DUE) == []


def test_who_asked_to_leave_is_not_parted_before_it_is_known_which_of_the_two_asked(field: Field) -> None:
    pair = a_pair(field)
    confirm_same(pair.pk, by=field.me)
    ask_to_leave(pair.second_id, by=field.me, at=ASKED)
    with pytest.raises(Conflict) as told:
        undo_merge(pair.pk, by=field.me)
    assert told.value.code == "leaving_already"
    stay(pair.first_id, by=field.me, at=ASKED)
    undo_merge(pair.pk, by=field.me)
    ask_to_leave(pair.second_id, by=field.me, at=ASKED)
    run(field, DUE)
    assert list(Person.objects.order_by("pk").values_list("withdrawn_at", flat=True)) == [None, DUE]


def test_whose_name_was_lost_with_an_older_vault_leaves_and_holds_up_nobody(field: Field) -> None:
    """Who was added after the vault's last copy has a name that opens no more, and may ask to leave all the same."""
    lost, other = a_person(field.ours, named(latin="Sok Dara")), a_person(field.ours, named(latin="Chan Thida"))
    slot = slot_of(PersonKey.objects.get(pk=lost.pk).salt)
    assert slot is not None
    vault.destroy([slot])
    for person in (lost, other):
        ask_to_leave(person.pk, by=field.me, at=ASKED)
    run(field, DUE)
    assert set(Person.objects.values_list("withdrawn_at", flat=True)) == {DUE}
    assert PersonKey.objects.count() == 0


def test_what_cannot_be_let_go_is_told_and_holds_up_nothing_else(field: Field) -> None:
    """An error in one organisation's records is no reason to keep what another's people were promised to lose."""
    failing = [True]

    def fail(event: PersonWithdrawn) -> None:
        if failing[0] and event.organisation_id == field.ours.pk:
            raise ArithmeticError

    reactions.on(PersonWithdrawn)(fail)
    ours, theirs = (a_person(each, named(latin="Sok Dara")) for each in (field.ours, field.theirs))
    ask_to_leave(ours.pk, by=field.me, at=ASKED)
    ask_to_leave(theirs.pk, by=field.actor(Role.PARTNER_ME, field.theirs), at=ASKED)
    with pytest.raises(ArithmeticError), TestCase.captureOnCommitCallbacks(execute=True):
        operations.run(by=System("a test lets go"), at=DUE)
    failing[0] = False
    stand = dict(Person.objects.values_list("pk", "withdrawn_at"))
    assert stand == {ours.pk: None, theirs.pk: DUE}
