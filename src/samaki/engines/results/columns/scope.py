"""A question with its dates as days and its keys as rows, against one store."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.utils import timezone

from samaki.engines.results.columns.questions import Question
from samaki.engines.results.columns.store import AnyTable, Store, StoredTable
from samaki.kernel.measures import NOTHING, Array, Calendar, PlaceTree, calendars, month_of, places

_EPOCH = dt.date(1970, 1, 1)
_FIRST_MONTH, _LAST_MONTH = 1900 * 12, 2100 * 12
LEVELS_DEEP = 4  # places above one another, at most
POSSIBLE, CERTAIN, WANTED_POSSIBLE, WANTED = 1, 2, 4, 8
SCOPED = POSSIBLE | CERTAIN
ALL = SCOPED | WANTED_POSSIBLE | WANTED


def day(date: dt.date) -> int:
    return (date - _EPOCH).days


@dataclass(frozen=True)
class Scope:
    """`known_on` is the day up to which made rows know of arrivals: today, or an earlier date asked for."""

    question: Question
    store: Store
    first: int | None
    last: int | None
    as_of: int
    known_on: int
    programme: int
    organisations: Array | None

    @classmethod
    def of(cls, question: Question, store: Store) -> Scope:
        today = timezone.localdate()
        as_of = question.as_of or question.last or today
        programmes = store[calendar().table]
        return cls(
            question=question,
            store=store,
            first=None if question.first is None else day(question.first),
            last=None if question.last is None else day(question.last),
            as_of=day(as_of),
            known_on=day(today if as_of == question.last else as_of),
            programme=programmes.row_of(question.programme_id),
            organisations=None
            if question.organisation_ids is None
            else np.array(sorted(question.organisation_ids), np.int64),
        )

    def table(self, key: str) -> AnyTable:
        return self.store.table(key, self.known_on)

    @property
    def months(self) -> tuple[int, int]:
        """The first and last month that a row of the period can fall in."""
        first = _FIRST_MONTH if self.first is None else int(month_of(np.array([self.first]))[0])
        last = _LAST_MONTH if self.last is None else int(month_of(np.array([self.last]))[0])
        return first, max(first, last)

    @property
    def fiscal_start(self) -> int:
        """The month, 0 to 11, in which the programme's fiscal year begins."""
        if self.programme < 0:
            return 0
        return int(self.store[calendar().table][calendar().fiscal_year_starts_in][self.programme]) - 1


def calendar() -> Calendar:
    return next(iter(calendars))


def place_tree() -> PlaceTree:
    return next(iter(places))


def ancestors(store: Store) -> Array:
    """For each place, and last for none, itself and the places above it, nearest first, as rows; -1 beyond."""
    table = store[place_tree().table]
    return store.kept("above", table.version, lambda: _ancestors(table))


def _ancestors(table: StoredTable) -> Array:
    lines = np.full((LEVELS_DEEP, len(table) + 1), -1, np.int32)
    lines[0, :-1] = np.arange(len(table))
    parents = np.append(table[place_tree().parent], np.int32(-1))
    for depth in range(1, LEVELS_DEEP):
        above = parents[lines[depth - 1]]
        lines[depth] = np.where(lines[depth - 1] >= 0, above, -1)
    return lines


def codes_at_level(store: Store, level: int) -> Array:
    """For each place, the number of the code of the place at that level which it lies in; -1 where it lies above."""
    table = store[place_tree().table]
    return store.kept(f"level {level}", table.version, lambda: _codes_at_level(store, table, level))


def _codes_at_level(store: Store, table: StoredTable, level: int) -> Array:
    levels = np.append(table[place_tree().level], np.int32(-1))
    codes = np.append(table[place_tree().code], np.int32(-1))
    found = np.full(len(table) + 1, -1, np.int32)
    for line in ancestors(store):
        here = (line >= 0) & (levels[line] == level)
        found[here] = codes[line[here]]
    return found


def place_flags(store: Store, wanted: tuple[str, ...]) -> Array:
    """For each place, whether it lies in one of the places asked for; one above any of them may."""
    table = store[place_tree().table]
    return store.kept(f"in {','.join(wanted)}", table.version, lambda: _place_flags(store, table, wanted))


def _place_flags(store: Store, table: StoredTable, wanted: tuple[str, ...]) -> Array:
    texts = table.texts[place_tree().code]
    numbers = [number for number in (texts.find(code) for code in wanted) if number >= 0]
    asked = np.append(np.isin(table[place_tree().code], numbers), False)
    lines = ancestors(store)
    inside = asked[lines].any(axis=0)
    above = np.zeros(len(table) + 1, bool)
    for line in lines[:, np.flatnonzero(asked)]:
        above[line] = True
    above[-1] = True  # no place: it may lie anywhere
    return np.where(inside, ALL, np.where(above, ALL & ~CERTAIN, ALL & ~SCOPED)).astype(np.uint8)


def period_flags(scope: Scope, since: Array, until: Array) -> Array:
    """Whether a span lies in the period; one that overlaps it, or has no date, may."""
    if scope.first is None and scope.last is None:
        return np.full(len(since), ALL, np.uint8)
    first = NOTHING if scope.first is None else scope.first
    last = -NOTHING if scope.last is None else scope.last
    undated = (since == NOTHING) | (until == NOTHING)
    inside = (since >= first) & (until <= last) & ~undated
    touches = ((since <= last) & (until >= first)) | undated
    return np.where(inside, ALL, np.where(touches, ALL & ~CERTAIN, ALL & ~SCOPED)).astype(np.uint8)


def state_flags(scope: Scope, since: Array, until: Array) -> Array:
    """Whether a state holds on the date asked: from `since` to the day before `until`."""
    holds = (since <= scope.as_of) & ((until == NOTHING) | (scope.as_of < until))
    return np.where(since == NOTHING, ALL & ~CERTAIN, np.where(holds, ALL, ALL & ~SCOPED)).astype(np.uint8)
