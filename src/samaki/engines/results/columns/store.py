"""Tables as columns of integers, kept in memory and patched row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from samaki.engines.results.columns import fetching, memory
from samaki.kernel.measures import (
    Array,
    Choice,
    Column,
    Flag,
    Link,
    Made,
    SettledRows,
    Settling,
    Table,
    Text,
    settled_columns,
    settlements,
    tables,
)

_KEPT = 256  # things worked out from tables
_ROOM = 1.25  # arrays are made this much longer than needed, so that added rows seldom copy them


def _type(column: Column) -> type[np.signedinteger]:
    return np.int8 if isinstance(column, (Choice, Flag)) else np.int32


class Texts:
    """Texts by number, in the order first met. Numbers never change while the process lives."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str | None) -> int:
        if text is None:
            return -1
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.all)
            self.all.append(text)
        return found

    def find(self, text: str) -> int:
        return self._numbers.get(text, -1)


class StoredTable:
    """One database table. A row keeps its place for good; a deleted one is no longer `alive`."""

    def __init__(self, table: Table) -> None:
        self.spec = table
        self.version = 0
        self._count = 0
        self._arrays: dict[str, Array] = {"id": np.empty(0, np.int64), "alive": np.empty(0, bool)}
        self._arrays |= {column.name: np.empty(0, _type(column)) for column in fetching.stored(table)}
        self._settled = {column.name for column in settled_columns(table.key)}
        self._arrays |= {name: np.empty(0, np.int8) for name in self._settled}
        self._row_of = np.full(1, -1, np.int32)
        self.texts = {column.name: Texts() for column in table.columns if isinstance(column, Text)}
        self._shared = False

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, column: str) -> Array:
        return self._arrays[column][: self._count]

    @property
    def alive(self) -> Array:
        return self["alive"]

    def is_text(self, column: str, text: str) -> Array:
        number = self.texts[column].find(text)
        found: Array = (self[column] == number) & (number >= 0)
        return found

    def fork(self) -> StoredTable:
        """A table that may be patched without touching this one, sharing its arrays until then."""
        other = object.__new__(StoredTable)
        other.__dict__ |= self.__dict__
        other._shared = True
        return other

    def rows_of(self, ids: Array) -> Array:
        """The row of each id; -1 for one that was never there, or is NOTHING."""
        inside = (ids >= 0) & (ids < len(self._row_of))
        return np.where(inside, self._row_of[np.where(inside, ids, 0)], -1).astype(np.int32)

    def row_of(self, row_id: int) -> int:
        """As `rows_of`, for one id."""
        return int(self._row_of[row_id]) if 0 <= row_id < len(self._row_of) else -1

    def put(
        self, numbers: Mapping[str, Array], texts: Mapping[str, Sequence[str | None]], linked: Mapping[str, StoredTable]
    ) -> Array:
        """Writes these rows, new or known, and returns where they stand. `linked` gives the tables of the links."""
        ids = numbers["id"]
        rows = self._make_room(ids)
        self._arrays["id"][rows] = ids
        self._arrays["alive"][rows] = True
        for column in fetching.stored(self.spec):
            if isinstance(column, Text):
                known = self.texts[column.name]
                self._arrays[column.name][rows] = [known.number(text) for text in texts[column.name]]
            elif isinstance(column, Link):
                self._arrays[column.name][rows] = linked[column.to].rows_of(numbers[column.name])
            else:
                self._arrays[column.name][rows] = numbers[column.name]
        self.version += 1
        return rows

    def drop(self, ids: Array) -> Array:
        """Marks these rows deleted and returns where they stand."""
        rows = self.rows_of(ids)
        rows = rows[rows >= 0]
        self._own()
        self._arrays["alive"][rows] = False
        self.version += 1
        return rows

    def settle(self, rows: Array, codes: Mapping[str, Array]) -> Array:
        """Keeps the codes of these rows and returns those that held others."""
        other = np.zeros(len(rows), bool)
        for name, values in codes.items():
            other |= self._arrays[name][rows] != values
        if other.any():
            self._own()
            self.version += 1
            for name, values in codes.items():
                self._arrays[name][rows] = values
        return rows[other]

    def _own(self) -> None:
        if self._shared:
            self._arrays = {name: array.copy() for name, array in self._arrays.items()}
            self._row_of = self._row_of.copy()
            self._shared = False

    def _make_room(self, ids: Array) -> Array:
        self._own()
        highest = int(ids.max(initial=0))
        if highest >= len(self._row_of):
            longer = np.full(int(highest * _ROOM) + 64, -1, np.int32)
            longer[: len(self._row_of)] = self._row_of
            self._row_of = longer
        rows = self._row_of[ids]
        new = np.flatnonzero(rows < 0)
        needed = self._count + len(new)
        if needed > len(self._arrays["id"]):
            for name, array in self._arrays.items():
                longer = np.empty(int(needed * _ROOM) + 64 if self._count else needed, array.dtype)
                longer[: self._count] = array[: self._count]
                self._arrays[name] = longer
        rows[new] = np.arange(self._count, needed, dtype=np.int32)
        self._row_of[ids[new]] = rows[new]
        for name in self._settled:
            self._arrays[name][self._count : needed] = -1
        self._count = needed
        return rows


