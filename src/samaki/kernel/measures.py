"""What a strand offers to be counted: tables read into integer columns, and measures over them.

The ground and the strands register here when their app is ready; the results engine knows nothing else of them.
A path is a dotted chain of links that ends in a column, such as `session.activity.kind`, read from the counted table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from django.db import models

from samaki.kernel.registry import Registry

Array = npt.NDArray[Any]
NOTHING = -(2**31)  # a number or date that is null
UNKNOWN = "unknown"  # the key of a value that is not known
YES_NO = ("no", "yes")


class TableColumns(Protocol):
    """A table in memory. Arrays hold one entry a row, deleted rows included; `alive` tells them apart."""

    @property
    def alive(self) -> Array: ...

    def __getitem__(self, column: str) -> Array: ...

    def __len__(self) -> int: ...

    def is_text(self, column: str, text: str) -> Array:
        """Which rows hold that text in a Text column."""
        ...


class Columns(Protocol):
    def __getitem__(self, table: str) -> TableColumns: ...


@dataclass(frozen=True)
class Number:
    """An integer field; null is NOTHING."""

    name: str


@dataclass(frozen=True)
class Date:
    """A date field as days since 1970-01-01; null is NOTHING."""

    name: str


@dataclass(frozen=True)
class Choice:
    """A text field with a fixed list of keys, as the position in it; null or another text is -1."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Flag:
    """Whether an SQL condition over the row holds, as 0 or 1 (YES_NO). `condition` runs on both databases."""

    name: str
    condition: str
    keys: tuple[str, ...] = YES_NO


@dataclass(frozen=True)
class Text:
    """Any text, each kept once; the column holds its number, -1 for null."""

    name: str


@dataclass(frozen=True)
class Link:
    """A foreign key as the row of the table it points to, -1 for null. `expression` replaces the plain field."""

    name: str
    to: str
    expression: str = ""


@dataclass(frozen=True)
class Derived:
    """A column worked out from others: codes over `keys` (-1: not known) at a date, given as days since 1970.

    `codes(columns, rows, as_of)` answers for those rows (an index array or a slice). `reads` are the tables, its own
    among them, of which it reads other rows than the one it answers for.
    """

    name: str
    keys: tuple[str, ...]
    codes: Callable[[Columns, Array | slice, int], Array]
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settled:
    """A column that a `Settlement` works out and keeps: codes over `keys`, -1 where there is none."""

    name: str
    keys: tuple[str, ...]


Column = Number | Date | Choice | Flag | Text | Link | Derived | Settled


@dataclass(frozen=True)
class Table:
    """A database table as integer columns. Every row is read; conditions belong to the measures."""

    model: type[models.Model]
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        return self.model._meta.db_table


@dataclass(frozen=True)
class Made:
    """Rows that stand in no table but follow from others, such as the reports a group owes.

    `rows(columns, known_on)` gives every column as an array, with `id` among them; ids are positive and tell, through
    `described`, what the row is. Links are rows of other tables.
    """

    key: str
    columns: tuple[Column, ...]
    reads: tuple[str, ...]
    rows: Callable[[Columns, int], Mapping[str, Array]]
    described: Callable[[int], tuple[int, ...]]


SettledRows = Mapping[str, tuple[Array, Mapping[str, Array]]]  # by table: rows, and their codes by column


class Settling(Protocol):
    """What a settlement knows of one state of the tables."""

    def follow(self, columns: Columns, touched: Mapping[str, Array] | None) -> SettledRows:
        """Codes that may have changed with the touched rows of the tables read; None: of every row."""
        ...

    def copied(self) -> Settling:
        """The same, to be changed apart."""
        ...


@dataclass(frozen=True)
class Settlement:
    """Columns that a strand adds to tables, possibly not its own, where one row's code follows from many others: kept,
    and after each change worked out anew only where the change reaches. `reads` are the tables it follows from."""

    key: str
    columns: Mapping[str, tuple[Settled, ...]]
    reads: tuple[str, ...]
    make: Callable[[], Settling]


