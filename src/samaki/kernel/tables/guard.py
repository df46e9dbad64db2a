"""Looking through a workbook before it is opened: what it unpacks to, how far its sheets reach, which cells are broken.

The reader that follows allocates a sheet's whole rectangle, so one cell in the far corner would take all memory; and it
gives "" for a formula that failed, which must not pass for an empty cell.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from defusedxml import ElementTree  # type: ignore[import-untyped]  # ships no types
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

from samaki.kernel.tables import Broken
from samaki.kernel.tables.content import (
    MOST_BROKEN,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_LINES,
    MOST_ROWS,
    MOST_UNPACKED,
    Unusable,
)

BLOCK = 1 << 20
LONGEST_ROW = 4 << 20
SMALL_PART = 8 << 20
ALWAYS_NEAR = 26  # columns A to Z
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_P = rb"(?:\w+:)?"  # a namespace prefix some programs write
_ROW = re.compile(rb"<" + _P + rb"row[ >]")
_FAR = re.compile(rb'r="[A-Z](?:[A-Z]|\d{6})')  # tells most blocks apart at once
_FAR_ROW = re.compile(rb'row[^>]* r="(\d{6,})"')
_FILLED_FAR = re.compile(rb' r="([A-Z]{2,3}\d+|[A-Z]\d{6,})"[^>]*(?<!/)>')
_FORMULA = rb"(?:<" + _P + rb"f[^>]*/>|<" + _P + rb"f[^>]*>[^<]*</" + _P + rb"f>)"
_ERROR = re.compile(rb"<" + _P + rb'c ([^>]*\bt="e"[^>]*)>' + _FORMULA + rb"?(?:<" + _P + rb"v>([^<]*)<)?")
_EMPTY_VALUE = rb"(?:<" + _P + rb"v ?/>|<" + _P + rb"v></" + _P + rb"v>)?"
_NO_VALUE = re.compile(rb"<" + _P + rb"c ([^>]*)>" + _FORMULA + _EMPTY_VALUE + rb"</" + _P + rb"c>")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')

Spots = dict[tuple[int, int], Broken]  # (line from 1, column from 0)


@dataclass
class _Sheet:
    name: str
    lines: int = 0
    columns: int = 0
    spots: Spots = field(default_factory=dict)


def look_through(content: bytes) -> dict[str, Spots]:
    """Broken cells by the name of their sheet. Raises Unusable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _look_through(archive)
    except DefusedXmlException:
        raise Unusable("file_with_entities") from None
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, ValueError, RuntimeError, ElementTree.ParseError
    ) as error:  # fmt: skip
        raise Unusable("file_damaged") from error


