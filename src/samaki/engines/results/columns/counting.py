"""Counts flags and cells into a tally. Tallies of disjoint subjects add up, so a change replaces only its own part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from samaki.engines.results.columns.scope import ALL, POSSIBLE, WANTED_POSSIBLE
from samaki.kernel.measures import NOTHING, Array

_MAP = 1 << 25  # largest map of cells × subjects laid out in full
_SMALL = 4_096  # rows below which sorting is quicker than a map
_MAY = POSSIBLE | WANTED_POSSIBLE
_COMMUNE_BITS = 20  # of a cell and commune together: more communes than there are


@dataclass
class Rows:
    """The counted rows, in arrays of one length: flags, cell (None: all 0), what is counted once (`unit`, None: each
    row), organisation and commune (rows and numbers, -1 for none; None: not asked), and the weight to sum, if any.

    `unit_flags` and `unit_cell`, by unit, hold what is known of each person rather than of each row; `units` is their
    number.
    """

    flags: Array
    cell: Array | None
    unit: Array | None
    organisation: Array
    commune: Array | None = None
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
        everywhere = {key & ((1 << _COMMUNE_BITS) - 1) for key in self.communes}
        return len(everywhere), dict(Counter(key >> _COMMUNE_BITS for key in self.communes))


def count(rows: Rows) -> Tally:
    sure = rows.flags == ALL
    may = (rows.flags & _MAY) == _MAY
    may &= ~sure
    return _count_each(rows, sure, may) if rows.unit is None else _count_once(rows, rows.unit, sure, may)


def _counts(values: Array, weights: Array | None = None) -> Counter[int]:
    """How often each value of the array stands there, or the sum of its weights where it is not 0."""
    if not len(values):
        return Counter()
    if len(values) > _SMALL and int(values.max()) < 4 * len(values):
        counts = np.bincount(values, weights)
        kinds = np.flatnonzero(counts)
        counts = counts[kinds].astype(np.int64)
    elif weights is None:
        kinds, counts = np.unique(values, return_counts=True)
    else:
        kinds, inverse = np.unique(values, return_inverse=True)
        counts = np.bincount(inverse, weights).astype(np.int64)
        kinds, counts = kinds[counts != 0], counts[counts != 0]
    return Counter(dict(zip(kinds.tolist(), counts.tolist(), strict=True)))


def _only(column: Array, chosen: Array, every: bool) -> Array:
    return column if every else column[chosen]


def _distinct(high: Array | None, low: Array, below: int) -> tuple[Array, Array]:
    """Each pair once; `low` values lie in 0 … `below` - 1. None stands for a `high` of 0."""
    bits = max(below - 1, 0).bit_length()
    size = 1 << bits
    keys: Array = low
    if high is not None:
        size *= int(high.max(initial=0)) + 1
        wide: Array = high.astype(np.int64 if size >= 2**31 else np.int32)
        keys = (wide << np.int64(bits) if size >= 2**31 else wide << np.int32(bits)) | low
    if len(keys) > _SMALL and size <= _MAP:
        seen = np.zeros(size, bool)
        seen[keys] = True
        keys = np.flatnonzero(seen)
    else:
        keys = np.sort(keys)
        if len(keys):
            keys = keys[np.append(True, keys[1:] != keys[:-1])]
    if high is None:
        return np.zeros(len(keys), np.int64), keys
    return keys >> bits, keys & ((1 << bits) - 1)


def _count_each(rows: Rows, sure: Array, may: Array) -> Tally:
    weight = rows.weight
    if weight is not None:  # a row that does not say how many may hold some
        may |= sure & (weight == NOTHING)
        sure = sure & (weight != NOTHING)
        weight = weight[sure].astype(np.int64)
    cell = np.zeros(len(rows.flags), np.int8) if rows.cell is None else rows.cell
    every = bool(sure.all())
    at = _only(cell, sure, every)
    return Tally(
        total=int(np.count_nonzero(sure) if weight is None else weight.sum()),
        unknown=int(np.count_nonzero(may)),
        cells=_counts(at, weight),
        unknown_cells=_counts(cell[may]),
        organisations=_counts(_only(rows.organisation, sure, every), weight),
        communes=_by_commune(at, rows.commune, sure),
    )


def _by_commune(cell: Array, commune: Array | None, sure: Array) -> Counter[int]:
    """`cell` of the sure rows, with the commune of all rows."""
    if commune is None:
        return Counter()
    commune = commune[sure]
    known = commune >= 0
    return _counts((cell[known].astype(np.int64) << _COMMUNE_BITS) | commune[known])


def _count_once(rows: Rows, unit: Array, sure: Array, may: Array) -> Tally:
    def flags_of(units: Array) -> Array:
        return np.full(len(units), ALL, np.uint8) if rows.unit_flags is None else rows.unit_flags[units]

    def pairs(chosen: Array) -> tuple[Array, Array, Array]:
        """Cells and units of these rows, each pair once, with the flags that the unit itself has."""
        every = bool(chosen.all())
        cell = None if rows.cell is None else _only(rows.cell, chosen, every)
        cell, units = _distinct(cell, _only(unit, chosen, every), rows.units)
        return cell if rows.unit_cell is None else cell + rows.unit_cell[units], units, flags_of(units)

    cell, units, flags = pairs(sure)
    counted = flags == ALL
    tally = Tally(cells=_counts(cell[counted]))
    _, in_total = _distinct(None, units[counted], rows.units)
    tally.total = len(in_total)

    hidden = (flags & _MAY) == _MAY
    hidden &= ~counted
    if hidden.any() or may.any():
        may_cell, may_units, may_flags = pairs(may)
        possible = (may_flags & _MAY) == _MAY
        hidden_cell = np.concatenate([cell[hidden], may_cell[possible]]).astype(np.int64)
        hidden_units = np.concatenate([units[hidden], may_units[possible]])
        tally.unknown = len(np.setdiff1d(hidden_units, in_total))
        width = max(rows.units, 1)
        keys = np.setdiff1d(hidden_cell * width + hidden_units, cell[counted].astype(np.int64) * width + units[counted])
        tally.unknown_cells = _counts(keys // width)

    every = bool(sure.all())
    owners, owned = _distinct(_only(rows.organisation, sure, every), _only(unit, sure, every), rows.units)
    tally.organisations = _counts(owners[flags_of(owned) == ALL])
    if rows.commune is not None:
        own = sure & (flags_of(unit) == ALL)
        at = np.zeros(np.count_nonzero(own), np.int64) if rows.cell is None else rows.cell[own].astype(np.int64)
        tally.communes = _by_commune(
            at if rows.unit_cell is None else at + rows.unit_cell[unit[own]], rows.commune, own
        )
    return tally
