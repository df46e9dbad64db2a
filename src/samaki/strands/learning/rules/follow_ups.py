"""When a follow-up tells of what was learned (domain.md section 2, Learning). Pure: no database, no clock."""

from __future__ import annotations

import calendar
import datetime as dt

EARLIEST, LATEST = 3, 6  # months after the training


def in_window(trained_on: dt.date, on: dt.date) -> bool:
    """Whether a follow-up on that day is one at 3 to 6 months, both days included."""
    return months_after(trained_on, EARLIEST) <= on <= months_after(trained_on, LATEST)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
