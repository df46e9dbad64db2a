"""Somebody asks to leave: what is planned, what goes, what stays, and that nothing brings her back."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import TestCase

from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.operations.deriving import Derived, delete_submission, derive_again
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.engines.results.models import Snapshot
from samaki.engines.results.snapshots import take
from samaki.engines.retention import operations, queries
from samaki.engines.retention.models import Receipt
from samaki.engines.retention.receipts import digest_of
from samaki.ground.activities.models import Attendance, Tally
from samaki.ground.people.events import PersonWithdrawn
from samaki.ground.people.models import Consent, Person, PersonKey, Tombstone, Withdrawal
from samaki.ground.people.operations import Identity, ask_to_leave, stay
from samaki.kernel import vault
from samaki.kernel.actors import AnyActor, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, NotFound, Refused
from samaki.kernel.keyrings import erasures
from samaki.kernel.keyrings.models import Erasure
from samaki.kernel.registry import reactions
from samaki.kernel.sealed import slot_of
from tests.factories.field import Field, a_field, lock
from tests.factories.fieldforms import a_parcel
from tests.factories.leaving import LEAVES, STAYS, a_line, a_roster, a_roster_form, person_named, places_that_name, sent
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db
ASKED = dt.datetime(2024, 7, 1, 3, tzinfo=dt.UTC)
DUE = dt.datetime(2024, 7, 8, 3, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: LazySettings) -> None:
    settings.VAULT = str(tmp_path / "vault")


@pytest.fixture
def field() -> Field:
    found = a_field()
    a_roster_form(found)
    return found


@pytest.fixture
def roster(field: Field) -> Submission:
    return sent(field, a_roster("2024-03-05", a_line(STAYS, 1985), a_line(LEAVES, 1990)))


@pytest.fixture
def leaving(field: Field, roster: Submission) -> Person:
    person = person_named(LEAVES)
    ask_to_leave(person.pk, by=field.me, at=ASKED)
    return person


def run(by: AnyActor, at: dt.datetime = DUE) -> list[Receipt]:
    """A run, and what follows once it is committed."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return operations.run(by=by, at=at)


def safe(field: Field) -> AnyActor:
    return field.actor(Role.SAFEGUARDING_FOCAL)


def test_who_asked_to_leave_is_listed_goes_on_her_day_and_a_receipt_tells(field: Field, leaving: Person) -> None:
    assert queries.plan(safe(field), dt.date(2024, 7, 7)) == []
    (planned,) = queries.plan(field.me, dt.date(2024, 7, 8))
    codes = [(due.code, due.due_on) for due in planned.dues or ()]
    assert (planned.rule.key, planned.count, codes) == (
        "withdrawal",
        1,
        [(f"P{leaving.pk:06d}", dt.date(2024, 7, 8))],
    )
    (receipt,) = run(safe(field))
    assert (receipt.number, receipt.things, receipt.went) == (1, 1, {"people": 1, "names": 1, "consents": 1})
    kept = AuditEntry.objects.get(action="let_go", object_id=str(receipt.pk))
    assert (kept.details["digest"], digest_of(Receipt.objects.get())) == (receipt.digest, receipt.digest)
    assert places_that_name(LEAVES) == []


def test_who_may_let_go_is_told_how_many_and_not_who(field: Field, leaving: Person) -> None:
    assert [(one.count, one.dues) for one in queries.plan(safe(field), DUE.date())] == [(1, None)]


def test_all_others_of_the_list_stay_named(field: Field, leaving: Person) -> None:
    before = places_that_name(STAYS)
    run(safe(field))
    assert places_that_name(STAYS) == before != []


def test_a_second_run_finds_nothing_to_do(field: Field, leaving: Person) -> None:
    assert (len(run(safe(field))), run(safe(field)), Receipt.objects.count()) == (1, [], 1)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SAFEGUARDING_FOCAL, Role.ADMINISTRATOR}])
