"""From a file to a table of values by column, with every cell that cannot be read noted where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat

from django.utils.translation import gettext_lazy as _

from samaki.interfaces.imports.reading import delimited, workbook
from samaki.interfaces.imports.reading.headings import (
    LOOKED_AT,
    Headings,
    Matched,
    heading_row,
    is_own_notes,
    likely_heading_row,
)
from samaki.kernel.tables import Broken, Column, Reading, Sheet, Table, TableKind, Unreadable
from samaki.kernel.tables.cells import folded, plain
from samaki.kernel.tables.content import MOST_ROWS, RawSheet, Unusable, kind_of
from samaki.kernel.tables.reasons import reason

CHUNK = 2_000  # rows turned into columns at a time
SAMPLES = 3  # contents shown below a heading
REMEMBERED = 20_000  # different contents of a column whose reading is kept
TOTALS = tuple(folded(word) for word in ("total", "grand total", "សរុប", "សរុបរួម", "ចំនួនសរុប"))
_TOTAL_WORDS = ("total", "សរុប")  # tell most rows apart before they are folded

reason(
    "no_heading",
    _("No row of headings was found. Expected are: %(expected)s."),
    _("Please add a row with these headings above the first row, or match the columns on the import page."),
)
reason(
    "sheet_not_read",
    _("The sheet “%(sheet)s” was not read: it has no row of headings."),
    _("If it holds rows to take in, please write the headings above them and send the file again."),
)
reason("column_missing", _("The column “%(column)s” is missing."), _("Please add it, or match it on the import page."))
reason(
    "column_missing_near",
    _("The column “%(column)s” is missing. “%(heading)s” may be meant."),
    _("Please match it on the import page, or write the heading as “%(column)s”."),
)
reason(
    "column_twice",
    _("Two columns may be “%(column)s”: “%(first)s” and “%(second)s”."),
    _("Please match the columns on the import page, or rename one of them."),
)
reason("no_rows", _("There is no row below the headings."), _("Please choose the file that holds the rows."))
reason("looks_like_total", _("This looks like a row of totals."), _("Please take the row of totals out."))

Progress = Callable[[int], None]


def raw_sheets(content: bytes) -> Iterator[RawSheet]:
    """Raises Unusable, also while rows are read."""
    return workbook.sheets(content) if kind_of(content) == "workbook" else delimited.sheets(content)


def read(
    content: bytes,
    kind: TableKind,
    reading: Reading,
    *,
    remembered: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Table:
    """All rows of all visible sheets that have the headings. What is wrong with the file is a fault without a row."""
    table = Table({column.key: [] for column in kind.columns})
    headings = Headings(kind.columns, remembered)
    try:
        for sheet in raw_sheets(content):
            _take_sheet(table, sheet, headings, reading, progress)
    except Unusable as unusable:
        table.fault(None, "", unusable.reason, unusable.value or None, **unusable.params)
        return table
    if not table.sheets:
        expected = ", ".join(column.label for column in kind.columns if column.required)
        table.notices.clear()
        table.fault(None, "", "no_heading", expected=expected)
    elif not len(table) and not table.fault_count:
        table.fault(None, "", "no_rows")
    return table


def _take_sheet(table: Table, raw: RawSheet, headings: Headings, reading: Reading, progress: Progress | None) -> None:
    top = list(islice(raw.rows, LOOKED_AT))
    found = heading_row(headings, top)
    if found is None:
        if not is_own_notes(top) and any(not _blank(cell) for row in chain(top, raw.rows) for cell in row):
            table.notice("sheet_not_read", sheet=raw.name)
        return
    index, matched = found
    table.sheets.append(
        Sheet(
            raw.name,
            index + 1,
            {key: place + raw.first_column for key, place in matched.places.items()},
            {key: matched.headings[place] for key, place in matched.places.items()},
            unused=tuple(matched.unused),
        )
    )
    if _note_headings(table, headings, matched, raw.name):
        return
    _Taking(table, headings.columns, matched, reading).take(chain(top[index + 1 :], raw.rows), index + 2, progress)


def _note_headings(table: Table, headings: Headings, matched: Matched, name: str) -> bool:
    """Whether headings are missing or unclear, which makes reading the rows useless."""
    before = table.fault_count
    for column in headings.columns:
        if column.key in matched.doubled:
            first, second = matched.doubled[column.key]
            table.fault(None, column.key, "column_twice", name, column=column.label, first=first, second=second)
        elif column.required and column.key not in matched.places:
            near = headings.nearest(column, matched.unused)
            if near is None:
                table.fault(None, column.key, "column_missing", name, column=column.label)
            else:
                table.fault(None, column.key, "column_missing_near", name, column=column.label, heading=near)
    return table.fault_count > before


class _Known(dict[type, "_KnownOfType"]):
    """What the contents of one column read as, by their type: 1, 1.0 and TRUE are equal and do not read alike."""

    def __init__(self, column: Column, reading: Reading) -> None:
        self.parse = column.parser
        self.reading = reading
        self.unreadable = False  # whether any of them was

    def __missing__(self, type_: type) -> _KnownOfType:
        found = self[type_] = _KnownOfType(self)
        return found


class _KnownOfType(dict[object, object]):
    """Each content is read once; so many are kept that a column of codes does not fill the memory."""

    def __init__(self, column: _Known) -> None:
        self.column = column

    def __missing__(self, cell: object) -> object:
        value = _value(cell, self.column.parse, self.column.reading)
        if isinstance(value, Unreadable):
            self.column.unreadable = True
        if len(self) < REMEMBERED:
            self[cell] = value
        return value


class _Taking:
    """Takes the rows of one sheet into the table, some thousand at a time so that little is held twice."""

    def __init__(self, table: Table, columns: Sequence[Column], matched: Matched, reading: Reading) -> None:
        self.table = table
        self.columns = columns
        self.places = matched.places
        self.known = {column.key: _Known(column, reading) for column in columns if column.key in matched.places}

    def take(self, rows: Iterator[list[object]], line: int, progress: Progress | None) -> None:
        sheet = self.table.sheets[-1]
        width = max(self.places.values()) + 1
        required = {self.places[column.key] for column in self.columns if column.required}
        places = sorted(self.places.values(), key=lambda place: place not in required)  # the first mostly tells
        while chunk := list(islice(rows, CHUNK)):
            kept: list[list[object]] = []
            for row in chunk:
                if len(row) < width:
                    row = row + [""] * (width - len(row))
                if _says_something(row, places):
                    kept.append(row)
                    self.table.lines.append(line)
                line += 1
            self.table.sheet_of.extend(repeat(len(self.table.sheets) - 1, len(kept)))
            sheet.rows += len(kept)
            if len(self.table.lines) > MOST_ROWS:
                raise Unusable("too_many_rows", most=f"{MOST_ROWS:,}")
            if kept:
                self._read(kept)
            if progress is not None:
                progress(len(self.table))

    def _read(self, rows: list[list[object]]) -> None:
        by_place = list(zip(*rows, strict=False))
        base = len(self.table.lines) - len(rows)
        totals = {base + index for index in self._totals(rows, by_place)}
        for column in self.columns:
            values = self.table.columns[column.key]
            place = self.places.get(column.key)
            if place is None:
                values.extend(repeat(None, len(rows)))
                continue
            self._read_column(column, by_place[place], values, base, totals)
        for row in sorted(totals):
            self.table.fault(row, "", "looks_like_total")

    def _read_column(
        self, column: Column, cells: Sequence[object], values: list[object], base: int, totals: set[int]
    ) -> None:
        known = self.known[column.key]
        types = set(map(type, cells))
        if len(types) == 1:
            read = list(map(known[types.pop()].__getitem__, cells))
        else:
            read = [known[cell.__class__][cell] for cell in cells]
        values.extend(read)
        if not totals and not known.unreadable and not (column.required and None in read):
            return
        for row, (cell, value) in enumerate(zip(cells, read, strict=True), start=base):
            if row in totals:
                values[row] = None
            elif isinstance(value, Unreadable):
                values[row] = None
                shown = cell.text if isinstance(cell, Broken) else cell
                self.table.fault(row, column.key, value.key, shown, **value.params)
            elif value is None and column.required:
                self.table.fault(row, column.key, "value_missing")

    def _totals(self, rows: Sequence[Sequence[object]], by_place: Sequence[Sequence[object]]) -> Iterator[int]:
        """Rows that say "total" where something required belongs, or lack something required."""
        required = [self.places[column.key] for column in self.columns if column.required]
        for place, cells in enumerate(by_place):
            told = {cell for cell in set(cells) if isinstance(cell, str)}
            everything = "\n".join(told).lower()
            if not any(word in everything for word in _TOTAL_WORDS):
                continue
            for word in told:
                if any(part in word.lower() for part in _TOTAL_WORDS) and folded(word).startswith(TOTALS):
                    for index, row in enumerate(rows):
                        if row[place] == word and (place in required or any(_blank(row[at]) for at in required)):
                            yield index


def _says_something(row: Sequence[object], places: Sequence[int]) -> bool:
    """Rows whose own columns hold nothing but blanks are left out: a note at the side is no row."""
    for place in places:
        cell = row[place]
        if cell.__class__ is not str:
            if cell is not None:
                return True
        elif cell and (len(cell) > 3 or plain(cell)):
            return True
    return False


def _blank(cell: object) -> bool:
    return cell == "" or cell is None or (isinstance(cell, str) and not cell[0].isalnum() and not plain(cell))


def _value(cell: object, parse: Callable[[object, Reading], object], reading: Reading) -> object:
    if _blank(cell):
        return None
    try:
        return parse(cell, reading)
    except Unreadable as unreadable:
        return unreadable.with_traceback(None)


@dataclass(frozen=True)
class SeenHeading:
    """A heading of the file: the column it is known to be or only looks like, and what stands below it."""

    heading: str
    key: str
    suggested: str
    samples: tuple[str, ...]


def look_at_headings(
    content: bytes, kind: TableKind, remembered: Mapping[str, str] | None = None
) -> tuple[SeenHeading, ...]:
    """The headings of the first sheet that has any, for a person to match. Raises Unusable."""
    headings = Headings(kind.columns, remembered)
    likely: tuple[SeenHeading, ...] = ()
    for sheet in raw_sheets(content):
        top = list(islice(sheet.rows, LOOKED_AT))
        found = heading_row(headings, top)
        if found is not None:
            return _seen(headings, found[1], top[found[0] + 1 :], kind)
        index = likely_heading_row(top)
        if index is not None and not likely:
            likely = _seen(headings, headings.match(top[index]), top[index + 1 :], kind)
    return likely


def _seen(
    headings: Headings, matched: Matched, below: Sequence[Sequence[object]], kind: TableKind
) -> tuple[SeenHeading, ...]:
    known = {place: key for key, place in matched.places.items()}
    suggested: dict[str, str] = {}
    for column in kind.columns:
        if column.key not in matched.places:
            near = headings.nearest(column, matched.unused)
            if near is not None:
                suggested.setdefault(near, column.key)
    seen = []
    for place, heading in matched.headings.items():
        cells = [] if kind.holds_names else [row[place] for row in below if place < len(row) and not _blank(row[place])]
        samples = tuple(cell.text if isinstance(cell, Broken) else str(cell)[:30] for cell in cells[:SAMPLES])
        seen.append(SeenHeading(heading, known.get(place, ""), suggested.get(heading, ""), samples))
    return tuple(seen)
