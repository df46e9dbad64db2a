"""Which rows of a column hold a value, found without looking through it all."""

from __future__ import annotations

import copy
from typing import Self

import numpy as np

from samaki.kernel.measures import Array

WEAR = 16  # one row in so many changed, and an order of them is made again


class Reverse:
    """The rows of a column by value. Those that changed since it was made are kept beside the order, by value too, so a
    look-up costs what it finds; they are put into a new order when they are many."""

    def __init__(self, column: Array) -> None:
        # Value and row in one number sort several times faster than an index does.
        both = np.sort((column.astype(np.int64) << 32) | np.arange(len(column)))
        self._order, self._values = both & 0xFFFFFFFF, (both >> 32).astype(np.int32)
        self._parts: list[Array] = []
        self._count = self._read = 0
        self._beside: dict[int, list[int]] = {}

    def copied(self) -> Self:
        """The same, to be changed apart."""
        other = copy.copy(self)
        other._parts = list(self._parts)
        other._beside = {value: list(rows) for value, rows in self._beside.items()}
        return other

    def changed(self, rows: Array) -> None:
        self._parts.append(rows)
        self._count += len(rows)

    @property
    def worn(self) -> bool:
        return self._count * WEAR > len(self._order)

    @property
    def _changed(self) -> Array:
        """Every row that changed, once."""
        return np.unique(np.concatenate([np.empty(0, np.int64), *self._parts]))

    def find(self, column: Array, values: Array) -> Array:
        """The rows at which the column, as it is now, holds one of the values."""
        self._sort_in(column)
        values = values.astype(self._values.dtype)  # else the whole column is converted
        first, last = np.searchsorted(self._values, values), np.searchsorted(self._values, values, side="right")
        slices = [self._order[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True) if a < b]
        late = [row for value in values.tolist() for row in self._beside.get(value, ())]
        if late:
            slices.append(np.array(late, np.int64))
        if not slices:
            return np.empty(0, np.int64)
        rows = np.unique(np.concatenate(slices)) if len(slices) > 1 else np.sort(slices[0])
        return rows[np.isin(column[rows], values)]

    def _sort_in(self, column: Array) -> None:
        """Puts rows that changed since the last look-up beside the order, under what they hold now."""
        for rows in self._parts[self._read :]:
            for row, value in zip(rows.tolist(), column[rows].tolist(), strict=True):
                self._beside.setdefault(value, []).append(row)
        self._read = len(self._parts)
