"""The course of a case as rules: states, risk, windows, ties, and the wait that is the same for all."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.strands.counselling.course import (
    ALLOWED,
    FIRST,
    OVER,
    TIES,
    WINDOWS,
    Assessed,
    Marker,
    Stand,
    State,
    holding,
    is_high,
    locks_out,
    may_move,
    next_conference,
    windows,
)
from samaki.strands.counselling.models import Case, Tie

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))


def test_the_states_are_those_of_the_table_and_each_has_its_moves() -> None:
    assert set(ALLOWED) == set(State) == set(Case.State.values)
    assert frozenset(Tie.values) == TIES | {"none"}


@given(st.lists(st.sampled_from(State), max_size=12))
def test_nobody_reaches_counselling_without_being_screened_in_that_opening(wished: list[State]) -> None:
    state, way = State.OPENED, [State.OPENED]
    for wish in wished:
        if may_move(state, wish):
            state = wish
            way.append(state)
    for before, after in itertools.pairwise(way):
        if after is State.COUNSELLING:
            assert before is State.SCREENED
        if after is State.CLOSED:
            assert before is State.FOLLOW_UP
        if before in OVER:
            assert after is State.OPENED


def test_a_case_begins_opened_or_as_an_old_register_left_it() -> None:
    assert frozenset({"opened", "counselling"}) == FIRST


@pytest.mark.parametrize("marker", list(Marker))
def test_each_marker_of_itself_makes_the_risk_high(marker: Marker) -> None:
    assert is_high([marker])
    assert not is_high([])


@st.composite
def assessments(draw: st.DrawFn) -> list[Assessed]:
    """Assessments in the order they were saved, each made after reading some of those before."""
    made: list[Assessed] = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        after = draw(st.one_of(st.none(), st.integers(1, number - 1))) if number > 1 else None
        made.append(Assessed(number, after, draw(st.booleans())))
    return made


@given(assessments())
def test_an_assessment_nobody_has_read_is_never_lost(made: list[Assessed]) -> None:
    found = holding(made)
    unread = [one for one in made if not any(other.after is not None and other.after >= one.id for other in made)]
    assert found.side_by_side == tuple(one.id for one in unread)
    assert found.is_high == any(one.is_high for one in unread)


def test_of_two_assessed_at_once_the_higher_holds_until_somebody_who_read_both_assesses() -> None:
    first, mild, grave = Assessed(1, None, False), Assessed(2, 1, False), Assessed(3, 1, True)
    both = holding([first, mild, grave])
    assert (both.is_high, both.side_by_side, both.in_conflict) == (True, (2, 3), True)
    after = holding([first, mild, grave, Assessed(4, 3, False)])
    assert (after.is_high, after.side_by_side, after.in_conflict) == (False, (4,), False)
    assert holding([]).is_high is None


@pytest.mark.parametrize("tie", sorted(TIES))
def test_every_tie_locks_out_and_only_a_neighbours_can_be_approved(tie: str) -> None:
    assert locks_out(tie, is_approved=False)
    assert locks_out(tie, is_approved=True) == (tie != "neighbour")
    assert not locks_out("none", is_approved=False)


@given(DAYS, DAYS)
def test_windows_never_overlap_and_at_most_one_is_to_be_asked_on_a_day(last: dt.date, on: dt.date) -> None:
    found = windows(last, (), on=on)
    assert [one.months for one in found] == list(WINDOWS)
    for one, following in itertools.pairwise(found):
        assert one.closes_on < following.opens_on
    assert sum(one.stand in {Stand.DUE, Stand.LATE} for one in found) <= 1
    assert all((one.due_on - one.opens_on).days == WINDOWS[one.months] for one in found)


@pytest.mark.parametrize(
    ("on", "stand"),
    [
        ("2024-02-14", Stand.COMING),
        ("2024-02-15", Stand.DUE),
        ("2024-02-29", Stand.DUE),
        ("2024-03-01", Stand.LATE),
        ("2024-03-14", Stand.LATE),
        ("2024-03-15", Stand.MISSED),
    ],
)
def test_the_first_window_is_due_then_late_then_missed(on: str, stand: Stand) -> None:
    found = windows(dt.date(2024, 1, 31), (), on=dt.date.fromisoformat(on))
    assert found[0].stand is stand


def test_a_word_inside_the_window_answers_it_and_one_outside_does_not() -> None:
    last, on = dt.date(2024, 1, 31), dt.date(2024, 12, 1)
    assert windows(last, [dt.date(2024, 3, 14)], on=on)[0].stand is Stand.ANSWERED
    assert windows(last, [dt.date(2024, 3, 15)], on=on)[0].stand is Stand.MISSED


@given(DAYS)
def test_every_request_waits_for_a_wednesday_of_the_seven_days_to_come(asked: dt.date) -> None:
    meets = next_conference(asked)
    assert (meets.weekday(), 1 <= (meets - asked).days <= 7) == (2, True)
