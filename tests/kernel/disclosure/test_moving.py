"""domain.md §5.4: what days, months and releases give away together, to whoever solves linear programmes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from samaki.kernel.disclosure.moving import Span, hidden_months, still

pytestmark = pytest.mark.once
K = 5
CROWD = 1_000
small_or_large = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 30))


def width(months: Sequence[int], shown: dict[tuple[int, ...], int], of: tuple[int, ...]) -> float:
    """How far apart the least and the most of a sum of months are, once every sum that is `shown` is known."""
    rows = np.array(
        [[float(month in sum_) for month in range(len(months))] for sum_ in shown] or [[0.0 for _month in months]]
    )
    values = np.array(list(shown.values()) or [0])
    aim = np.array([float(month in of) for month in range(len(months))])
    ends = [linprog(sign * aim, A_eq=rows, b_eq=values, bounds=(0, CROWD), method="highs") for sign in (1, -1)]
    assert all(one.status == 0 for one in ends)
    return float(-ends[1].fun - ends[0].fun)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(small_or_large, min_size=12, max_size=12))
def test_no_month_or_quarter_is_worked_out_from_its_year(months: list[int]) -> None:
    quarters = [sum(months[at : at + 3]) for at in range(0, 12, 3)]
    spans = [_span(count) for count in months]
    shut, of = hidden_months(
        _span(sum(months)), [_span(one) for one in quarters], [spans[at : at + 3] for at in range(0, 12, 3)]
    )
    shown = {} if _span(sum(months)).is_hidden else {tuple(range(12)): sum(months)}
    shown |= {tuple(range(q * 3, q * 3 + 3)): quarters[q] for q in range(4) if not shut[q]}
    flat = [one for each in of for one in each]
    shown |= {(at,): months[at] for at in range(12) if not flat[at]}
    for at in range(12):
        assert not flat[at] or width(months, shown, (at,)) >= K
    for q in range(4):
        assert not shut[q] or width(months, shown, tuple(range(q * 3, q * 3 + 3))) >= K


def test_a_hidden_month_was_the_year_less_the_others() -> None:
    """What was wrong: eleven months and the year were told, so the twelfth was 3."""
    months = [10] * 11 + [3]
    naive = {tuple(range(12)): 113} | {(at,): 10 for at in range(11)}
    assert width(months, naive, (11,)) == 0
    shut, of = hidden_months(
        _span(113), [_span(30)] * 3 + [_span(23)], [[_span(10)] * 3] * 3 + [[_span(10)] * 2 + [_span(3)]]
    )
    assert (shut, of[3], of[0]) == ((False,) * 4, (True, True, True), (False,) * 3)


def test_people_who_come_in_several_months_hide_each_other() -> None:
    """A union is no sum: a month of 3 beside a quarter of 12 says little, and only it is hidden."""
    shut, of = hidden_months(_span(40), [_span(12)] * 4, [[_span(10), _span(9), _span(3)]] * 4)
    assert (shut, of[0]) == ((False,) * 4, (False, False, True))


def test_of_a_ratio_each_number_is_watched() -> None:
    """People come in several months and complete once: the quarter's 15 less 6 and 6 were the third month's 3."""
    quarter, months = _ratio(15, 20), [_ratio(6, 10), _ratio(6, 10), _ratio(3, 10)]
    _shut, of = hidden_months(_ratio(60, 50), [quarter] * 4, [months] * 4)
    assert of[0] == (True, True, True)
    missing = [_ratio(4, 10), _ratio(5, 11), _ratio(10, 13)]  # those who did not complete add up: 6, 6 and 3
    _shut, of = hidden_months(_ratio(30, 80), [_ratio(16, 31)] * 4, [missing] * 4)
    assert of[0] == (True, True, True)


def test_numerators_that_are_all_nought_hide_nothing_more() -> None:
    months = [_ratio(0, 10), _ratio(0, 9), _ratio(0, 3)]
    _shut, of = hidden_months(_ratio(0, 40), [_ratio(0, 12)] * 4, [months] * 4)
    assert of[0] == (False, False, True)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), min_size=2, max_size=8))
def test_of_days_that_were_told_no_two_in_turn_differ_by_a_few(days: list[tuple[int, int]]) -> None:
    tables = [{"all": (women + men,), "woman": (women,), "man": (men,)} for women, men in days]
    told: dict[str, list[int]] = {"all": [], "woman": [], "man": []}
    for upto in range(1, len(tables) + 1):
        found = still(tables[:upto], "all", lambda _at: K)
        for at in told:
            if found.whole if at == "all" else found.parts:
                told[at].append(tables[upto - 1][at][0])
    for counts in told.values():
        assert [(a, b) for a, b in itertools.pairwise(counts) if 0 < abs(a - b) < K] == []


def test_a_ratio_moves_by_any_of_its_numbers() -> None:
    before = {"all": (10, 20)}
    for now, may in (
        ((10, 20), True),
        ((12, 20), False),
        ((10, 22), False),
        ((15, 25), True),
        ((16, 20), True),
        ((16, 24), False),
        ((13, 23), False),
    ):
        assert still([before, {"all": now}], "all", lambda _at: K).whole is may


def _span(count: int) -> Span:
    return Span((count,), 0 < count < K)


def _ratio(numerator: int, denominator: int) -> Span:
    """Hidden where any of its numbers is small, as the door does."""
    numbers = (numerator, denominator, denominator - numerator)
    return Span((denominator, numerator, denominator - numerator), any(0 < one < K for one in numbers))
