"""A large table in the order of its subjects, so that each subject's rows stand together and all are counted in a few
passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from samaki.engines.results.columns.counting import MAY, Tally
from samaki.engines.results.columns.scope import ALL
from samaki.kernel.measures import Array
from samaki.kernel.reverse import Reverse

MOST_OWNERS = 63  # organisations whose marks fit into one number, with one for rows that may belong
_NULL, _GONE = -1, -2  # links that lead nowhere; of a row that is deleted, or stands elsewhere since


class Ordered(Reverse):
    """The rows as they stood, by subject. Those that changed since are taken out of the order and counted beside."""

    def __init__(self, subject: Array, alive: Array, links: Mapping[str, Array]) -> None:
        super().__init__(subject)
        first = int(np.searchsorted(self._values, 0))  # those without a subject belong nowhere
        order, self.subject = self._order[first:], self._values[first:]
        self.links = {name: np.where(alive, column, _GONE)[order] for name, column in links.items()}
        self.starts = np.flatnonzero(np.append(True, self.subject[1:] != self.subject[:-1])[: len(self.subject)])
        self._place = np.full(len(subject), -1, np.int32)
        self._place[order] = np.arange(len(order), dtype=np.int32)

    def changed(self, rows: Array) -> None:
        super().changed(rows)
        places = self._place[rows[rows < len(self._place)]]
        for column in self.links.values():
            column[places[places >= 0]] = _GONE

    @property
    def beside(self) -> Array:
        """The rows to be counted beside those in order."""
        return self._changed


@dataclass(frozen=True)
class Heads:
    """Of what the rows link to: flags, cell without gaps (None: all 0) with what each stands for, and owner, for every
    one of them and last for none."""

    flags: Array
    cell: Array | None
    kinds: Array
    owner: Array

    def looked_up(self, values: Array, otherwise: int) -> Array:
        """Values by link: those that may belong have theirs, the others and those that are gone have `otherwise`."""
        found = np.full(len(values) + 1, otherwise, values.dtype)
        may = (self.flags & MAY) == MAY
        found[: len(values) - 1][may[:-1]] = values[:-1][may[:-1]]
        found[_NULL] = values[-1] if may[-1] else otherwise
        return found


@dataclass(frozen=True)
class Subjects:
    """Of every subject: flags and its part of the cell (None: 0), which is below `parts`."""

    flags: Array
    cell: Array | None
    parts: int

    def __len__(self) -> int:
        return len(self.flags)


def count_in_order(
    ordered: Ordered, link: str, joined: Mapping[str, Array], path: str, heads: Heads, subjects: Subjects, *, once: bool
) -> Tally | None:
    """The tally of all rows, each subject counted once or each row; None where owners are too many for it."""
    owners, owner = _numbered(heads.owner)
    if len(owners) > MOST_OWNERS:
        return None
    rows = ordered.beside
    there = rows[joined["alive"][rows] & (joined[path][rows] >= 0)]
    beside = joined[path][there], joined[link][there]
    if once:
        return _Once(ordered, ordered.links[link], beside, heads, subjects, owners, owner).tally()
    return _each(ordered, ordered.links[link], beside, heads, subjects, owners, owner)


def _numbered(values: Array) -> tuple[Array, Array]:
    """The distinct values, of -1 and above, and the number of each among them."""
    number = np.zeros(int(values.max(initial=0)) + 2, np.int64)
    number[values + 1] = 1
    kinds = np.flatnonzero(number)
    number[kinds] = np.arange(len(kinds))
    return kinds - 1, number[values + 1]


def _counter(counts: Array, kinds: Array, parts: int) -> Counter[int]:
    """Counts by kind and part, as counts by the numbers of the cells."""
    at = np.flatnonzero(counts)
    kind, part = np.divmod(at, parts)
    return Counter(dict(zip((kinds[kind] * parts + part).tolist(), counts.ravel()[at].tolist(), strict=True)))


def _columned(subjects: Subjects) -> Array:
    """The column of each subject among twice its parts and one: counted, possibly counted, nobody."""
    part = np.zeros(len(subjects), np.int32) if subjects.cell is None else subjects.cell.astype(np.int32)
    possible = (subjects.flags & MAY) == MAY
    return np.where(subjects.flags == ALL, part, np.where(possible, part + subjects.parts, 2 * subjects.parts)).astype(
        np.int32
    )


class _Once:
    def __init__(
        self,
        ordered: Ordered,
        links: Array,
        beside: tuple[Array, Array],
        heads: Heads,
        subjects: Subjects,
        owners: Array,
        owner: Array,
    ) -> None:
        self.ordered, self.links, self.beside = ordered, links, beside
        self.heads, self.subjects, self.owners, self.owner = heads, subjects, owners, owner
        self.sure = heads.flags == ALL
        self.counted = subjects.flags == ALL
        self.possible = (subjects.flags & MAY) == MAY

    def tally(self) -> Tally:
        may_mark = len(self.owners)
        marks = self._marks(may_mark)
        for_sure = (marks & marks.dtype.type((1 << may_mark) - 1)) != 0
        in_total = for_sure & self.counted
        unknown = self.possible & (marks != 0) & ~in_total
        tally = Tally(total=int(np.count_nonzero(in_total)), unknown=int(np.count_nonzero(unknown)))
        for at, owner in enumerate(self.owners.tolist()):
            if n := int(np.count_nonzero((marks & marks.dtype.type(1 << at) != 0) & self.counted)):
                tally.organisations[owner] = n
        if self.heads.cell is not None:
            tally.cells, tally.unknown_cells = self._cells(self.heads.cell)
            return tally
        tally.cells, tally.unknown_cells = self._of_subjects(in_total), self._of_subjects(unknown)
        return tally

    def _marks(self, may_mark: int) -> Array:
        """For each subject, a bit for every owner with a row of it, and one for rows that may belong."""
        width: Any = next(
            kind for kind in (np.uint8, np.uint16, np.uint32, np.uint64) if may_mark < 8 * kind().itemsize
        )
        bit = np.where(self.sure, self.owner, may_mark).astype(width)
        mark = self.heads.looked_up(width(1) << bit, 0)
        found = np.zeros(len(self.subjects), width)
        starts = self.ordered.starts
        if len(starts):
            found[self.ordered.subject[starts]] = np.bitwise_or.reduceat(mark[self.links], starts)
        np.bitwise_or.at(found, self.beside[0], mark[self.beside[1]])
        return found

    def _of_subjects(self, chosen: Array) -> Counter[int]:
        parts = self.subjects.parts
        cell = (
            np.zeros(np.count_nonzero(chosen), np.int64) if self.subjects.cell is None else self.subjects.cell[chosen]
        )
        return _counter(np.bincount(cell, minlength=parts), self.heads.kinds, parts)

    def _cells(self, cell: Array) -> tuple[Counter[int], Counter[int]]:
        """Subject and cell of each row in one number, and lowest whether it is only that the row may belong: sorted,
        the first of a subject's rows in a cell tells of them all."""
        kinds = len(self.heads.kinds)
        bits, size = (2 * kinds + 1).bit_length(), len(self.subjects)
        width: Any = next(
            kind for kind, most in ((np.int32, 31), (np.uint32, 32), (np.int64, 63)) if size << bits <= 1 << most
        )
        code = self.heads.looked_up((2 * cell + ~self.sure).astype(width), 2 * kinds)
        codes, subject = code[self.links], self.ordered.subject
        if np.count_nonzero((self.heads.flags & MAY) == MAY) * 2 < len(self.heads.flags):
            here = np.flatnonzero(codes != 2 * kinds)
            codes, subject = codes[here], subject[here]
        keys: Array = np.empty(len(codes) + len(self.beside[0]), width)
        in_order, others = keys[: len(codes)], keys[len(codes) :]
        np.left_shift(subject, width(bits), out=in_order, casting="unsafe", dtype=width)
        in_order |= codes
        others[:] = (self.beside[0].astype(width) << width(bits)) | code[self.beside[1]]
        keys.sort()
        pair = keys >> width(1)
        keys = keys[np.append(True, pair[1:] != pair[:-1])] if len(keys) else keys
        number = keys & width((1 << bits) - 1)
        keys >>= width(bits)
        parts = self.subjects.parts
        # One column a part for those that are counted, one for those that may be, and one for nobody.
        wide = 2 * parts + 1
        at = number.astype(np.intp)
        at *= wide
        at += _columned(self.subjects).take(keys)
        counts = np.bincount(at, minlength=(2 * kinds + 1) * wide)[: 2 * kinds * wide].reshape(kinds, 2, wide)
        known = counts[:, 0, :parts]
        unknown = counts[:, 0, parts:-1] + counts[:, 1, :parts] + counts[:, 1, parts:-1]
        return _counter(known, self.heads.kinds, parts), _counter(unknown, self.heads.kinds, parts)


