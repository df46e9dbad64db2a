"""Dimensions as digits: for each row a number of its key, 0 where it is not known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from samaki.engines.results.columns.scope import LEVELS_DEEP, Scope, ancestors, codes_at_level, place_tree
from samaki.engines.results.columns.store import StoredTable
from samaki.kernel.measures import (
    NOTHING,
    TIMES,
    UNKNOWN,
    Array,
    Choice,
    Column,
    Derived,
    Division,
    Flag,
    Records,
    Settled,
    Table,
    Text,
    TimeSpan,
    column_at,
    divisions,
    month_of,
    tables,
)

Rows = Array | slice
Codes = Callable[[Rows], Array]  # from rows of the node's table to codes, -1 where not known
_UNDATED = 2**31 - 1
_SLACK = 24  # months


@dataclass(frozen=True)
class Digits:
    """A dimension at the table where its links end: `links` lead there from the counted table. `size` digits at most;
    digit d above 0 stands for `name_of(d - 1)`, and `named` of them have a name. `unknown` are keys that say nothing is
    known."""

    key: str
    links: tuple[str, ...]
    codes: Codes
    size: int
    named: int
    name_of: Callable[[int], str]
    unknown: frozenset[str]

    def text(self, digit: int) -> str:
        return UNKNOWN if digit == 0 else self.name_of(digit - 1)


def split(path: str) -> tuple[tuple[str, ...], str]:
    """The links of a path, and the column at its end."""
    *links, column = path.split(".")
    return tuple(links), column


def table_at(start: str, links: Sequence[str]) -> str:
    """The table that a chain of links leads to."""
    for name in links:
        start = next(column.to for column in tables[start].columns if column.name == name and hasattr(column, "to"))
    return start


def follow(scope: Scope, start: str, links: Sequence[str], rows: Rows) -> Array:
    """The rows, in the table the links lead to, of these rows of `start`; -1 where a link is null."""
    if not links:
        return np.arange(len(scope.table(start)))[rows]
    here = scope.table(start)[links[0]][rows]
    for name in links[1:]:
        start = table_at(start, (links[0],))
        links = links[1:]
        # A null link, -1, takes the last entry, which is put there for it.
        here = np.append(scope.table(start)[name], np.int32(-1))[here]
    return here


def digits(scope: Scope, records: Records, key: str) -> Digits:
    """The dimension of that key. Raises KeyError where the measure has none."""
    if key == "organisation":
        return _column(scope, records, key, f"{records.organisation}.key", frozenset({UNKNOWN}))
    if key in place_tree().levels and records.place:
        return _level(scope, records, key)
    if key in TIMES and records.since and not records.as_of:
        return _time(scope, records, TIMES[key])
    if key in divisions and records.place:
        return _division(scope, records, divisions[key])
    for dimension in records.dimensions:
        if dimension.key == key:
            return _column(scope, records, key, dimension.path, dimension.unknown | {UNKNOWN})
    raise KeyError(key)


def has_dimension(records: Records, key: str) -> bool:
    return (
        key == "organisation"
        or (key in place_tree().levels and bool(records.place))
        or (key in TIMES and bool(records.since) and not records.as_of)
        or (key in divisions and bool(records.place))
        or any(dimension.key == key for dimension in records.dimensions)
    )


def _column(scope: Scope, records: Records, key: str, path: str, unknown: frozenset[str]) -> Digits:
    links, name = split(path)
    at = table_at(records.table, links)
    column = column_at(at, name)
    if isinstance(column, Text):
        texts = scope.store[at].texts[name]
        return Digits(
            key,
            links,
            lambda rows: scope.table(at)[name][rows],
            _room(len(texts.all)),
            len(texts.all),
            texts.all.__getitem__,
            unknown,
        )
    if isinstance(column, Derived):
        keys, derive = column.keys, column.codes
        return Digits(
            key,
            links,
            lambda rows: derive(scope.store, rows, scope.as_of),
            len(keys) + 1,
            len(keys),
            keys.__getitem__,
            unknown,
        )
    assert isinstance(column, (Choice, Flag, Settled))
    return Digits(
        key,
        links,
        lambda rows: scope.table(at)[name][rows],
        len(column.keys) + 1,
        len(column.keys),
        column.keys.__getitem__,
        unknown,
    )


def _room(count: int) -> int:
    """A size that new texts seldom outgrow."""
    return 1 << (count + 8).bit_length()


def _level(scope: Scope, records: Records, key: str) -> Digits:
    links, name = split(records.place)
    at = table_at(records.table, links)
    texts = scope.store[place_tree().table].texts[place_tree().code]
    of_level = codes_at_level(scope.store, place_tree().levels[key])
    version = scope.store[place_tree().table].version
    kinds = scope.store.kept(f"kinds of {key}", version, lambda: np.union1d(of_level, [-1]))
    dense = scope.store.kept(
        f"numbers of {key}", version, lambda: (np.searchsorted(kinds, of_level) - 1).astype(np.int32)
    )

    def codes(rows: Rows) -> Array:
        return dense[scope.table(at)[name][rows]]

    return Digits(
        key, links, codes, len(kinds), len(kinds) - 1, lambda code: texts.all[kinds[code + 1]], frozenset({UNKNOWN})
    )


def dates(records: Records) -> tuple[tuple[str, ...], str, str]:
    """The links to the table that says when, and its two date columns."""
    links, since = split(records.since)
    return links, since, split(records.until or records.since)[1]


def _spec(table: str, column: str) -> Column:
    return column_at(table, column)


def values(scope: Scope, table: str, column: str, rows: Rows) -> Array:
    """A number or date column, stored or derived."""
    spec = _spec(table, column)
    return spec.codes(scope.store, rows, scope.as_of) if isinstance(spec, Derived) else scope.table(table)[column][rows]


class Outgrown(Exception):
    """A row has come that a kept plan has no digit for."""


def _months(scope: Scope, table: str, since: str) -> tuple[int, int]:
    """The months that dates of the column fall in, with some to come; narrowed by the period asked."""
    first, last = scope.months
    dates = scope.table(table)[since] if isinstance(tables[table], Table) else np.empty(0, np.int64)
    known = dates[dates != NOTHING]
    if len(known):
        earliest, latest = month_of(np.array([known.min(), known.max()])).tolist()
        first = max(first, earliest - _SLACK) if scope.first is None else first
        last = min(last, latest + _SLACK) if scope.last is None else last
    return first, max(first, last)


def _months_of(scope: Scope, table: str, column: str, rows: Rows) -> Array:
    """Of a whole stored column they are kept: several dimensions and questions ask them."""
    spec = tables[table]
    if isinstance(rows, slice) and isinstance(spec, Table) and not isinstance(_spec(table, column), Derived):
        stored = scope.store[table]
        return scope.store.kept(f"months of {table}.{column}", stored.version, lambda: month_of(stored[column]))[rows]
    return month_of(values(scope, table, column, rows))


def _time(scope: Scope, records: Records, span: TimeSpan) -> Digits:
    links, since, until = dates(records)
    at = table_at(records.table, links)
    start = 0 if span.months == 1 else scope.fiscal_start  # months are calendar months
    first, last = ((month - start) // span.months for month in _months(scope, at, since))
    open_before, open_after = scope.first is None, scope.last is None

    def spans(column: str, rows: Rows) -> Array:
        return (_months_of(scope, at, column, rows) - start) // span.months

    def codes(rows: Rows) -> Array:
        from_span = spans(since, rows)
        to_span = from_span if until == since else spans(until, rows)
        dated = from_span > NOTHING // span.months
        if (open_before and (dated & (from_span < first)).any()) or (open_after and (from_span > last).any()):
            raise Outgrown
        known = (from_span == to_span) & (from_span >= first) & (from_span <= last)
        return np.where(known, from_span - first, -1)

    def name_of(code: int) -> str:
        number = first + code
        if span.months == 1:
            return f"{number // 12:04d}-{number % 12 + 1:02d}"
        return f"{number // 4:04d}-Q{number % 4 + 1}" if span.months == 3 else f"{number:04d}"

    return Digits(span.key, links, codes, last - first + 2, last - first + 1, name_of, frozenset({UNKNOWN}))


def _division(scope: Scope, records: Records, division: Division) -> Digits:
    place_links, place = split(records.place)
    date_links, date = split(records.dated or records.since)
    shared = _common(place_links, date_links)
    node = table_at(records.table, shared)
    to_place, to_date = place_links[len(shared) :], date_links[len(shared) :]
    registered = scope.store[division.table]
    spec = next(column for column in registered.spec.columns if column.name == division.value)
    assert isinstance(spec, Choice)
    find = _divided(scope, registered, division)

    def column_at(links: tuple[str, ...], name: str, rows: Rows) -> Array:
        at = table_at(node, links)
        if not links:
            return values(scope, at, name, rows)
        there = follow(scope, node, links, rows)
        read = values(scope, at, name, np.where(there >= 0, there, 0)) if len(scope.table(at)) else there
        return np.where(there >= 0, read, NOTHING if name == date else -1)

    def codes(rows: Rows) -> Array:
        return find(column_at(to_place, place, rows), column_at(to_date, date, rows))

    return Digits(
        division.key, shared, codes, len(spec.keys) + 1, len(spec.keys), spec.keys.__getitem__, frozenset({UNKNOWN})
    )


def _common(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    length = 0
    while length < min(len(first), len(second)) and first[length] == second[length]:
        length += 1
    return first[:length]


def _divided(scope: Scope, registered: StoredTable, division: Division) -> Callable[[Array, Array], Array]:
    """From places and dates to the value in force there and then: of the nearest registered place above (or itself)
    that has one on the date. Undated: the latest."""
    mine = np.flatnonzero(registered.alive & (registered[division.programme] == scope.programme))
    place, since = registered[division.place][mine].astype(np.int64), registered[division.since][mine].astype(np.int64)
    order = np.lexsort((since, place))
    value = registered[division.value][mine][order].astype(np.int64)
    place = place[order]
    in_order = (place << 33) + since[order] - NOTHING
    lines = ancestors(scope.store)
    always = _always(lines, place, since[order], value)

    def find(places: Array, days: Array) -> Array:
        found = always[places]
        left = np.flatnonzero(found == _BY_DATE)
        if len(left):
            found[left] = by_date(places[left], days[left])
        return found

    def by_date(places: Array, days: Array) -> Array:
        found = np.full(len(places), -1, np.int64)
        when = np.where(days == NOTHING, _UNDATED, days).astype(np.int64) - NOTHING
        for depth in range(LEVELS_DEEP):
            line = lines[depth][places].astype(np.int64)
            at = np.searchsorted(in_order, (line << 33) + when, side="right") - 1
            here = (found < 0) & (line >= 0) & (at >= 0) & (place[at] == line)
            found[here] = value[at[here]]
        return found

    return find


_BY_DATE = -2


def _always(lines: Array, place: Array, since: Array, value: Array) -> Array:
    """For each place, and last for none, the value it has whatever the date; _BY_DATE where that depends on it."""
    of_place = np.full(lines.shape[1] + 1, -1, np.int64)  # the last is read where there is no place above
    of_place[place] = np.where(since == NOTHING, value, _BY_DATE)
    of_place[place[1:][place[1:] == place[:-1]]] = _BY_DATE
    found = np.full(lines.shape[1], -1, np.int64)
    for line in lines:
        here = found == -1
        found[here] = of_place[line[here]]
    return found
