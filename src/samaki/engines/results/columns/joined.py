"""Columns carried from linked tables to the counted rows once, kept, and patched, with a journal of what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from samaki.engines.results.columns.dimensions import follow, split, table_at
from samaki.engines.results.columns.ordered import Ordered
from samaki.engines.results.columns.scope import Scope, codes_at_level, place_tree
from samaki.engines.results.columns.store import rows_linking
from samaki.kernel.measures import (
    NOTHING,
    Array,
    Derived,
    Made,
    Records,
    Settled,
    calendars,
    column_at,
    divisions,
    measures,
    settlements,
    tables,
)
from samaki.kernel.reverse import Reverse

_JOURNAL = 20_000  # rows of changes remembered; an answer further behind is worked out anew
COMMUNE, WEIGHT, ALIVE = "commune", "weight", "alive"


@dataclass(frozen=True)
class Step:
    """Rows that changed at once, what those known before held, and the subjects that changed themselves."""

    rows: Array
    length: int  # of the table before
    before: Mapping[str, Array]
    subjects: Array


@dataclass(frozen=True)
class Pending:
    """All that happened since a position of the journal: rows that changed, which of them were there then and what
    those held, and subjects that changed themselves."""

    rows: Array
    were: Array
    before: Mapping[str, Array]
    subjects: Array


@dataclass(frozen=True)
class Around:
    """The changed rows and every other row of the people they touch; which of them were there then, and what those
    held."""

    rows: Array
    were: Array
    before: Mapping[str, Array]


class Joined:
    """Of each counted row: whether it is alive, subject, record and organisation as rows of their tables (-1 for
    none), commune, weight, and the links by which anything else of it is known."""

    def __init__(self, scope: Scope, records: Records) -> None:
        self.records = records
        self._links = heads(records)
        self._chains, self._standing_on = _chains(records), standing_on(records)
        self._paths = [path for path in (records.subject, records.record, records.organisation) if path]
        self.columns = self._read(scope, slice(None))
        self.position = 0  # of the journal's end
        self._journal: list[Step] = []
        self._pending: dict[int, Pending] = {}
        self._around: dict[int, Around] = {}
        self._reverse: dict[str, Reverse] = {}

    def __len__(self) -> int:
        return len(self.columns[self.records.organisation])

    def _read(self, scope: Scope, rows: Array | slice) -> dict[str, Array]:
        records = self.records
        table = scope.table(records.table)
        found = {path: follow(scope, records.table, path.split("."), rows).astype(np.int32) for path in self._paths}
        # numpy copies an index of another width at every use
        found |= {link: table[link][rows].astype(np.intp) for link in self._links}
        found[ALIVE] = table.alive[rows].copy()
        if records.by_commune:
            communes = codes_at_level(scope.store, place_tree().levels[COMMUNE])
            found[COMMUNE] = communes[follow(scope, records.table, records.place.split("."), rows)]
        if records.weight:
            found[WEIGHT] = table[records.weight][rows].copy()
        return found

    def patch(self, scope: Scope, touched: Mapping[str, Array], known: Mapping[str, int]) -> bool:
        """Follows the touched rows of each table; `known` gives the tables' lengths before. False where so much changed
        that reading everything again is quicker, or where a change may alter any row."""
        if not self._standing_on.isdisjoint(touched):
            return False
        rows = _affected(scope, self.records.table, self._chains, touched, known)
        length = len(self)
        subjects = np.empty(0, np.int64)
        if self.records.subject:
            to_subject = tuple(self.records.subject.split("."))
            beyond = frozenset(
                chain[len(to_subject) :] for chain in self._chains if chain[: len(to_subject)] == to_subject
            )
            subjects = _affected(scope, table_at(self.records.table, to_subject), beyond, touched, known)
        if not len(rows) and not len(subjects):
            return True
        if len(rows) + len(subjects) > _JOURNAL:
            return False
        there = rows[rows < length]
        step = Step(rows, length, {name: column[there] for name, column in self.columns.items()}, subjects)
        fresh = self._read(scope, rows)
        for name, column in self.columns.items():
            self.columns[name] = column = longer(column, len(scope.table(self.records.table)))
            column[rows] = fresh[name]
        self._journal.append(step)
        self.position += 1
        self._pending.clear()
        self._around.clear()
        for reverse in self._reverse.values():
            reverse.changed(rows)
        while sum(len(step.rows) + len(step.subjects) for step in self._journal) > _JOURNAL:
            self._journal.pop(0)
        return True

    def pending(self, position: int) -> Pending | None:
        """What happened since that position; None where the journal no longer tells."""
        steps = self._journal[len(self._journal) - (self.position - position) :]
        if self.position - position > len(self._journal):
            return None
        if position not in self._pending:
            self._pending[position] = self._merged(steps)
        return self._pending[position]

    def _merged(self, steps: list[Step]) -> Pending:
        if len(steps) == 1:
            [step] = steps
            return Pending(step.rows, step.rows[step.rows < step.length], step.before, step.subjects)
        rows = np.unique(np.concatenate([step.rows for step in steps]))
        subjects = np.unique(np.concatenate([step.subjects for step in steps]))
        length = steps[0].length
        there = rows[rows < length]
        before = {name: column[there] for name, column in self.columns.items()}
        for step in reversed(steps):  # the earliest value is the one that was counted
            known = step.rows[step.rows < step.length]
            at = known < length
            for name, values in step.before.items():
                before[name][np.searchsorted(there, known[at])] = values[at]
        return Pending(rows, there, before, subjects)

    def around(self, position: int, length: int) -> Around:
        """Whoever may count otherwise since that position, of which there were `length` rows then."""
        if position not in self._around:
            pending = self.pending(position)
            assert pending is not None
            self._around[position] = self._surroundings(pending, length)
        return self._around[position]

    def _surroundings(self, pending: Pending, length: int) -> Around:
        rows, before = pending.rows, pending.before
        around = [rows]
        for path in {self.records.subject, self.records.record} - {""}:
            touched = [before[path], self.columns[path][rows]]
            if path == self.records.subject:
                touched.append(pending.subjects)
            units = np.unique(np.concatenate(touched))
            around.append(self._rows_of(path, units[units >= 0]))
        every = np.unique(np.concatenate(around))
        were = every[every < length]
        held = {name: column[were] for name, column in self.columns.items()}
        changed = np.searchsorted(were, pending.were)
        for name, values in before.items():
            held[name][changed] = values
        return Around(every, were, held)

    def _rows_of(self, path: str, units: Array) -> Array:
        return self._reversed(path).find(self.columns[path], units)

    def _reversed(self, path: str) -> Reverse:
        reverse = self._reverse.get(path)
        if reverse is None or reverse.worn:
            column = self.columns[path]
            if path == self.records.subject:
                reverse = Ordered(column, self.columns[ALIVE], {link: self.columns[link] for link in self._links})
            else:
                reverse = Reverse(column)
            self._reverse[path] = reverse
        return reverse

    @property
    def ordered(self) -> Ordered:
        """The rows by subject, of records that have one."""
        found = self._reversed(self.records.subject)
        assert isinstance(found, Ordered)
        return found


def longer(column: Array, count: int) -> Array:
    """The column with room for `count` rows, in place where its array has it."""
    base = column.base
    if count <= len(column):
        return column
    if isinstance(base, np.ndarray) and base.ndim == 1 and len(base) >= count and base.dtype == column.dtype:
        return base[:count]
    roomy = np.zeros(int(count * 1.25) + 64, column.dtype)
    roomy[: len(column)] = column
    return roomy[:count]


def _ends(records: Records) -> list[tuple[tuple[str, ...], str]]:
    """Links and column of every path that ends in a plain column."""
    paths = [records.since, records.until, records.dated, f"{records.organisation}.key"]
    paths += [dimension.path for dimension in records.dimensions] + [path for path, _ in records.conditions]
    return [split(path) for path in paths if path]


def _chains(records: Records) -> frozenset[tuple[str, ...]]:
    """Every chain of links that the records' paths go along."""
    links = (records.subject, records.record, records.organisation, records.programme, records.place)
    return frozenset([tuple(path.split(".")) for path in links if path] + [links for links, _ in _ends(records)])


