"""Counts flags and cells into a tally. Tallies of disjoint subjects add up, so a change replaces only its own part."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from samaki.engines.results.columns.scope import ALL, POSSIBLE, WANTED_POSSIBLE
from samaki.kernel.measures import NOTHING, Array

_MAP = 1 << 22  # largest map of cells × subjects laid out in full: one that a processor's cache holds
_SMALL = 4_096  # rows below which sorting is quicker than a map
MAY = POSSIBLE | WANTED_POSSIBLE
_COMMUNE_BITS = 20  # of a cell and commune together: more communes than there are


@dataclass
class Rows:
    """Rows that may belong, in arrays of one length: flags, the row's own part of its cell (None: all 0), what is
    counted once (`unit`, None: each row), organisation and commune (rows and numbers, -1 for none; None: not asked),
    and the weight to sum, if any. A cell's number is that of the row times `parts` plus that of the subject.

    `kinds` gives the number of the row's part by what `cell` holds (None: it holds the numbers). `subject_cell` is the
    subject's part by row; `unit_flags` and `unit_cell`, by unit, hold what is known of each person rather than of each
    row; `units` is their number.
    """

    flags: Array
    cell: Array | None
    unit: Array | None
    organisation: Array
    commune: Array | None = None
    weight: Array | None = None
    kinds: Array | None = None
    parts: int = 1
    subject_cell: Array | None = None
    unit_flags: Array | None = None
    unit_cell: Array | None = None
    units: int = 0

    def numbers(self, chosen: Array | None) -> Array:
        """Of the chosen rows (None: all), cells as `cell` has them, with the part of the subject where a row has it."""
        cell = np.zeros(len(self.flags), np.int64) if self.cell is None else self.cell
        if self.subject_cell is not None:
            cell = cell * np.int64(self.parts) + self.subject_cell
        return cell if chosen is None else cell[chosen]

    def named(self, counts: Counter[int], parts: int) -> Counter[int]:
        """The counts by the numbers of the cells; `parts` is 1 where the subject has no part in the key yet."""
        if self.kinds is None and parts == self.parts:
            return counts
        keys = np.fromiter(counts, np.int64, len(counts))
        cell, part = np.divmod(keys, parts)
        cell = cell if self.kinds is None else self.kinds[cell].astype(np.int64)
        return Counter(dict(zip((cell * self.parts + part).tolist(), counts.values(), strict=True)))


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
    if not len(sure):
        return Tally()
    chosen = None if sure.all() else sure
    return _count_each(rows, chosen) if rows.unit is None else _count_once(rows, rows.unit, chosen)


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


def _only(column: Array, chosen: Array | None) -> Array:
    return column if chosen is None else column[chosen]


def _distinct(high: Array | None, low: Array, below: int) -> tuple[Array, Array]:
    """Each pair once, ascending; `low` values lie in 0 … `below` - 1. None stands for a `high` of 0."""
    bits = max(below - 1, 0).bit_length()
    size = 1 << bits
    keys: Array = low
    if high is not None:
        size *= int(high.max(initial=0)) + 1
        # Sorting takes half the time at half the width.
        width: Any = np.int32 if size <= 2**31 else np.uint32 if size <= 2**32 else np.int64
        keys = high.astype(width) << width(bits)
        keys |= low.astype(width)
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
    return keys >> keys.dtype.type(bits), keys & keys.dtype.type((1 << bits) - 1)


def _count_each(rows: Rows, chosen: Array | None) -> Tally:
    weight = rows.weight
    may = np.zeros(len(rows.flags), bool) if chosen is None else ~chosen
    if weight is not None:  # a row that does not say how many may hold some
        silent = weight == NOTHING
        may |= silent
        sure = ~may
        chosen, weight = sure, weight[sure].astype(np.int64)
    at = rows.numbers(chosen)
    parts = 1 if rows.subject_cell is None else rows.parts
    return Tally(
        total=len(at) if weight is None else int(weight.sum()),
        unknown=int(np.count_nonzero(may)),
        cells=rows.named(_counts(at, weight), parts),
        unknown_cells=rows.named(_counts(rows.numbers(may)), parts) if may.any() else Counter(),
        organisations=_counts(_only(rows.organisation, chosen), weight),
        communes=_by_commune(rows, at, parts, chosen),
    )


def _by_commune(rows: Rows, cell: Array, parts: int, chosen: Array | None) -> Counter[int]:
    """`cell` of the chosen rows, as `numbers` gives it."""
    if rows.commune is None:
        return Counter()
    commune = _only(rows.commune, chosen)
    number, part = np.divmod(cell[commune >= 0].astype(np.int64), parts)
    number = number if rows.kinds is None else rows.kinds[number].astype(np.int64)
    return _counts(((number * rows.parts + part) << _COMMUNE_BITS) | commune[commune >= 0])


def _count_once(rows: Rows, unit: Array, chosen: Array | None) -> Tally:
    own = rows.unit_cell  # the units' part of the cell, where they have one
    of_row = rows.cell is not None or rows.subject_cell is not None
    parts = 1 if own is None and rows.subject_cell is None else rows.parts

    def pairs(chosen: Array | None) -> tuple[Array, Array]:
        """Cells and units of these rows, each pair once."""
        cell, units = _distinct(rows.numbers(chosen) if of_row else None, _only(unit, chosen), rows.units)
        return cell if own is None else cell.astype(np.int64) * parts + own[units], units

    def among(units: Array) -> Array | None:
        """Which of the units are counted, by what is known of them; None: all."""
        counted = None if rows.unit_flags is None else rows.unit_flags[units] == ALL
        return None if counted is None or counted.all() else counted

    cell, units = pairs(chosen)
    counted = among(units)
    at, counted_units = _only(cell, counted), _only(units, counted)
    in_total = np.zeros(rows.units, bool)
    in_total[counted_units] = True
    tally = Tally(total=int(np.count_nonzero(in_total)), cells=rows.named(_counts(at), parts))

    if counted is not None or chosen is not None:
        may_cell, may_units = pairs(np.zeros(len(unit), bool) if chosen is None else ~chosen)
        hidden_cell = np.concatenate([_others(cell, counted), may_cell]).astype(np.int64)
        hidden_units = np.concatenate([_others(units, counted), may_units])
        if rows.unit_flags is not None:
            possible = (rows.unit_flags[hidden_units] & MAY) == MAY
            hidden_cell, hidden_units = hidden_cell[possible], hidden_units[possible]
        tally.unknown = len(np.unique(hidden_units[~in_total[hidden_units]]))
        concerned = np.zeros(rows.units, bool)
        concerned[hidden_units] = True
        theirs = concerned[counted_units]
        width = max(rows.units, 1)
        counted_keys = at[theirs].astype(np.int64) * width + counted_units[theirs]
        keys = np.setdiff1d(hidden_cell * width + hidden_units, counted_keys)
        tally.unknown_cells = rows.named(_counts(keys // width), parts)

    owners, owned = _distinct(_only(rows.organisation, chosen), _only(unit, chosen), rows.units)
    tally.organisations = _counts(_only(owners, among(owned)))
    if rows.commune is not None:
        sure = np.ones(len(unit), bool) if chosen is None else chosen
        if rows.unit_flags is not None:
            sure = sure & (rows.unit_flags[unit] == ALL)
        at = rows.numbers(sure)
        tally.communes = _by_commune(
            rows, at if own is None else at.astype(np.int64) * parts + own[unit[sure]], parts, sure
        )
    return tally


def _others(column: Array, chosen: Array | None) -> Array:
    return column[:0] if chosen is None else column[~chosen]
