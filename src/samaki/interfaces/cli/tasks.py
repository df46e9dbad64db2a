"""Runs the tasks that may be late. `python -m samaki.interfaces.cli.tasks`; `samaki serve` starts one.

The worker of django-tasks-db ends at a database error, and leaves the task it was at RUNNING for ever when killed. So
one process at a time holds the folder's lock; what it then finds RUNNING was left by a dead one.
"""

from __future__ import annotations

import fcntl
import logging
import signal
import threading
from pathlib import Path
from types import FrameType

import django
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils.crypto import get_random_string

EVERY = 1.0  # seconds
TRIES = 3
logger = logging.getLogger("samaki.tasks")


class KilledTooOften(Exception):
    """Each worker that ran this task ended in the middle of it."""


def reclaim() -> int:
    """Gives tasks of a dead worker back, gives up on those that ended `TRIES` workers; returns how many came back."""
    from django_tasks_db.models import DBTaskResult

    back = 0
    for task in DBTaskResult.objects.running():
        if len(task.worker_ids) >= TRIES:
            task.set_failed(KilledTooOften(task.task_path))
            continue
        back += DBTaskResult.objects.running().filter(pk=task.pk).update(status="READY", started_at=None)
    return back


def run_ready(worker_id: str) -> None:
    """Every task that is due, then returns."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    if not DBTaskResult.objects.ready().exists():
        return
    Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=worker_id,
        excluded_queue_names=[],
    ).run()


def run(ending: threading.Event) -> None:
    with (Path(settings.DATA) / "tasks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        from samaki.interfaces.cli.tidying import Tidying  # models, which need the settings

        worker_id, reclaimed, tidying = get_random_string(32), False, Tidying()
        while not ending.is_set():
            try:
                if not reclaimed:
                    reclaim()
                    reclaimed = True
                run_ready(worker_id)
                tidying.when_due()
            except DatabaseError as error:
                logger.warning("the task worker waits: %s", error)
                connection.close()
            close_old_connections()
            ending.wait(EVERY)


def main() -> None:
    django.setup()
    ending = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ending.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run(ending)


if __name__ == "__main__":
    main()
