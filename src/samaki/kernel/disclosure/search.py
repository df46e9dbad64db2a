"""The search for further cells to hide, the least loss first.

Hiding by a least-cost deviation follows the linear-programming heuristics for complementary suppression (Kelly,
Golden & Assad 1992; Fischetti & Salazar-González 2001), with proof in whole people in place of bounds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np

from samaki.kernel.disclosure.boxes import Boxes, Flags
from samaki.kernel.disclosure.outsider import ROUGHLY, Proofs, whole
from samaki.kernel.disclosure.programme import Corner, Floats, Integers, Programme

FARTHER: Final = 1e7
"""Worth of moving one person further, above all that can be lost by it."""
LARGE: Final = 400
"""Above so many cells boxes are taken where they serve; below, linear programmes look for something cheaper."""
SPARED_AT_MOST: Final = 60
"""So many added cells are tried for showing again; more would cost more time than they give back."""


class Search:
    """Extends the hidden cells of `proofs` until all that is guarded is wide.

    `groups`: what is hidden together with each cell. `boxes`: quick moves, tried before linear programmes.
    """

    def __init__(
        self, proofs: Proofs, guarded: Collection[int], groups: Mapping[int, tuple[int, ...]], boxes: Sequence[Boxes]
    ) -> None:
        self.proofs = proofs
        self.guarded = set(guarded)
        self.groups = groups
        self.added: set[int] = set()
        self.failed: set[int] = set()
        self._boxes = boxes

    def protect(self, tiers: Sequence[Collection[int]]) -> None:
        """Hide among the first tier, or a later one where that is not enough; what stays narrow is in `failed`."""
        choices = [Choice(self.proofs, hideable, self._boxes) for hideable in tiers]
        needs = self.proofs.outsider.needs
        while narrow := self._narrow():
            for cell in sorted(narrow, key=lambda cell: (-needs[cell], cell)):
                if self.proofs.wide(cell):
                    continue
                worlds = next((found for choice in choices if (found := choice.worlds_that_move(cell))), [])
                if not worlds:
                    self.failed.add(cell)
                moved = {int(one) for world in worlds for one in np.flatnonzero(world)} - self.proofs.hidden
                self._hide({other for one in moved for other in self.groups[one]}, choices)
                for world in worlds:
                    self.proofs.add(world)

    def _narrow(self) -> list[int]:
        self.proofs.look_widely(sorted(self.guarded - self.failed))
        return [cell for cell in sorted(self.guarded - self.failed) if not self._proved(cell, self.proofs)]

    def _proved(self, cell: int, proofs: Proofs) -> bool:
        if proofs.wide(cell):
            return True
        if proofs.outsider.unknown[cell]:
            return proofs.safe(cell)
        free = np.zeros(len(proofs.movable))
        for world in walk(self._boxes, proofs, cell, ~proofs.movable, free):
            proofs.add(world)
        return proofs.wide(cell)

    def _hide(self, more: set[int], choices: Sequence[Choice]) -> None:
        self.added |= more
        self.guarded |= more
        self.proofs.hide(more)
        for choice in choices:
            choice.free(more)

    def spare(self) -> None:
        """Show again what later choices made needless, the largest counts first."""
        base = self.proofs.outsider.base
        spared: set[int] = set()
        for cell in sorted(self.added, key=lambda cell: (-base[cell], cell))[:SPARED_AT_MOST]:
            group = set(self.groups[cell])
            if cell in spared or not group <= self.added:
                continue
            proofs, left = self.proofs.without(group), self.guarded - group
            thorough = len(self.proofs.hidden) <= LARGE
            if all(self._proved(c, proofs) or (thorough and proofs.safe(c)) for c in sorted(left - self.failed)):
                self.proofs, self.guarded = proofs, left
                spared |= group
        self.added -= spared


class Choice:
    """The cheapest worlds in which a cell moves far enough, at the price of the shown counts they move."""

    def __init__(self, proofs: Proofs, hideable: Collection[int], boxes: Sequence[Boxes]) -> None:
        self._proofs = proofs
        self._boxes = boxes
        self._price = 1.0 + proofs.outsider.base.astype(np.float64)
        self._closed = np.ones(len(self._price), dtype=bool)
        self._open(proofs.hidden | set(hideable))
        self._price[list(proofs.hidden)] = 0.0

    def _open(self, cells: Collection[int]) -> None:
        self._closed[list(cells)] = False
        self._cells = np.flatnonzero(~self._closed)
        self._at = {int(cell): i for i, cell in enumerate(self._cells)}
        self._programme: Programme | None = None

    def free(self, cells: Collection[int]) -> None:
        """Hidden cells move at no price, those too that another choice has hidden."""
        chosen = list(cells)
        self._price[chosen] = 0.0
        if self._closed[chosen].any():
            self._open(chosen)
        elif self._programme is not None and chosen:
            at = np.array([self._at[cell] for cell in chosen])
            self._programme.price(np.concatenate((at, at + len(self._cells))), 0.0)

    def worlds_that_move(self, cell: int) -> list[Integers]:
        """Worlds of whole people that put this cell further apart, k apart if they can; none if nothing does."""
        outsider = self._proofs.outsider
        low, high, k = self._proofs.low[cell], self._proofs.high[cell], int(outsider.needs[cell])
        worlds = walk(self._boxes, self._proofs, cell, self._closed, self._price)
        if len(self._cells) > LARGE and reached(worlds, cell) >= k:
            return worlds
        best = self._programmed(cell)
        if best is not None and (reached([best], cell, low, high) >= k or reached(worlds, cell) < k):
            return [best]
        return worlds if reached(worlds, cell, low, high) > high - low else []

    def _programmed(self, cell: int) -> Integers | None:
        outsider = self._proofs.outsider
        low, high, k = self._proofs.low[cell], self._proofs.high[cell], int(outsider.needs[cell])
        best: Integers | None = None
        size, at, gained = len(self._cells), self._at[cell], int(high - low)
        for position, wanted in ((at, low + k), (at + size, min(k - high, outsider.base[cell]))):
            corner = self._furthest(position, float(wanted)) if gained < k else None
            if corner is None:
                continue
            world = np.zeros_like(outsider.base)
            world[self._cells] = whole(corner)
            if (now := reached([world], cell, int(low), int(high))) > gained:
                best, gained = world, now
        return best

    def _ready(self) -> Programme:
        if self._programme is None:
            outsider, size = self._proofs.outsider, len(self._cells)
            self._programme = Programme(outsider.rows, self._cells, split=True)
            self._programme.bound(np.arange(size), 0.0, outsider.far)
            self._programme.bound(np.arange(size, 2 * size), 0.0, outsider.base[self._cells].astype(np.float64))
            self._programme.price(np.arange(2 * size), np.tile(self._price[self._cells], 2))
        return self._programme

    def _furthest(self, position: int, wanted: float) -> Corner | None:
        """The cheapest deviation that moves this position as far as it can go, up to `wanted`."""
        programme, size = self._ready(), len(self._cells)
        at, both = np.array([position]), np.array([position, (position + size) % (2 * size)])
        bounds, price = programme.upper(both), programme.cost(at)
        programme.bound(both, 0.0, np.array([wanted, 0.0]))
        programme.price(at, -FARTHER)
        corner = programme.least()
        if corner is not None and not corner.whole:
            corner = programme.least_whole(gap=ROUGHLY)
        programme.bound(both, 0.0, bounds)
        programme.price(at, price)
        return corner


def walk(boxes: Sequence[Boxes], proofs: Proofs, cell: int, closed: Flags, price: Floats) -> list[Integers]:
    """Worlds above and, where that is not enough, below that put this cell k apart, or as far as boxes reach."""
    outsider, k = proofs.outsider, int(proofs.outsider.needs[cell])
    furthest: list[Integers] = []
    for kind in boxes:
        above = kind.walk(cell, k, outsider.base, closed, price)
        below = kind.walk(cell, int(above[cell]) - k, outsider.base, closed, np.where(above != 0, 0.0, price))
        worlds = [world for world in (above, below) if world.any() and outsider.fits(world)]
        if reached(worlds, cell) > reached(furthest, cell):
            furthest = worlds
        if reached(furthest, cell) >= k:
            break
    return furthest


def reached(worlds: Sequence[Integers], cell: int, low: int = 0, high: int = 0) -> int:
    """How far apart these worlds, with one `low` and one `high`, put this cell."""
    ends = [int(world[cell]) for world in worlds]
    return max([*ends, high]) - min([*ends, low])
