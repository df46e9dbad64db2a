"""The way into a men's group, as a table and as rules (domain.md section 2, Vetting)."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samaki.strands.vetting.models import Candidacy, Step
from samaki.strands.vetting.rules import (
    ALLOWED,
    ON_THE_WAY,
    OVER,
    STEPS,
    State,
    StepKind,
    Verdict,
    Word,
    may_move,
    must_have_signed_by,
    passed_enough,
    valid_until,
    verdict,
    whether_another,
)

WORDS = st.lists(st.builds(Word, st.integers(1, 4), st.booleans(), st.booleans()), max_size=6)


def test_models_and_rules_name_the_same_states_and_steps() -> None:
    assert [state.value for state in State] == Candidacy.State.values
    assert [kind.value for kind in StepKind] == Step.Kind.values


def test_every_state_has_its_line_and_leads_to_known_states() -> None:
    assert set(ALLOWED) == set(State)
    assert {new for states in ALLOWED.values() for new in states} <= set(State)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(State), min_size=1, max_size=12))
def test_nobody_becomes_active_without_every_step_before(tried: list[State]) -> None:
    state, been = State.APPLIED, [State.APPLIED]
    for wanted in tried:
        if may_move(state, wanted):
            state = wanted
            been.append(wanted)
    if State.ACTIVE in been:
        assert been[: len(ON_THE_WAY)] == list(ON_THE_WAY)


def test_each_step_leads_from_one_state_to_the_next_of_the_way() -> None:
    assert [STEPS[kind] for kind in StepKind] == list(itertools.pairwise(ON_THE_WAY))


def test_who_is_out_never_becomes_active_again() -> None:
    reached, new = set(OVER), set(OVER)
    while new:
        new = {State(state) for old in new for state in ALLOWED[old]} - reached
        reached |= new
    assert State.ACTIVE not in reached


def test_two_references_and_one_of_all_else() -> None:
    assert [passed_enough(StepKind.REFERENCE, count) for count in (0, 1, 2)] == [False, False, True]
    assert [passed_enough(StepKind.INTERVIEW, count) for count in (0, 1)] == [False, True]


def test_two_decide_and_one_is_a_woman() -> None:
    yes_woman, yes_man, no_man, no_woman = (
        Word(1, True, True),
        Word(2, False, True),
        Word(3, False, False),
        Word(4, True, False),
    )
    assert verdict([]) is Verdict.WAITING
    assert verdict([yes_woman]) is Verdict.WAITING
    assert verdict([yes_woman, yes_man]) is Verdict.APPROVED
    assert verdict([yes_man, Word(5, False, True)]) is Verdict.WOMAN_WANTED
    assert verdict([no_man, no_woman]) is Verdict.REJECTED
    assert verdict([yes_woman, no_man]) is Verdict.DIVIDED
    assert verdict([yes_woman, Word(1, True, True)]) is Verdict.WAITING


@given(WORDS)
def test_nothing_is_decided_without_two_people_who_agree_and_a_woman(words: list[Word]) -> None:
    came_to = verdict(words)
    if came_to in {Verdict.APPROVED, Verdict.REJECTED}:
        last = {word.decider: word for word in words}.values()
        agreeing = [word for word in last if word.approves is (came_to is Verdict.APPROVED)]
        assert len(agreeing) >= 2
        assert any(word.is_woman for word in agreeing)


def test_a_vetting_holds_18_months_and_a_code_gives_60_days() -> None:
    assert valid_until(dt.date(2024, 3, 31)) == dt.date(2025, 9, 30)
    assert valid_until(dt.date(2024, 1, 15)) == dt.date(2025, 7, 15)
    assert must_have_signed_by(dt.date(2024, 1, 1)) == dt.date(2024, 3, 1)


@given(WORDS)
def test_another_person_is_said_by_two_of_whom_one_a_woman_and_denied_by_one(words: list[Word]) -> None:
    came_to = whether_another(words)
    if not all(word.approves for word in words):
        assert came_to is Verdict.REJECTED
    else:
        deciders = {word.decider: word for word in words}.values()
        freed = len(deciders) >= 2 and any(word.is_woman for word in deciders)
        assert (came_to is Verdict.APPROVED) == freed
