"""Whether records of a programme may still change: a locked period takes no new and no altered record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils.translation import gettext_lazy as _

from samaki.ground.periods.models import PeriodLock
from samaki.ground.periods.rules import Period, parse
from samaki.ground.programmes.models import Programme
from samaki.kernel.database.bulk import rows_among
from samaki.kernel.errors import Conflict

LOCK_FAMILY = 7_108  # keeps our advisory locks apart from any other use of them


def locked_periods(programme: Programme) -> tuple[Period, ...]:
    """Periods locked and not open for correction. Called by a transaction that writes, it also keeps the programme from
    being locked until that transaction ends, so that nothing slips in beside the snapshot."""
    return locked_periods_of(programme.pk, fiscal_year_starts_in=programme.fiscal_year_starts_in)


def locked_periods_of(programme_id: int, *, fiscal_year_starts_in: int) -> tuple[Period, ...]:
    """`locked_periods` of a programme by key; by plain SQL, since every form that a phone sends asks for it."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        _advise("pg_advisory_xact_lock_shared", programme_id)
    locks = rows_among(PeriodLock, ("period", "reopened_at"), "programme_id", [programme_id])
    periods = (parse(key, fiscal_year_starts_in=fiscal_year_starts_in) for key, reopened_at in locks if not reopened_at)
    return tuple(sorted(periods, key=lambda one: (one.first, -one.last.toordinal())))


def period_locked(period: Period) -> Conflict:
    return Conflict(
        "period_locked",
        _("%(period)s is locked. If a figure must change, please ask for a correction. The old figure stays."),
        period=period.key,
    )


def lock_over(locks: Iterable[Period], first: dt.date | None, last: dt.date | None = None) -> Conflict | None:
    """The refusal of a record dated `first` through `last` (default: that day), or None where nothing is locked.

    A record without a date stands in no period, so no lock holds it.
    """
    if first is None:
        return None
    last = last or first
    return next((period_locked(lock) for lock in locks if lock.first <= last and first <= lock.last), None)


def refuse_locked(programme: Programme, *days: dt.date | None) -> None:
    """Raises Conflict("period_locked") where any of the days stands in a locked period of the programme."""
    locks = locked_periods(programme)
    for day in days:
        if (conflict := lock_over(locks, day)) is not None:
            raise conflict


def is_locked(programme: Programme, day: dt.date) -> bool:
    return lock_over(locked_periods(programme), day) is not None


@contextmanager
def sole_use(programme_id: int) -> Iterator[Callable[[], None]]:
    """No writer of this programme is at work meanwhile. What it yields is called first in the transaction, so that all
    of it sees one moment.

    On PostgreSQL the lock is taken before the transaction, so that its snapshot begins after the last writer's commit;
    on SQLite one writer at a time is the rule anyway.
    """
    if connection.vendor != "postgresql":
        yield _nothing
    elif connection.in_atomic_block:
        _advise("pg_advisory_xact_lock", programme_id)
        yield _nothing
    else:
        _advise("pg_advisory_lock", programme_id)
        try:
            yield _see_one_moment
        finally:
            _advise("pg_advisory_unlock", programme_id)


def _nothing() -> None:
    """A transaction that sees one moment already, or that began before us."""


def _see_one_moment() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _advise(function: str, programme_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCK_FAMILY, programme_id])
