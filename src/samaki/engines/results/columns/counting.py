"""Counts flags and cells into a tally. Tallies of disjoint subjects add up, so a change replaces only its own part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from samaki.engines.results.columns.scope import ALL, POSSIBLE, WANTED_POSSIBLE
from samaki.kernel.measures import NOTHING, Array

_BITMAP = 48_000_000  # largest map of cells × subjects laid out in full
_SMALL = 4_096  # rows below which sorting is quicker than a map
_MAY = POSSIBLE | WANTED_POSSIBLE
_COMMUNES = 1 << 20  # more than there are


@dataclass
class Rows:
    """The counted rows, all arrays of one length: flags, cell (None: all 0), what is counted once (`unit`; None: each row),
    organisation and commune (rows and numbers, -1 for none), and the weight to sum, if any.

    `unit_flags` and `unit_cell`, by unit, hold what is known of each person rather than of each row.
    """

    flags: Array
    cell: Array | None
    unit: Array | None
    organisation: Array
    commune: Array
    weight: Array | None = None
    unit_flags: Array | None = None
    unit_cell: Array | None = None
    units: int = 0


@dataclass
class Tally:
    total: int = 0
    unknown: int = 0
    cells: Counter[int] = field(default_factory=Counter)
    unknown_cells: Counter[int] = field(default_factory=Counter)
    organisations: Counter[int] = field(default_factory=Counter)
    communes: Counter[int] = field(default_factory=Counter)  # rows by cell and commune together

    def add(self, other: Tally, sign: int = 1) -> None:
        self.total += sign * other.total
        self.unknown += sign * other.unknown
        for mine, theirs in (
            (self.cells, other.cells),
            (self.unknown_cells, other.unknown_cells),
            (self.organisations, other.organisations),
            (self.communes, other.communes),
        ):
            for key, count in theirs.items():
                left = mine[key] + sign * count
                if left:
                    mine[key] = left
                else:
                    del mine[key]

    def communes_by_cell(self) -> tuple[int, dict[int, int]]:
        """How many communes stand behind all, and behind each cell."""
        pairs = [divmod(key, _COMMUNES) for key in self.communes]
        return len({commune for _, commune in pairs}), dict(Counter(cell for cell, _ in pairs))


def _counts(values: Array, weights: Array | None = None) -> Counter[int]:
    """How often each value of the array stands there, or the sum of its weights where it is not 0."""
    if not len(values):
        return Counter()
    if len(values) > _SMALL and int(values.max()) < 4 * len(values):
        counts = np.bincount(values, weights)
        found = np.flatnonzero(counts)
        return Counter(dict(zip(found.tolist(), counts[found].astype(np.int64).tolist(), strict=True)))
    if weights is None:
        kinds, counts = np.unique(values, return_counts=True)
    else:
        kinds, inverse = np.unique(values, return_inverse=True)
        counts = np.bincount(inverse, weights).astype(np.int64)
        kinds, counts = kinds[counts != 0], counts[counts != 0]
    return Counter(dict(zip(kinds.tolist(), counts.tolist(), strict=True)))


def _distinct(cell: Array | None, unit: Array, units: int, highest: int) -> tuple[Array, Array]:
    """Each pair of cell and unit once."""
    size = (highest + 1) * units
    if cell is None:
        keys: Array = unit
        size = units
    else:
        keys = cell.astype(np.int64 if size >= 2**31 else np.int32) * units + unit
    if len(keys) > _SMALL and size <= _BITMAP:
        seen = np.zeros(size, bool)
        seen[keys] = True
        keys = np.flatnonzero(seen)
    else:
        keys = np.unique(keys)
    return (np.zeros(len(keys), np.int64), keys) if cell is None else np.divmod(keys, units)


def count(rows: Rows) -> Tally:
    sure = rows.flags == ALL
    may = ((rows.flags & _MAY) == _MAY) & ~sure
    return _count_each(rows, sure, may) if rows.unit is None else _count_once(rows, rows.unit, sure, may)


def _count_each(rows: Rows, sure: Array, may: Array) -> Tally:
    weight = rows.weight
    if weight is not None:  # a row that does not say how many may hold some
        may |= sure & (weight == NOTHING)
        sure = sure & (weight != NOTHING)
        weight = weight[sure].astype(np.int64)
    cell = np.zeros(len(rows.flags), np.int64) if rows.cell is None else rows.cell
    at, hidden = cell[sure], cell[may]
    return Tally(
        total=int(np.count_nonzero(sure) if weight is None else weight.sum()),
        unknown=int(np.count_nonzero(may)),
        cells=_counts(at, weight),
        unknown_cells=_counts(hidden),
        organisations=_counts(rows.organisation[sure], weight),
        communes=_by_commune(at, rows.commune[sure]),
    )


def _by_commune(cell: Array, commune: Array) -> Counter[int]:
    known = commune >= 0
    return _counts(cell[known].astype(np.int64) * _COMMUNES + commune[known])


def _count_once(rows: Rows, unit: Array, sure: Array, may: Array) -> Tally:
    highest = 0 if rows.cell is None or not len(rows.cell) else int(rows.cell.max())

    def pairs(chosen: Array) -> tuple[Array, Array, Array]:
        """Cells and units of these rows, with the flags that the unit itself has."""
        cell, units = _distinct(None if rows.cell is None else rows.cell[chosen], unit[chosen], rows.units, highest)
        if rows.unit_cell is not None:
            cell = cell + rows.unit_cell[units]
        flags = np.full(len(units), ALL, np.uint8) if rows.unit_flags is None else rows.unit_flags[units]
        return cell, units, flags

    cell, units, flags = pairs(sure)
    counted = flags == ALL
    tally = Tally(cells=_counts(cell[counted]))
    in_total = np.unique(units[counted]) if rows.cell is not None else units[counted]
    tally.total = len(in_total)

    hidden = ((flags & _MAY) == _MAY) & ~counted
    may_cell, may_units, may_flags = pairs(may)
    possible = (may_flags & _MAY) == _MAY
    hidden_cell = np.concatenate([cell[hidden], may_cell[possible]])
    hidden_units = np.concatenate([units[hidden], may_units[possible]])
    if len(hidden_units):
        tally.unknown = len(np.setdiff1d(hidden_units, in_total))
        width = max(rows.units, 1)
        keys = np.setdiff1d(
            hidden_cell.astype(np.int64) * width + hidden_units, cell[counted].astype(np.int64) * width + units[counted]
        )
        tally.unknown_cells = _counts(keys // width)

    own = sure if rows.unit_flags is None else sure & (rows.unit_flags[unit] == ALL)
    organisations, _ = _distinct(rows.organisation[own], unit[own], rows.units, int(rows.organisation.max(initial=0)))
    tally.organisations = _counts(organisations)
    at = np.zeros(np.count_nonzero(own), np.int64) if rows.cell is None else rows.cell[own].astype(np.int64)
    if rows.unit_cell is not None:
        at = at + rows.unit_cell[unit[own]]
    tally.communes = _by_commune(at, rows.commune[own])
    return tally
