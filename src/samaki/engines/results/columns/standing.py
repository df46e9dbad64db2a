"""An answer that is kept and brought up to date: only the people whom a change touches are counted again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from samaki.engines.results.columns.counting import Rows, Tally, count
from samaki.engines.results.columns.dimensions import Outgrown, table_at
from samaki.engines.results.columns.evaluation import Plan
from samaki.engines.results.columns.joined import COMMUNE, WEIGHT, Joined, Pending, longer
from samaki.engines.results.columns.scope import ALL, CERTAIN, WANTED, WANTED_POSSIBLE
from samaki.kernel.measures import Array


class Standing:
    """One question over one set of records: flags and cell of every row and every subject, and their tally."""

    def __init__(self, plan: Plan, joined: Joined) -> None:
        self.plan, self.joined, self.position = plan, joined, joined.position
        records, aggregate = plan.records, plan.scope.question.aggregate
        self._unit = {"unique": records.subject or records.record, "rows": records.record, "sum": ""}[aggregate]
        self.flags, self.cell = self._worked_out(None)
        self._subject_flags, self._subject_cell = self._subjects_worked_out(None)
        self.tally = count(self._rows(slice(None), self.joined.columns))

    @property
    def bytes(self) -> int:
        return self.flags.nbytes + (0 if self.cell is None else self.cell.nbytes)

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
        self.position = self.joined.position
        return True

    def _recount(self, pending: Pending) -> None:
        self.tally.add(count(self._rows(pending.were, pending.before)), -1)
        self._put(pending)
        now = {name: column[pending.around] for name, column in self.joined.columns.items()}
        self.tally.add(count(self._rows(pending.around, now)))

    def _put(self, pending: Pending) -> None:
        flags, cell = self._worked_out(pending.rows)
        self.flags = longer(self.flags, len(self.joined))
        self.flags[pending.rows] = flags
        if self.cell is not None:
            self.cell = longer(self.cell, len(self.joined))
            self.cell[pending.rows] = 0 if cell is None else cell
        if self._subject_flags is None or not len(pending.subjects):
            return
        subject_flags, subject_cell = self._subjects_worked_out(pending.subjects)
        length = len(self._subjects())
        self._subject_flags = self._with_none(self._subject_flags, length)
        self._subject_flags[pending.subjects] = subject_flags
        if self._subject_cell is not None:
            self._subject_cell = self._with_none(self._subject_cell, length)
            self._subject_cell[pending.subjects] = 0 if subject_cell is None else subject_cell

    @staticmethod
    def _with_none(column: Array, length: int) -> Array:
        """A copy for `length` subjects, with the entry for no subject moved to its end."""
        copy = np.zeros(length + 1, column.dtype)
        copy[: len(column) - 1] = column[:-1]
        copy[-1] = column[-1]
        return copy

    def _subjects(self) -> Array:
        records = self.plan.records
        return self.plan.scope.table(table_at(records.table, records.subject.split("."))).alive

    def _worked_out(self, rows: Array | None) -> tuple[Array, Array | None]:
        alive = self.plan.scope.table(self.plan.records.table).alive
        flags, cell = self.plan.root.evaluate(self.plan.scope, rows, self.plan.cells)
        if rows is None:
            flags, cell = flags[:-1], None if cell is None else cell[:-1]
        else:
            alive = alive[rows]
        flags[~alive] = 0
        if cell is None and self.plan.root.has_dimensions():
            cell = np.zeros(len(flags), self.plan.cells)
        return flags, cell

    def _subjects_worked_out(self, rows: Array | None) -> tuple[Array | None, Array | None]:
        if self.plan.subject is None:
            return None, None
        flags, cell = self.plan.subject.evaluate(self.plan.scope, rows, self.plan.cells)
        if rows is None:
            flags[-1] = 0  # a row without a subject belongs nowhere
        return flags, cell

    def _rows(self, chosen: Array | slice, joined: Mapping[str, Array]) -> Rows:
        """The chosen rows ready to be counted, with their joined columns as they are or were."""
        records = self.plan.records
        flags, cell = self.flags[chosen].copy(), None if self.cell is None else self.cell[chosen]
        unit = joined[self._unit] if self._unit else None
        by_unit = self._subject_flags is not None and self._unit == records.subject
        if self._subject_flags is not None and not by_unit:
            subject = joined[records.subject]
            flags &= self._subject_flags[subject]
            if self._subject_cell is not None:
                cell = self._subject_cell[subject] if cell is None else cell + self._subject_cell[subject]
        if unit is not None:
            flags[unit < 0] = 0
        return Rows(
            flags=flags,
            cell=cell,
            unit=unit,
            organisation=joined[records.organisation],
            commune=joined.get(COMMUNE),
            weight=joined[WEIGHT] if WEIGHT in joined and self.plan.scope.question.aggregate == "sum" else None,
            unit_flags=self._subject_flags if by_unit else None,
            unit_cell=self._subject_cell if by_unit else None,
            units=len(self.plan.scope.table(table_at(records.table, self._unit.split(".")))) if self._unit else 0,
        )

    def _every_flag(self) -> Array:
        if self._subject_flags is None:
            return self.flags
        return self.flags & self._subject_flags[self.joined.columns[self.plan.records.subject]]

    def counted(self) -> Array:
        """The ids of the records that are counted, each once, ascending."""
        rows = np.flatnonzero(self._every_flag() == ALL)
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
        flags = self._every_flag()
        decided = ((flags & WANTED) != 0) | ((flags & WANTED_POSSIBLE) == 0)
        certain = ((flags & CERTAIN) != 0) & decided
        if self._weighs():
            certain &= self.joined.columns[WEIGHT] >= 0
        return bool(certain.any())


__all__ = ["Standing", "Tally"]
