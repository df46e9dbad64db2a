from __future__ import annotations

import pytest

from samaki.strands.learning.rules.statistics import paired

# Student's sleep data (Student 1908, Biometrika 6(1)): hours of extra sleep of ten patients under two drugs. R's manual
# prints of t.test(extra ~ group, paired = TRUE): mean difference 1.58, 95% interval 0.7001142 to 2.4598858.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_the_interval_is_that_of_students_sleep_data() -> None:
    found = paired(FIRST, SECOND)
    assert found is not None
    assert (found.n, found.improved, found.unchanged, found.worse) == (10, 9, 1, 0)
    assert found.change == pytest.approx(1.58)
    assert [found.low, found.high] == pytest.approx([0.7001142, 2.4598858])
    assert found.is_small


def test_the_signed_rank_test_of_nine_improvements_is_two_in_512() -> None:
    found = paired([0.0] * 9, [float(n) for n in range(1, 10)])
    assert found is not None
    assert found.wilcoxon == pytest.approx(2 / 2**9)  # of all signs of nine ranks, all plus or all minus


def test_of_fewer_than_five_nothing_is_worked_out() -> None:
    assert paired([1.0] * 4, [2.0] * 4) is None
    assert paired([], []) is None


def test_where_all_changed_alike_there_is_no_interval_and_where_nobody_did_no_test() -> None:
    alike, still = paired([1.0] * 6, [2.0] * 6), paired([1.0] * 6, [1.0] * 6)
    assert alike is not None
    assert still is not None
    assert (alike.change, alike.low, alike.high, alike.improved) == (1.0, None, None, 6)
    assert (still.change, still.wilcoxon, still.unchanged) == (0.0, None, 6)


def test_twenty_pairs_are_no_longer_called_small() -> None:
    sizes = {n: paired([0.0] * n, [1.0] * n) for n in (19, 20)}
    assert {n: found is not None and found.is_small for n, found in sizes.items()} == {19: True, 20: False}
