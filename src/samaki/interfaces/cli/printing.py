"""Figures and records as a table to read, as JSON and as CSV for programs."""

from __future__ import annotations

import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from samaki.kernel.figures import Cell, Figure, RecordPage, as_json

HIDDEN, UNKNOWN = "hidden", "unknown"
UNITS = {
    "person": "people",
    "case": "cases",
    "contact": "contacts (times reached, not persons)",
    "activity": "activities",
    "attendance": "attendances",
    "group_month": "monthly reports",
}
APART = {"dropouts": "men lost (in the denominator)", "pending": "windows still open (in the denominator)"}
MEASURES = ("value", "numerator", "denominator", "unknown", "low", "high", "suppressed", "reason")


def figure_json(figure: Figure) -> None:
    print(json.dumps(as_json(figure), ensure_ascii=False, indent=2))


def figure_csv(figure: Figure, by: Sequence[str]) -> None:
    """One row for the whole, its dimensions empty, then one for each cell."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    about = ("programme", "indicator", "version", "period", "unit")
    inside = ("unverified",) if figure.unverified is not None else ()
    writer.writerow((*about, *by, *MEASURES, *inside))
    for dimensions, cell in [({}, figure), *((cell.dimensions, cell) for cell in figure.by)]:
        writer.writerow(
            [
                *(plain(getattr(figure, name)) for name in about),
                *(plain(dimensions.get(name)) for name in by),
                *(plain(getattr(cell, name)) for name in MEASURES),
                *(plain(figure.unverified if cell is figure else None) for _name in inside),
            ]
        )


def figure_table(figure: Figure, by: Sequence[str]) -> None:
    moment = figure.period or "all time"
    if figure.as_of:
        moment += f", as of {figure.as_of.isoformat()}"
    if figure.place:
        moment += f", in {figure.place}"
    print(f"{figure.programme} {figure.indicator} (version {figure.version}), {moment}, {figure.audience}")
    print(f"{_with_unit(figure)}{_beside(figure)}")
    for key, number in figure.apart:
        print(f"{APART[key]}: {HIDDEN if number is None else f'{number:,}'}")
    if figure.by:
        table(
            (*by, "value", ""),
            [[*(c.dimensions.get(d, "") for d in by), shown(c), _beside(c).lstrip("; ")] for c in figure.by],
        )
    if figure.unverified:
        least = "at least " if figure.unverified_at_least else ""
        print(f"records from the field behind it, not verified yet: {least}{figure.unverified:,}")
    for said in figure.stated:
        about = ", approximate" if said.approximate else ""
        print(f"stated{about}: “{said.text_en}” ({said.source})")
    if figure.published:
        when = figure.published.locked_at.date().isoformat()
        print(f"published: version {figure.published.version}, locked {when}, sha256 {figure.published.digest}")


def _with_unit(figure: Figure) -> str:
    """The number and what it counts; a ratio says both its numbers."""
    number = shown(figure)
    if figure.denominator is not None or number in {HIDDEN, UNKNOWN}:
        return number
    return f"{number} {UNITS.get(figure.unit, figure.unit)}"


def shown(cell: Figure | Cell) -> str:
    """A ratio with both its numbers; unknown and hidden as words, never as 0."""
    if cell.suppressed:
        return HIDDEN
    if cell.value is None and cell.numerator is None:
        return f"{cell.low}–{cell.high}" if cell.low is not None else UNKNOWN
    if cell.scale is not None:
        return f"{cell.value:.2f} (n = {cell.denominator:,})" if cell.value is not None else UNKNOWN
    if cell.denominator is not None:
        percentage = f" ({cell.value:.1f}%)" if cell.value is not None else ""
        return f"{cell.numerator}/{cell.denominator}{percentage}"
    return f"{cell.value:,}"


def _beside(cell: Figure | Cell) -> str:
    parts = []
    if cell.low is not None and cell.low != cell.high and cell.value is not None:
        parts.append(f"{cell.low}–{cell.high} until matched")
    if cell.unknown:
        parts.append(f"{cell.unknown:,} unknown")
    if isinstance(cell, Figure) and cell.candidates_open:
        parts.append(f"{cell.candidates_open:,} possible duplicates open")
    if isinstance(cell, Figure) and cell.tallied is not None:
        parts.append(f"{cell.tallied:,} counted without names, not added")
    if cell.reason:
        parts.append(cell.reason)
    return "".join(f"; {part}" for part in parts)


def records_json(pages: Iterable[RecordPage]) -> None:
    """Written page by page, so that a million rows need no more memory than one page."""
    first = True
    for page in pages:
        if first:
            columns = [{"key": key, "label": label} for key, label in page.columns]
            print(
                f'{{"total": {page.total}, "columns": {json.dumps(columns, ensure_ascii=False)}, "records": [', end=""
            )
        for row in page.rows:
            print("" if first else ",", json.dumps(row, ensure_ascii=False, default=str), sep="\n", end="")
            first = False
        first = False
    print("\n]}")


def records_csv(pages: Iterable[RecordPage]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for number, page in enumerate(pages):
        if not number:
            writer.writerow([key for key, _ in page.columns])
        writer.writerows([plain(row.get(key)) for key, _ in page.columns] for row in page.rows)


def records_table(pages: Iterable[RecordPage]) -> None:
    for number, page in enumerate(pages):
        if not number:
            print(f"{page.total:,} rows")
            for group, count in page.groups.items():
                print(f"  {group}: {count:,}")
        labels = [label for _, label in page.columns]
        table(labels if not number else None, [[str(_text(row, key)) for key, _ in page.columns] for row in page.rows])


def table(heading: Sequence[str] | None, rows: Sequence[Sequence[str]]) -> None:
    lines = [heading, *rows] if heading else [*rows]
    widths = [max((_width(line[i]) for line in lines), default=0) for i in range(len(lines[0]))] if lines else []
    for line in lines:
        print(
            "  ".join(
                f"{text}{' ' * (width - _width(text))}" for text, width in zip(line, widths, strict=True)
            ).rstrip()
        )


def plain(value: object) -> object:
    """A cell that a spreadsheet will show and not run: text beginning like a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text[:1] in set("=+-@\t\r\n") else text


def _text(row: Mapping[str, object], key: str) -> object:
    return "" if row.get(key) is None else row[key]


def _width(text: str) -> int:
    """Columns on a terminal: marks that sit on a letter take none."""
    return sum(unicodedata.category(letter) not in {"Mn", "Me", "Cf"} for letter in text)
