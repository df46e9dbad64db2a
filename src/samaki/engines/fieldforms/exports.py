"""A whole form as files, for its own organisation's work (T3): zipped CSV as a stream, or a workbook. Nothing is cut
without a word.

A stream opens some hundred submissions at a time and keeps none, so its memory does not grow with them.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _
from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from samaki.engines.fieldforms.answers_of_forms import (
    ABOUT,
    Part,
    Row,
    defused,
    note_opening,
    parts_of,
    readable,
    rows,
    without_column,
)
from samaki.engines.fieldforms.models import Form, Submission
from samaki.engines.fieldforms.xforms import Answers
from samaki.engines.fieldforms.xforms.answers import POSITION, Packed
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Invalid

LEVEL = 1  # of deflate: a third of the time of the usual, a tenth more to send
BLOCK = 256 * 1024  # characters of CSV deflated together
MOST_ROWS = 1_048_575  # of a sheet, beside its headings
LONGEST_CELL = 32_767  # characters of a sheet's cell
MOST_HELD = 16 * 1024 * 1024  # bytes of a part that waits for its turn
MAIN, CUT = "form", "cut"
_CUT_KM = "ចម្លើយទាំងនេះវែងជាងចំនួនតួអក្សរដែលក្រឡាមួយផ្ទុកបាន ដូច្នេះនៅទីនេះត្រូវបានកាត់ឱ្យខ្លី។ ឯកសារ CSV មានចម្លើយពេញលេញ។"
_CUT_EN = "These answers are longer than a cell can hold and are cut short here. The CSV files hold them whole."


def as_zipped_csv(actor: AnyActor, form: Form) -> Iterator[bytes]:
    """The main file and one for each repeated part, "number" and "#" joining them. Raises Refused before the first
    byte, and writes the export to the audit trail."""
    found, parts = _begun(actor, form, "csv")
    until = found.aggregate(last=Max("pk"))["last"] or 0  # every file tells of the same submissions
    return _zipped(found, form, parts, until)


def as_workbook(actor: AnyActor, form: Form) -> bytes:
    """XLSX, each repeated part on its own sheet. Raises Refused, and Invalid("too_many_rows_for_a_sheet") where a part
    has more rows than a sheet. An answer longer than a cell is cut, and a sheet says which: the CSV files hold it."""
    found, parts = _begun(actor, form, "xlsx")
    folder = Path(settings.MEDIA_ROOT) / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = io.BytesIO()
    with TemporaryDirectory(dir=folder) as own:  # rows wait there, so that memory does not grow with them
        book = Workbook(target, {"constant_memory": True, "tmpdir": own, "strings_to_formulas": False})
        names = _names(parts, 31)
        sheets = {part.path: _Sheet(book, name) for part, name in zip(parts, names, strict=True)}
        for part in parts:
            sheets[part.path].add(_heading(part))
        for row in rows(found, form):
            answers = Answers.from_json(row.text)
            for part in parts:
                for cells in _cells(part, parts, row, answers):
                    sheets[part.path].add(cells)
        if cut := [one for sheet in sheets.values() for one in sheet.cut]:
            _tell_of_cut(book, cut, taken={name.lower() for name in names})
        book.close()
    return target.getvalue()


def _tell_of_cut(book: Any, cut: Sequence[tuple[str, str, int]], *, taken: Set[str]) -> None:
    """A sheet that opens first and names every cell that holds less than was sent."""
    name = next(name for name in chain([CUT], (f"{CUT}-{number}" for number in count(2))) if name not in taken)
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, _CUT_KM)
    sheet.write_string(1, 0, _CUT_EN)
    for row, cells in enumerate((("sheet", "cell", "characters"), *cut), start=2):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    sheet.activate()


class _Sheet:
    """`cut` names the cells that hold less than was sent: sheet, cell, characters sent."""

    def __init__(self, book: Any, name: str) -> None:
        self.name, self.sheet = name, book.add_worksheet(name)
        self.rows = 0
        self.cut: list[tuple[str, str, int]] = []

    def add(self, cells: Sequence[str]) -> None:
        if self.rows > MOST_ROWS:
            words = _("A sheet holds %(most)s rows and this form has more. Please take the CSV files: they hold all.")
            raise Invalid("too_many_rows_for_a_sheet", words, most=f"{MOST_ROWS:,}")
        for column, text in enumerate(cells):
            if text:
                self.sheet.write_string(self.rows, column, text[:LONGEST_CELL])
            if len(text) > LONGEST_CELL:
                self.cut.append((self.name, xl_rowcol_to_cell(self.rows, column), len(text)))
        self.rows += 1


def _begun(actor: AnyActor, form: Form, kind: str) -> tuple[QuerySet[Submission], list[Part]]:
    found = readable(actor, form)
    note_opening(actor, form, "export_form", kind=kind, copy="T3")
    return found, parts_of(form)


def _zipped(found: QuerySet[Submission], form: Form, parts: Sequence[Part], until: int) -> Iterator[bytes]:
    """One pass over the submissions fills a repeated part's file, as it is sent on, and gathers the others, deflated;
    what would gather too much gets a pass of its own."""
    names = dict(zip((part.path for part in parts), _names(parts, 80), strict=True))
    left = [*parts[1:], parts[0]]  # the repeated parts are the long ones
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        while left:
            sent, *gathered = left
            held = [_Held(part) for part in gathered]
            with archive.open(f"{names[sent.path]}.csv", "w", force_zip64=True) as file:
                lines = _Lines(sent, file.write)
                yield sink.taken()
                for row in rows(found, form, until=until):
                    packed = Packed.from_json(row.text)
                    for one in (lines, *held):
                        one.add(row, packed, parts)
                    if block := sink.taken():
                        yield block
                    held = [one for one in held if one.size < MOST_HELD]
                lines.end()
            yield sink.taken()
            for one in held:
                with archive.open(f"{names[one.part.path]}.csv", "w", force_zip64=True) as file:
                    for block in one.content():
                        file.write(block)
                        yield sink.taken()
            left = [part for part in gathered if part.path not in {one.part.path for one in held}]
    yield sink.taken()


class _Lines:
    """CSV of one part, handed on block by block."""

    def __init__(self, part: Part, hand_on: Callable[[bytes], object]) -> None:
        self.part, self._hand_on = part, hand_on
        self._text = io.StringIO()
        self._text.write("\ufeff")  # without it Excel takes Khmer for something else
        self._writer = csv.writer(self._text)
        self._writer.writerow(_heading(part))
        self._paths = [POSITION, *part.paths]

    def add(self, row: Row, packed: Packed, parts: Sequence[Part]) -> None:
        if not self.part.path:
            self._writer.writerow(_main_line(self.part, parts, row, packed.values, packed.answers))
        elif table := packed.tables.get(self.part.path):
            if row.has_formula:
                self._writer.writerows(_cells(self.part, parts, row, packed.answers()))
            else:
                self._add_plainly(row.about[0], *table)
        if self._text.tell() > BLOCK:
            self.end()

    def _add_plainly(self, number: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Lines joined where no cell wants quotes, which is nearly always: half the time of the writer's."""
        if columns != self._paths:
            places = {path: place for place, path in enumerate(columns)}
            order = [places.get(path) for path in self._paths]
            rows = [["" if place is None else row[place] for place in order] for row in rows]
        start = f"{number},"
        text = start + f"\r\n{start}".join([",".join(row) for row in rows])
        ends = len(rows) - 1
        if (
            text.count(",") == len(rows) * len(self._paths)
            and text.count("\n") == ends
            and text.count("\r") == ends
            and '"' not in text
        ):
            self._text.write(text)
            self._text.write("\r\n")
        else:
            self._writer.writerows([[number, *row] for row in rows])

    def end(self) -> None:
        self._hand_on(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()


class _Held(_Lines):
    """A part that waits in memory, deflated, until the file before it is written."""

    def __init__(self, part: Part) -> None:
        self._deflate, self._blocks, self.size = zlib.compressobj(LEVEL), list[bytes](), 0
        super().__init__(part, self._hold)

    def _hold(self, block: bytes) -> None:
        self._blocks.append(self._deflate.compress(block))
        self.size += len(self._blocks[-1])

    def content(self) -> Iterator[bytes]:
        self.end()
        self._blocks.append(self._deflate.flush())
        inflate = zlib.decompressobj()
        for block in self._blocks:
            yield inflate.decompress(block)
        yield inflate.flush()


def _cells(part: Part, parts: Sequence[Part], row: Row, answers: Answers) -> Iterator[list[str]]:
    if not part.path:
        yield _main_line(part, parts, row, answers.values, lambda: answers)
        return
    for one in answers.repeats.get(part.path, ()):
        yield [row.about[0], one[POSITION], *(defused(one.get(path, "")) for path in part.paths)]


def _main_line(
    part: Part, parts: Sequence[Part], row: Row, values: Mapping[str, str], answers: Callable[[], Answers]
) -> list[str]:
    """A submission's own line; answers that no known version asks for stand whole in its last cell."""
    left = Answers() if row.is_known else without_column(answers(), parts)
    other = left.as_json() if left.values or left.repeats else ""
    return [*row.about, *(defused(values.get(path, "")) for path in part.paths), other]


def _heading(part: Part) -> list[str]:
    return [ABOUT[0], POSITION, *part.headings()] if part.path else [*ABOUT, *part.headings(), "other"]


def _names(parts: Sequence[Part], longest: int) -> list[str]:
    """A name for each file or sheet: short, different, and with no sign that either refuses."""
    found: list[str] = []
    for part in parts:
        plain = re.sub(r"[^\w-]+", "-", part.path.replace("/", "-"))[:longest] or MAIN
        name, number = plain, 1
        while name.lower() in {one.lower() for one in found}:
            number += 1
            name = f"{plain[: longest - 4]}-{number}"
        found.append(name)
    return found


class _Sink(io.RawIOBase):
    """Where the archive writes; what has gathered is taken and sent on."""

    def __init__(self) -> None:
        self._gathered = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, block: Any) -> int:
        self._gathered += block
        return len(block)

    def taken(self) -> bytes:
        block = bytes(self._gathered)
        self._gathered.clear()
        return block
