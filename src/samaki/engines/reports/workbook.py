"""The report as a workbook: numbers as numbers, everything else as text that no program runs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

import xlsxwriter
from django.utils.translation import gettext as _

from samaki.engines.reports.content import Line, Report
from samaki.kernel.figures import Cell, Figure, told_numerator
from samaki.ui import words

Value = int | float | Decimal | str | None
WIDE, NARROW = 60, 16
SHEET_NAME = 31  # letters a sheet's name may have


def write(report: Report) -> bytes:
    """Sheets: figures, breakdowns, definitions with versions and hashes, then those of the strands."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheets = Sheets(book)
        sheets.add(_("Results"), _headings(), [_figure_row(line) for line in report.lines], _about(report))
        sheets.add(_("Disaggregation"), [_("Indicator"), _("Dimension"), _("Value"), *_numbers()], _breakdowns(report))
        sheets.add(_("Definitions"), _definition_headings(), [_definition_row(line) for line in report.lines])
        for table in report.sections:
            sheets.add(table.title, table.columns, table.rows, [table.note] if table.note else [])
    return out.getvalue()


class Sheets:
    """Adds one sheet after the other to a workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._plain = book.add_format({"text_wrap": True, "valign": "top"})
        self._names: set[str] = set()

    def add(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Value]], above: Sequence[str] = ()
    ) -> None:
        sheet = self._book.add_worksheet(self._name(title))
        for number, text in enumerate(above):
            sheet.write_string(number, 0, text)
        top = len(above) + (1 if above else 0)
        for column, heading in enumerate(columns):
            sheet.write_string(top, column, heading, self._bold)
        sheet.set_column(0, 0, WIDE)
        sheet.set_column(1, max(len(columns) - 1, 1), NARROW)
        for number, row in enumerate(rows, start=top + 1):
            for column, value in enumerate(row):
                if isinstance(value, int | float | Decimal):
                    sheet.write_number(number, column, value, self._plain)
                else:
                    sheet.write_string(number, column, _("Unknown") if value is None else value, self._plain)
        sheet.freeze_panes(top + 1, 1)

    def _name(self, title: str) -> str:
        """Within Excel's rules: short, once, none of its signs."""
        bare = "".join(letter for letter in title if letter not in "[]:*?/\\'")[: SHEET_NAME - 3].strip() or "-"
        name, number = bare, 2
        while name.casefold() in self._names:
            name, number = f"{bare} {number}", number + 1
        self._names.add(name.casefold())
        return name


def _about(report: Report) -> list[str]:
    hidden = _("Small numbers are not shown, so that nobody can be recognised.")
    return [report.title, f"{report.period_shown} ({report.span_shown})", report.lock, hidden]


def _headings() -> list[str]:
    return [_("Indicator"), *_numbers(), _("Target"), _("Baseline"), _("Stated by the source"), _("Version"), "SHA-256"]


def _numbers() -> list[str]:
    return [_("Value"), _("Unit"), _("Numerator"), _("Denominator"), _("Unknown"), _("Lowest"), _("Highest")]


def _figure_row(line: Line) -> list[Value]:
    published = line.figure.published
    said = "; ".join(f"{one.value}{' (' + _('approximate') + ')' if one.approximate else ''}" for one in line.stated)
    return [
        line.definition.label,
        *_cells(line.figure, line.figure.unit),
        line.target if line.target is not None else "",
        line.baseline if line.baseline is not None else "",
        said,
        line.figure.version,
        published.digest if published else "",
    ]


def _cells(part: Figure | Cell, unit: str) -> list[Value]:
    """A hidden number is a word, an unknown one another; a column that does not apply stays empty."""
    if part.suppressed:
        return [part.reason or _("Not shown"), unit, "", "", _hidden(part.unknown), "", ""]
    ranged = part.low is not None
    return [
        "" if ranged else part.value,
        unit,
        "" if part.numerator is None else told_numerator(part),
        "" if part.denominator is None else part.denominator,
        _hidden(part.unknown),
        "" if part.low is None else part.low,
        "" if part.high is None else part.high,
    ]


def _hidden(unknown: int | None) -> Value:
    return _("Not shown") if unknown is None else unknown


def _breakdowns(report: Report) -> list[list[Value]]:
    return [
        [line.definition.label, breakdown.dimension, row.label, *_cells(row.cell, line.figure.unit)]
        for line in report.lines
        for breakdown in line.breakdowns
        for row in breakdown.rows
    ]


def _definition_headings() -> list[str]:
    return [
        _("Indicator"),
        _("Key"),
        _("Version"),
        _("Why it matters"),
        _("Numerator"),
        _("Denominator"),
        _("Sources"),
        _("Counted once by"),
        _("Author"),
        _("Checked by"),
        _("Next review"),
        _("Definition’s SHA-256"),
        _("Figure’s SHA-256"),
    ]


def _definition_row(line: Line) -> list[Value]:
    one = line.definition
    published = line.figure.published
    return [
        one.label,
        one.key,
        line.figure.version,
        one.why,
        one.numerator,
        one.denominator,
        one.sources,
        one.dedupe_key,
        one.author,
        one.checker,
        words.day(one.review_on),
        one.digest,
        published.digest if published else "",
    ]
