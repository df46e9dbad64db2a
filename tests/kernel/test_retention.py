"""Months to keep something: the last day that is over by a day, and none that is not."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from samaki.kernel.retention import last_due, months_after

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1))
MONTHS = st.sampled_from([12, 24])


def test_what_was_closed_on_the_29th_of_february_goes_on_the_28th() -> None:
    assert last_due(dt.date(2026, 2, 28), 24) == dt.date(2024, 2, 29)
    assert last_due(dt.date(2026, 2, 27), 24) == dt.date(2024, 2, 27)
    assert last_due(dt.date(2026, 3, 1), 24) == dt.date(2024, 3, 1)


@given(DAYS, DAYS, MONTHS)
def test_no_day_is_due_early_and_none_is_passed_over(closed: dt.date, on: dt.date, months: int) -> None:
    assert (closed <= last_due(on, months)) == (months_after(closed, months) <= on)
