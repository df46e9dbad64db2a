"""Layers of counts over one set of cells, their names, and what is known of them from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from samaki.kernel.disclosure.table import Cell, CountTable, Name, Relation

COUNT: Final = "count"
ELSEWHERE: Final = "elsewhere"


def named(layer: str, cell: Cell) -> Name:
    """The name of a cell in facts: layer "count", "numerator", "complement", "denominator" or "unknown"."""
    return (layer, *cell)


def elsewhere(*words: str) -> Name:
    """The name in facts of a count that stands in another table or an earlier release."""
    return (ELSEWHERE, *words)


@dataclass(frozen=True)
class Kept:
    """A count hidden elsewhere that must stay hidden: its true value and its k."""

    count: int
    k: int


@dataclass(frozen=True)
class Known:
    """What is known from elsewhere: linear facts over named cells, and counts hidden there.

    Example, a year of unique months whose March is hidden:
    `Known((Relation(((named("count", ()), 1), (elsewhere("03"), -1)), 17, 17),), {elsewhere("03"): Kept(3, 5)})`.
    """

    facts: tuple[Relation, ...] = ()
    hidden: Mapping[Name, Kept] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """Counts of one kind over the cells of a table, with the relations that hold among them."""

    key: str
    counts: Mapping[Cell, int | None]
    relations: tuple[Relation, ...]

    @classmethod
    def of(cls, key: str, table: CountTable) -> Layer:
        """The layer of a table. An unknown part of an additive line that is full without it is taken as 0."""
        counts = dict(table.counts)
        for line in table.lines():
            known = [count for part in line.parts if (count := counts[part]) is not None]
            if line.additive and counts[line.whole] == sum(known):
                counts |= {part: 0 for part in line.parts if counts[part] is None}
        return cls(key, counts, tuple(table.relations(key)))
