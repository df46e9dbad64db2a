"""Verified cessation: where a case stands, and that nothing told says whether one woman spoke."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samaki.journeys.cessation.rules import (
    Answer,
    K,
    Span,
    Stand,
    Tally,
    Told,
    of_window,
    quarter_end_before,
    stand,
    told,
    told_parts,
)

pytestmark = pytest.mark.once
SPAN = Span(dt.date(2025, 5, 18), dt.date(2025, 8, 16))
DAY = dt.date(2025, 7, 1)
LATER = dt.date(2025, 9, 30)


def said(violent: bool | None, on: dt.date = DAY, window: int = 6) -> Answer:
    return Answer(on, window, violent)


@pytest.mark.parametrize(
    ("answers", "on", "expected"),
    [
        ([said(False)], LATER, Stand.VERIFIED),
        ([said(False), said(False)], LATER, Stand.VERIFIED),
        ([said(False), said(None)], LATER, Stand.VERIFIED),
        ([said(True)], LATER, Stand.NOT_STOPPED),
        ([said(False), said(True)], LATER, Stand.NOT_STOPPED),
        ([said(None)], LATER, Stand.UNKNOWN),
        ([], LATER, Stand.UNKNOWN),
        ([], SPAN.closes_on, Stand.PENDING),
        ([], SPAN.closes_on + dt.timedelta(1), Stand.UNKNOWN),
    ],
)
def test_a_case_is_verified_by_a_no_that_nobody_contradicts(
    answers: list[Answer], on: dt.date, expected: Stand
) -> None:
    assert stand(answers, SPAN, on=on) == expected


def test_without_a_date_of_the_last_session_a_silent_case_is_unknown_and_never_pending() -> None:
    assert stand([], None, on=LATER) == Stand.UNKNOWN


def test_an_answer_belongs_to_a_window_by_its_day_and_by_the_month_named_where_his_days_are_not_known() -> None:
    before, first, last, after = (
        said(False, on)
        for on in (
            SPAN.opens_on - dt.timedelta(1),
            SPAN.opens_on,
            SPAN.closes_on,
            SPAN.closes_on + dt.timedelta(1),
        )
    )
    assert of_window([before, first, last, after], 6, SPAN) == [first, last]
    assert of_window([said(False, window=12), before], 6, None) == [before]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2026, 11, 22), dt.date(2026, 9, 30)),
        (dt.date(2026, 10, 1), dt.date(2026, 9, 30)),
        (dt.date(2026, 9, 30), dt.date(2026, 6, 30)),
        (dt.date(2026, 1, 1), dt.date(2025, 12, 31)),
    ],
)
def test_the_quarter_that_is_over(day: dt.date, expected: dt.date) -> None:
    assert quarter_end_before(day) == expected


def test_fewer_than_ten_answers_are_told_as_none() -> None:
    assert told(Tally(76, 0, 9, 0), None) == told(Tally(76), None) == Told(76, 0, 0, 0)
    assert told(Tally(76, 0, 10, 9), None) == Told(76, 0, 10, 0)


def test_one_answer_more_changes_nothing_that_is_told() -> None:
    before = told(Tally(76, 4, 12, 0), None)
    assert [told(Tally(76, 4, n, 1), before) for n in range(3, 22)] == [before] * 19
    assert told(Tally(76, 4, 22, 0), before) == Told(76, 4, 22, 0)


def test_where_nearly_every_woman_answered_nothing_more_is_told() -> None:
    assert told(Tally(30, 0, 12, 10), None) == Told(30, 0, 0, 0)
    assert told(Tally(30, 0, 20, 0), None) == Told(30, 0, 20, 0)


counts = st.tuples(*(st.integers(0, 40) for _ in range(4))).map(
    lambda n: Tally(whole=sum(n), pending=n[0], part=n[1], against=n[2])
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # the machine is never quiet
@given(st.lists(counts, min_size=1, max_size=6))
def test_what_is_told_adds_up_moves_by_ten_and_leaves_ten_silent(days: list[Tally]) -> None:
    before = None
    for now in days:
        found = told(now, before)
        assert found.part + found.against + found.unknown + found.pending == now.whole
        assert found.unknown >= 0
        for name in ("part", "against"):
            number, earlier = getattr(found, name), getattr(before, name) if before else 0
            assert number == 0 or number >= K
            assert number == earlier or abs(number - earlier) >= K
        if found.part or found.against:
            assert found.whole - found.part - found.against >= K
        before = found


WHOLE = Told(60, 0, 30, 0)


@pytest.mark.parametrize(
    ("parts", "is_told"),
    [
        ({"04": Tally(30, 0, 15), "14": Tally(30, 0, 15)}, True),
        ({"04": Tally(52, 0, 20), "14": Tally(8, 0, 5)}, False),  # a part of eight men
        ({"04": Tally(30, 0, 20), "14": Tally(30, 0, 9)}, False),  # nine answers in a part
        ({"04": Tally(30, 0, 30), "14": Tally(30, 0, 0)}, False),  # 100% and 0%
    ],
)
def test_parts_are_told_all_or_none(parts: dict[str, Tally], is_told: bool) -> None:
    assert (told_parts(parts, {}, whole=WHOLE) is not None) == is_told


def test_while_nobody_is_told_to_have_spoken_the_parts_say_so_too() -> None:
    parts = {"old": Tally(36, 0, 5), "new": Tally(40)}
    assert told_parts(parts, {}, whole=Told(76, 0, 0, 0)) == {"old": Told(36, 0, 0, 0), "new": Told(40, 0, 0, 0)}
