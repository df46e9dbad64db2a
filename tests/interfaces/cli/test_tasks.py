from __future__ import annotations

import threading

import pytest
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from samaki.interfaces.cli import tasks
from samaki.interfaces.cli.sealing import Sealer
from samaki.kernel.actors import System
from samaki.kernel.audit.chain import verify
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.audit.operations import record
from tests.interfaces.cli.conftest import Samaki

pytestmark = pytest.mark.django_db


def _left_running(workers: int) -> DBTaskResult[..., object]:
    return DBTaskResult.objects.create(
        status="RUNNING",
        args_kwargs={"args": [], "kwargs": {}},
        task_path="tests.interfaces.cli.test_tasks.nothing",
        backend_name="default",
        run_after=timezone.now(),
        started_at=timezone.now(),
        worker_ids=[f"worker-{number}" for number in range(workers)],
        exception_class_path="",
        traceback="",
    )


@task()
def double(number: int) -> int:
    return 2 * number


@task()
def fail() -> None:
    raise LookupError("nothing there")


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_what_is_due_and_outlives_a_task_that_fails() -> None:
    failing, doubled = fail.enqueue(), double.enqueue(21)
    tasks.run_ready("worker")
    failing.refresh()
    doubled.refresh()
    assert (failing.status, doubled.status, doubled.return_value) == ("FAILED", "SUCCESSFUL", 42)


def test_a_task_of_a_dead_worker_comes_back() -> None:
    task = _left_running(workers=1)
    assert tasks.reclaim() == 1
    task.refresh_from_db()
    assert (task.status, task.started_at) == ("READY", None)


def test_a_task_that_ended_three_workers_is_given_up() -> None:
    task = _left_running(workers=tasks.TRIES)
    assert tasks.reclaim() == 0
    task.refresh_from_db()
    assert (task.status, task.exception_class_path) == ("FAILED", "samaki.interfaces.cli.tasks.KilledTooOften")


def test_the_sealer_chains_what_was_done_and_verify_tells_an_edit(samaki: Samaki) -> None:
    before = verify()
    made = [record(System("test"), "try", ("thing", number)) for number in range(3)]
    assert (verify().sealed, verify().unsealed) == (before.sealed, before.unsealed + 3)
    Sealer(threading.Event()).once()
    assert (verify().sealed, verify().unsealed) == (before.sealed + before.unsealed + 3, 0)
    assert samaki("audit", "verify").code == 0
    AuditEntry.objects.filter(pk=made[1].pk).update(reason="another story")
    said = samaki("audit", "verify")
    assert (said.code, said.out) == (1, "")
