"""A file of separated values: comma, semicolon, tab or bar; UTF-8 with or without its mark, or UTF-16."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from samaki.kernel.tables.content import MOST_COLUMNS, MOST_LINES, MOST_ROWS, RawSheet, Unusable

DELIMITERS = ",;\t|"
LOOKED_AT = 40  # lines that tell the delimiter


def sheets(content: bytes) -> Iterator[RawSheet]:
    """One sheet without a name. Raises Unusable, also while its rows are read."""
    encoding = encoding_of(content)
    delimiter = _delimiter(content, encoding)
    yield RawSheet("", 0, _rows(content, encoding, delimiter))


def encoding_of(content: bytes) -> str:
    """Raises Unusable for letters of an older kind, which cannot be told apart safely."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8", *_wide(content)):
        try:
            codecs.getincrementaldecoder(encoding)().decode(content, final=True)
        except UnicodeDecodeError:
            continue
        if encoding != "utf-8" or b"\x00" not in content:
            return encoding
    raise Unusable("file_encoding")


def _wide(content: bytes) -> tuple[str, ...]:
    """UTF-16 without its mark shows by the zero bytes of Latin letters and separators."""
    start = content[:4_000]
    if start[1::2].count(0) > len(start) // 8:
        return ("utf-16-le",)
    return ("utf-16-be",) if start[0::2].count(0) > len(start) // 8 else ()


def _text(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")


def _delimiter(content: bytes, encoding: str) -> str:
    """The one that gives most lines of one same width."""

    def agreement(delimiter: str) -> tuple[int, int]:
        try:
            rows = list(islice(csv.reader(_text(content, encoding), delimiter=delimiter), LOOKED_AT))
        except (csv.Error, UnicodeError):
            return (0, 0)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, lines = max(widths.items(), key=lambda item: item[0] * item[1], default=(0, 0))
        return (width * lines, lines)

    return max(DELIMITERS, key=agreement)


def _rows(content: bytes, encoding: str, delimiter: str) -> Iterator[list[object]]:
    reader = csv.reader(_text(content, encoding), delimiter=delimiter)
    try:
        for line, row in enumerate(reader, start=1):
            if line > MOST_LINES:
                raise Unusable("too_many_rows", most=f"{MOST_ROWS:,}")
            if len(row) > MOST_COLUMNS:
                raise Unusable("sheet_too_wide", column=str(len(row)))
            yield list(row)
    except (csv.Error, UnicodeError):
        raise Unusable("file_damaged") from None
