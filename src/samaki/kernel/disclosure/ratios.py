"""Rule 3 of domain.md §5: a ratio shows both its numbers or neither, and never lets the other be worked out.

Numerator and complement are linked tables of the denominator: d = n + (d − n) in every cell. The denominator is
taken as public wherever its own table may show it, so hiding n while a neighbour and d are printed gives nothing
away. Where the unknown are printed, what is left of the numerator is split once more: d − n = unknown + rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from samaki.kernel.disclosure.layers import Known, Layer, named
from samaki.kernel.disclosure.suppression import Problem, crossed_unions_to_hide
from samaki.kernel.disclosure.table import Cell, CountTable, Name, RatioTable, Relation
from samaki.kernel.disclosure.thresholds import is_small

NUMERATOR: Final = "numerator"
COMPLEMENT: Final = "complement"
DENOMINATOR: Final = "denominator"
UNKNOWN: Final = "unknown"
REST: Final = "rest"

MOVES_OF_ONE: Final = (((DENOMINATOR, 1),),)
MOVES_OF_TWO: Final = (
    ((NUMERATOR, 1), (COMPLEMENT, -1)),
    ((DENOMINATOR, 1), (NUMERATOR, 1)),
    ((DENOMINATOR, 1), (COMPLEMENT, 1)),
)
MOVES_OF_THREE: Final = (
    ((UNKNOWN, 1), (REST, -1)),
    ((DENOMINATOR, 1), (NUMERATOR, 1)),
    ((DENOMINATOR, 1), (COMPLEMENT, 1), (REST, 1)),
    ((DENOMINATOR, 1), (COMPLEMENT, 1), (UNKNOWN, 1)),
    ((NUMERATOR, 1), (COMPLEMENT, -1), (REST, -1)),
    ((NUMERATOR, 1), (COMPLEMENT, -1), (UNKNOWN, -1)),
)
"""How people can stand elsewhere in the split d = n + c, c = unknown + rest, and every sum still hold."""


@dataclass(frozen=True)
class RatioProtection:
    """Cells whose two numbers are hidden; cells whose unknown is hidden; cells that other releases give away.

    `denominators`: those hidden in the denominator's own table; always among `hidden`.
    """

    hidden: frozenset[Cell]
    unknown: frozenset[Cell]
    denominators: frozenset[Cell]
    exposed: frozenset[Name] = frozenset()


def may_show(numerator: int | None, denominator: int | None, k: int, *, hide_extremes: bool) -> bool:
    """Whether one ratio may show: d ≥ k, and n and d − n each 0 or ≥ k; `hide_extremes` hides 0% and 100% too.

    Where nobody is in the denominator, or the numerator is unknown, there is nothing to hide.
    """
    if denominator == 0 or denominator is None or numerator is None:
        return not is_small(denominator, k)
    rest = denominator - numerator
    if denominator < k or is_small(numerator, k) or is_small(rest, k):
        return False
    return not (hide_extremes and 0 in (numerator, rest))


def protect_ratio(
    table: RatioTable,
    k: Callable[[Cell], int],
    *,
    hide_extremes: Callable[[Cell], bool] = lambda cell: False,
    also: Collection[Cell] = (),
    withheld: Collection[Cell] = (),
    known: Known | None = None,
) -> RatioProtection:
    """Which cells of a ratio to hide. Arguments as in `protect`; `hide_extremes`: where 0% and 100% are hidden too.

    Facts name cells by layer: "denominator", "numerator", "complement", "unknown", "rest".
    """
    kept_back, facts = frozenset(withheld), known or Known()
    whole = Layer.of(DENOMINATOR, table.denominator)
    cells = tuple(table.denominator.cells())
    small = {c for c in cells if is_small(table.denominator.counts[c], k(c))}
    rule = _Rule(
        k,
        facts,
        kept_back | table.denominator.crossed_unions(),
        tuple(d.additive for d in table.denominator.dimensions),
    )

    crossed = crossed_unions_to_hide(table.denominator, small | kept_back, facts)
    first = rule.problem(
        (whole,), (DENOMINATOR,), MOVES_OF_ONE, (), {DENOMINATOR: small | kept_back | crossed}, _empty(whole)
    )
    first.decide()
    denominators = first.hidden[DENOMINATOR]

    part = Layer.of(NUMERATOR, table.numerator)
    left, link = _split(whole, part, COMPLEMENT, table.denominator)
    pairs = denominators | set(also)
    for cell in cells:
        n, d = table.numerator.counts[cell], table.denominator.counts[cell]
        if not may_show(n, d, k(cell), hide_extremes=hide_extremes(cell)):
            pairs.add(cell)
    pairs |= crossed_unions_to_hide(table.denominator, pairs, facts)
    hidden = {DENOMINATOR: denominators, NUMERATOR: set(pairs), COMPLEMENT: set(pairs)}
    second = rule.problem((whole, part, left), (NUMERATOR, COMPLEMENT), MOVES_OF_TWO, link, hidden, _empty(whole))
    second.decide()
    pairs = hidden[NUMERATOR]
    exposed = first.exposed | second.exposed
    if table.unknown is None:
        return RatioProtection(frozenset(pairs), frozenset(), frozenset(denominators), frozenset(exposed))

    unknown = Layer.of(UNKNOWN, table.unknown)
    rest, second_link = _split(left, unknown, REST, table.denominator)
    unsaid = pairs | {c for c in cells if is_small(unknown.counts[c], k(c)) or is_small(rest.counts[c], k(c))}
    unsaid |= crossed_unions_to_hide(table.denominator, unsaid, facts)
    hidden |= {UNKNOWN: set(unsaid), REST: set(unsaid)}
    layers = (whole, part, left, unknown, rest)
    third = rule.problem(layers, (UNKNOWN, REST), MOVES_OF_THREE, (*link, *second_link), hidden, _empty(left))
    third.decide()
    exposed |= third.exposed
    return RatioProtection(frozenset(pairs), frozenset(hidden[UNKNOWN]), frozenset(denominators), frozenset(exposed))


@dataclass(frozen=True)
class _Rule:
    k: Callable[[Cell], int]
    known: Known
    hidden_for_other_reasons: frozenset[Cell]
    additive: tuple[bool, ...]

    def problem(
        self,
        layers: tuple[Layer, ...],
        open_: tuple[str, ...],
        moves: tuple[tuple[tuple[str, int], ...], ...],
        links: tuple[Relation, ...],
        hidden: dict[str, set[Cell]],
        immovable: frozenset[Cell],
    ) -> Problem:
        return Problem(
            layers=layers,
            open=open_,
            moves=moves,
            links=links,
            k=self.k,
            known=self.known,
            hidden_for_other_reasons=self.hidden_for_other_reasons,
            hidden=hidden,
            immovable=immovable,
            additive=self.additive,
        )


def _empty(whole: Layer) -> frozenset[Cell]:
    """Cells where nobody stands are shown, and unknown ones are never a choice."""
    return frozenset(cell for cell, count in whole.counts.items() if not count)


def _split(whole: Layer, part: Layer, key: str, shape: CountTable) -> tuple[Layer, tuple[Relation, ...]]:
    """What is left of a layer without a part, as a layer of its own, and the links between the three."""
    counts: dict[Cell, int | None] = {}
    for cell, count in whole.counts.items():
        taken = part.counts[cell]
        counts[cell] = None if count is None or taken is None else count - taken
    # What is left of a union need not be a union itself: its bounds are known only if they happen to hold.
    relations = tuple(r for r in shape.relations(key) if r.lower == r.upper or _holds(r, counts))
    links = tuple(
        Relation(((named(whole.key, c), 1), (named(part.key, c), -1), (named(key, c), -1)), 0, 0) for c in counts
    )
    return Layer(key, counts, relations), links


def _holds(relation: Relation, counts: Mapping[Cell, int | None]) -> bool:
    total = 0
    for name, coefficient in relation.terms:
        count = counts[name[1:]]
        if count is None:
            return False
        total += coefficient * count
    return relation.lower <= total <= relation.upper
