"""A table as a page shows it: it scrolls inside itself, never the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from samaki.ui import words


@dataclass(frozen=True)
class Entry:
    """One cell: text, where it leads, and the key of a status where it is one."""

    text: str | Promise
    href: str = ""
    status: str = ""


@dataclass(frozen=True)
class Column:
    label: str | Promise
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """`caption` says what the rows are; the first column heads its row. `csv` is where the same rows come as a file."""

    caption: str | Promise
    columns: Sequence[Column]
    rows: Sequence[Sequence[Entry]]
    foot: Sequence[Entry] = ()
    csv: str = ""
    caption_seen: bool = True


def entry(value: object) -> Entry:
    """A value as people read it; None is unknown."""
    if isinstance(value, Entry):
        return value
    if value is None:
        return Entry(words.number(None))
    if isinstance(value, bool):
        return Entry(str(value))
    if isinstance(value, (int, float)):
        return Entry(words.number(value))
    return Entry(str(value))
