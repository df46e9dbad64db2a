from __future__ import annotations

from collections import Counter
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.engines.results.means import mean, standing, twice_the_median

K = 5


@pytest.mark.parametrize(
    "total, number, expected",
    [(3_085_000, 40, 7.71), (-3_085_000, 40, -7.71), (0, 3, 0.0), (10_000, 3, 0.33), (5_050, 1, 0.51)],
)
def test_a_mean_is_told_to_two_decimals_halves_away_from_zero(total: int, number: int, expected: float) -> None:
    assert mean(total, number, 10_000) == expected


@pytest.mark.parametrize(
    "numbers, expected",
    [
        ([], None),
        ([None], None),  # the year is not locked: tomorrow's mean would differ by one person's score
        ([4], None),
        ([5], 0),
        ([40, 41], 0),  # one person came in
        ([40, 40], 0),  # one person's score was corrected, or one came for another
        ([40, 44], 0),
        ([40, 45], 1),
        ([40, 35], 1),
        ([40, 43, 46], 2),  # told of those an outsider has read, not of those in between
        ([4, 5], 1),
        ([40, 3], 0),
        ([40, None, 46], 2),
    ],
)
def test_no_two_means_that_are_read_differ_by_fewer_than_k(numbers: list[int | None], expected: int | None) -> None:
    assert standing(numbers, K) == expected


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_twice_the_median_is_whole_and_that_of_the_values_one_by_one(values: list[int]) -> None:
    assert twice_the_median(Counter(values)) == 2 * median(values)
