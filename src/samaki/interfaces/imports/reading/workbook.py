"""The sheets of an .xlsx workbook, read by calamine. Formulas are never worked out: their saved values are read."""

from __future__ import annotations

import io
from collections.abc import Iterator

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from samaki.kernel.tables.content import RawSheet, Unusable
from samaki.kernel.tables.guard import Spots, look_through


def sheets(content: bytes) -> Iterator[RawSheet]:
    """The visible worksheets in their order; each must be read before the next. Raises Unusable."""
    broken = look_through(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = [
            meta.name
            for meta in workbook.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
        ]
    except BaseException as error:
        raise _unusable(error) from None
    for name in found:
        try:
            sheet = workbook.get_sheet_by_name(name)
        except BaseException as error:
            raise _unusable(error) from None
        if sheet.start is not None:
            yield RawSheet(name, sheet.start[1], _rows(sheet, broken.get(name, {})))


def _rows(sheet: CalamineSheet, broken: Spots) -> Iterator[list[object]]:
    first_column = sheet.start[1] if sheet.start else 0
    lines = {line for line, _column in broken}
    above = _merged(sheet)
    rows: Iterator[list[object]] = iter(sheet.iter_rows())  # type: ignore[arg-type]  # cells are widened to object
    said: dict[int, object] = {}  # by column, what the merged cell that reaches down to this line says
    for line, row in enumerate(rows, start=1):
        if line in above:
            # A row with nothing of its own is the lower half of a heading, or the end of a box: nobody stands in it.
            alone = all(cell in ("", None) for cell in row)
            for column, begins in above[line]:
                place = column - first_column
                if begins:
                    said[column] = row[place]
                elif not alone and row[place] in ("", None):
                    row[place] = said[column]
        if line in lines:
            for column in range(first_column, first_column + len(row)):
                if (line, column) in broken:
                    row[column - first_column] = broken[line, column]
        yield row


def _merged(sheet: CalamineSheet) -> dict[int, list[tuple[int, bool]]]:
    """By line: columns of cells merged over several lines that begin there, or (False) reach it from above. A cell said
    once for a run of people is said of each; one merged across is a title, and stays where it is."""
    found: dict[int, list[tuple[int, bool]]] = {}
    for (first, column), (last, _right) in sheet.merged_cell_ranges or ():
        for line in range(first, last + 1) if last > first else ():
            found.setdefault(line + 1, []).append((column, line == first))
    return found


def _unusable(error: BaseException) -> Unusable:
    """A reader written in Rust may panic over a crafted file; its panic is no Exception, so all are caught here."""
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
        raise error
    return Unusable("file_protected" if isinstance(error, PasswordError) else "file_damaged")
