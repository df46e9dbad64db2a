"""Moves of whole people around the corners of a box: the quick way to prove a cell wide, or to make it so.

In an additive table, one person more in a cell can be balanced at the other corners of a box: one fewer in another
category of the same line, or one more in the margin. (The hypercube method: Giessing & Repsilber 2002.) Boxes find
most worlds in microseconds and always in whole people; linear programmes are for what they cannot reach.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samaki.kernel.disclosure.programme import Floats, Integers

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """The numbers of one layer's cells, an axis for each dimension with TOTAL last, and its sign in a move.

    A move of a ratio takes from the complement (−1) what it gives the numerator (+1).
    """

    cells: Integers
    sign: int


@dataclass(frozen=True)
class Step:
    """A move along one box: how many people it moves, which cells change by +1 or −1 for each, and its price."""

    people: int
    cells: Integers
    signs: Integers


class Boxes:
    """Boxes over the additive dimensions; a dimension of unions is stood still in, and the caller checks its bounds."""

    def __init__(self, grids: Sequence[Grid], additive: Sequence[bool]) -> None:
        self._grids = tuple(grids)
        self._axes = [i for i, sums in enumerate(additive) if sums and self._grids[0].cells.shape[i] > 1]
        self._where = {
            int(cell): (grid.sign, place) for grid in self._grids for place, cell in np.ndenumerate(grid.cells)
        }

    def walk(self, cell: int, people: int, counts: Integers, closed: Flags, price: Floats) -> Integers:
        """A world in which `cell` differs by `people` (negative: fewer), or by as many as boxes reach.

        Cells that are `closed` stay as they are; `price` is paid once for each cell moved, and cheap boxes go first.
        """
        world, left, price = np.zeros_like(counts), abs(people), price.copy()
        while left and (step := self._step(cell, 1 if people > 0 else -1, left, counts + world, closed, price)):
            world[step.cells] += step.people * step.signs
            price[step.cells] = 0.0
            left -= step.people
        return world

    def _step(self, cell: int, way: int, wanted: int, counts: Integers, closed: Flags, price: Floats) -> Step | None:
        if cell not in self._where:
            return None
        sign, place = self._where[cell]
        others = [self._open_along(axis, place, closed) for axis in self._axes]
        if not all(others):
            return None
        shape = tuple(map(len, others))
        cost, people = np.zeros(shape), np.full(shape, wanted, dtype=np.int64)
        corners: list[tuple[Integers, Integers]] = []
        for grid, flipped in itertools.product(self._grids, itertools.product((False, True), repeat=len(self._axes))):
            where, signs = self._corner(grid, place, others, flipped)
            where, signs = np.broadcast_to(where, shape), np.broadcast_to(signs * grid.sign * sign * way, shape)
            corners.append((where, signs))
            cost += price[where]
            people = np.where(closed[where], 0, np.where(signs < 0, np.minimum(people, counts[where]), people))
        if not people.any():
            return None
        each = np.where(people > 0, (cost + 1e-3) / np.maximum(people, 1), np.inf)
        at = np.unravel_index(int(np.argmin(each)), shape)
        return Step(
            int(people[at]),
            np.array([where[at] for where, _ in corners]),
            np.array([signs[at] for _, signs in corners]),
        )

    def _open_along(self, axis: int, place: tuple[int, ...], closed: Flags) -> list[int]:
        """Where a box through `place` can have its next corner along an axis: few, so most boxes are never built."""
        shut = np.zeros(self._grids[0].cells.shape[axis], dtype=bool)
        shut[place[axis]] = True
        for grid in self._grids:
            shut |= closed[np.moveaxis(grid.cells, axis, -1)[place[:axis] + place[axis + 1 :]]]
        return [int(q) for q in np.flatnonzero(~shut)]

    def _corner(
        self, grid: Grid, place: tuple[int, ...], others: list[list[int]], flipped: tuple[bool, ...]
    ) -> tuple[Integers, Integers]:
        """One corner of every box: its cells, and its sign against the first corner's."""
        ranges = [[at] for at in place]
        signs = np.ones((1,) * len(self._axes), dtype=np.int64)
        for order, (axis, flip) in enumerate(zip(self._axes, flipped, strict=True)):
            if not flip:
                continue
            ranges[axis] = others[order]
            total = grid.cells.shape[axis] - 1
            along = [1 if total in (place[axis], q) else -1 for q in others[order]]
            signs = signs * np.array(along).reshape([-1 if i == order else 1 for i in range(len(self._axes))])
        cells = grid.cells[np.ix_(*ranges)]
        still = tuple(0 if i not in self._axes else slice(None) for i in range(cells.ndim))
        return cells[still], signs
