"""A question worked out row by row: may this row belong, and to which cell.

Everything is worked out at the table where it is known and carried along the links to the counted rows, so a million
attendances cost two gathers from their sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from samaki.engines.results.columns.dimensions import Digits, Rows, dates, digits, split, table_at, values
from samaki.engines.results.columns.scope import (
    ALL,
    POSSIBLE,
    SCOPED,
    WANTED,
    WANTED_POSSIBLE,
    Scope,
    period_flags,
    place_flags,
    state_flags,
)
from samaki.engines.results.columns.store import Texts
from samaki.kernel.measures import NOTHING, UNKNOWN, Array, Choice, Derived, Flag, Records, Settled, Text, column_at

Check = Callable[[Rows], Array]
_UNWANTED = ALL & ~WANTED & ~WANTED_POSSIBLE


@dataclass
class Node:
    """What is known at one table: checks give flags, dimensions digits with their stride in the cell's number."""

    table: str
    checks: list[tuple[Check, int]] = field(default_factory=list)  # with the flags of a row that is not there
    dimensions: list[tuple[Digits, int]] = field(default_factory=list)
    children: dict[str, Node] = field(default_factory=dict)

    def at(self, links: tuple[str, ...]) -> Node:
        if not links:
            return self
        child = self.children.setdefault(links[0], Node(table_at(self.table, links[:1])))
        return child.at(links[1:])

    def is_empty(self) -> bool:
        return not self.checks and not self.dimensions and all(child.is_empty() for child in self.children.values())

    def has_dimensions(self) -> bool:
        return bool(self.dimensions) or any(child.has_dimensions() for child in self.children.values())

    def null(self) -> int:
        """The flags of a row that is not there; its digits are 0."""
        flags = ALL
        for _, missing in self.checks:
            flags &= missing
        for child in self.children.values():
            flags &= child.null()
        return flags

    def evaluate(
        self, scope: Scope, rows: Array | None, cells: np.dtype[np.signedinteger]
    ) -> tuple[Array, Array | None]:
        """Flags and cell numbers (None: all 0) of these rows; None: of every row, and last of one that is not there.

        Where no row can belong, nobody asks for its cell.
        """
        flags = self._flags(scope, rows)
        return flags, self._cells(scope, rows, cells) if (flags & POSSIBLE).any() else None

    def own_flags(self, scope: Scope, rows: Array | None) -> Array | None:
        """What the checks at this very table say of its rows; None: there are none."""
        if not self.checks:
            return None
        chosen: Rows = slice(None) if rows is None else rows
        flags = np.full(len(scope.table(self.table)) if rows is None else len(rows), ALL, np.uint8)
        for check, _ in self.checks:
            flags &= check(chosen)
        return flags

    def own_cells(self, rows: Array | None, cells: np.dtype[np.signedinteger]) -> Array | None:
        """The digits of the dimensions at this very table; None: it has none."""
        chosen: Rows = slice(None) if rows is None else rows
        found: Array | None = None
        for dimension, stride in self.dimensions:
            digits = (dimension.codes(chosen).astype(cells) + cells.type(1)) * cells.type(stride)
            found = digits if found is None else found + digits
        return found

    def _flags(self, scope: Scope, rows: Array | None) -> Array:
        own = self.own_flags(scope, rows)
        extra = 1 if rows is None else 0
        flags = np.full((len(scope.table(self.table)) if rows is None else len(rows)) + extra, ALL, np.uint8)
        inside = flags[: len(flags) - extra]
        if own is not None:
            inside &= own
        for link, child in self.children.items():
            if child.is_empty():
                continue
            to = scope.table(self.table)[link]
            inside &= child._flags(scope, None)[to] if rows is None else child._flags_at(scope, to[rows])
        if extra:
            flags[-1] = self.null()
        return flags

    def _flags_at(self, scope: Scope, rows: Array) -> Array:
        """As `_flags` for rows among which -1 stands for one that is not there."""
        there = rows >= 0
        if not len(scope.table(self.table)) or not there.any():
            return np.full(len(rows), self.null(), np.uint8)
        flags = self._flags(scope, np.where(there, rows, rows.max()))
        return np.where(there, flags, np.uint8(self.null()))

    def _cells(self, scope: Scope, rows: Array | None, cells: np.dtype[np.signedinteger]) -> Array | None:
        found = self.own_cells(rows, cells)
        if found is not None and rows is None:
            found = np.append(found, cells.type(0))
        for link, child in self.children.items():
            if not child.has_dimensions():
                continue
            to = scope.table(self.table)[link]
            if rows is None:
                of_child = child._cells(scope, None, cells)
                digits = None if of_child is None else np.append(of_child[to], cells.type(0))
            else:
                digits = child._cells_at(scope, to[rows], cells)
            if digits is not None:
                found = digits if found is None else found + digits
        return found

    def _cells_at(self, scope: Scope, rows: Array, cells: np.dtype[np.signedinteger]) -> Array | None:
        there = rows >= 0
        if not len(scope.table(self.table)) or not there.any():
            return None
        found = self._cells(scope, np.where(there, rows, rows.max()), cells)
        return None if found is None else np.where(there, found, cells.type(0))


