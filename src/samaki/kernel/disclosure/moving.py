"""Rule 4 over time: what two figures of different days or periods give away together (domain.md §5.4).

Pure functions over what would be shown. A state (who belongs on a day) is read day after day: a count that moved
by 1…k−1 since it was last shown tells of the few who came or left. A count of months is read beside its quarter and
year: where they add up, a hidden month is the quarter less its other months.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from samaki.kernel.disclosure.release import must_wait

Counts = tuple[int | None, ...]
"""What one cell shows: a count, or of a ratio its numbers. None is hidden or unknown."""

At = TypeVar("At", bound=Hashable)


@dataclass(frozen=True)
class Still:
    """What of one table may be shown after those before it."""

    whole: bool
    parts: bool


def still(tables: Sequence[Mapping[At, Counts]], whole: At, k: Callable[[At], int]) -> Still:
    """Whether the whole and the parts of the last of `tables`, oldest first, may be shown after what was shown before.

    The parts go together: one that moved alone would follow from the others. Deterministic: the first is always shown.
    """
    shown: dict[At, Counts] = {}
    found = Still(True, True)
    for table in tables:
        moved = {at for at, counts in table.items() if _moved(shown.get(at), counts, k(at))}
        found = Still(whole not in moved, not moved - {whole})
        for at, counts in table.items():
            if (found.whole if at == whole else found.parts) and None not in counts:
                shown[at] = counts
    return found


def _moved(before: Counts | None, now: Counts, k: int) -> bool:
    if before is None:
        return False
    pairs = list(zip(before, now, strict=True))
    if len(now) > 1 and None not in (*before, *now):  # of a ratio, those outside its numerator too
        pairs.append(((before[1] or 0) - (before[0] or 0), (now[1] or 0) - (now[0] or 0)))
    return any(must_wait(one, other, k) for one, other in pairs)


@dataclass(frozen=True)
class Span:
    """One month, quarter or year: its true count, of a ratio its denominator, numerator and the rest (each None where
    unknown), and whether its own rules hide it."""

    counts: Counts
    is_hidden: bool

    @property
    def is_nought(self) -> bool:
        return self.counts[0] == 0


def hidden_months(
    year: Span, quarters: Sequence[Span], months: Sequence[Sequence[Span]]
) -> tuple[tuple[bool, ...], tuple[tuple[bool, ...], ...]]:
    """Which quarters, and which months of each, may not be shown beside the year and each other. A count of 0 may.

    Where months add up to their quarter, one hidden month hides the others that are not 0; where quarters add up to the
    year, one hidden quarter hides the others, and a hidden quarter its months. What stays hidden then ranges from 0 to
    the quarter (the year), which is at least k wide, for where one part alone is not 0 it is the whole itself. Of a
    ratio each of its numbers is watched: people may come in several months and complete once.
    """
    shut = [one.is_hidden for one in quarters]
    if _adds_up(year, quarters) and any(shut):
        shut = [True] * len(quarters)
    found = []
    for quarter, is_shut, of in zip(quarters, shut, months, strict=True):
        adds_up = _adds_up(quarter, of)
        together = adds_up and (is_shut or any(one.is_hidden for one in of))
        found.append(tuple(not one.is_nought and (one.is_hidden or together) for one in of))
    return tuple(not one.is_nought and is_shut for one, is_shut in zip(quarters, shut, strict=True)), tuple(found)


def _adds_up(whole: Span, parts: Iterable[Span]) -> bool:
    """Whether any count of the parts adds up to that of the whole; where all are 0 there is nothing to work out."""
    listed = zip(*(one.counts for one in parts), strict=True)
    return any(
        total is not None and total > 0 and None not in counts and sum(one or 0 for one in counts) == total
        for total, counts in zip(whole.counts, listed, strict=True)
    )
