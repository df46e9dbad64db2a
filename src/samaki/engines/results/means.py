"""How means, medians and percentages are told, and which mean an outsider may read. Pure.

Two means of sets that differ by one person give that person's score away. So outside there is one for a whole programme
and a whole locked year, which share nobody's row with each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal


def mean(total: int, number: int, scale: int) -> float:
    """To two decimals, halves away from zero: a `total` of 3,085,000 in 1/10,000, of 40, is 7.71."""
    exact = Decimal(total) / Decimal(scale * number)
    return float(exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def twice_the_median(counts: Mapping[int, int]) -> int:
    """Of values and how often each was seen: the two in the middle added; of an odd number, the one twice."""
    total, before, middle = sum(counts.values()), 0, 0
    lower, upper = (total - 1) // 2, total // 2
    for value in sorted(counts):
        reached = before + counts[value]
        middle += value * ((before <= lower < reached) + (before <= upper < reached))
        before = reached
    return middle


def percent(numerator: int, denominator: int) -> float:
    """To one decimal, halves up: 50 of 76 is 65.8."""
    share = Decimal(100 * numerator) / Decimal(denominator)
    return float(share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def standing(numbers: Sequence[int | None], k: int) -> int | None:
    """Which of the locked versions of a year stands, by how many each is the mean of, the oldest first; None: none may.

    The first of k or more; a later one replaces it only where k or more were added or taken out.
    """
    stands: int | None = None
    of = 0
    for index, number in enumerate(numbers):
        if number is not None and number >= k and (stands is None or abs(number - of) >= k):
            stands, of = index, number
    return stands
