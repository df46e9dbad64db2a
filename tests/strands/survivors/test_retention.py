"""Two years after it was closed nothing of her file is left; nobody beside her service learns that there was one."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.engines.retention import operations, queries
from samaki.ground.services.events import ThreatHeard
from samaki.kernel import sealed
from samaki.kernel.actors import Role
from samaki.kernel.errors import Refused
from samaki.strands.survivors import operations as hers
from samaki.strands.survivors.models import FileKey, Referral, ServiceFile, WarningTask
from samaki.strands.survivors.retention import warnings_due
from tests.strands.survivors.world import AT, DAY, World

pytestmark = pytest.mark.django_db
DUE = dt.datetime(2026, 5, 20, 3, tzinfo=dt.UTC)


@pytest.fixture
def world() -> World:
    world = World()
    world.referral()
    hers.close_file(file=ServiceFile.objects.get(), on=AT.date(), by=world.worker, at=AT)
    return world


def test_the_whole_file_goes_two_years_after_it_was_closed_and_opens_in_no_copy(world: World) -> None:
    assert queries.plan(world.worker, DUE.date() - dt.timedelta(1)) == []
    (planned,) = queries.plan(world.worker, DUE.date())
    assert [(due.code, due.due_on) for due in planned.dues or ()] == [("H-1", DUE.date())]
    salt = bytes(FileKey.objects.get().salt)
    (receipt,) = operations.run(by=world.worker, at=DUE)
    assert (receipt.rule, receipt.number, receipt.went) == ("her_files", 1, {"files": 1, "referrals": 1})
    assert (ServiceFile.objects.count(), Referral.objects.count(), FileKey.objects.count()) == (0, 0, 0)
    from samaki.kernel.keyrings import erasures

    erasures.finish()
    assert not sealed.opens(salt)
    assert operations.run(by=world.worker, at=DUE) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WOMENS_SERVICE_WORKER])
def test_no_other_role_sees_a_line_a_count_or_a_receipt_of_it(world: World, role: Role) -> None:
    for organisation in (world.setting.ours, world.house):
        actor = world.somebody(role, organisation)
        assert _plan(actor) == []
    operations.run(by=world.worker, at=DUE)
    for organisation in (world.setting.ours, world.house):
        actor = world.somebody(role, organisation)
        assert _receipts(actor) == []


def test_another_service_sees_nothing(world: World) -> None:
    other = world.somebody(Role.WOMENS_SERVICE_WORKER, world.clinic)
    assert (_plan(other), operations.run(by=other, at=DUE), ServiceFile.objects.count()) == ([], [], 1)


def test_a_file_opened_again_stays(world: World) -> None:
    hers.reopen_file(file=ServiceFile.objects.get(), by=world.worker)
    assert (operations.run(by=world.worker, at=DUE), ServiceFile.objects.get().opened_on) == ([], DAY)


def _plan(actor: object) -> list[object]:
    try:
        return list(queries.plan(actor, DUE.date()))  # type: ignore[arg-type]  # an actor of the world
    except Refused:
        return []


def _receipts(actor: object) -> list[object]:
    try:
        return list(queries.receipts(actor))  # type: ignore[arg-type]
    except Refused:
        return []


def test_a_warning_goes_two_years_after_it_was_seen_to_and_one_that_waits_stays(world: World) -> None:
    for words in ("seen to", "waits"):
        event = ThreatHeard(world.setting.programme.pk, world.house.pk, "K-0042", words, AT, world.worker)
        hers.warn(event)
    first = WarningTask.objects.order_by("pk")[0]
    hers.take(task=first, by=world.worker, at=AT)
    hers.finish(task=first, by=world.worker, at=AT)
    assert [due.id for due in warnings_due(DUE.date() - dt.timedelta(1))] == []
    assert [due.id for due in warnings_due(DUE.date())] == [first.pk]
    operations.run(by=world.worker, at=DUE)
    assert [task.taken_at for task in WarningTask.objects.all()] == [None]
