"""What taking a file did or would do, and where its faults stand, told in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from samaki.kernel.records import Written
from samaki.kernel.tables import Fault, Table, TableKind
from samaki.kernel.tables.guard import column_letters


@dataclass(frozen=True)
class Located:
    """A fault with its place as the sheet shows it: row from 1, column as a letter; both empty for the whole file."""

    sheet: str
    row: int | None
    letter: str
    column: str
    heading: str
    value: str
    code: str
    what: str
    remedy: str


@dataclass(frozen=True)
class Outcome:
    """`saved` is False for a dry run and wherever there is a fault. `written` counts rows of the file by effect."""

    kind: TableKind
    programme: str
    organisation: str
    table: Table
    written: Written
    dry_run: bool
    run_id: int | None = None

    @property
    def rows(self) -> int:
        return len(self.table)

    @property
    def fault_count(self) -> int:
        return self.table.fault_count

    @property
    def clean(self) -> bool:
        return not self.table.fault_count

    @property
    def saved(self) -> bool:
        return self.clean and not self.dry_run

    @property
    def sheets(self) -> list[tuple[str, int]]:
        return [(sheet.name, sheet.rows) for sheet in self.table.sheets]

    def notices(self) -> Iterator[Located]:
        """What is to be said of the file although it is no fault, such as a sheet that was not read."""
        return (located(notice, self.table, self.kind) for notice in self.table.notices)

    def faults(self) -> Iterator[Located]:
        """In the order of the file; those of the whole file first. At most as many as a table keeps."""
        ordered = sorted(self.table.faults, key=lambda fault: -1 if fault.row is None else fault.row)
        return (located(fault, self.table, self.kind) for fault in ordered)


def located(fault: Fault, table: Table, kind: TableKind) -> Located:
    label = next((column.label for column in kind.columns if column.key == fault.column), "")
    if fault.row is None:
        return Located("", None, "", fault.column, label, fault.value, fault.reason, fault.what, fault.remedy)
    sheet = table.sheets[table.sheet_of[fault.row]]
    place = sheet.places.get(fault.column)
    return Located(
        sheet.name,
        table.lines[fault.row],
        column_letters(place) if place is not None else "",
        fault.column,
        sheet.headings.get(fault.column, label),
        fault.value,
        fault.reason,
        fault.what,
        fault.remedy,
    )
