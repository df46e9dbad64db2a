from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.ground.activities.rules import ALL, SessionPlan, count_faults, date_faults

DAY = dt.date(2024, 3, 5)
NEXT = dt.date(2024, 3, 6)


def _codes(
    *plans: dt.date, starts: dt.date = DAY, ends: dt.date = NEXT, held: bool = True, on: dt.date = NEXT
) -> list[str]:
    return [fault.code for fault in date_faults(starts, ends, [SessionPlan(day) for day in plans], is_held=held, on=on)]


@pytest.mark.parametrize(
    "found, expected",
    [
        (_codes(DAY, NEXT), []),
        (_codes(NEXT, DAY), ["sessions_out_of_order"]),
        (_codes(), ["session_wanted"]),
        (_codes(DAY, on=DAY), ["date_in_future"]),
        (_codes(DAY, on=DAY, held=False), []),
        (_codes(dt.date(2024, 3, 7)), ["session_outside"]),
        (_codes(DAY, starts=NEXT, ends=DAY), ["dates_out_of_order", "session_outside"]),
    ],
)
def test_dates_of_an_activity(found: list[str], expected: list[str]) -> None:
    assert found == expected


@pytest.mark.parametrize(
    "counts, named, expected",
    [
        ({}, 0, ["counts_wanted"]),
        ({ALL: 0}, 0, []),
        ({ALL: -1}, 0, ["count_out_of_range"]),
        ({ALL: 25, ("gender", "woman"): 13, ("gender", "man"): 10}, 0, ["counts_do_not_add_up"]),
        ({ALL: 23, ("gender", "woman"): 13, ("gender", "man"): 10}, 0, []),
        ({("gender", "woman"): 13}, 0, []),
        ({ALL: 5, ("rightsholder_group", "a"): 4, ("rightsholder_group", "b"): 4}, 0, []),
        ({ALL: 5, ("rightsholder_group", "a"): 6}, 0, ["part_above_whole"]),
        ({ALL: 5, ("rightsholder_group", "a"): 6}, 1, []),
        ({("hiv_status", "positive"): 1}, 0, ["unknown_dimension"]),
    ],
)
def test_counts_of_a_session(counts: dict[tuple[str, str], int], named: int, expected: list[str]) -> None:
    assert [fault.code for fault in count_faults(counts, named=named)] == expected


@given(st.lists(st.integers(0, 50), min_size=1, max_size=5), st.integers(-3, 3))
def test_counts_by_gender_are_taken_exactly_when_they_add_up(parts: list[int], off: int) -> None:
    counts = {("gender", str(number)): part for number, part in enumerate(parts)}
    counts[ALL] = max(0, sum(parts) + off)
    assert (list(count_faults(counts)) == []) == (counts[ALL] == sum(parts))
