"""An attacker who knows nothing of our programmes: imagines whole people until they fit all that was shown.

Written apart from the code under test: its unknowns are people by the set of cells they stand in, not counts of cells.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping

import highspy

from samaki.kernel.disclosure import TOTAL, Cell, Dimension

CROWD = 60
"""More people of one kind than any table here holds, plus room for every k."""

Kind = tuple[tuple[str, ...], ...]
"""The inner cells that one kind of person stands in: one, or several along dimensions of unions."""


def kinds(dimensions: tuple[Dimension, ...]) -> Iterator[Kind]:
    """Every kind of person there can be."""
    single = [d.categories if d.additive else ("",) for d in dimensions]
    multiple = [("",) if d.additive else d.categories for d in dimensions]
    places = list(itertools.product(*multiple))
    for one in itertools.product(*single):
        for size in range(1, len(places) + 1):
            for chosen in itertools.combinations(places, size):
                yield tuple(tuple(a or b for a, b in zip(one, place, strict=True)) for place in chosen)


def stands_in(kind: Kind, cell: Cell) -> bool:
    """Whether such a person is counted in a cell or margin."""
    return any(all(c in (TOTAL, part) for c, part in zip(cell, inner, strict=True)) for inner in kind)


class Attacker:
    """`flags`: kinds are told apart further by yes/no (in the numerator or not)."""

    def __init__(self, dimensions: tuple[Dimension, ...], flags: tuple[str, ...] = ("",)) -> None:
        self.model = highspy.Highs()  # type: ignore[no-untyped-call]
        self.model.silent()
        self.model.setOptionValue("threads", 1)
        self.people = {
            (kind, flag): self.model.addIntegral(lb=0, ub=CROWD) for kind in kinds(dimensions) for flag in flags
        }

    def count(self, cell: Cell, flags: Collection[str] = ("",)) -> highspy.highs.highs_linear_expression:
        """The people counted in a cell, as an expression."""
        inside = [who for (kind, flag), who in self.people.items() if flag in flags and stands_in(kind, cell)]
        expression: highspy.highs.highs_linear_expression = sum(inside[1:], start=1 * inside[0])
        return expression

    def learns(self, cell: Cell, count: int, flags: Collection[str] = ("",)) -> None:
        """Take note of a printed count."""
        self.model.addConstr(self.count(cell, flags) == count)

    def width(self, cell: Cell, flags: Collection[str] = ("",)) -> int:
        """How far apart the smallest and largest count are that fit all that was learned."""
        ends = []
        for turn in (self.model.minimize, self.model.maximize):
            turn(self.count(cell, flags))
            assert self.model.getModelStatus() == highspy.HighsModelStatus.kOptimal
            ends.append(round(self.model.getObjectiveValue()))
        return ends[1] - ends[0]


def widths(
    dimensions: tuple[Dimension, ...], counts: Mapping[Cell, int | None], hidden: Collection[Cell]
) -> dict[Cell, int]:
    """The width of every hidden cell after all others were printed."""
    attacker = Attacker(dimensions)
    for cell, count in counts.items():
        if cell not in hidden and count is not None:
            attacker.learns(cell, count)
    return {cell: attacker.width(cell) for cell in hidden}