def _look_through(archive: zipfile.ZipFile) -> dict[str, Spots]:
    infos = archive.infolist()
    names = {info.filename for info in infos}
    if any(info.flag_bits & 0x1 for info in infos):
        raise Unusable("file_protected")
    if "xl/workbook.xml" not in names:
        other = {"xl/workbook.bin", "content.xml", "word/document.xml"} & names
        raise Unusable("file_other_workbook" if other else "file_not_a_table")
    if len(names) != len(infos):
        raise Unusable("file_damaged")  # two parts of one name: which is read is anyone's guess
    sheets = _sheets(archive)
    unpacked = 0
    for info in infos:
        if not info.filename.endswith((".xml", ".rels")):
            continue  # pictures and the like are never opened
        sheet = sheets.get(info.filename)
        with archive.open(info) as part:
            for size, block in _blocks(part, by_row=sheet is not None):
                unpacked += size
                if unpacked > MOST_UNPACKED:
                    raise Unusable("file_unpacks_too_large", most=MOST_UNPACKED // 1024 // 1024)
                if b"<!DOCTYPE" in block or b"<!ENTITY" in block or block[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    raise Unusable("file_with_entities")
                if sheet is not None:
                    _measure(sheet, block)
                    _note_broken(sheet, block)
    return {sheet.name: sheet.spots for sheet in sheets.values()}


def _sheets(archive: zipfile.ZipFile) -> dict[str, _Sheet]:
    """The sheets by the part that holds each."""
    book, relations = archive.getinfo("xl/workbook.xml"), archive.getinfo("xl/_rels/workbook.xml.rels")
    if max(book.file_size, relations.file_size) > SMALL_PART:
        raise Unusable("file_unpacks_too_large", most=SMALL_PART // 1024 // 1024)
    parts: dict[str | None, str] = {}
    for relation in ElementTree.fromstring(archive.read(relations), forbid_dtd=True):
        target = relation.get("Target", "")
        parts[relation.get("Id")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return {
        parts.get(sheet.get(_RELATION), ""): _Sheet(sheet.get("name", ""))
        for sheet in ElementTree.fromstring(archive.read(book), forbid_dtd=True).iter()
        if sheet.tag.endswith("}sheet")
    }


def _blocks(part: IO[bytes], *, by_row: bool) -> Iterator[tuple[int, bytes]]:
    """Blocks of about a megabyte with the bytes read for each; `by_row`: each ends where a row begins."""
    rest = b""
    while piece := part.read(BLOCK):
        joined = rest + piece
        cut = max(joined.rfind(b"<row"), joined.rfind(b":row ")) if by_row else len(joined)
        rest = joined[cut:] if cut > 0 else joined
        yield len(piece), joined[:cut] if cut > 0 else b""
        if len(rest) > LONGEST_ROW:
            raise Unusable("sheet_too_wide", column="XFD")
    yield 0, rest


def _measure(sheet: _Sheet, block: bytes) -> None:
    """How far cells with content reach. Cells usually name their place; those that do not are counted row by row."""
    sheet.columns = max(sheet.columns, ALWAYS_NEAR)
    rows = block.count(b"<row ") + block.count(b"<row>") + block.count(b":row ")
    cells = block.count(b"<c ") + block.count(b"<c>") + block.count(b":c ") + block.count(b"<c/>")
    sheet.lines += rows
    if cells > block.count(b"<c r="):  # some do not begin with their place, and may not name it
        found = (row.count(b"<c") + row.count(b":c") for row in _ROW.split(block))
        sheet.columns = max(sheet.columns, *found)
        sheet.lines = max(sheet.lines, *(int(number) for number in _FAR_ROW.findall(block)), 0)
    if not _FAR.search(block):
        _within_limits(sheet)
        return
    for match in _FILLED_FAR.finditer(block):
        place = _PLACE.search(match[0])
        if place is not None:
            sheet.columns = max(sheet.columns, column_number(place[1]) + 1)
            sheet.lines = max(sheet.lines, int(place[2]))
    _within_limits(sheet)


def _within_limits(sheet: _Sheet) -> None:
    if sheet.lines > MOST_LINES:
        raise Unusable("too_many_rows", value=sheet.name, most=f"{MOST_ROWS:,}")
    if sheet.columns > MOST_COLUMNS:
        raise Unusable("sheet_too_wide", value=sheet.name, column=column_letters(sheet.columns - 1))
    if sheet.lines * sheet.columns > MOST_CELLS:
        raise Unusable("sheet_too_large", value=sheet.name, rows=f"{sheet.lines:,}", columns=f"{sheet.columns:,}")


def _note_broken(sheet: _Sheet, block: bytes) -> None:
    if b't="e"' in block:
        for match in _ERROR.finditer(block):
            _note(sheet, match[1], (match[2] or b"").decode(errors="replace"))
    if b"<f" in block or b":f" in block:
        for match in _NO_VALUE.finditer(block):
            if b't="str"' not in match[1]:  # a formula may well answer with an empty text
                _note(sheet, match[1], "")
    if len(sheet.spots) > MOST_BROKEN:
        raise Unusable("too_many_broken_cells", value=sheet.name, most=f"{MOST_BROKEN:,}")


def _note(sheet: _Sheet, attributes: bytes, shown: str) -> None:
    place = _PLACE.search(b" " + attributes)
    if place is not None:
        sheet.spots[int(place[2]), column_number(place[1])] = Broken(shown)


def column_number(letters: bytes) -> int:
    """0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def column_letters(number: int) -> str:
    """ "A" for 0, "AA" for 26."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