def test_no_other_role_lets_anybody_go_and_that_it_tried_is_kept(field: Field, leaving: Person, role: Role) -> None:
    if role is Role.WOMENS_SERVICE_WORKER:  # she lets go of her own files, and of nobody here
        assert run(field.actor(role)) == []
    else:
        with pytest.raises(Refused):
            run(field.actor(role))
        assert AuditEntry.objects.filter(action="let_go", refused=True).count() == 1
    assert Person.objects.get(pk=leaving.pk).withdrawn_at is None


def test_another_organisation_and_whoever_lacks_a_second_factor_see_and_do_nothing(
    field: Field, leaving: Person
) -> None:
    other = field.actor(Role.SAFEGUARDING_FOCAL, field.theirs)
    assert (queries.plan(other, DUE.date()), run(other)) == ([], [])
    unsure = field.actor(Role.SAFEGUARDING_FOCAL, second_factor=False)
    for act in (lambda: queries.plan(unsure, DUE.date()), lambda: run(unsure)):
        with pytest.raises(Refused):
            act()
    with pytest.raises(NotFound):
        ask_to_leave(leaving.pk, by=field.actor(Role.PARTNER_ME, field.theirs), at=ASKED)
    assert list(queries.receipts(other)) == []


def test_her_consents_end_at_once_and_stand_again_where_she_stays(field: Field, leaving: Person) -> None:
    assert list(Consent.objects.filter(person=leaving).values_list("withdrawn_on", flat=True)) == [ASKED.date()]
    with pytest.raises(Conflict, match="leaving_already"):
        _coded(lambda: ask_to_leave(leaving.pk, by=field.me, at=ASKED))
    stay(leaving.pk, by=field.me, at=DUE)
    assert list(Consent.objects.filter(person=leaving).values_list("withdrawn_on", flat=True)) == [None]
    assert (queries.plan(field.me, DUE.date()), run(safe(field))) == ([], [])
    with pytest.raises(Conflict, match="not_leaving"):
        _coded(lambda: stay(leaving.pk, by=field.me, at=DUE))


def test_she_stays_counted_and_neither_deriving_nor_the_same_list_brings_her_back(
    field: Field, roster: Submission, leaving: Person
) -> None:
    run(safe(field))
    stood = _state()
    roster.refresh_from_db()
    assert derive_again(form=roster.form, organisation_id=field.ours.pk, by=field.me, at=DUE) == Derived(1, 0)
    assert (_state(), places_that_name(LEAVES)) == (stood, [])
    assert list(Tally.objects.order_by("dimension").values_list("dimension", "value", "count")) == [
        ("age_band", "25_34", 1),
        ("all", "all", 1),
        ("gender", "woman", 1),
    ]
    again = sent(field, a_roster("2024-03-12", a_line(LEAVES, 1990)), at=DUE)
    assert (again.state, [one["code"] for one in again.faults]) == ("failed", ["perhaps_withdrawn"])


def test_the_same_sent_again_is_known_and_kept_as_it_is_now(field: Field) -> None:
    content = a_roster("2024-03-05", a_line(STAYS, 1985), a_line(LEAVES, 1990), instance="uuid:one")
    first = sent(field, content)
    ask_to_leave(person_named(LEAVES).pk, by=field.me, at=ASKED)
    run(safe(field))
    again = receive(a_parcel(field, content), at=DUE)
    assert (again.number, again.is_new, places_that_name(LEAVES)) == (first.pk, False, [])


def test_a_locked_period_keeps_its_figures_and_points_at_somebody_without_a_name(field: Field, leaving: Person) -> None:
    take(lock(field.programme, "2024-03"), by=SETUP)
    before = _published()
    run(safe(field))
    assert (_published(), Tally.objects.count(), places_that_name(LEAVES)) == (before, 0, [])
    assert Person.objects.get(pk=leaving.pk).gender == "not_recorded"


