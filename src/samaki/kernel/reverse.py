"""Which rows of a column hold a value, found without looking through it all."""

from __future__ import annotations

import numpy as np

from samaki.kernel.measures import Array

WEAR = 16  # one row in so many changed, and an order of them is made again


class Reverse:
    """Which rows hold a value of a column, without looking through it all. Rows that changed since it was made are
    looked at one by one, so it is made again when they are many."""

    def __init__(self, column: Array) -> None:
        # Value and row in one number sort several times faster than an index does.
        both = np.sort((column.astype(np.int64) << 32) | np.arange(len(column)))
        self._order, self._values = both & 0xFFFFFFFF, (both >> 32).astype(np.int32)
        self._changed = np.empty(0, np.int64)

    def changed(self, rows: Array) -> None:
        self._changed = np.union1d(self._changed, rows)

    @property
    def worn(self) -> bool:
        return len(self._changed) * WEAR > len(self._order)

    def find(self, column: Array, values: Array) -> Array:
        """The rows at which the column, as it is now, holds one of the values."""
        values = values.astype(self._values.dtype)  # else the whole column is converted
        first, last = np.searchsorted(self._values, values), np.searchsorted(self._values, values, side="right")
        slices = [self._order[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True) if a < b]
        rows = np.unique(np.concatenate([self._changed, *slices]))
        return rows[np.isin(column[rows], values)]
