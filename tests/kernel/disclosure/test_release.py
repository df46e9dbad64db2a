"""domain.md §5, rules 4 and 5."""

from __future__ import annotations

from datetime import date

import pytest

from samaki.kernel.disclosure import (
    Cell,
    CountTable,
    Dimension,
    count_to_show,
    is_fixed_day,
    is_fixed_period,
    must_wait,
    refused_levels,
)

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("start", "end", "fiscal_start_month", "fixed"),
    [
        (date(2008, 2, 1), date(2008, 2, 29), 1, True),
        (date(2008, 1, 1), date(2008, 3, 31), 1, True),
        (date(2008, 7, 1), date(2008, 12, 31), 1, True),
        (date(2008, 1, 1), date(2008, 12, 31), 1, True),
        (date(2008, 7, 1), date(2009, 6, 30), 7, True),
        (date(2008, 7, 1), date(2009, 6, 30), 1, False),  # another programme's year
        (date(2008, 2, 1), date(2008, 4, 30), 1, False),  # three months, but no quarter
        (date(2008, 2, 1), date(2008, 2, 28), 1, False),  # a day is missing
        (date(2008, 1, 2), date(2008, 1, 31), 1, False),
        (date(2008, 1, 1), date(2008, 2, 29), 1, False),
        (date(2008, 3, 1), date(2008, 2, 29), 1, False),
        (None, date(2008, 12, 31), 1, True),
        (None, date(2008, 12, 30), 1, False),
        (date(2008, 1, 1), None, 1, False),
        (None, None, 1, True),
    ],
)
def test_only_periods_of_the_programmes_calendar_are_fixed(
    start: date | None, end: date | None, fiscal_start_month: int, fixed: bool
) -> None:
    assert is_fixed_period(start, end, fiscal_start_month=fiscal_start_month) is fixed


def test_a_state_is_published_as_of_the_last_day_of_a_month() -> None:
    assert is_fixed_day(date(2016, 12, 31)) is True
    assert is_fixed_day(date(2016, 12, 30)) is False


@pytest.mark.parametrize(
    ("earlier", "now", "waits", "shown"),
    [
        (20, 20, False, 20),
        (20, 21, True, 20),
        (20, 16, True, 20),
        (20, 25, False, 25),
        (20, 15, False, 15),
        (0, 3, True, 0),
        (None, 3, False, 3),  # nothing was published that it could be taken from
        (20, None, False, None),
    ],
)
def test_a_correction_by_one_to_four_waits(
    earlier: int | None, now: int | None, waits: bool, shown: int | None
) -> None:
    assert must_wait(earlier, now, 5) is waits
    assert count_to_show(earlier, now, 5) == shown


PROVINCE, AREA = Dimension("province", ("04", "14")), Dimension("area", ("old", "new"))
CROSSED = CountTable.of((PROVINCE, AREA), {("04", "old"): 20, ("04", "new"): 12, ("14", "old"): 16, ("14", "new"): 0})


def communes(**cells: int) -> dict[Cell, int]:
    return {tuple(name.strip("_").split("_")): n for name, n in cells.items()}


def test_a_crossing_is_published_where_three_communes_stand_in_every_cell_that_is_not_nought() -> None:
    enough = communes(_04_old=3, _04_new=3, _14_old=4)
    assert refused_levels(CROSSED, enough) == frozenset()


def test_one_thin_cell_refuses_the_whole_crossing_and_leaves_its_margins() -> None:
    thin = communes(_04_old=3, _04_new=2, _14_old=4)
    assert refused_levels(CROSSED, thin) == {("province", "area")}


def test_a_cell_whose_communes_nobody_counted_refuses_the_crossing() -> None:
    assert refused_levels(CROSSED, {}) == {("province", "area")}


def test_by_province_or_by_area_alone_no_number_of_communes_is_needed() -> None:
    assert refused_levels(CountTable.of((AREA,), {("old",): 36, ("new",): 40}), {}) == frozenset()


def test_within_one_province_by_area_is_a_crossing() -> None:
    by_area = CountTable.of((AREA,), {("old",): 20, ("new",): 12})
    assert refused_levels(by_area, {}, [("province", "04")]) == {("area",)}


@pytest.mark.parametrize("key", ["district", "commune", "village", "group"])
def test_counselling_is_never_published_by_anything_narrower_than_a_province(key: str) -> None:
    narrow = CountTable.of((Dimension(key, ("one", "two")),), {("one",): 36, ("two",): 40})
    assert refused_levels(narrow, {(c,): 9 for c in ("one", "two")}) == {(key,)}
    assert refused_levels(CountTable((), {(): 36}), {}, [(key, "one")]) == {()}


@pytest.mark.parametrize(("code", "refused"), [("04", set()), ("0403", {("place",)}), ("040301", {("place",)})])
def test_a_place_is_judged_by_the_length_of_its_code(code: str, refused: set[tuple[str, ...]]) -> None:
    table = CountTable.of((Dimension("place", (code,)),), {(code,): 36})
    assert refused_levels(table, {}) == refused
