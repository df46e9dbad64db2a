"""Vectors of domain.md section 4, which names the sources of each score; arithmetic worked out by hand beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.strands.learning.rules import scoring
from samaki.strands.learning.rules.scoring import SCALE, Band, Item, OutOfRange, Score

# 17 inequitable items and 7 equitable ones, which are reversed: agree 1, partly 2, disagree 3.
GEM = [Item(number, (1, 2, 3), is_reversed=number > 17) for number in range(1, 25)]
WG = [Item(number, (1, 2, 3, 4, 7, 9)) for number in range(1, 7)]
TEST = [Item(number, (1, 2, 3, 4), right=2) for number in range(1, 11)]


def _gem(points: int, answered: int = 24) -> dict[int, int]:
    """Answers to the first items that come to these points."""
    answers, left = {}, points - answered
    for item in GEM[:answered]:
        more = min(2, left)
        left -= more
        answers[item.number] = 3 - more if item.is_reversed else 1 + more
    assert left == 0
    return answers


def test_disagreeing_with_what_is_unjust_and_agreeing_with_what_is_just_is_72() -> None:
    answers = {item.number: 1 if item.is_reversed else 3 for item in GEM}
    assert scoring.gem(GEM, answers) == Score(24, 72, 24, 72, 72 * SCALE)


def test_saying_partly_throughout_is_48() -> None:
    assert scoring.gem(GEM, {item.number: 2 for item in GEM}) == Score(24, 48, 24, 72, 48 * SCALE)


@pytest.mark.parametrize(
    "points, band",
    [(24, Band.LOW), (39, Band.LOW), (40, Band.MODERATE), (55, Band.MODERATE), (56, Band.HIGH), (72, Band.HIGH)],
)
def test_the_bands_of_the_full_gem_scale_begin_at_40_and_56(points: int, band: Band) -> None:
    score = scoring.gem(GEM, _gem(points))
    assert score is not None
    assert (score.points, scoring.gem_band(score.points, score.answered)) == (points, band)


@pytest.mark.parametrize(
    # 3·sum ≥ 5n and 3·sum ≥ 7n with n = 20: 34·3 = 102 ≥ 100, 33·3 = 99; 47·3 = 141 ≥ 140, 46·3 = 138.
    "points, band",
    [(33, Band.LOW), (34, Band.MODERATE), (46, Band.MODERATE), (47, Band.HIGH)],
)
def test_the_bands_go_by_the_items_that_were_answered(points: int, band: Band) -> None:
    assert scoring.gem_band(points, 20) == band


def test_nineteen_of_24_answered_is_too_few_and_twenty_is_enough() -> None:
    assert scoring.gem(GEM, _gem(30, 19)) is None
    assert scoring.gem(GEM, _gem(30, 20)) == Score(20, 30, 20, 60, 36 * SCALE)  # 30/20 × 24 = 36


def test_what_is_scaled_to_24_items_is_rounded_once() -> None:
    score = scoring.gem(GEM, _gem(47, 23))
    assert score is not None
    assert score.scaled == 490_435  # 47 × 24 / 23 = 49.04347…


def test_a_scale_nobody_answered_is_not_scored() -> None:
    assert scoring.gem(GEM, {}) is None
    assert scoring.agreement([], {}) is None


@pytest.mark.parametrize("answers", [{1: 0}, {1: 4}, {25: 1}])
def test_a_score_outside_the_range_is_refused(answers: dict[int, int]) -> None:
    with pytest.raises(OutOfRange) as refused:
        scoring.gem(GEM, answers)
    assert refused.value.number == next(iter(answers))


@pytest.mark.parametrize(
    "answers, expected",
    [
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1}, False),
        ({1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2}, False),  # some difficulty everywhere is no disability
        ({1: 1, 2: 1, 3: 3, 4: 1, 5: 1, 6: 1}, True),
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 4}, True),
        ({1: 7, 2: 9, 3: 7, 4: 9, 5: 7, 6: 9}, None),  # all missing: unknown, never no
        ({}, None),
        ({1: 7, 2: 2}, False),
        ({1: 9, 2: 3}, True),
    ],
)
def test_a_disability_is_any_of_six_at_a_lot_of_difficulty(answers: dict[int, int], expected: bool | None) -> None:
    assert scoring.washington_group(WG, answers) is expected


@pytest.mark.parametrize("born, expected", [(2018, True), (2019, False), (2024, False), (1960, True), (None, True)])
def test_the_short_set_is_asked_from_five_years_on(born: int | None, expected: bool) -> None:
    assert scoring.is_of_age(born, 2024) is expected


def test_a_test_counts_right_answers_and_a_question_left_empty_earns_nothing() -> None:
    assert scoring.knowledge(TEST, {1: 2, 2: 2, 3: 1}) == Score(3, 2, 0, 10, 2 * SCALE)


def test_a_test_with_no_answer_at_all_was_not_taken() -> None:
    assert scoring.knowledge(TEST, {}) is None


@pytest.mark.parametrize(
    # g = (post − pre)/(max − pre), domain.md section 4.
    "pre, post, expected",
    [
        (4, 7, SCALE // 2),  # 3 of the 6 that were missing
        (4, 10, SCALE),
        (4, 4, 0),
        (8, 6, -SCALE),
        (7, 8, 3_333),  # a third
        (10, 10, None),  # nothing left to learn
        (10, 8, None),
    ],
)
def test_the_gain_is_the_share_of_what_could_still_be_learned(pre: int, post: int, expected: int | None) -> None:
    assert scoring.gain(pre, post, 10) == expected


def test_a_loss_is_rounded_as_a_gain_is() -> None:
    assert (scoring.gain(0, 1, 3), scoring.gain(0, -1, 3)) == (3_333, -3_333)


@given(st.dictionaries(st.integers(1, 24), st.integers(1, 3)))
def test_reversing_every_answer_mirrors_the_score(answers: dict[int, int]) -> None:
    straight, turned = scoring.gem(GEM, answers), scoring.gem(GEM, {n: 4 - value for n, value in answers.items()})
    if straight is None or turned is None:
        assert straight is turned
    else:
        assert straight.points + turned.points == 4 * len(answers)


@given(st.dictionaries(st.integers(1, 24), st.integers(1, 3), min_size=20))
def test_a_score_lies_between_its_least_and_most(answers: dict[int, int]) -> None:
    score = scoring.gem(GEM, answers)
    assert score is not None
    assert score.least <= score.points <= score.most
    assert 24 * SCALE <= score.scaled <= 72 * SCALE
