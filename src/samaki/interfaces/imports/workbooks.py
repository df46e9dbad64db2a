"""Writing workbooks. Every text is written as a text, so that nothing in it is ever run as a formula."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

Target = Path | str | IO[bytes]
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def opened(target: Target) -> Workbook:
    return xlsxwriter.Workbook(
        str(target) if isinstance(target, Path) else target,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )


def write_cell(sheet: Worksheet, row: int, column: int, value: object, *, text: Format, date: Format) -> None:
    """A value as what it is. A text that looks like a formula is marked as text for programs that read it elsewhere."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and value == value and abs(value) != float("inf"):
        sheet.write_number(row, column, value)
    elif isinstance(value, dt.date):  # a datetime is one too
        sheet.write_datetime(row, column, value, date)
    else:
        sheet.write_string(row, column, str(value)[:32_767], text)


def write_rows(sheet: Worksheet, first: int, rows: Iterable[Sequence[object]], *, text: Format, date: Format) -> int:
    """Rows from line `first` (from 0) on; returns the line after the last."""
    for row in rows:
        for column, value in enumerate(row):
            write_cell(sheet, first, column, value, text=text, date=date)
        first += 1
    return first