SWAPPED = Identity(LEAVES.given_km, LEAVES.family_km, LEAVES.given_latin, LEAVES.family_latin, LEAVES.phone)
ONLY_LATIN = Identity(family_latin="TEP", given_latin="raksmeypich")
BY_PHONE = Identity(family_latin="Te", given_latin="Rasmey", phone="+855 12 345 678")
WAYS: dict[str, Callable[[Field], object]] = {
    "in the other order": lambda f: sent(f, a_roster("2024-03-12", a_line(SWAPPED, 1990))),
    "in one script, in capitals": lambda f: sent(f, a_roster("2024-03-12", a_line(ONLY_LATIN, ""))),
    "under another spelling with her phone": lambda f: sent(f, a_roster("2024-03-12", a_line(BY_PHONE, 1991))),
    "without consent, so that it failed": lambda f: sent(f, a_roster("2024-03-12", a_line(LEAVES, 1990, consent=""))),
    "in a note": lambda f: sent(f, a_roster("2024-03-12", notes="Raksmeypich Tep spoke first")),
    "in a note with her phone": lambda f: sent(f, a_roster("2024-03-12", notes="call 012-345-678 first")),
    "in what was deleted": lambda f: delete_submission(
        submission=sent(f, a_roster("2024-03-12", a_line(LEAVES, 1990))), reason="twice", by=f.me, at=ASKED
    ),
    "in a version nobody knows": lambda f: sent(
        f,
        a_roster("2024-03-12", a_line(STAYS, 1985), a_line(LEAVES, 1990)).replace(b'version="1"', b'version="9"'),
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_column_and_no_file_names_her_in_whatever_form_she_was_written(
    field: Field, roster: Submission, way: str
) -> None:
    WAYS[way](field)
    assert "people.personidentity.sealed opened" in places_that_name(LEAVES)
    own = person_named(LEAVES)
    stays = person_named(STAYS)
    Person.objects.exclude(pk__in=(own.pk, stays.pk)).update(merged_into=own)  # entered twice, found to be one
    ask_to_leave(own.pk, by=field.me, at=ASKED)
    run(safe(field))
    assert places_that_name(LEAVES) == []


def test_a_namesake_of_another_birth_year_stays_in_what_was_sent(field: Field, roster: Submission) -> None:
    namesake = Identity(LEAVES.family_km, LEAVES.given_km, LEAVES.family_latin, LEAVES.given_latin)
    other = sent(field, a_roster("2024-03-12", a_line(namesake, 1950)))
    before = bytes(other.xml)
    ask_to_leave(person_named(LEAVES).pk, by=field.me, at=ASKED)
    run(safe(field))
    other.refresh_from_db()
    assert (bytes(other.xml), other.is_redacted) == (before, False)


def test_an_older_database_with_every_key_there_is_opens_nothing_of_hers_and_is_brought_up_to_date(
    field: Field, roster: Submission, leaving: Person
) -> None:
    older = transaction.savepoint()
    assert len(run(safe(field))) == 1
    transaction.savepoint_rollback(older)  # the database is a copy of before; journal and vault are of now
    assert Person.objects.get(pk=leaving.pk).withdrawn_at is None
    assert PersonKey.objects.filter(pk=leaving.pk).count() == 1
    assert places_that_name(LEAVES) == []
    assert erasures.replay() == {"people.people": 1, "people.tombstones": 2, "fieldforms.submissions": 1}
    assert Person.objects.get(pk=leaving.pk).withdrawn_at is not None
    assert Withdrawal.objects.get().erased_at is not None
    assert list(Tally.objects.order_by("dimension").values_list("value", "count")) == [
        ("25_34", 1),
        ("all", 1),
        ("woman", 1),
    ]
    again = sent(field, a_roster("2024-03-12", a_line(LEAVES, 1990)), at=DUE)
    assert [one["code"] for one in again.faults] == ["perhaps_withdrawn"]
    assert erasures.replay() == {}
    stood = _state()
    derive_again(form=roster.form, organisation_id=field.ours.pk, by=field.me, at=DUE)
    assert _state() == stood


def test_an_older_copy_of_the_vault_is_brought_up_to_date(field: Field, leaving: Person) -> None:
    slot = slot_of(PersonKey.objects.get(pk=leaving.pk).salt)
    assert slot is not None
    older = vault.path_of().read_bytes()
    run(safe(field))
    with vault.path_of().open("r+b") as file:
        file.write(older)
    assert vault.secret(slot)
    erasures.replay()
    with pytest.raises(vault.NoSecret):
        vault.secret(slot)


def test_what_fails_half_way_leaves_everything_as_it_was(field: Field, leaving: Person) -> None:
    before, named, failing = _state(), places_that_name(LEAVES), [True]

    def fail(event: PersonWithdrawn) -> None:
        if failing[0]:
            raise ArithmeticError

    reactions.on(PersonWithdrawn)(fail)
    with pytest.raises(ArithmeticError), transaction.atomic():
        run(safe(field))
    failing[0] = False
    assert (_state(), places_that_name(LEAVES), Receipt.objects.count()) == (before, named, 0)
    assert (Erasure.objects.count(), Tombstone.objects.count()) == (0, 0)
    assert len(run(safe(field))) == 1


def test_a_machine_that_dies_between_commit_and_destruction_goes_on_at_its_next_start(
    field: Field, leaving: Person
) -> None:
    slot = slot_of(PersonKey.objects.get(pk=leaving.pk).salt)
    assert slot is not None
    operations.run(by=safe(field), at=DUE)  # nothing that follows a commit was done
    assert vault.secret(slot)
    erasures.replay()
    with pytest.raises(vault.NoSecret):
        vault.secret(slot)
    assert (Erasure.objects.count(), erasures.path_of().read_text().count(f"slot {slot.number} ")) == (0, 1)


def test_no_two_people_share_a_secret(field: Field) -> None:
    slots = list(itertools.chain.from_iterable(vault.claim(count) for count in (1, 63, 1, 200, 2)))
    assert len(slots) == len(set(slots)) == 267
    vault.destroy(slots[:1])
    assert [_there(slot) for slot in slots] == [False] + [True] * 266


def test_a_number_given_out_again_by_an_older_vault_is_not_destroyed_with_whom_it_lost(field: Field) -> None:
    vault.claim(1)
    older = vault.path_of().read_bytes()
    (lost,) = vault.claim(vault.AT_ONCE + 1)[-1:]
    vault.path_of().write_bytes(older)
    vault._forget()
    anew = next(slot for slot in vault.claim(2 * vault.AT_ONCE + 2) if slot.number == lost.number)
    vault.destroy([lost])
    assert (_there(anew), anew == lost) == (True, False)
    vault.destroy([anew])
    assert not _there(anew)


def _there(slot: vault.Slot) -> bool:
    try:
        return bool(vault.secret(slot))
    except vault.NoSecret:
        return False


def _published() -> tuple[object, ...]:
    """Every table of every locked period, and who stands behind them."""
    return (
        list(Snapshot.objects.order_by("pk").values_list("pk", "content")),
        list(Attendance.objects.order_by("pk").values_list("session", "person")),
    )


def _coded(act: Callable[[], object]) -> None:
    """A conflict by its code, whatever the language."""
    try:
        act()
    except Conflict as conflict:
        raise Conflict(conflict.code, conflict.code) from conflict


def _state() -> tuple[object, ...]:
    return (
        list(Attendance.objects.order_by("pk").values_list("session", "person")),
        list(Tally.objects.order_by("pk").values_list("session", "dimension", "value", "count")),
        list(Person.objects.order_by("pk").values_list("pk", "withdrawn_at")),
    )
