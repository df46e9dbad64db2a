"""Her side: who may open it, what the database keeps of it in the clear, and what the trail does not say."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import pytest
from django.db import DatabaseError, transaction

from samaki.ground.services.events import ThreatHeard
from samaki.kernel.actors import Actor, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.audit.queries import entries
from samaki.kernel.errors import Conflict, DomainError, Invalid, NotFound, Refused
from samaki.kernel.registry import reactions
from samaki.strands.survivors import operations, queries
from samaki.strands.survivors.models import HerFollowUp, Referral, ServiceFile, WarningTask
from samaki.strands.survivors.operations import Wish
from samaki.strands.survivors.rules import (
    ALLOWED,
    ConfirmedBy,
    ConsentHow,
    Field,
    Level,
    Marker,
    Purpose,
    State,
    Told,
    Value,
    Violence,
)
from tests.strands.survivors.world import AT, DAY, SAID, World

pytestmark = pytest.mark.django_db
SURVIVOR = HerFollowUp.Informant.SURVIVOR
STOPPED = Told({Violence.PHYSICAL: Value.STOPPED}, violent_90_days=False, consented=True)
NEVER = [role for role in Role if role is not Role.WOMENS_SERVICE_WORKER]


def told(file: ServiceFile, by: Actor, what: Told = STOPPED, on: dt.date = DAY) -> HerFollowUp:
    return operations.record_follow_up(file=file, window=6, informant=SURVIVOR, asked_on=on, told=what, by=by, at=AT)


def code_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_a_worker_of_the_service_opens_what_was_written() -> None:
    world = World()
    file = world.file()
    told(file, world.worker)
    view = queries.file(world.worker, file.pk)
    assert (view.said, view.stands) == (SAID, None)
    assert [one.told for one in view.follow_ups] == [STOPPED]


@pytest.mark.parametrize("role", NEVER)
def test_no_other_role_opens_anything_even_beside_that_of_the_worker(role: Role) -> None:
    world = World()
    file = world.file()
    alone = world.somebody(role, world.house)
    with pytest.raises(Refused):
        queries.file(alone, file.pk)
    with pytest.raises(Refused):
        queries.files(alone)
    with pytest.raises(Refused):
        told(file, alone)
    assert queries.waiting(alone) == 0
    both = world.with_also(role)
    if role in {Role.FACILITATOR, Role.PARTNER_ME, Role.PARTNER_FINANCE}:
        assert queries.file(both, file.pk).said == SAID
    else:
        with pytest.raises(Refused):
            queries.file(both, file.pk)
        with pytest.raises(Refused):
            operations.close_file(file=file, on=DAY, by=both, at=AT)


def test_a_worker_of_another_service_finds_nothing_and_is_not_told_whether_it_is_there() -> None:
    world = World()
    file = world.file()
    other = world.somebody(Role.WOMENS_SERVICE_WORKER, world.clinic)
    with pytest.raises(NotFound) as there:
        queries.file(other, file.pk)
    with pytest.raises(NotFound) as nowhere:
        queries.file(other, file.pk + 1_000)
    assert (code_of(there), str(there.value)) == (code_of(nowhere), str(nowhere.value))
    assert queries.files(other) == ([], None)
    with pytest.raises(Refused):
        operations.correct_file(file=file, revision=1, said=SAID, by=other, at=AT)


@pytest.mark.parametrize(("change", "code"), [("second_factor", "second_factor_wanted"), ("reason", "reason_wanted")])
def test_second_factor_and_reason_are_wanted_and_the_refusal_is_kept(change: str, code: str) -> None:
    world = World()
    file = world.file()
    without = dataclasses.replace(world.worker, **{change: False if change == "second_factor" else " "})
    with pytest.raises(Refused) as error:
        queries.file(without, file.pk)
    assert code_of(error) == code
    assert AuditEntry.objects.filter(refused=True, details={"code": code}).count() == 1


def test_every_read_is_kept_with_its_reason() -> None:
    world = World()
    file = world.file()
    queries.file(world.worker, file.pk)
    queries.files(world.worker)
    kept = AuditEntry.objects.filter(action__startswith="read_service").order_by("pk")
    assert [(one.action, one.reason, one.organisation_id) for one in kept] == [
        ("read_service_file", "follow_up", world.house.pk),
        ("read_service_files", "follow_up", world.house.pk),
    ]


def test_no_reader_of_a_programmes_trail_finds_an_act_of_her_side() -> None:
    world = World()
    administrator = world.somebody(Role.ADMINISTRATOR)
    before = entries(administrator).count()
    file = world.file()
    told(file, world.worker)
    operations.assess(file=file, on=DAY, judged=Level.STANDARD, markers=(), by=world.worker, at=AT)
    referral, _token = _a_referral_of(world, file)
    operations.revoke(referral=referral, by=world.worker, at=AT)
    reactions.raise_event(_a_threat(world))
    queries.file(world.worker, file.pk)
    with pytest.raises(Refused):
        operations.close_file(file=file, on=DAY, by=administrator, at=AT)
    assert entries(administrator).count() == before
    assert entries(world.somebody(Role.AUDITOR)).count() == before
    kept = AuditEntry.objects.filter(object_type__startswith="survivors.")
    assert {(one.organisation_id, one.programme_id) for one in kept} == {(world.house.pk, None)}
    said = " ".join(f"{one.details} {one.reason} {one.object_id}" for one in kept)
    assert [word for word in ("H-1", "K-0042", "Bopha") if word in said] == []


def test_sealed_yes_and_sealed_no_are_of_one_length() -> None:
    world = World()
    file = world.file()
    no = told(file, world.worker)
    everything = Told(dict.fromkeys(Violence, Value.UNCHANGED), violent_90_days=True, consented=True)
    yes = told(file, world.worker, everything, on=dt.date(2024, 5, 2))
    assert len(no.sealed) == len(yes.sealed)
    assert b"stopped" not in bytes(no.sealed)


def test_what_may_be_a_name_opens_no_file() -> None:
    with pytest.raises(Invalid) as refused:
        World().file("Sok Dara")
    assert code_of(refused) == "code_without_digit"


def test_what_she_says_wants_her_consent_and_is_written_once() -> None:
    world = World()
    file = world.file()
    with pytest.raises(Invalid) as error:
        told(file, world.worker, Told({}, violent_90_days=True))
    assert code_of(error) == "consent_wanted"
    first = told(file, world.worker)
    with pytest.raises(Conflict) as again:
        told(file, world.worker)
    assert code_of(again) == "told_already"
    mended = dataclasses.replace(STOPPED, violent_90_days=True)
    operations.correct_follow_up(follow_up=first, revision=1, told=mended, by=world.worker)
    assert queries.follow_up(world.worker, first.pk).told == mended
    with pytest.raises(Conflict) as stale:
        operations.correct_follow_up(follow_up=first, revision=1, told=STOPPED, by=world.worker)
    assert code_of(stale) == "changed_meanwhile"


def test_of_two_assessments_of_one_day_both_are_kept_and_the_higher_holds() -> None:
    world = World()
    file = world.file()
    operations.assess(file=file, on=DAY, judged=Level.STANDARD, markers=[Marker.STRANGULATION], by=world.worker, at=AT)
    operations.assess(file=file, on=DAY, judged=Level.STANDARD, markers=(), by=world.worker, at=AT)
    view = queries.file(world.worker, file.pk)
    assert ([one.level for one in view.risks], view.stands) == ([Level.STANDARD, Level.HIGH], Level.HIGH)


def test_a_code_that_could_be_a_name_and_a_code_in_use_are_not_taken() -> None:
    world = World()
    with pytest.raises(Invalid) as error:
        world.file("សុខា")
    assert code_of(error) == "code_not_a_code"
    world.file("h 1")
    with pytest.raises(Conflict) as twice:
        world.file("H1")
    assert code_of(twice) == "code_in_use"


def test_a_closed_file_takes_nothing_until_it_is_opened_again() -> None:
    world = World()
    file = operations.close_file(file=world.file(), on=DAY, by=world.worker, at=AT)
    with pytest.raises(Conflict) as error:
        told(file, world.worker)
    assert code_of(error) == "file_closed"
    told(operations.reopen_file(file=file, by=world.worker), world.worker)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_threat_makes_exactly_one_task_whether_or_not_she_is_known(is_known: bool) -> None:
    world = World()
    if is_known:
        world.file()
    reactions.raise_event(_a_threat(world))
    task = WarningTask.objects.get()
    assert (task.organisation_id, b"machete" in bytes(task.sealed), len(task.sealed)) == (world.house.pk, False, 540)
    view = queries.warning(world.worker, task.pk)
    assert (view.case_code, view.words) == ("K-0042", "he spoke of a machete")
    assert queries.waiting(world.worker) == 1
    with pytest.raises(Conflict):
        operations.finish(task=task, by=world.worker, at=AT)
    operations.take(task=task, by=world.worker, at=AT)
    assert queries.waiting(world.worker) == 0
    operations.finish(task=task, by=world.worker, at=AT)
    assert [one.done_at for one in queries.warnings(world.worker)] == [AT]


def test_a_threat_that_is_undone_leaves_no_task() -> None:
    world = World()
    with transaction.atomic():
        reactions.raise_event(_a_threat(world))
        assert WarningTask.objects.count() == 1
        transaction.set_rollback(True)
    assert WarningTask.objects.count() == 0


def test_the_recipient_reads_only_what_she_consented_to_until_the_last_day() -> None:
    world = World()
    referral, token = world.referral(Field.HOW)
    nurse = world.somebody(Role.WOMENS_SERVICE_WORKER, world.clinic)
    expected = {Field.CODE: "H-1", Field.SERVICE_WANTED: "medical", Field.HOW: SAID.how}
    assert queries.received_one(nurse, referral.pk, at=AT).told == expected
    assert queries.by_link(token, at=AT).told == expected
    over = dt.datetime(2024, 6, 2, 3, tzinfo=dt.UTC)
    with pytest.raises(NotFound):
        queries.received_one(nurse, referral.pk, at=over)
    for link, at in ((token, over), (token[:-1], AT)):
        with pytest.raises(NotFound):
            queries.by_link(link, at=at)
    with pytest.raises(NotFound):
        queries.file(nurse, referral.file_id)


def test_taking_consent_back_closes_it_at_once_and_destroys_what_was_sent() -> None:
    world = World()
    referral, token = world.referral(Field.HOW)
    nurse = world.somebody(Role.WOMENS_SERVICE_WORKER, world.clinic)
    operations.revoke(referral=referral, by=world.worker, at=AT)
    with pytest.raises(NotFound):
        queries.received_one(nurse, referral.pk, at=AT)
    with pytest.raises(NotFound):
        queries.by_link(token, at=AT)
    assert queries.received(nurse, at=AT) == []
    with pytest.raises(Conflict):
        operations.answer(referral=referral, accepts=True, by=nurse, at=AT)
    kept = Referral.objects.get(pk=referral.pk)
    assert (kept.state, bytes(kept.sealed), kept.link) == ("revoked", b"", "")


def test_done_is_said_by_the_service_or_by_her_and_not_by_sending() -> None:
    world = World()
    referral, _token = world.referral()
    nurse = world.somebody(Role.WOMENS_SERVICE_WORKER, world.clinic)
    with pytest.raises(Refused):  # her own service does not speak for the clinic
        operations.confirm(
            referral=referral, obtained=True, confirmed_by=ConfirmedBy.SERVICE, on=DAY, by=world.worker, at=AT
        )
    operations.answer(referral=referral, accepts=True, by=nurse, at=AT)
    done = operations.confirm(
        referral=referral, obtained=True, confirmed_by=ConfirmedBy.SERVICE, on=DAY, by=nurse, at=AT
    )
    assert (done.state, done.confirmed_by) == (State.CONFIRMED, "service")
    with pytest.raises(NotFound):
        queries.received_one(nurse, referral.pk, at=AT)


@pytest.mark.parametrize(
    ("consented", "until", "code"),
    [
        (dt.date(2024, 5, 21), dt.date(2024, 6, 1), "date_in_future"),
        (DAY, DAY, "consent_over"),
        (DAY, dt.date(2024, 5, 19), "consent_over"),
        (DAY, dt.date(2024, 12, 1), "consent_too_long"),
    ],
)
def test_a_consent_has_its_days(consented: dt.date, until: dt.date, code: str) -> None:
    world = World()
    wish = Wish(Purpose.LAW, (), consented, ConsentHow.SIGNED, until)
    with pytest.raises(Invalid) as error:
        operations.draft(file=world.file(), service=world.service(), wish=wish, by=world.worker, at=AT)
    assert code_of(error) == code


FORBIDDEN = [(old, new) for old, new in itertools.permutations(ALLOWED, 2) if new not in ALLOWED[old]]


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_the_database_too_refuses_a_move_that_the_table_does_not_have(old: str, new: str) -> None:
    world = World()
    referral, _token = world.referral()
    for state in _way_to(old):
        if state != State.SENT:
            Referral.objects.filter(pk=referral.pk).update(**_columns(state))
    if old == State.DRAFTED:
        referral = operations.draft(
            file=referral.file,
            service=referral.service,
            wish=Wish(Purpose.LAW, (), DAY, ConsentHow.SIGNED, dt.date(2024, 6, 1)),
            by=world.worker,
            at=AT,
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(**_columns(new))
    assert Referral.objects.get(pk=referral.pk).state == old


def _way_to(state: str) -> list[str]:
    return [State.SENT] if state in {State.DRAFTED, State.SENT} else [State.SENT, state]


def _columns(state: str) -> dict[str, object]:
    done = {"confirmed_on": DAY, "confirmed_by": "service"} if state == State.CONFIRMED else {}
    return {"state": state, "revoked_at": AT if state == State.REVOKED else None, **done}


def _a_threat(world: World) -> ThreatHeard:
    counsellor = world.somebody(Role.COUNSELLOR)
    return ThreatHeard(world.setting.programme.pk, world.house.pk, "K-0042", "he spoke of a machete", AT, counsellor)


def _a_referral_of(world: World, file: ServiceFile) -> tuple[Referral, str]:
    wish = Wish(Purpose.LAW, (), DAY, ConsentHow.SIGNED, dt.date(2024, 6, 1))
    made = operations.draft(file=file, service=world.service(), wish=wish, by=world.worker, at=AT)
    return operations.send(referral=made, by=world.worker, at=AT)