def heads(records: Records) -> tuple[str, ...]:
    """The links by which the records reach all but their subjects."""
    subject = tuple(records.subject.split("."))
    return tuple(sorted({chain[0] for chain in _chains(records) if chain and chain[: len(subject)] != subject}))


def _affected(
    scope: Scope, table: str, chains: Iterable[tuple[str, ...]], touched: Mapping[str, Array], known: Mapping[str, int]
) -> Array:
    """The rows of the table that a touched row speaks through. Nothing but a touched row itself can link to one that
    came since, so those need no search."""
    parts = [touched[table]] if table in touched else []
    for link in {chain[0] for chain in chains if chain}:
        to = table_at(table, (link,))
        beyond = [chain[1:] for chain in chains if chain and chain[0] == link]
        targets = _affected(scope, to, beyond, touched, known)
        targets = targets[targets < known.get(to, len(scope.table(to)))]
        if len(targets):
            parts.append(rows_linking(scope.table(table)[link], targets, len(scope.table(to))))
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)


@lru_cache(maxsize=512)
def told_by(measure: str) -> tuple[str, ...]:
    """The stored tables of which a change may alter an answer of the measure."""
    found: set[str] = set()
    one = measures[measure]
    for records in (one.records, *one.gaps, *one.evidence):
        found |= standing_on(records)
        for chain in _chains(records):
            found.update(table_at(records.table, chain[:length]) for length in range(len(chain) + 1))
        found.add(records.table)
        found |= settling(records)
    made = [spec for key in found if isinstance(spec := tables[key], Made)]
    found.update(read for spec in made for read in spec.reads)
    return tuple(sorted(found - {spec.key for spec in made}))


def settling(records: Records) -> frozenset[str]:
    """The tables from which settled columns of the records follow. A change there touches the rows it reaches."""
    at = [(table_at(records.table, links), name) for links, name in _ends(records)]
    kept = {(table, name) for table, name in at if isinstance(column_at(table, name), Settled)}
    return frozenset(
        read
        for settlement in settlements
        if any((table, column.name) in kept for table, columns in settlement.columns.items() for column in columns)
        for read in settlement.reads
    )


def standing_on(records: Records) -> frozenset[str]:
    """Tables of which any change may alter any row: programmes and their places, the place tree, organisations, and
    what derived columns read beside their own row."""
    found = {
        place_tree().table,
        *(division.table for division in divisions),
        *(calendar.table for calendar in calendars),
    }
    found.add(table_at(records.table, records.organisation.split(".")))
    for links, name in _ends(records):
        spec = column_at(table_at(records.table, links), name)
        if isinstance(spec, Derived):
            found.update(spec.reads)
    return frozenset(found)


__all__ = ["ALIVE", "COMMUNE", "NOTHING", "WEIGHT", "Around", "Joined", "Pending", "longer"]