def _each(
    ordered: Ordered,
    links: Array,
    beside: tuple[Array, Array],
    heads: Heads,
    subjects: Subjects,
    owners: Array,
    owner: Array,
) -> Tally:
    """Every row counts. Cell, owner and whether the row is sure are one number by link, so one pass counts it all."""
    cell = np.zeros(len(owner), np.int64) if heads.cell is None else heads.cell
    both = (cell.astype(np.int64) * len(owners) + owner) * 2 + (heads.flags != ALL)
    kinds, number = np.unique(both, return_inverse=True)
    parts = subjects.parts
    wide = 2 * parts + 1
    code = heads.looked_up(number.astype(np.intp) * wide, len(kinds) * wide)
    part = _columned(subjects)
    at = code[links]
    at += part.take(ordered.subject)
    counts = np.bincount(at, minlength=(len(kinds) + 1) * wide)
    counts += np.bincount(code[beside[1]] + part[beside[0]], minlength=len(counts))
    counts = counts[:-wide].reshape(len(kinds), wide)
    counted, doubtful = counts[:, :parts], counts[:, parts:-1]
    sure = kinds % 2 == 0
    known = np.where(sure[:, None], counted, 0)
    unknown = doubtful + np.where(sure[:, None], 0, counted)
    by_owner = np.bincount(kinds // 2 % len(owners), known.sum(axis=1), minlength=len(owners)).astype(np.int64)
    of_cell = kinds // 2 // len(owners)
    return Tally(
        total=int(known.sum()),
        unknown=int(unknown.sum()),
        cells=_counter(_by_cell(known, of_cell, len(heads.kinds)), heads.kinds, parts),
        unknown_cells=_counter(_by_cell(unknown, of_cell, len(heads.kinds)), heads.kinds, parts),
        organisations=Counter({o: n for o, n in zip(owners.tolist(), by_owner.tolist(), strict=True) if n}),
    )


def _by_cell(counts: Array, of_cell: Array, cells: int) -> Array:
    """Rows of the same cell added up; they stand together."""
    found = np.zeros((cells, counts.shape[1]), np.int64)
    starts = np.flatnonzero(np.append(True, of_cell[1:] != of_cell[:-1]))
    found[of_cell[starts]] = np.add.reduceat(counts, starts, axis=0)
    return found