@dataclass
class Plan:
    """A question against one set of records. `root` is worked out per row, `subject` (where persons are counted) per
    person. A cell's number is that of the root times `subjects`, the number of cells of a person, plus that of the
    person; `by` has each dimension with the weight of its digit in it."""

    records: Records
    scope: Scope
    root: Node
    subject: Node | None
    by: tuple[tuple[Digits | None, int], ...]
    subjects: int
    cells: np.dtype[np.signedinteger]
    texts: tuple[tuple[Texts, int], ...]  # what the question was worked out with, and how many there were
    _keys: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def outgrown(self) -> bool:
        """Whether texts have come that the plan knows nothing of."""
        return any(len(texts.all) != count for texts, count in self.texts)

    def keyed(self, counts: Mapping[int, int]) -> dict[tuple[str, ...], int]:
        """The counts by the words of each cell, in the order of the dimensions asked for."""
        new = [cell for cell in counts if cell not in self._keys]
        if new:
            numbers = np.array(new, np.int64)
            words = [_words(dimension, numbers // max(stride, 1)) for dimension, stride in self.by]
            self._keys.update(zip(new, zip(*words, strict=True) if words else [()] * len(new), strict=True))
        return {self._keys[cell]: count for cell, count in counts.items()}


def _words(dimension: Digits | None, numbers: Array) -> list[str]:
    if dimension is None:
        return [UNKNOWN] * len(numbers)
    kinds, at = np.unique(numbers % dimension.size, return_inverse=True)
    words: list[str] = np.array([dimension.text(digit) for digit in kinds.tolist()], object)[at].tolist()
    return words


def plan(scope: Scope, records: Records, *, lacking: bool = False) -> Plan:
    """How to answer the question from these records. With `lacking`, dimensions that the records do not have are
    unknown; else they raise KeyError."""
    question = scope.question
    root = Node(records.table)
    subject = Node(table_at(records.table, records.subject.split("."))) if records.subject else None

    to_subject = tuple(records.subject.split("."))

    def is_of_subject(links: tuple[str, ...]) -> bool:
        return subject is not None and links[: len(to_subject)] == to_subject

    def node_of(links: tuple[str, ...]) -> Node:
        if subject is not None and is_of_subject(links):
            return subject.at(links[len(to_subject) :])
        return root.at(links)

    def find(key: str) -> Digits | None:
        try:
            return digits(scope, records, key)
        except KeyError:
            if lacking:
                return None
            raise

    _add_scope(scope, records, node_of)
    for path, keys in records.conditions:
        links, name = split(path)
        node = node_of(links)
        node.checks.append((_one_of(scope, node.table, name, keys), ALL & ~SCOPED))
    for key, keys in question.where:
        dimension = find(key)
        if dimension is None:
            root.checks.append((_always(_unknown_flags(keys)), _unknown_flags(keys)))
        else:
            node_of(dimension.links).checks.append((_wanted(dimension, keys), _unknown_flags(keys)))
    by = [find(key) for key in question.by]
    size, of_subject = {True: 1, False: 1}, [each is not None and is_of_subject(each.links) for each in by]
    strides = [0] * len(by)
    for at in reversed(range(len(by))):
        if (dimension := by[at]) is not None:
            strides[at] = size[of_subject[at]]
            node_of(dimension.links).dimensions.append((dimension, strides[at]))
            size[of_subject[at]] *= dimension.size
    subjects = size[True]
    cells: np.dtype[np.signedinteger] = np.dtype(np.int32) if size[False] * subjects < 2**31 else np.dtype(np.int64)
    weighed = tuple(
        (dimension, stride if mine else stride * subjects)
        for dimension, stride, mine in zip(by, strides, of_subject, strict=True)
    )
    return Plan(records, scope, root, subject, weighed, subjects, cells, _texts_along(scope, records))


def _texts_along(scope: Scope, records: Records) -> tuple[tuple[Texts, int], ...]:
    found: list[tuple[Texts, int]] = []
    for path in [dimension.path for dimension in records.dimensions] + [path for path, _ in records.conditions]:
        links, name = split(path)
        table = scope.table(table_at(records.table, links))
        if name in table.texts:
            found.append((table.texts[name], len(table.texts[name].all)))
    return tuple(found)


def _add_scope(scope: Scope, records: Records, node_of: Callable[[tuple[str, ...]], Node]) -> None:
    out = ALL & ~SCOPED
    links, name = split(records.programme)
    node = node_of(links)
    table, column = node.table, name
    programme = scope.programme if scope.programme >= 0 else NOTHING  # one that is not there owns no record
    node.checks.append((lambda rows: _where(scope.table(table)[column][rows] == programme), out))
    if scope.organisations is not None:
        links, org_column = split(records.organisation)
        node = node_of(links)
        org_table = node.table
        wanted = scope.store[table_at(org_table, (org_column,))].rows_of(scope.organisations)
        wanted = wanted[wanted >= 0]
        node.checks.append((lambda rows: _where(np.isin(scope.table(org_table)[org_column][rows], wanted)), out))
    if scope.question.place_codes:
        flags = place_flags(scope.store, scope.question.place_codes)
        if not records.place:
            raise ValueError(f"{records.table} says no place")
        links, place_column = split(records.place)
        node = node_of(links)
        place_table = node.table
        node.checks.append((lambda rows: flags[scope.table(place_table)[place_column][rows]], int(flags[-1])))
    if records.since:
        links, since, until = dates(records)
        node = node_of(links)
        date_table = node.table
        held = state_flags if records.as_of else period_flags

        def in_time(rows: Rows) -> Array:
            first = values(scope, date_table, since, rows)
            return held(scope, first, first if since == until else values(scope, date_table, until, rows))

        node.checks.append((in_time, ALL & ~SCOPED))


def _where(holds: Array) -> Array:
    return np.where(holds, np.uint8(ALL), np.uint8(ALL & ~SCOPED))


def _always(flags: int) -> Check:
    return lambda rows: np.array(flags, np.uint8)


def _one_of(scope: Scope, table: str, name: str, keys: tuple[str, ...]) -> Check:
    spec = column_at(table, name)
    if isinstance(spec, Text):
        texts = scope.store[table].texts[name]
        numbers = [texts.find(key) for key in keys if texts.find(key) >= 0]
        return lambda rows: _where(np.isin(values(scope, table, name, rows), numbers))
    assert isinstance(spec, (Choice, Flag, Derived, Settled))
    by_code = np.full(len(spec.keys) + 1, ALL & ~SCOPED, np.uint8)  # the last is read where nothing is known
    by_code[[spec.keys.index(key) for key in keys]] = ALL
    return lambda rows: by_code[values(scope, table, name, rows)]


def _unknown_flags(keys: tuple[str, ...]) -> int:
    """The flags of a row whose value is not known, when these keys are wanted."""
    if not keys:
        return _UNWANTED  # nothing at all is asked for
    return ALL if UNKNOWN in keys else ALL & ~WANTED


def _wanted(dimension: Digits, keys: tuple[str, ...]) -> Check:
    """Rows whose key is one of these; a row whose key is not known may be."""
    wanted = frozenset(keys)
    by_digit = np.full(dimension.size, _UNWANTED, np.uint8)
    for digit in range(dimension.named + 1):
        text = dimension.text(digit)
        if text in wanted:
            by_digit[digit] = ALL
        elif text in dimension.unknown:
            by_digit[digit] = _unknown_flags(keys)
    return lambda rows: by_digit[dimension.codes(rows) + 1]
