"""One table of counts with all its margins, and what its shape alone tells an outsider."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

TOTAL: Final = "*"
"""Stands in a cell where a dimension is not broken down."""

Cell = tuple[str, ...]
"""One category (or TOTAL) per dimension, in the order of the table's dimensions."""
Name = tuple[str, ...]
"""A cell with the name of its layer ("count", "numerator", …, "elsewhere") in front."""


class ContradictoryFigures(ValueError):
    """The counts given cannot all be true of one set of people."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One breakdown. `additive`: each unit stands in exactly one category (gender, age band).

    Not additive: a unit may stand in several (a person in two places, periods or activities); the margin is
    then the size of a union: no smaller than its largest part, no larger than the sum of its parts.
    """

    key: str
    categories: tuple[str, ...]
    additive: bool = True

    def __post_init__(self) -> None:
        if TOTAL in self.categories:
            raise ValueError(f"{self.key}: a category may not be called {TOTAL!r}")
        if len(set(self.categories)) != len(self.categories):
            raise ValueError(f"{self.key}: a category stands twice")
        if not self.categories:
            raise ValueError(f"{self.key}: a dimension needs a category")


@dataclass(frozen=True, slots=True)
class Relation:
    """lower ≤ Σ coefficient × count ≤ upper, over named cells."""

    terms: tuple[tuple[Name, int], ...]
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Line:
    """A margin and the parts it is made of along one dimension."""

    whole: Cell
    parts: tuple[Cell, ...]
    additive: bool


@dataclass(frozen=True)
class CountTable:
    """Counts of every cell and every margin; None is unknown, which is not 0.

    `counts` has one entry for each combination of categories and TOTAL: prod(len(categories) + 1) of them.
    Raises ValueError for missing, foreign or negative cells, ContradictoryFigures where lines do not hold.
    """

    dimensions: tuple[Dimension, ...]
    counts: Mapping[Cell, int | None]

    def __post_init__(self) -> None:
        if len({d.key for d in self.dimensions}) != len(self.dimensions):
            raise ValueError("a dimension stands twice")
        expected = set(self.cells())
        if missing := expected - self.counts.keys():
            raise ValueError(f"no count for {sorted(missing)[:3]} ({len(missing)} in all)")
        if foreign := self.counts.keys() - expected:
            raise ValueError(f"not cells of this table: {sorted(foreign)[:3]}")
        for cell, count in self.counts.items():
            if count is not None and count < 0:
                raise ValueError(f"{cell}: a count is never negative ({count})")
        for line in self.lines():
            self._check(line)

    @classmethod
    def of(cls, dimensions: Iterable[Dimension], counts: Mapping[Cell, int | None]) -> CountTable:
        """Build a table, adding up the margins left out. Unknown parts make an unknown margin.

        Raises ValueError for a missing margin over a dimension that is not additive: unions cannot be added.
        """
        dims = tuple(dimensions)
        filled: dict[Cell, int | None] = dict(counts)
        for cell in sorted(all_cells(dims), key=lambda cell: cell.count(TOTAL)):
            if cell in filled or TOTAL not in cell:
                continue
            along = next((i for i, d in enumerate(dims) if cell[i] == TOTAL and d.additive), None)
            if along is None:
                raise ValueError(f"{cell}: unique units over places or periods cannot be added; give this margin")
            parts = [filled.get(part) for part in _parts(cell, along, dims[along])]
            filled[cell] = None if None in parts else sum(part for part in parts if part is not None)
        return cls(dims, filled)

    def cells(self) -> Iterator[Cell]:
        """Every cell, margins included, in the order of the categories with TOTAL last."""
        return all_cells(self.dimensions)

    def level(self, cell: Cell) -> tuple[str, ...]:
        """The keys of the dimensions that this cell breaks down."""
        return tuple(d.key for d, part in zip(self.dimensions, cell, strict=True) if part != TOTAL)

    def lines(self) -> Iterator[Line]:
        """Every margin with its parts, once for each dimension it sums over."""
        for cell in self.cells():
            for i, dimension in enumerate(self.dimensions):
                if cell[i] == TOTAL:
                    yield Line(cell, _parts(cell, i, dimension), dimension.additive)

    def relations(self, layer: str) -> Iterator[Relation]:
        """What anyone knows who sees the shape of the table: equalities of additive lines, bounds of unions.

        With one dimension that is not additive these are all there is to know; see `crossed_unions` for two.
        """
        for line in self.lines():
            whole = ((layer, *line.whole), 1)
            parts = tuple(((layer, *part), -1) for part in line.parts)
            if line.additive:
                yield Relation((whole, *parts), 0, 0)
            else:
                yield Relation((whole, *parts), -math.inf, 0)
                for part in parts:
                    yield Relation((whole, part), 0, math.inf)

    def crossed_unions(self) -> frozenset[Cell]:
        """Cells that break down two or more dimensions of unions, such as places by months visited."""
        unions = [i for i, d in enumerate(self.dimensions) if not d.additive]
        return frozenset(cell for cell in self.cells() if sum(cell[i] != TOTAL for i in unions) >= 2)

    def _check(self, line: Line) -> None:
        whole = self.counts[line.whole]
        parts = [count for part in line.parts if (count := self.counts[part]) is not None]
        complete = len(parts) == len(line.parts)
        if whole is None:
            return
        if line.additive and (sum(parts) != whole if complete else sum(parts) > whole):
            raise ContradictoryFigures(f"{line.whole} is {whole}, its parts add up to {sum(parts)}")
        if not line.additive and (max(parts, default=0) > whole or (complete and sum(parts) < whole)):
            raise ContradictoryFigures(f"{line.whole} is {whole}, which no union of {parts} can be")


@dataclass(frozen=True)
class RatioTable:
    """Numerator and denominator of the same shape, and, where it is printed, how many are unknown.

    The numerator is part of the denominator in every cell; the unknown are part of what is left of it.
    Raises ValueError for different shapes, ContradictoryFigures where n + unknown > d.
    """

    numerator: CountTable
    denominator: CountTable
    unknown: CountTable | None = None

    def __post_init__(self) -> None:
        tables = [self.numerator, self.denominator, *([self.unknown] if self.unknown else [])]
        if any(table.dimensions != self.denominator.dimensions for table in tables):
            raise ValueError("numerator, denominator and unknown must have the same dimensions")
        for cell in self.denominator.cells():
            whole = self.denominator.counts[cell]
            parts = [t.counts[cell] or 0 for t in (self.numerator, self.unknown) if t is not None]
            if whole is not None and sum(parts) > whole:
                raise ContradictoryFigures(f"{cell}: {' + '.join(map(str, parts))} is above the denominator {whole}")


def all_cells(dimensions: tuple[Dimension, ...]) -> Iterator[Cell]:
    """Every combination of categories and TOTAL."""
    return itertools.product(*((*d.categories, TOTAL) for d in dimensions))


def _with(cell: Cell, at: int, value: str) -> Cell:
    return (*cell[:at], value, *cell[at + 1 :])


def _parts(cell: Cell, along: int, dimension: Dimension) -> tuple[Cell, ...]:
    return tuple(_with(cell, along, category) for category in dimension.categories)
