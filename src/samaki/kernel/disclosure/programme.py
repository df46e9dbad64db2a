"""Linear programmes over deviations from one world, kept in HiGHS between solves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import highspy
import numpy as np
from numpy.typing import NDArray

from samaki.kernel.disclosure.table import Name, Relation

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

INFINITY: Final = float(highspy.kHighsInf)
TOLERANCE: Final = 1e-6
NODES: Final = 500
"""Branch-and-bound nodes before a search in whole people is given up: a count, not seconds, keeps it repeatable."""


@dataclass(frozen=True)
class Rows:
    """Relations as a row-wise sparse matrix over all cells, with the bounds of each row."""

    row: Integers
    column: Integers
    value: Floats
    lower: Floats
    upper: Floats

    @classmethod
    def of(cls, relations: Sequence[Relation], index: Mapping[Name, int]) -> Self:
        """Build the matrix; `index` numbers the cells."""
        return cls(
            np.array([i for i, r in enumerate(relations) for _ in r.terms], dtype=np.int64),
            np.array([index[name] for r in relations for name, _ in r.terms], dtype=np.int64),
            np.array([coefficient for r in relations for _, coefficient in r.terms], dtype=np.float64),
            np.array([r.lower for r in relations], dtype=np.float64),
            np.array([r.upper for r in relations], dtype=np.float64),
        )

    def at(self, world: Integers) -> Floats:
        """The sum of each row in one world."""
        sums = np.bincount(self.row, weights=self.value * world[self.column], minlength=len(self.lower))
        return sums.astype(np.float64)

    def seen_from(self, base: Integers) -> Self:
        """The same relations for deviations from `base`."""
        there = self.at(base)
        return replace(self, lower=self.lower - there, upper=self.upper - there)

    def broken(self, deviation: Integers) -> Integers:
        """Which rows a world breaks."""
        there = self.at(deviation)
        return np.flatnonzero((there < self.lower - TOLERANCE) | (there > self.upper + TOLERANCE))

    def over(self, cells: Integers) -> Self:
        """Only these columns, renumbered in this order; rows without any drop out."""
        position = np.full(int(max(self.column.max(initial=-1), cells.max(initial=-1))) + 1, -1, dtype=np.int64)
        position[cells] = np.arange(len(cells))
        keep = position[self.column] >= 0
        used, row = np.unique(self.row[keep], return_inverse=True)
        column, value = position[self.column[keep]], self.value[keep]
        return replace(self, row=row, column=column, value=value, lower=self.lower[used], upper=self.upper[used])

    def split(self, cells: int) -> Self:
        """Each column twice, upward and (from position `cells` on) downward, so that both can cost."""
        row, column = np.concatenate((self.row, self.row)), np.concatenate((self.column, self.column + cells))
        order = np.argsort(row, kind="stable")
        value = np.concatenate((self.value, -self.value))
        return replace(self, row=row[order], column=column[order], value=value[order])


@dataclass(frozen=True, slots=True)
class Corner:
    """The cheapest point found: its cost and the deviation of each cell."""

    cost: float
    deviation: Floats
    unbounded: bool = False

    @property
    def whole(self) -> bool:
        """Whether it speaks of whole people."""
        return bool(np.all(np.abs(self.deviation - np.rint(self.deviation)) <= TOLERANCE))


class Programme:
    """Least-cost deviation of `cells` under the rows. Bounds and costs start at 0 and can change between solves.

    `split`: costs are of upward and downward deviation apart, positions n…2n−1 being the downward ones.
    """

    def __init__(self, rows: Rows, cells: Integers, *, split: bool = False) -> None:
        self._split = split
        self._rows = rows.over(cells).split(len(cells)) if split else rows.over(cells)
        self._cells = len(cells)
        size = 2 * len(cells) if split else len(cells)
        self._lower, self._upper, self._cost = np.zeros(size), np.zeros(size), np.zeros(size)
        self._highs = self._model(whole=False)

    def bound(self, at: Integers, lower: Floats | float, upper: Floats | float) -> None:
        """Set the bounds of these positions."""
        self._lower[at], self._upper[at] = lower, upper
        self._highs.changeColsBounds(len(at), at.astype(np.int32), self._lower[at], self._upper[at])

    def price(self, at: Integers, cost: Floats | float) -> None:
        """Set the cost of these positions."""
        self._cost[at] = cost
        self._highs.changeColsCost(len(at), at.astype(np.int32), self._cost[at])

    def upper(self, at: Integers) -> Floats:
        """The upper bounds of these positions."""
        return np.array(self._upper[at])

    def cost(self, at: Integers) -> Floats:
        """The cost of these positions."""
        return np.array(self._cost[at])

    def least(self) -> Corner | None:
        """The cheapest point, or None where the bounds leave none."""
        return self._solve(self._highs)

    def least_whole(self, *, gap: float = 0.0) -> Corner | None:
        """A point in whole numbers found within NODES, dearer than the cheapest by `gap` at most, or None."""
        corner = self._solve(self._model(whole=True, gap=gap))
        return corner if corner is None or corner.whole else None

    def _solve(self, highs: highspy.Highs) -> Corner | None:
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kUnbounded:
            return Corner(-INFINITY, np.zeros(self._cells), unbounded=True)
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        point = np.array(highs.getSolution().col_value, dtype=np.float64)
        deviation = point[: self._cells] - point[self._cells :] if self._split else point
        return Corner(float(point @ self._cost), deviation)

    def _model(self, *, whole: bool, gap: float = 0.0) -> highspy.Highs:
        rows, size = self._rows, len(self._cost)
        problem = highspy.HighsLp()
        problem.num_col_, problem.num_row_ = size, len(rows.lower)
        problem.col_cost_, problem.col_lower_, problem.col_upper_ = self._cost, self._lower, self._upper
        problem.row_lower_, problem.row_upper_ = rows.lower, rows.upper
        problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        problem.a_matrix_.start_ = np.concatenate(([0], np.cumsum(np.bincount(rows.row, minlength=len(rows.lower)))))
        problem.a_matrix_.index_, problem.a_matrix_.value_ = rows.column, rows.value
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("random_seed", 0)
        if whole:
            problem.integrality_ = [highspy.HighsVarType.kInteger] * size
            highs.setOptionValue("mip_max_nodes", NODES)
            highs.setOptionValue("mip_rel_gap", gap)
        else:
            # Presolve would throw away the corner that the next solve starts from.
            highs.setOptionValue("presolve", "off")
            highs.setOptionValue("solver", "simplex")
        highs.passModel(problem)
        return highs
