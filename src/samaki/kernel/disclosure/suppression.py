"""Rule 2 of domain.md §5: hide further cells until every hidden one keeps an interval k wide.

A table is decided from its margins inward: first the grand total, then each table of one dimension, then the
crossings, each as if published alone. So a margin is shown or hidden alike in its own table and in any crossing of
it, unless nothing else is safe.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np

from samaki.kernel.disclosure.boxes import Boxes, Grid
from samaki.kernel.disclosure.layers import COUNT, ELSEWHERE, Known, Layer, named
from samaki.kernel.disclosure.outsider import Bounds, Outsider, Proofs
from samaki.kernel.disclosure.programme import Integers
from samaki.kernel.disclosure.search import Search
from samaki.kernel.disclosure.table import TOTAL, Cell, CountTable, Name, Relation
from samaki.kernel.disclosure.thresholds import is_small


@dataclass(frozen=True)
class Protection:
    """Which cells are hidden and why. Never print the difference: "small" says 1…k−1.

    `exposed`: hidden cells that other releases give away whatever this table shows; tell a steward.
    """

    primary: frozenset[Cell]
    complementary: frozenset[Cell]
    exposed: frozenset[Name] = frozenset()

    @property
    def hidden(self) -> frozenset[Cell]:
        """All of them."""
        return self.primary | self.complementary


@dataclass
class Problem:
    """Layers of counts over the same cells; those called `open` are decided together, cell by cell.

    `moves`: ways in which layers can change together and keep the links, as (layer, sign): n + 1 with c − 1.
    """

    layers: tuple[Layer, ...]
    open: tuple[str, ...]
    moves: tuple[tuple[tuple[str, int], ...], ...]
    links: tuple[Relation, ...]
    k: Callable[[Cell], int]
    known: Known
    hidden_for_other_reasons: frozenset[Cell]
    hidden: dict[str, set[Cell]]
    immovable: frozenset[Cell]
    additive: tuple[bool, ...]
    exposed: set[Name] = field(default_factory=set)

    def decide(self) -> None:
        """Extend `hidden` of the open layers until every guarded cell is wide or known to be exposed."""
        cells = tuple(self.layers[0].counts)
        width = len(cells[0])
        for size in range(width + 1):
            for crossed in itertools.combinations(range(width), size):
                inside = [c for c in cells if all(part == TOTAL or i in crossed for i, part in enumerate(c))]
                self._decide_within(inside, [c for c in inside if all(c[i] != TOTAL for i in crossed)])
        if self.exposed and not self.known.facts:
            # Without facts from elsewhere only the search can have failed, and hiding all is always safe.
            for layer in self.open:
                self.hidden[layer] |= set(cells) - self.immovable
            self.exposed.clear()

    def _decide_within(self, inside: list[Cell], newest: list[Cell]) -> None:
        view = View(self, inside)
        guarded = view.guarded
        if not guarded:
            return
        search = Search(Proofs(view.outsider, view.movable), guarded, view.groups, view.boxes)
        closed = self.immovable | self.hidden[self.open[0]]
        tiers = [
            [view.outsider.index[named(key, cell)] for cell in chosen if cell not in closed for key in self.open]
            for chosen in (newest, inside)
        ]
        search.protect(tiers)
        self.exposed |= {view.outsider.names[cell] for cell in search.failed}
        search.spare()
        for cell in search.added:
            layer, *rest = view.outsider.names[cell]
            self.hidden[layer].add(tuple(rest))


class View:
    """What an outsider sees of a problem through some of its cells."""

    def __init__(self, problem: Problem, inside: list[Cell]) -> None:
        truth: dict[Name, int | None] = {named(la.key, c): la.counts[c] for la in problem.layers for c in inside}
        needs = {named(la.key, c): problem.k(c) for la in problem.layers for c in inside}
        own = truth.keys() | set()
        facts = [f for f in problem.known.facts if all(n in own or n[0] == ELSEWHERE for n, _ in f.terms)]
        for name in (name for fact in facts for name, _ in fact.terms if name not in own):
            kept = problem.known.hidden.get(name)
            truth[name], needs[name] = (None, 0) if kept is None else (kept.count, kept.k)
        listed = [r for la in problem.layers for r in la.relations if all(n in own for n, _ in r.terms)]
        listed += [link for link in problem.links if all(n in own for n, _ in link.terms)]
        self.outsider = Outsider(truth, needs, [*listed, *facts])
        index = self.outsider.index
        hidden = [named(la.key, c) for la in problem.layers for c in inside if c in problem.hidden[la.key]]
        self.movable = {index[name] for name in hidden}
        self.movable |= {i for name, i in index.items() if name[0] == ELSEWHERE}
        self.movable |= {int(i) for i in np.flatnonzero(self.outsider.unknown)}
        self.guarded = {
            i
            for i in self.movable
            if (name := self.outsider.names[i]) not in problem.exposed
            and needs[name] > 0
            and (
                name[0] == ELSEWHERE
                or name[1:] not in problem.hidden_for_other_reasons
                or is_small(truth[name], needs[name])
            )
        }
        # Layers decided together are hidden together: a ratio shows both its numbers or neither.
        self.groups = {
            index[named(key, c)]: tuple(index[named(other, c)] for other in problem.open)
            for key in problem.open
            for c in inside
        }
        axes = [sorted(set(parts), key=lambda part: (part == TOTAL, part)) for parts in zip(*inside, strict=True)]
        shape = [len(axis) for axis in axes]

        def numbers(layer: str) -> Integers:
            found = [index[named(layer, cell)] for cell in itertools.product(*axes)]
            return np.array(found, dtype=np.int64).reshape(shape)

        self.boxes = [
            Boxes([Grid(numbers(layer), sign) for layer, sign in move], problem.additive) for move in problem.moves
        ]


def protect(
    table: CountTable,
    k: Callable[[Cell], int],
    *,
    also: Collection[Cell] = (),
    withheld: Collection[Cell] = (),
    known: Known | None = None,
) -> Protection:
    """Which cells of one table of counts to hide. `k`: the threshold of each cell.

    `also`: cells to hide whatever their count. `withheld`: cells that are not published for other reasons; the small
    ones among them are guarded too. Raises ContradictoryFigures if `known` contradicts the counts.
    """
    facts = known or Known()
    kept_back = frozenset(withheld)
    primary = frozenset(c for c in table.cells() if is_small(table.counts[c], k(c))) | frozenset(also) | kept_back
    crossed = crossed_unions_to_hide(table, primary, facts)
    layer = Layer.of(COUNT, table)
    problem = Problem(
        layers=(layer,),
        open=(COUNT,),
        moves=(((COUNT, 1),),),
        links=(),
        k=k,
        known=facts,
        hidden_for_other_reasons=kept_back | crossed,
        hidden={COUNT: set(primary | crossed)},
        additive=tuple(d.additive for d in table.dimensions),
        immovable=frozenset(c for c, count in layer.counts.items() if count == 0 or table.counts[c] is None),
    )
    problem.decide()
    return Protection(primary, frozenset(problem.hidden[COUNT]) - primary, frozenset(problem.exposed))


def crossed_unions_to_hide(table: CountTable, hidden: Collection[Cell], known: Known) -> frozenset[Cell]:
    """Crossings of two dimensions of unions, whole, as soon as anything is hidden; else none.

    Sets that overlap along two dimensions obey more bounds than any short list of relations holds, so nothing short
    of hiding the level is known to be safe. Without it, what is shown has one dimension of unions at a time.
    """
    return table.crossed_unions() if hidden or known.facts else frozenset()


def audit(
    table: CountTable, hidden: Collection[Cell], known: Known | None = None, *, asked: Collection[Cell] | None = None
) -> dict[Cell, Bounds]:
    """What an outsider finds for each hidden (or each asked) cell when all others are shown: (low, high).

    In whole people; `high` is None where nothing bounds it. Slow: two programmes for each cell.
    """
    problem = Problem(
        layers=(Layer.of(COUNT, table),),
        open=(COUNT,),
        moves=(((COUNT, 1),),),
        links=(),
        k=lambda cell: 1,
        known=known or Known(),
        hidden_for_other_reasons=frozenset(),
        hidden={COUNT: set(hidden)},
        immovable=frozenset(),
        additive=tuple(d.additive for d in table.dimensions),
    )
    view = View(problem, list(table.cells()))
    cells = {view.outsider.index[named(COUNT, cell)]: cell for cell in (hidden if asked is None else asked)}
    found = view.outsider.bounds(sorted(view.movable), sorted(cells))
    return {cells[i]: bounds for i, bounds in found.items()}