class MadeTable:
    """Rows made from other tables, for one date of knowledge."""

    def __init__(self, spec: Made, arrays: Mapping[str, Array]) -> None:
        self.spec = spec
        self.texts: dict[str, Texts] = {}
        self._arrays = dict(arrays)
        self.alive = np.ones(len(self), bool)

    def __len__(self) -> int:
        return len(self._arrays["id"])

    def __getitem__(self, column: str) -> Array:
        return self._arrays[column]

    def is_text(self, column: str, text: str) -> Array:
        raise KeyError(column)


AnyTable = StoredTable | MadeTable


class Store:
    """Every registered table at one moment of the database."""

    def __init__(self) -> None:
        self.stored: dict[str, StoredTable] = {}
        self._kept: dict[str, tuple[int, Array]] = {}
        self._made: dict[tuple[str, int], tuple[tuple[int, ...], MadeTable]] = {}
        self._settling: dict[str, Settling] = {}

    @classmethod
    def loaded(cls) -> Store:
        """Reads all of every table; to be called inside one read snapshot."""
        memory.keep_freed()
        store = cls()
        for spec in tables:
            if isinstance(spec, Table):
                store.stored[spec.key] = StoredTable(spec)
                store._put(spec.key, *fetching.whole(spec))
        for settlement in settlements:
            store._settling[settlement.key] = settling = settlement.make()
            store._settle(settling.follow(store, None))
        return store

    def __getitem__(self, table: str) -> StoredTable:
        return self.stored[table]

    def table(self, key: str, known_on: int) -> AnyTable:
        """A stored table, or a made one as it follows from what was known on that day."""
        spec = tables[key]
        if isinstance(spec, Table):
            return self.stored[key]
        versions = tuple(self.stored[read].version for read in spec.reads)
        kept = self._made.get((key, known_on))
        if kept is None or kept[0] != versions:
            kept = self._made[(key, known_on)] = versions, MadeTable(spec, spec.rows(self, known_on))
            while len(self._made) > 16:
                self._made.pop(next(iter(self._made)))
        return kept[1]

    def kept(self, name: str, version: int, make: Callable[[], Array]) -> Array:
        """Something worked out from a table, until its version changes."""
        found = self._kept.pop(name, None)
        if found is None or found[0] != version:
            found = version, make()
        self._kept[name] = found
        while len(self._kept) > _KEPT:
            self._kept.pop(next(iter(self._kept)))
        return found[1]

    def fork(self) -> Store:
        other = Store()
        other.stored = {key: table.fork() for key, table in self.stored.items()}
        other._settling = {key: settling.copied() for key, settling in self._settling.items()}
        return other

    def patch(self, changes: Mapping[str, Iterable[int] | None]) -> dict[str, Array]:
        """Reads again the rows of these ids (None: the whole table) and returns the rows touched, by table."""
        touched: dict[str, Array] = {}
        for key, table in self.stored.items():
            if key not in changes:
                continue
            ids = changes[key]
            if ids is None:
                before = table["id"][table.alive]
                numbers, texts = fetching.whole(table.spec)
            else:
                before = np.unique(np.fromiter(ids, np.int64))
                numbers, texts = fetching.some(table.spec, before.tolist())
            gone = table.drop(np.setdiff1d(before, numbers["id"]))
            touched[key] = np.union1d(gone, self._put(key, numbers, texts))
        for settlement in settlements:
            if any(len(touched.get(table, ())) for table in settlement.reads):
                found = self._settle(self._settling[settlement.key].follow(self, touched))
                touched |= {key: np.union1d(touched.get(key, rows), rows) for key, rows in found.items() if len(rows)}
        return touched

    def _settle(self, found: SettledRows) -> dict[str, Array]:
        return {key: self.stored[key].settle(rows, codes) for key, (rows, codes) in found.items()}

    def _put(self, key: str, numbers: Mapping[str, Array], texts: Mapping[str, Sequence[str | None]]) -> Array:
        return self.stored[key].put(numbers, texts, self.stored)


def rows_linking(links: Array, targets: Array, count: int) -> Array:
    """The rows whose link points at one of the target rows; `count` is the length of the target table."""
    if len(targets) == 0:
        return np.empty(0, np.int64)
    if len(targets) <= 4:
        found = links == targets[0]
        for target in targets[1:]:
            found |= links == target
        return np.flatnonzero(found)
    wanted = np.zeros(count + 1, bool)
    wanted[targets] = True
    return np.flatnonzero(wanted[links])  # a null link, -1, reads the last entry, which is never wanted
