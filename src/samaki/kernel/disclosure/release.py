"""Rules 4 and 5 of domain.md §5: which periods, which corrections and which places may be published."""

from __future__ import annotations

import itertools
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from samaki.kernel.disclosure.table import Cell, CountTable

FIXED_LENGTHS: Final = (1, 3, 6, 12)
"""Months, quarters, half-years and years of the programme's calendar."""

COUNSELLING_PLACES: Final = frozenset({"province", "area"})
NARROW_PLACES: Final = frozenset({"district", "commune", "village", "group"})
"""Never published for counselling; a group stands in one commune, so it names it."""
COMMUNES_IN_A_CROSSING: Final = 3
PROVINCE_CODE: Final = 2
"""Digits of a province's code; longer codes name districts, communes and villages."""

Level = tuple[str, ...]
"""The keys of the dimensions that a cell breaks down."""


def is_fixed_period(start: date | None, end: date | None, *, fiscal_start_month: int = 1) -> bool:
    """Rule 4: whether start … end (both included) is a whole month, quarter, half-year or year of the calendar.

    Without both it is the programme as a whole, one fixed question. Without a start: up to the end of a month.
    """
    if end is None:
        return start is None
    if start is None:
        return is_fixed_day(end)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    begins_one = (start.month - fiscal_start_month) % 12 % max(months, 1) == 0
    return start.day == 1 and is_fixed_day(end) and months in FIXED_LENGTHS and begins_one


def is_fixed_day(day: date) -> bool:
    """Rule 4 for a state "as of" a day: only the last day of a month."""
    return day.day == monthrange(day.year, day.month)[1]


def must_wait(earlier: int | None, now: int | None, k: int) -> bool:
    """Rule 4: whether a correction would change a published count by 1…k−1. None was not published."""
    return earlier is not None and now is not None and 0 < abs(now - earlier) < k


def count_to_show(earlier: int | None, now: int | None, k: int) -> int | None:
    """Rule 4 for one count alone: the earlier value while its correction waits, else the new one.

    A table must be settled as a whole (`publish` does): old and new counts in one table give the difference away.
    """
    return earlier if must_wait(earlier, now, k) else now


def refused_levels(
    table: CountTable,
    communes: Mapping[Cell, int],
    filters: Iterable[tuple[str, str]] = (),
) -> frozenset[Level]:
    """Rule 5: the breakdown levels of a counselling table that are not published, whole.

    `communes`: how many communes contribute to each cell that is not 0; one left out counts as none. A crossing is
    two or more of dimensions and `filters` together.
    """
    limits = tuple(filters)
    keys = [dimension.key for dimension in table.dimensions]
    levels = {level for size in range(len(keys) + 1) for level in itertools.combinations(keys, size)}
    if any(_is_narrow(key, (value,)) for key, value in limits):
        return frozenset(levels)
    narrow = {dimension.key for dimension in table.dimensions if _is_narrow(dimension.key, dimension.categories)}
    refused = {level for level in levels if narrow.intersection(level)}
    for cell in table.cells():
        level = table.level(cell)
        thin = table.counts[cell] not in (0, None) and communes.get(cell, 0) < COMMUNES_IN_A_CROSSING
        if len(level) + len(limits) >= 2 and thin:
            refused.add(level)
    return frozenset(refused)


def _is_narrow(key: str, values: Iterable[str]) -> bool:
    if key == "place":
        return any(not value.isdigit() or len(value) > PROVINCE_CODE for value in values)
    return key in NARROW_PLACES
