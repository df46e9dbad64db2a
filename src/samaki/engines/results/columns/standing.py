"""An answer that is kept and brought up to date: only the people whom a change touches are counted again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from samaki.engines.results.columns.counting import MAY, Rows, Tally, count
from samaki.engines.results.columns.dimensions import Outgrown, follow, table_at
from samaki.engines.results.columns.evaluation import Node, Plan
from samaki.engines.results.columns.joined import ALIVE, COMMUNE, WEIGHT, Joined, Pending, longer
from samaki.engines.results.columns.ordered import Heads, Subjects, count_in_order
from samaki.engines.results.columns.scope import ALL, CERTAIN, WANTED, WANTED_POSSIBLE, Scope
from samaki.kernel.measures import Array

LARGE = 20_000  # rows from which numbers without gaps, and an order, are worth their making
_LISTED = 1 << 22  # cells up to which that is done by a list of them all


class Known:
    """Flags and cell of every row of one table, and last of a row that is not there."""

    def __init__(self, scope: Scope, node: Node, cells: np.dtype[np.signedinteger]) -> None:
        self._scope, self._node, self._cells = scope, node, cells
        self.flags, cell = node.evaluate(scope, None, cells)
        self.cell = np.zeros(len(self.flags), cells) if cell is None and node.has_dimensions() else cell
        self._dense: tuple[Array, Array] | None = None

    @property
    def bytes(self) -> int:
        return self.flags.nbytes + (0 if self.cell is None else self.cell.nbytes)

    def follow(self, rows: Array) -> None:
        """Works these rows out anew."""
        if not len(rows):
            return
        self._dense = None
        flags, cell = self._node.evaluate(self._scope, rows, self._cells)
        length = len(self._scope.table(self._node.table))
        self.flags = _with_none(self.flags, length)
        self.flags[rows] = flags
        if self.cell is not None:
            self.cell = _with_none(self.cell, length)
            self.cell[rows] = 0 if cell is None else cell

    def dense(self) -> tuple[Array, Array]:
        """The cells of the rows that may belong as numbers without gaps, and the cell that each number stands for."""
        if self._dense is None:
            assert self.cell is not None
            cell = np.where((self.flags & MAY) == MAY, self.cell, 0)
            if int(cell.max()) < _LISTED:
                number = np.zeros(int(cell.max()) + 1, np.int32)
                number[cell] = 1
                kinds = np.flatnonzero(number)
                number[kinds] = np.arange(len(kinds), dtype=np.int32)
                self._dense = number[cell], kinds
            else:
                kinds, at = np.unique(cell, return_inverse=True)
                self._dense = at.astype(np.int32), kinds
        return self._dense


def _with_none(column: Array, length: int) -> Array:
    """The column for `length` rows, with the entry for no row at its end."""
    if length == len(column) - 1:
        return column
    copy = np.zeros(length + 1, column.dtype)
    copy[: len(column) - 1] = column[:-1]
    copy[-1] = column[-1]
    return copy


class Standing:
    """One question over one set of records: what is known of every row, of what it links to and of every subject, and
    their tally."""

    def __init__(self, plan: Plan, joined: Joined) -> None:
        self.plan, self.joined, self.position = plan, joined, joined.position
        records, aggregate, scope = plan.records, plan.scope.question.aggregate, plan.scope
        self._unit = {"unique": records.subject or records.record, "rows": records.record, "sum": ""}[aggregate]
        self._length = len(joined)
        self._own_flags = plan.root.own_flags(scope, None)
        self._own_cell = plan.root.own_cells(None, plan.cells)
        self._heads = {
            link: Known(scope, node, plan.cells) for link, node in plan.root.children.items() if not node.is_empty()
        }
        self._subjects = None if plan.subject is None else Known(scope, plan.subject, plan.cells)
        if self._subjects is not None:
            self._subjects.flags[-1] = 0  # a row without a subject belongs nowhere
        self.tally = self._counted_in_order() or count(self._rows(slice(None), self.joined.columns))
        self.bytes = self._size()  # as it was made; growth is left out

    def _counted_in_order(self) -> Tally | None:
        """Of a large table with all that is known of its rows at one link and at their subjects; else None."""
        plan, records, known = self.plan, self.plan.records, self._subjects
        if known is None or len(self.joined) < LARGE or len(self._heads) != 1 or self._own_flags is not None:
            return None
        [(link, head)] = self._heads.items()
        owned = records.organisation.split(".")
        if self._own_cell is not None or owned[0] != link or self._unit not in ("", records.subject):
            return None
        if plan.scope.question.aggregate == "sum" or COMMUNE in self.joined.columns:
            return None
        cell, kinds = (None, np.zeros(1, np.int64)) if head.cell is None else head.dense()
        at = table_at(records.table, owned[:1])
        owner = np.append(follow(plan.scope, at, owned[1:], slice(None)), np.int32(-1))
        return count_in_order(
            self.joined.ordered,
            link,
            self.joined.columns,
            records.subject,
            Heads(head.flags, cell, kinds, owner),
            Subjects(known.flags[:-1], None if known.cell is None else known.cell[:-1], plan.subjects),
            once=bool(self._unit),
        )

    def _size(self) -> int:
        own = [column for column in (self._own_flags, self._own_cell) if column is not None]
        known = [*self._heads.values(), *([self._subjects] if self._subjects else [])]
        return sum(column.nbytes for column in own) + sum(each.bytes for each in known)

    def follow(self) -> bool:
        """Brings the tally up to date; False where it must be worked out anew."""
        if self.position == self.joined.position:
            return True
        pending = self.joined.pending(self.position)
        if pending is None or self.plan.outgrown():
            return False
        try:
            self._recount(pending)
        except Outgrown:
            return False
        self.position, self._length = self.joined.position, len(self.joined)
        return True

    def _recount(self, pending: Pending) -> None:
        """Where no row that changed belonged or belongs now, nobody is counted otherwise."""
        if len(pending.subjects) or self._may_any(pending.were, pending.before):
            around = self.joined.around(self.position, self._length)
            before = count(self._rows(around.were, around.before))
            self._put(pending)
        else:
            self._put(pending)
            if not self._may_any(pending.rows, self._joined_at(pending.rows)):
                return
            around = self.joined.around(self.position, self._length)
            others = np.setdiff1d(around.rows, pending.rows, assume_unique=True)  # as they are, so they were
            before = count(self._rows(others, self._joined_at(others)))
        self.tally.add(before, -1)
        self.tally.add(count(self._rows(around.rows, self._joined_at(around.rows))))

    def _joined_at(self, rows: Array) -> dict[str, Array]:
        return {name: column[rows] for name, column in self.joined.columns.items()}

    def _put(self, pending: Pending) -> None:
        root, scope, rows = self.plan.root, self.plan.scope, pending.rows
        if self._own_flags is not None:
            self._own_flags = longer(self._own_flags, len(self.joined))
            self._own_flags[rows] = root.own_flags(scope, rows)
        if self._own_cell is not None:
            self._own_cell = longer(self._own_cell, len(self.joined))
            self._own_cell[rows] = root.own_cells(rows, self.plan.cells)
        for link, known in self._heads.items():
            changed = np.unique(self.joined.columns[link][rows])
            known.follow(changed[changed >= 0])
        if self._subjects is not None:
            self._subjects.follow(pending.subjects)

    def _may_any(self, rows: Array, joined: Mapping[str, Array]) -> bool:
        flags = self._flags(rows, joined)
        return bool(((flags & MAY) == MAY).any())

    def _flags(self, chosen: Array | slice, joined: Mapping[str, Array], *, subjects: bool = True) -> Array:
        """Of the chosen rows, with their joined columns as they are or were; `subjects` with what is known of these."""
        flags: Array = joined[ALIVE] * np.uint8(ALL)
        if self._own_flags is not None:
            flags &= self._own_flags[chosen]
        for link, known in self._heads.items():
            flags &= known.flags[joined[link]]
        if self._subjects is not None and subjects:
            flags &= self._subjects.flags[joined[self.plan.records.subject]]
        return flags

    def _rows(self, chosen: Array | slice, joined: Mapping[str, Array]) -> Rows:
        """Those of the chosen rows that may belong, ready to be counted."""
        plan, records, known = self.plan, self.plan.records, self._subjects
        by_unit = known is not None and self._unit == records.subject
        flags = self._flags(chosen, joined, subjects=not by_unit)
        may = (flags & MAY) == MAY
        if self._unit:
            may &= joined[self._unit] >= 0
        some: Array | slice = slice(None)
        if not may.all():
            some = np.flatnonzero(may)
            flags = flags[some]
            chosen = some if isinstance(chosen, slice) else chosen[some]
        cell, kinds = self._cells(chosen, some, joined, len(flags))
        of_subject = None if known is None else known.cell
        summed = WEIGHT in joined and plan.scope.question.aggregate == "sum"
        return Rows(
            flags=flags,
            cell=cell,
            unit=joined[self._unit][some] if self._unit else None,
            organisation=joined[records.organisation][some],
            commune=joined[COMMUNE][some] if COMMUNE in joined else None,
            weight=joined[WEIGHT][some] if summed else None,
            kinds=kinds,
            parts=plan.subjects,
            subject_cell=None if by_unit or of_subject is None else of_subject[joined[records.subject][some]],
            unit_flags=known.flags if by_unit and known is not None else None,
            unit_cell=of_subject if by_unit else None,
            units=len(plan.scope.table(table_at(records.table, self._unit.split(".")))) if self._unit else 0,
        )

    def _cells(
        self, chosen: Array | slice, some: Array | slice, joined: Mapping[str, Array], count: int
    ) -> tuple[Array | None, Array | None]:
        """The rows' own part of their cells and, where that is numbered without gaps, what the numbers stand for."""
        parts = [(link, known) for link, known in self._heads.items() if known.cell is not None]
        if count >= LARGE and len(parts) == 1 and self._own_cell is None:
            [(link, known)] = parts
            numbers, kinds = known.dense()
            return numbers[joined[link][some]], kinds
        cell = None if self._own_cell is None else self._own_cell[chosen]
        for link, known in parts:
            assert known.cell is not None
            there = known.cell[joined[link][some]]
            cell = there if cell is None else cell + there
        return cell, None

    def counted(self) -> Array:
        """The ids of the records that are counted, each once, ascending."""
        rows = np.flatnonzero(self._flags(slice(None), self.joined.columns) == ALL)
        records, scope = self.plan.records, self.plan.scope
        if self._weighs():
            rows = rows[self.joined.columns[WEIGHT][rows] >= 0]
        if not records.record:
            ids = scope.table(records.table)["id"][rows]
            return ids if (ids[1:] > ids[:-1]).all() else np.sort(ids)
        there = self.joined.columns[records.record][rows]
        table = scope.table(table_at(records.table, records.record.split(".")))
        return np.unique(table["id"][there[there >= 0]])

    def _weighs(self) -> bool:
        return bool(self.plan.records.weight) and self.plan.scope.question.aggregate == "sum"

    def shows_something(self) -> bool:
        """Whether a row of the place and time asked is known to belong, or known not to."""
        if self.tally.total:
            return True
        flags = self._flags(slice(None), self.joined.columns)
        decided = ((flags & WANTED) != 0) | ((flags & WANTED_POSSIBLE) == 0)
        certain = ((flags & CERTAIN) != 0) & decided
        if self._weighs():
            certain &= self.joined.columns[WEIGHT] >= 0
        return bool(certain.any())


__all__ = ["Standing", "Tally"]