@dataclass(frozen=True)
class PlaceTree:
    """The table of places, its columns, and the level numbers by the dimension each of them is."""

    table: str
    code: str
    level: str
    parent: str
    levels: Mapping[str, int]

    @property
    def key(self) -> str:
        return "places"


@dataclass(frozen=True)
class Calendar:
    """The table of programmes, and its number column that says in which month the fiscal year begins.

    Fiscal year N is the one that begins in calendar year N.
    """

    table: str
    fiscal_year_starts_in: str

    @property
    def key(self) -> str:
        return "calendar"


@dataclass(frozen=True)
class Division:
    """A dimension by which a programme divides its places from a date on (null: from the start): old and new area."""

    key: str
    label: Any = field(compare=False)  # its words change with the reader's language
    table: str
    programme: str
    place: str
    value: str
    since: str


@dataclass(frozen=True)
class Dimension:
    """A way to break a measure down: the keys of the column at `path`. Those in `unknown` say that nothing is known.
    `labels` are the words of its keys, where no field of a model brings them."""

    key: str
    label: Any = field(compare=False)  # its words change with the reader's language
    path: str
    unknown: frozenset[str] = frozenset({UNKNOWN})
    labels: Mapping[str, Any] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Records:
    """Which rows a measure looks at, and where they say what and when.

    `programme`, `organisation`, `place`, `subject` and `record` are paths that end in a link; `since` and `until` paths
    to dates of one table. A row belongs to a period when it lies wholly inside; one that overlaps, or has no date, may
    belong. With `as_of` the row is a state that holds from `since` to the day before `until`, and periods ask its date.
    The link at `organisation` leads to a table with a Text column `key`. `record` names what is counted as a row and
    opened (default: the row itself), `subject` what is counted once. `weight` is a number column to sum; null weighs
    nothing and makes the row unknown. `dated` is the date at which a division of places is taken (default `since`).
    Every one of `conditions`, path and allowed keys, must hold. `by_commune` asks how many communes stand behind each
    cell, which the publishing of counselling needs to know.
    """

    table: str
    programme: str
    organisation: str
    place: str = ""
    since: str = ""
    until: str = ""
    as_of: bool = False
    subject: str = ""
    record: str = ""
    weight: str = ""
    dated: str = ""
    by_commune: bool = False
    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    dimensions: tuple[Dimension, ...] = ()


@dataclass(frozen=True)
class Measure:
    """Something that can be counted. `unit` is person, case, contact, activity or group-month.

    `gaps` are rows that may hide some of it and count as unknown; `evidence` rows that show somebody looked, so that
    finding nothing is 0.
    """

    key: str
    label: Any = field(compare=False)  # its words change with the reader's language
    unit: str
    records: Records
    gaps: tuple[Records, ...] = ()
    evidence: tuple[Records, ...] = ()


tables: Registry[Table | Made] = Registry("table")
measures: Registry[Measure] = Registry("measure")
settlements: Registry[Settlement] = Registry("settlement")
places: Registry[PlaceTree] = Registry("place tree")
calendars: Registry[Calendar] = Registry("calendar")
divisions: Registry[Division] = Registry("division of places")


def settled_columns(table: str) -> tuple[Settled, ...]:
    """What settlements add to the table."""
    return tuple(column for settlement in settlements for column in settlement.columns.get(table, ()))


def column_at(table: str, name: str) -> Column:
    """The column of that name, the table's own or settled. Raises KeyError where there is none."""
    for column in (*tables[table].columns, *settled_columns(table)):
        if column.name == name:
            return column
    raise KeyError(name)


@dataclass(frozen=True)
class TimeSpan:
    """A calendar dimension: months, and quarters and years of the programme's fiscal calendar."""

    key: str
    months: int


TIMES: Mapping[str, TimeSpan] = {
    span.key: span for span in (TimeSpan("month", 1), TimeSpan("quarter", 3), TimeSpan("year", 12))
}


def month_of(days: Array) -> Array:
    """Months since January of year 0 of each date, given as days since 1970; NOTHING stays NOTHING."""
    known = days != NOTHING
    months = np.where(known, days, 0).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return np.where(known, months, NOTHING)


def first_day_of(months: Array) -> Array:
    """The first day, as days since 1970, of months counted from January of year 0."""
    return (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
