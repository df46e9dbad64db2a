"""What a kind of table is: its columns, how its rows are checked against names and each other, and how they are saved.

The way of a row: cell → `Column.parser` → `TableKind.check` → `TableKind.save`, which is the strand's own operation:
all rows or none, and the same rows again change nothing. A dry run is the same, undone.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import get_language

from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import DomainError
from samaki.kernel.policy import Action
from samaki.kernel.records import Written
from samaki.kernel.registry import Registry
from samaki.kernel.tables.reasons import reasons

FAULTS_KEPT = 20_000  # beyond these, faults are counted but not told one by one
SHOWN = 60  # characters of a value told in a fault


@dataclass(frozen=True)
class Broken:
    """A cell without a value of its own: a formula that failed (`text` is what it shows) or was never worked out."""

    text: str


@dataclass(frozen=True)
class Reading:
    """What must be known to read cells: what day it is; whether 5/3/2024 begins with the day (None: nobody said)."""

    today: dt.date
    day_first: bool | None = None


Parser = Callable[[object, Reading], object]


@dataclass(frozen=True)
class Column:
    """A column by its key; `names` are further headings it may have, in either language.

    The parser is never given an empty cell: empty is None, "not said", never 0. It raises Unreadable. `help` and
    `allowed` (answers as they may be written) go into the example workbook.
    """

    key: str
    label_en: str
    label_km: str
    parser: Parser
    names: tuple[str, ...] = ()
    required: bool = False
    help_en: str = ""
    help_km: str = ""
    allowed: tuple[str, ...] = ()
    width: int = 16

    @property
    def label(self) -> str:
        return self.label_km if (get_language() or "").startswith("km") else self.label_en

    @property
    def help(self) -> str:
        return self.help_km if (get_language() or "").startswith("km") else self.help_en


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to mend. `row` indexes the table's rows (None: the whole file); `column` is a column's key or "".

    `reason` is stable English for programs; `what` and `remedy` are for people, %-formatted with `params`.
    """

    row: int | None
    column: str
    reason: str
    value: str
    what_template: str | Promise
    remedy_template: str | Promise = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def what(self) -> str:
        return str(self.what_template) % self.params if self.params else str(self.what_template)

    @property
    def remedy(self) -> str:
        return str(self.remedy_template) % self.params if self.params else str(self.remedy_template)


@dataclass
class Sheet:
    """A sheet that was read: its heading row (counted from 1) and, for each column, its place (from 0) and heading.
    `unused` are headings of columns that were not read."""

    name: str
    heading_line: int
    places: dict[str, int]
    headings: dict[str, str]
    rows: int = 0
    unused: tuple[str, ...] = ()


@dataclass
class Table:
    """Rows of a file by column: `columns[key][row]`, None where nothing is written; `lines` are rows of a sheet."""

    columns: dict[str, list[object]]
    sheets: list[Sheet] = field(default_factory=list)
    sheet_of: array[int] = field(default_factory=lambda: array("H"))
    lines: array[int] = field(default_factory=lambda: array("I"))
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)  # to be said; they keep nothing out
    fault_count: int = 0
    faulty_rows: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.lines)

    def fault(self, row: int | None, column: str, reason: str, value: object = None, /, **params: object) -> None:
        """Note a fault of a registered reason. `value` None: what the column holds in that row."""
        why = reasons[reason]
        self._note(row, column, reason, value, why.what, why.remedy, params)

    def notice(self, reason: str, /, **params: object) -> None:
        """Something of the whole file to be said, by a registered reason, which is no fault."""
        why = reasons[reason]
        self.notices.append(Fault(None, "", reason, "", why.what, why.remedy, params))

    def refuse(self, row: int | None, column: str, error: DomainError) -> None:
        """Note what a rule of the strand said of a row."""
        self._note(row, column, error.code, None, error.template, "", error.params)

    def _note(
        self,
        row: int | None,
        column: str,
        reason: str,
        value: object,
        what: str | Promise,
        remedy: str | Promise,
        params: Mapping[str, object],
    ) -> None:
        self.fault_count += 1
        if row is not None:
            self.faulty_rows.add(row)
        if len(self.faults) >= FAULTS_KEPT:
            return
        if value is None and row is not None and column in self.columns:
            value = self.columns[column][row]
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # a workbook keeps 12 as 12.0
        shown = "" if value is None else str(value)[:SHOWN]
        self.faults.append(Fault(row, column, reason, shown, what, remedy, params))

    def without_faults(self, rows: Sequence[object], places: Sequence[int]) -> Checked:
        """The rows, each at its place of the table, that have no fault by now."""
        good = [index for index, place in enumerate(places) if place not in self.faulty_rows]
        marks = self.columns.get("correction", ())
        return Checked(
            [rows[index] for index in good],
            [places[index] for index in good],
            frozenset(place for place, mark in enumerate(marks) if mark),
        )

    def has(self, key: str) -> bool:
        """Whether any sheet has the column."""
        return any(key in sheet.places for sheet in self.sheets)


@dataclass(frozen=True)
class Setting:
    """By whom and for whom a table is taken."""

    actor: AnyActor
    programme_id: int
    organisation_id: int
    at: dt.datetime
    today: dt.date
    origin: str = ""
    corrections: bool = False  # every row may correct what was received before


@dataclass(frozen=True)
class Checked:
    """Rows without a fault, as the strand's operation wants them; `rows[i]` stands at `places[i]` of the table.
    `corrections` are the places of rows marked as corrections."""

    rows: Sequence[object]
    places: Sequence[int]
    corrections: frozenset[int] = frozenset()


@dataclass(frozen=True)
class TableKind:
    """`check` notes faults on the table and returns the rows that have none; `save` writes them and says what that did.

    `save` raises RowsInvalid by index into the rows it was given; `field_columns` says which column a rule's field is.
    `action` is what the actor must be allowed. `holds_names` keeps the file sealed and its values out of messages.
    """

    key: str
    label: Promise
    action: Action
    columns: tuple[Column, ...]
    check: Callable[[Table, Setting], Checked]
    save: Callable[[Checked, Setting], Written]
    field_columns: Mapping[str, str] = field(default_factory=dict)
    holds_names: bool = False

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


table_kinds: Registry[TableKind] = Registry("table kind")
