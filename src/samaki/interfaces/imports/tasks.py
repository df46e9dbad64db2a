"""Work on a larger file, done by the worker of the tasks that may be late."""

from __future__ import annotations

from django_tasks import task


@task()
def work_on_import(run_id: int) -> None:
    from samaki.interfaces.imports.runs import work  # here, because `runs` hands its work to this task

    work(run_id)


def work_later(run_id: int) -> None:
    """After the transaction that asks for it."""
    work_on_import.enqueue(run_id)
