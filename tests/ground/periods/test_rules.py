"""Periods by the programme's calendar, and the steps of a report."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.ground.periods.rules import (
    Kind,
    Period,
    State,
    Step,
    after,
    before,
    containing,
    parse,
    period_of,
    run_of,
)
from samaki.kernel.errors import Conflict, Invalid

pytestmark = pytest.mark.once

months = st.integers(min_value=1, max_value=12)
days = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("written", "starts_in", "expected"),
    [
        ("2008", 1, Period("2008", Kind.YEAR, dt.date(2008, 1, 1), dt.date(2008, 12, 31))),
        ("2008", 7, Period("2008", Kind.YEAR, dt.date(2008, 7, 1), dt.date(2009, 6, 30))),
        ("2008-Q1", 1, Period("2008-Q1", Kind.QUARTER, dt.date(2008, 1, 1), dt.date(2008, 3, 31))),
        ("2008-q3", 10, Period("2008-Q3", Kind.QUARTER, dt.date(2009, 4, 1), dt.date(2009, 6, 30))),
        ("2008-02", 7, Period("2008-02", Kind.MONTH, dt.date(2008, 2, 1), dt.date(2008, 2, 29))),
        (" ២០០៨-០៣ ", 1, Period("2008-03", Kind.MONTH, dt.date(2008, 3, 1), dt.date(2008, 3, 31))),
    ],
)
def test_a_period_is_read_by_the_calendar_of_the_programme(written: str, starts_in: int, expected: Period) -> None:
    assert parse(written, fiscal_year_starts_in=starts_in) == expected


@pytest.mark.parametrize("written", ["", "2008-13", "2008-00", "2008-Q5", "08", "20083", "2008/03", "March", "0000"])
def test_what_is_no_period_is_refused_with_its_field(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(written, fiscal_year_starts_in=1)
    assert (refused.value.code, refused.value.field) == ("period_not_understood", "period")


def test_a_quarter_contains_its_three_months() -> None:
    assert parse("2008-Q4", fiscal_year_starts_in=4).months == ("2009-01", "2009-02", "2009-03")


@given(days, months, st.sampled_from(Kind))
def test_every_day_stands_in_one_period_of_a_kind_and_its_key_reads_back(
    day: dt.date, starts_in: int, kind: Kind
) -> None:
    period = period_of(day, kind, fiscal_year_starts_in=starts_in)
    assert period.contains(day)
    assert period == parse(period.key, fiscal_year_starts_in=starts_in)
    assert len(period.months) == {Kind.YEAR: 12, Kind.QUARTER: 3, Kind.MONTH: 1}[kind]


@given(days, months, st.sampled_from(Kind))
def test_periods_of_a_kind_follow_each_other_without_a_gap(day: dt.date, starts_in: int, kind: Kind) -> None:
    period = period_of(day, kind, fiscal_year_starts_in=starts_in)
    earlier = before(period, fiscal_year_starts_in=starts_in)
    assert earlier.last + dt.timedelta(days=1) == period.first
    assert run_of(period, 3, fiscal_year_starts_in=starts_in)[1:] == (earlier, period)


def test_a_day_is_in_a_month_a_quarter_and_a_year() -> None:
    assert containing(dt.date(2009, 1, 15), fiscal_year_starts_in=7) == ("2009-01", "2008-Q3", "2008")


ALLOWED = {
    (Step.SAVE, State.OPEN): State.OPEN,
    (Step.SAVE, State.RETURNED): State.RETURNED,
    (Step.SUBMIT, State.OPEN): State.SUBMITTED,
    (Step.SUBMIT, State.RETURNED): State.SUBMITTED,
    (Step.RETURN, State.SUBMITTED): State.RETURNED,
    (Step.RETURN, State.VERIFIED): State.RETURNED,
    (Step.VERIFY, State.SUBMITTED): State.VERIFIED,
}


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
def test_a_report_goes_only_where_the_table_says(step: Step, state: State) -> None:
    if (step, state) in ALLOWED:
        assert after(step, state) is ALLOWED[step, state]
        return
    with pytest.raises(Conflict) as refused:
        after(step, state)
    assert refused.value.code == "report_state"
