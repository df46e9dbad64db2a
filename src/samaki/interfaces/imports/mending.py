"""The file again as a workbook to mend: first the wrong rows, with what to mend beside them, then the right ones, so
that the workbook sent again whole loses nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from samaki.interfaces.imports import workbooks
from samaki.interfaces.imports.outcome import Located, located
from samaki.interfaces.imports.reading.rows import raw_sheets
from samaki.interfaces.imports.storage import LANGUAGES
from samaki.kernel.tables import Broken, Sheet, Table, TableKind
from samaki.kernel.tables.cells import folded
from samaki.kernel.tables.content import RawSheet

MENDING_WIDTH = 70
COLUMN_WIDTH = 18


@dataclass
class _Page:
    """What becomes of one sheet of the file; `right` is None where all lines below the headings are kept."""

    sheet: Sheet
    wrong: dict[int, list[Located]]
    right: set[int] | None
    to_mend: Worksheet | None = None
    beside: Worksheet | None = None


@dataclass(frozen=True)
class _Formats:
    strong: Format
    mend: Format
    text: Format
    date: Format


def wrong_rows(content: bytes, table: Table, kind: TableKind, target: workbooks.Target) -> int:
    """Writes them and the right ones to a path or stream, in the reader's language, and returns how many are wrong; 0
    writes an empty workbook.

    Mended, the workbook can be sent as it is: the column of what to mend is none of the kind's, and one that the file
    had already is left out. Raises Unusable for a file that `read` would not have taken either.
    """
    pages = _pages(table, kind)
    book = workbooks.opened(target)
    formats = _Formats(
        book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E6F0EF"}),
        book.add_format({"text_wrap": True, "font_color": "#B42318", "num_format": "@"}),
        book.add_format({"num_format": "@"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
    )
    if table.faulty_rows:
        _add_sheets(book, pages)
        by_name = {page.sheet.name: page for page in pages}
        for raw in raw_sheets(content):
            if raw.name in by_name:
                _write(by_name[raw.name], raw, formats)
    else:
        book.add_worksheet()
    book.close()
    return len(table.faulty_rows)


def _pages(table: Table, kind: TableKind) -> list[_Page]:
    pages = [_Page(sheet, {}, set() if sheet.rows else None) for sheet in table.sheets]
    faults: dict[int, list[Located]] = defaultdict(list)
    for fault in table.faults:
        if fault.row is not None:
            faults[fault.row].append(located(fault, table, kind))
    for row, (number, line) in enumerate(zip(table.sheet_of, table.lines, strict=True)):
        page = pages[number]
        if row in table.faulty_rows:
            page.wrong[line] = faults.get(row, [])
        elif page.right is not None:
            page.right.add(line)
    return pages


def _add_sheets(book: Workbook, pages: list[_Page]) -> None:
    """Those to mend come first, under the names the file gave them; "right" is only what is right."""
    right, mend = _("Right rows"), _("Rows to mend")
    told_right = tuple(_in_each("Right rows"))
    taken: set[str] = {page.sheet.name.casefold() for page in pages if page.wrong}
    for page in pages:
        if page.wrong:
            name = page.sheet.name
            own = name and not name.startswith(told_right)
            page.to_mend = book.add_worksheet(name if own else _unused(mend, taken))
    taken = {sheet.name.casefold() for sheet in book.worksheets()}
    for page in pages:
        if page.right is None or page.right:
            page.beside = book.add_worksheet(_unused(right, taken))


def _unused(name: str, taken: set[str]) -> str:
    """The name, or with a number where it is used already; it counts as used from then on."""
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        free = f"{name} {number}"
    taken.add(free.casefold())
    return free


def _write(page: _Page, raw: RawSheet, formats: _Formats) -> None:
    left_out: set[int] = set()
    headings: list[object] = []
    wrong: list[tuple[list[object], list[Located]]] = []
    at = 1
    for line, cells in enumerate(raw.rows, start=1):
        if line == page.sheet.heading_line:
            marks = {folded(word) for word in _in_each("What to mend")}
            left_out = {place for place, cell in enumerate(cells) if isinstance(cell, str) and folded(cell) in marks}
            headings = _kept(cells, left_out)
            _head(page.beside, headings, formats)
        elif line in page.wrong:
            wrong.append((_kept(cells, left_out), page.wrong[line]))
        elif page.beside is not None and line > page.sheet.heading_line and (page.right is None or line in page.right):
            row = _kept(cells, left_out)
            at = workbooks.write_rows(page.beside, at, [row], text=formats.text, date=formats.date)
    if page.to_mend is not None:
        _write_wrong(page.to_mend, headings, wrong, formats)


def _write_wrong(
    written: Worksheet, headings: list[object], wrong: list[tuple[list[object], list[Located]]], formats: _Formats
) -> None:
    width = max([len(headings), *(len(row) for row, _faults in wrong)])
    _head(written, headings, formats)
    written.write_string(0, width, _("What to mend"), formats.strong)
    written.set_column(width, width, MENDING_WIDTH)
    for at, (row, found) in enumerate(wrong, start=1):
        workbooks.write_rows(written, at, [row], text=formats.text, date=formats.date)
        written.write_string(at, width, "\n".join(_told(fault) for fault in found)[:32_000], formats.mend)


def _head(written: Worksheet | None, headings: list[object], formats: _Formats) -> None:
    if written is None:
        return
    for column, heading in enumerate(headings):
        written.write_string(0, column, "" if heading is None else str(heading), formats.strong)
    written.set_column(0, max(0, len(headings) - 1), COLUMN_WIDTH)
    written.freeze_panes(1, 0)


def _kept(cells: list[object], left_out: Collection[int]) -> list[object]:
    """The cells as they stood; a broken one as the text it showed."""
    return [
        cell.text if isinstance(cell, Broken) else cell for place, cell in enumerate(cells) if place not in left_out
    ]


def _in_each(word: str) -> Iterator[str]:
    for language in LANGUAGES:
        with translation.override(language):
            yield _(word)


def _told(fault: Located) -> str:
    words = f"{fault.what} {fault.remedy}".strip()
    return f"{fault.heading}: {words}" if fault.heading else words
