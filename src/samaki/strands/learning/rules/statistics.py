"""What paired scores say together (domain.md section 4). Pure: no database, no clock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5  # pairs below which nothing is worked out: it would tell of persons
SMALL = 20  # pairs below which the group is called small
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Paired:
    """Of `n` pairs. `low` … `high` is the 95% interval of the mean change, by Student's t of the differences (None
    where all changed alike); `wilcoxon` the two-sided p of the signed-rank test (None where nobody changed)."""

    n: int
    before: float
    after: float
    change: float
    low: float | None
    high: float | None
    wilcoxon: float | None
    improved: int
    unchanged: int
    worse: int

    @property
    def is_small(self) -> bool:
        return self.n < SMALL


def paired(before: Sequence[float], after: Sequence[float]) -> Paired | None:
    """None for fewer than 5 pairs. Both in the order of the persons, of one length.

    `scipy.stats.ttest_rel` and `scipy.stats.wilcoxon` (zero differences left out, as Wilcoxon 1945 did).
    """
    n = len(before)
    if n < FEWEST:
        return None
    changes = [second - first for first, second in zip(before, after, strict=True)]
    low, high = _interval(before, after, changes)
    return Paired(
        n=n,
        before=math.fsum(before) / n,
        after=math.fsum(after) / n,
        change=math.fsum(changes) / n,
        low=low,
        high=high,
        wilcoxon=_signed_rank(changes),
        improved=sum(change > 0 for change in changes),
        unchanged=sum(change == 0 for change in changes),
        worse=sum(change < 0 for change in changes),
    )


def _interval(
    before: Sequence[float], after: Sequence[float], changes: Sequence[float]
) -> tuple[float | None, float | None]:
    if len(set(changes)) == 1:
        return None, None
    from scipy import stats  # a second to load, and few pages need it

    interval = stats.ttest_rel(after, before).confidence_interval(CONFIDENCE)
    return float(interval.low), float(interval.high)


def _signed_rank(changes: Sequence[float]) -> float | None:
    if not any(changes):
        return None
    from scipy import stats

    return float(stats.wilcoxon(changes, zero_method="wilcox").pvalue)
