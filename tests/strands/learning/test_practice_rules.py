"""Completion and the standing of a certificate, as rules."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.strands.learning.rules.follow_ups import months_after
from samaki.strands.learning.rules.practice import (
    LAPSE_MONTHS,
    Certified,
    Completion,
    Standing,
    completion,
    is_code,
    months_before,
    new_code,
    sessions_wanted,
    standing,
)

pytestmark = pytest.mark.once
DAYS = st.dates(dt.date(2016, 1, 1), dt.date(2030, 12, 31))
DAY = dt.date(2024, 3, 31)


@pytest.mark.parametrize(
    ("attended", "sessions", "unrecorded", "expected"),
    [
        (4, 5, 0, Completion.YES),
        (3, 5, 0, Completion.NO),
        (79, 100, 0, Completion.NO),
        (80, 100, 0, Completion.YES),
        (3, 5, 1, Completion.UNKNOWN),
        (4, 5, 1, Completion.YES),
        (2, 5, 1, Completion.NO),
        (0, 0, 0, Completion.UNKNOWN),
    ],
)
def test_completing_takes_eighty_percent_exactly(
    attended: int, sessions: int, unrecorded: int, expected: Completion
) -> None:
    assert completion(attended, sessions, unrecorded=unrecorded) is expected


def test_more_attended_than_there_were_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="more sessions"):
        completion(3, 5, unrecorded=3)


@given(st.integers(1, 2_000), st.data())
def test_the_fewest_sessions_that_complete_are_the_fewest(sessions: int, data: st.DataObject) -> None:
    wanted = sessions_wanted(sessions)
    attended = data.draw(st.integers(0, sessions))
    assert (completion(attended, sessions) is Completion.YES) == (attended >= wanted)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.data())
def test_what_is_known_never_turns_when_a_missing_list_is_found(
    attended: int, missed: int, unrecorded: int, data: st.DataObject
) -> None:
    sessions = attended + missed + unrecorded
    came = data.draw(st.integers(0, unrecorded))
    before, after = completion(attended, sessions, unrecorded=unrecorded), completion(attended + came, sessions)
    assert before is Completion.UNKNOWN or before is after


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (dt.date(2024, 3, 30), Standing.NEVER),
        (DAY, Standing.STANDS),
        (dt.date(2024, 9, 30), Standing.STANDS),
        (dt.date(2024, 10, 1), Standing.LAPSED),
    ],
)
def test_a_certificate_stands_six_calendar_months_without_leading(on: dt.date, expected: Standing) -> None:
    assert standing([Certified(DAY)], [], on=on).standing is expected


def test_leading_carries_it_on_and_leading_after_a_lapse_revives_nothing() -> None:
    carried = standing([Certified(DAY)], [dt.date(2024, 9, 30)], on=dt.date(2025, 3, 30))
    late = standing([Certified(DAY)], [dt.date(2024, 10, 1)], on=dt.date(2024, 10, 2))
    assert (carried.standing, carried.until) == (Standing.STANDS, dt.date(2025, 3, 30))
    assert (late.standing, late.until) == (Standing.LAPSED, dt.date(2024, 9, 30))


def test_a_renewal_makes_it_stand_again_and_a_withdrawal_ends_it_that_day() -> None:
    renewed = [Certified(DAY), Certified(dt.date(2025, 1, 15))]
    assert standing(renewed, [], on=dt.date(2025, 7, 15)).standing is Standing.STANDS
    gone = [Certified(DAY, withdrawn_on=dt.date(2024, 5, 1))]
    assert [standing(gone, [], on=dt.date(2024, 4, day)).standing for day in (1, 30)] == [Standing.STANDS] * 2
    assert standing(gone, [], on=dt.date(2024, 5, 1)).standing is Standing.WITHDRAWN


@given(DAYS, st.lists(DAYS, max_size=8), DAYS, DAYS)
def test_leading_once_more_never_shortens_a_certificate(
    certified: dt.date, led: list[dt.date], more: dt.date, on: dt.date
) -> None:
    before = standing([Certified(certified)], led, on=on)
    after = standing([Certified(certified)], [*led, more], on=on)
    assert (after.until or dt.date.min) >= (before.until or dt.date.min)


@given(DAYS, st.lists(DAYS, max_size=8), DAYS, st.randoms(use_true_random=False))
def test_the_order_in_which_sessions_are_told_changes_nothing(
    certified: dt.date, led: list[dt.date], on: dt.date, shuffling: object
) -> None:
    other = list(led)
    shuffling.shuffle(other)  # type: ignore[attr-defined]  # a Random
    assert standing([Certified(certified)], led, on=on) == standing([Certified(certified)], other, on=on)


@given(DAYS, DAYS)
def test_the_first_day_of_six_months_is_the_first_whose_six_months_reach_the_day(day: dt.date, led: dt.date) -> None:
    assert (led >= months_before(day, LAPSE_MONTHS)) == (months_after(led, LAPSE_MONTHS) >= day)


def test_a_code_is_drawn_at_random_and_tells_nothing() -> None:
    codes = {new_code() for _number in range(50)}
    assert (len(codes), {len(code) for code in codes}, all(map(is_code, codes))) == (50, {24}, True)
    assert [is_code(text) for text in ("", "A" * 23, "A" * 24, "a" * 24, "1" * 24)] == [
        False,
        False,
        True,
        False,
        False,
    ]
