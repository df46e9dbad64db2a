"""How old a learning need is, and when it has waited too long. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt

LATE_AFTER = 180  # days without a training or a reason; as with a promise without a date, half a year


def age(raised_on: dt.date, closed_on: dt.date | None, today: dt.date) -> int:
    """Days from the day it was asked until it was answered or declined; while it waits, until today."""
    return max(0, ((closed_on or today) - raised_on).days)


def is_late(raised_on: dt.date, closed_on: dt.date | None, today: dt.date) -> bool:
    """Whether it still waits, and has waited longer than it should."""
    return closed_on is None and age(raised_on, None, today) > LATE_AFTER


def put_in(order: list[int], one: int, at: int) -> list[int]:
    """`order` with `one` moved, or put, to the place `at`, from 1; a place beyond the end is the end."""
    rest = [other for other in order if other != one]
    place = min(max(at, 1), len(rest) + 1) - 1
    return [*rest[:place], one, *rest[place:]]
