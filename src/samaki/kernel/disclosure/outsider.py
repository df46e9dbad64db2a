"""What an outsider can work out: some counts are shown, the rest are non-negative integers bound by relations.

Every world the outsider cannot rule out is written as a deviation from one world known to fit (the true one), so
"no deviation" is always possible and each linear programme starts there. A cell is proved wide when two worlds are
known in which it differs by k. Worlds are of whole people: a fractional corner proves nothing, because an outsider
counts in whole people too, and in tables of three dimensions the two differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from samaki.kernel.disclosure.programme import INFINITY, TOLERANCE, Corner, Integers, Programme, Rows
from samaki.kernel.disclosure.table import ContradictoryFigures, Name, Relation

MANY: Final = 6
"""Above so many unproved cells, worlds that move many at once are sought first."""
ROUGHLY: Final = 0.1
"""Worlds that move many cells need not move the most."""
MOST: Final = 600
"""Above so many hidden cells branch and bound takes longer than a programme for each."""
FEW: Final = 3
"""A world that proves fewer cells than this costs more than one programme for each of them."""


class Bounds(NamedTuple):
    """What an outsider finds for one cell; `high` is None where nothing bounds it."""

    low: int
    high: int | None

    def at_least(self, k: int) -> bool:
        """Whether the interval is k wide: upper − lower ≥ k."""
        return self.high is None or self.high - self.low >= k


class Outsider:
    """Cells with their true counts (None: nobody knows), the k each needs, and the relations among them.

    Raises ContradictoryFigures if no world fits the relations.
    """

    def __init__(
        self, truth: Mapping[Name, int | None], needs: Mapping[Name, int], relations: Iterable[Relation]
    ) -> None:
        self.names = tuple(truth)
        self.index = {name: i for i, name in enumerate(self.names)}
        self.needs = np.array([needs[name] for name in self.names], dtype=np.int64)
        self.unknown = np.array([truth[name] is None for name in self.names], dtype=bool)
        self.base = np.array([truth[name] or 0 for name in self.names], dtype=np.int64)
        listed = tuple(relations)
        rows = Rows.of(listed, self.index)
        if self.unknown.any():
            self._imagine_the_unknown(rows)
        self.rows = rows.seen_from(self.base)
        wrong = self.rows.broken(np.zeros_like(self.base))
        if len(wrong):
            raise ContradictoryFigures(f"no world fits {listed[wrong[0]]}")
        # Finite, so that every maximum exists, and far enough not to stand in the way of any proof.
        self.far = float(4 * self.needs.max(initial=1) + self.base.max(initial=0))

    def _imagine_the_unknown(self, rows: Rows) -> None:
        cells = np.flatnonzero(self.unknown)
        programme = Programme(rows.seen_from(self.base), cells)
        everyone = np.arange(len(cells))
        programme.bound(everyone, 0.0, INFINITY)
        programme.price(everyone, 1.0)
        corner = programme.least_whole()
        if corner is None:
            raise ContradictoryFigures("no counts of the unknown cells fit the rest")
        self.base[cells] = whole(corner)

    def bounds(self, hidden: Sequence[int], asked: Sequence[int]) -> dict[int, Bounds]:
        """Smallest and largest count of each asked cell that fits all that is shown, in whole people.

        Where the search in whole people is given up, the bounds of the linear programme, rounded inward, stand.
        """
        cells = np.array(hidden, dtype=np.int64)
        programme = Programme(self.rows, cells)
        programme.bound(np.arange(len(cells)), -self.base[cells].astype(np.float64), INFINITY)
        position = {cell: i for i, cell in enumerate(hidden)}
        answers: dict[int, Bounds] = {}
        for cell in asked:
            at, base = np.array([position[cell]]), int(self.base[cell])
            low, high = (self._end(programme, at, sign) for sign in (1.0, -1.0))
            answers[cell] = Bounds(base + (low or 0), None if high is None else base + high)
        return answers

    def fits(self, world: Integers) -> bool:
        """Whether a deviation keeps every relation and leaves no count negative."""
        return not len(self.rows.broken(world)) and not np.any(self.base + world < 0)

    def _end(self, programme: Programme, at: Integers, sign: float) -> int | None:
        programme.price(at, sign)
        corner = programme.least()
        if corner is not None and not corner.unbounded and not corner.whole:
            corner = programme.least_whole() or corner
        programme.price(at, 0.0)
        if corner is None or corner.unbounded:
            return None
        end = float(corner.deviation[at[0]])
        return int(np.ceil(end - TOLERANCE)) if sign > 0 else int(np.floor(end + TOLERANCE))


class Proofs:
    """Worlds known to fit while the hidden set only grows, and how far apart they put each cell."""

    def __init__(self, outsider: Outsider, hidden: Collection[int]) -> None:
        self.outsider = outsider
        self.hidden = set(hidden)
        size = len(outsider.base)
        self.low, self.high = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        self.worlds: list[Integers] = []
        self._renew()

    def _renew(self) -> None:
        self.movable = np.zeros(len(self.outsider.base), dtype=bool)
        self.movable[list(self.hidden)] = True
        self._cells = np.array(sorted(self.hidden), dtype=np.int64)
        self._at = {int(cell): np.array([i]) for i, cell in enumerate(self._cells)}
        self._made: Programme | None = None

    @property
    def _programme(self) -> Programme:
        if self._made is None:
            self._made = Programme(self.outsider.rows, self._cells)
            below = -self.outsider.base[self._cells].astype(np.float64)
            self._made.bound(np.arange(len(self._cells)), below, self.outsider.far)
        return self._made

    def hide(self, cells: Collection[int]) -> None:
        """Hide more: every world found so far still fits."""
        if not self.hidden.issuperset(cells):
            self.hidden |= set(cells)
            self._renew()

    def without(self, cells: Collection[int]) -> Proofs:
        """The proofs that are left when these cells are shown again."""
        other = Proofs(self.outsider, self.hidden - set(cells))
        shown = np.array(sorted(cells), dtype=np.int64)
        for world in self.worlds:
            if not world[shown].any():
                other.add(world)
        return other

    def add(self, world: Integers) -> None:
        """Take note of one more world that fits."""
        self.worlds.append(world)
        np.minimum(self.low, world, out=self.low)
        np.maximum(self.high, world, out=self.high)

    def wide(self, cell: int) -> bool:
        """Whether two known worlds differ by k in this cell."""
        return bool(self.high[cell] - self.low[cell] >= self.outsider.needs[cell])

    def safe(self, cell: int) -> bool:
        """Whether this hidden or unknown cell is wide enough, looking for worlds where none is known yet."""
        if self.wide(cell):
            return True
        ends = []
        for sign in (-1.0, 1.0):
            self._programme.price(self._at[cell], sign)
            corner = self._programme.least()
            self._programme.price(self._at[cell], 0.0)
            if corner is None:
                return False
            ends.append(float(corner.deviation[self._at[cell][0]]))
            if self._note(corner) and self.wide(cell):
                return True
        return bool(self.outsider.unknown[cell]) and self._harmless(cell, *ends)

    def _harmless(self, cell: int, high: float, low: float) -> bool:
        """A count nobody knows was never hidden: finding it is no harm where it could be shown (0, or k and more)."""
        base = self.outsider.base[cell]
        return bool(base + high < TOLERANCE or base + low > self.outsider.needs[cell] - TOLERANCE)

    def look_widely(self, cells: Sequence[int]) -> None:
        """Seek worlds that move many cells at once, up and down at random (seeded), while that still helps."""
        generator = np.random.default_rng(0)
        left = [cell for cell in cells if not self.wide(cell)]
        before = 2 * len(left)
        while MANY < len(left) <= before - FEW:
            at = np.concatenate([self._at[cell] for cell in left])
            self._programme.price(at, generator.choice(np.array([-1.0, 1.0]), len(at)))
            corner = self._programme.least()
            if corner is not None and not corner.whole and len(self._cells) <= MOST:
                corner = self._programme.least_whole(gap=ROUGHLY)
            self._programme.price(at, 0.0)
            if corner is not None:
                self._note(corner)
            before, left = len(left), [cell for cell in left if not self.wide(cell)]

    def _note(self, corner: Corner) -> bool:
        if not corner.whole:
            return False
        world = np.zeros_like(self.outsider.base)
        world[self._cells] = whole(corner)
        self.add(world)
        return True


def whole(corner: Corner) -> Integers:
    """The deviation of a whole corner as integers."""
    return np.rint(corner.deviation).astype(np.int64)
