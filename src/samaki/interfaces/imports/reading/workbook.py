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
    rows: Iterator[list[object]] = iter(sheet.iter_rows())  # type: ignore[arg-type]  # cells are widened to object
    for line, row in enumerate(rows, start=1):
        if line in lines:
            for column in range(first_column, first_column + len(row)):
                if (line, column) in broken:
                    row[column - first_column] = broken[line, column]
        yield row


def _unusable(error: BaseException) -> Unusable:
    """A reader written in Rust may panic over a crafted file; its panic is no Exception, so all are caught here."""
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
        raise error
    return Unusable("file_protected" if isinstance(error, PasswordError) else "file_damaged")
