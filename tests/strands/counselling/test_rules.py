from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.kernel.errors import Invalid
from samaki.strands.counselling.rules import (
    CaseRow,
    GroupMonthRow,
    GroupSpan,
    Judgement,
    Timeliness,
    case_faults,
    clean_code,
    due_on,
    expected_months,
    group_month_faults,
    timeliness,
)

TODAY = dt.date(2024, 6, 15)
MARCH = dt.date(2024, 3, 1)
GROUP = GroupSpan(1, 1, 1, True, dt.date(2024, 1, 20), dt.date(2024, 5, 10))
CASE = CaseRow("M-1", 1, 1, dt.date(2024, 3, 2), (dt.date(2024, 3, 2), None, dt.date(2024, 4, 2)))
REPORT = GroupMonthRow(1, MARCH, dt.date(2024, 4, 9), 2, 5, 3, 1)


def _case(**changes: object) -> list[str]:
    return [fault.code for fault in case_faults(replace(CASE, **changes), GROUP, on=TODAY)]  # type: ignore[arg-type]


def _report(**changes: object) -> list[str]:
    return [fault.code for fault in group_month_faults(replace(REPORT, **changes), GROUP, on=TODAY)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text, code", [("m-001", "M-001"), (" KC 12/3 ", "KC12/3"), ("១២", ""), ("Sok Dara", "SOKDARA")]
)
def test_a_code_is_kept_in_capitals_without_spaces(text: str, code: str) -> None:
    if code:
        assert clean_code(text) == code
    else:
        with pytest.raises(Invalid):
            clean_code(text)


@pytest.mark.parametrize(
    "found, expected",
    [
        (_case(), []),
        (_case(opened_on=None, sessions=(None,)), []),
        (_case(code="សុខ តារា"), ["case_code_not_a_code"]),
        (_case(opened_on=dt.date(2024, 6, 16), sessions=()), ["date_in_future"]),
        (_case(sessions=(dt.date(2025, 1, 1),)), ["date_in_future"]),
        (_case(sessions=(dt.date(2024, 3, 9), dt.date(2024, 3, 8))), ["sessions_out_of_order"]),
        (_case(sessions=(dt.date(2024, 3, 1),)), ["session_before_opening"]),
        (_case(judgements=(Judgement("any", "cured"),)), ["value_not_on_scale"]),
        (_case(judgements=(Judgement("any", "improved"), Judgement("any", "stopped"))), ["judged_twice"]),
        (_case(judgements=(Judgement("any", "improved"),), sessions=()), ["judged_before_session"]),
        (_case(judgements=(Judgement("any", "improved", dt.date(2024, 7, 1)),)), ["date_in_future"]),
        (_case(birth_year=2006), ["child_protection"]),
        (_case(birth_year=2005), []),
        (_case(birth_year=2005, opened_on=dt.date(2023, 1, 1)), ["child_protection"]),
    ],
)
def test_what_a_register_may_say(found: list[str], expected: list[str]) -> None:
    assert found == expected


@pytest.mark.parametrize(
    "found, expected",
    [
        (_report(), []),
        (_report(men_counselled=None, men_success=None, men_stopped=None), []),
        (_report(men_success=6), ["part_above_whole"]),
        (_report(men_stopped=4), ["part_above_whole"]),
        (_report(men_counselled=None), ["count_without_whole"]),
        (_report(men_success=None), ["count_without_whole"]),
        (_report(sessions_held=-1), ["count_out_of_range"]),
        (_report(month=dt.date(2024, 3, 2)), ["month_not_first_day"]),
        (_report(month=dt.date(2024, 7, 1)), ["group_not_there", "date_in_future", "received_before_month"]),
        (_report(month=dt.date(2023, 12, 1)), ["group_not_there"]),
        (_report(month=dt.date(2024, 6, 1), received_on=TODAY), ["group_not_there"]),
        (_report(month=dt.date(2024, 5, 1), received_on=TODAY), []),
        (_report(received_on=dt.date(2024, 6, 16)), ["date_in_future"]),
        (_report(received_on=dt.date(2024, 2, 29)), ["received_before_month"]),
    ],
)
def test_what_a_monthly_report_may_say(found: list[str], expected: list[str]) -> None:
    assert found == expected


def test_a_group_owes_the_months_it_stood_in() -> None:
    owed = expected_months(GROUP.formed_on, GROUP.ended_on, first=dt.date(2023, 11, 5), last=TODAY)
    assert [f"{month:%m}" for month in owed] == ["01", "02", "03", "04", "05"]


@pytest.mark.parametrize(
    "received, on, expected",
    [
        (dt.date(2024, 4, 10), TODAY, Timeliness.ON_TIME),
        (dt.date(2024, 4, 11), TODAY, Timeliness.LATE),
        (None, dt.date(2024, 4, 11), Timeliness.MISSING),
        (None, dt.date(2024, 4, 10), Timeliness.NOT_DUE),
    ],
)
def test_a_report_is_due_on_the_tenth(received: dt.date | None, on: dt.date, expected: Timeliness) -> None:
    assert timeliness(MARCH, due_day=10, received_on=received, on=on) is expected


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 28))
def test_the_due_day_lies_in_the_month_after(day: dt.date, due_day: int) -> None:
    due = due_on(day, due_day)
    assert (due.day, (due.year * 12 + due.month) - (day.year * 12 + day.month)) == (due_day, 1)
