"""Whether records of a programme may still change: a locked period takes no new and no altered record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from samaki.ground.periods.models import PeriodLock
from samaki.ground.periods.rules import Period, parse
from samaki.ground.programmes.models import Programme
from samaki.kernel.errors import Conflict


def locked_periods(programme: Programme) -> tuple[Period, ...]:
    keys = PeriodLock.objects.filter(programme=programme).order_by("period").values_list("period", flat=True).distinct()
    return tuple(parse(key, fiscal_year_starts_in=programme.fiscal_year_starts_in) for key in keys)


def period_locked(period: Period) -> Conflict:
    return Conflict(
        "period_locked",
        _("This month is locked. If a figure must change, please ask for a correction. The old figure stays."),
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
