"""The wrong rows of a file as a workbook of their own: the original columns, and beside them what to mend."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _
from xlsxwriter.workbook import Workbook

from samaki.interfaces.imports import workbooks
from samaki.interfaces.imports.outcome import Located, located
from samaki.interfaces.imports.reading.content import RawSheet
from samaki.interfaces.imports.reading.rows import raw_sheets
from samaki.kernel.tables import Broken, Sheet, Table, TableKind

MENDING_WIDTH = 70
COLUMN_WIDTH = 18


def wrong_rows(content: bytes, table: Table, kind: TableKind, target: workbooks.Target) -> int:
    """Writes them to a path or stream, in the reader's language, and returns how many; 0 writes an empty workbook.

    Mended, the workbook can be sent as it is: the column of what to mend is none of the kind's. Raises Unusable for a
    file that `read` would not have taken either.
    """
    faults: dict[int, list[Located]] = defaultdict(list)
    for fault in table.faults:
        if fault.row is not None:
            faults[fault.row].append(located(fault, table, kind))
    by_line: dict[tuple[int, int], list[Located]] = {
        (table.sheet_of[row], table.lines[row]): faults.get(row, []) for row in table.faulty_rows
    }
    book = workbooks.opened(target)
    kept = 0
    wanted = {sheet.name: number for number, sheet in enumerate(table.sheets)}
    for raw in raw_sheets(content) if by_line else ():
        if raw.name in wanted:
            number = wanted[raw.name]
            lines = {line: found for (sheet, line), found in by_line.items() if sheet == number}
            if lines:
                kept += _write_sheet(book, raw, table.sheets[number], lines)
    if not kept:
        book.add_worksheet()
    book.close()
    return kept


def _write_sheet(book: Workbook, raw: RawSheet, sheet: Sheet, lines: dict[int, list[Located]]) -> int:
    strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E6F0EF"})
    mend = book.add_format({"text_wrap": True, "font_color": "#B42318", "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    written = book.add_worksheet(sheet.name or None)
    width = 0
    kept: list[tuple[list[object], list[Located]]] = []
    for line, row in enumerate(raw.rows, start=1):
        if line == sheet.heading_line:
            width = len(row)
            for column, heading in enumerate(row):
                written.write_string(0, column, "" if heading is None else str(heading), strong)
        elif line in lines:
            kept.append(([cell.text if isinstance(cell, Broken) else cell for cell in row], lines[line]))
    width = max([width, *(len(row) for row, _faults in kept)])
    written.write_string(0, width, _("What to mend"), strong)
    written.set_column(0, max(0, width - 1), COLUMN_WIDTH)
    written.set_column(width, width, MENDING_WIDTH)
    written.freeze_panes(1, 0)
    for at, (row, found) in enumerate(kept, start=1):
        workbooks.write_rows(written, at, [row], text=text, date=date)
        written.write_string(at, width, "\n".join(_told(fault) for fault in found)[:32_000], mend)
    return len(kept)


def _told(fault: Located) -> str:
    words = f"{fault.what} {fault.remedy}".strip()
    return f"{fault.heading}: {words}" if fault.heading else words
