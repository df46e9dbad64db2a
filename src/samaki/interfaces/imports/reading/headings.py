"""Which row holds the headings, and which heading is which column. Pure. What only looks alike is never taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from samaki.kernel.tables import Column
from samaki.kernel.tables.cells import folded, plain

LOOKED_AT = 40  # lines among which the headings stand
ENOUGH = 2  # known headings that make a row the heading row
SUGGESTED_FROM = 70.0  # likeness 0–100 below which a heading is no suggestion
NOTES_HEAD = ("ជួរឈរ Column", "ត្រូវបំពេញ Needed", "ពន្យល់", "Explanation")  # of the notes in our own workbooks
_PARTS = re.compile(r"[\n/()|*–—]+")


@dataclass
class Matched:
    """`places` by column key (from 0), `headings` as written by place; `doubled` are columns two headings claim."""

    places: dict[str, int] = field(default_factory=dict)
    headings: dict[int, str] = field(default_factory=dict)
    doubled: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def unused(self) -> list[str]:
        used = set(self.places.values())
        return [heading for place, heading in self.headings.items() if place not in used]


class Headings:
    """The headings one kind of table answers to, and those an organisation has matched by hand."""

    def __init__(self, columns: Sequence[Column], remembered: Mapping[str, str] | None = None) -> None:
        self.columns = columns
        self.remembered = remembered or {}
        self._labels: dict[str, str] = {}
        self._names: dict[str, str] = {}
        for column in columns:
            for name in (column.label_en, column.label_km, column.key, column.key.replace("_", " ")):
                self._labels.setdefault(folded(name), column.key)
            for name in column.names:
                self._names.setdefault(folded(name), column.key)

    def match(self, row: Sequence[object]) -> Matched:
        found = Matched()
        strength: dict[str, int] = {}
        for place, cell in enumerate(row):
            if not isinstance(cell, str) or not (heading := plain(cell)):
                continue
            found.headings[place] = heading
            key, how = self._known(cell)
            if not key:
                continue
            if key not in found.places or how > strength[key]:
                found.places[key], strength[key] = place, how
                found.doubled.pop(key, None)
            elif how == strength[key]:
                found.doubled[key] = (found.headings[found.places[key]], heading)
        return found

    def _known(self, cell: str) -> tuple[str, int]:
        """The column's key and how surely it is meant; "" where the heading is not known."""
        whole = folded(cell)
        if whole in self.remembered:
            return self.remembered[whole], 9
        lines = [folded(line) for line in cell.splitlines()]
        parts = [folded(part) for part in _PARTS.split(cell)]
        for sure, words in ((7, [whole]), (4, lines), (1, parts)):
            for known, more in ((self._labels, 1), (self._names, 0)):
                key = next((known[word] for word in words if word in known), "")
                if key:
                    return key, sure + more
        return "", 0

    def nearest(self, column: Column, headings: Iterable[str]) -> str | None:
        """The unused heading most like one of the column's own, for a person to confirm."""
        own = [folded(name) for name in (column.label_en, column.label_km, *column.names)]
        best: str | None = None
        most = SUGGESTED_FROM
        for heading in headings:
            found = process.extractOne(folded(heading), own, scorer=fuzz.ratio)
            if found is not None and found[1] >= most:
                best, most = heading, found[1]
        return best


def heading_row(headings: Headings, rows: Sequence[Sequence[object]]) -> tuple[int, Matched] | None:
    """The index of the row with most known headings and what they are; the first of equals. None where no row has
    enough of them."""
    best: tuple[int, Matched] | None = None
    for index, row in enumerate(rows[:LOOKED_AT]):
        matched = headings.match(row)
        if len(matched.places) >= ENOUGH and (best is None or len(matched.places) > len(best[1].places)):
            best = (index, matched)
    return best


def is_own_notes(rows: Sequence[Sequence[object]]) -> bool:
    """Whether it is the sheet of explanations that our own workbooks carry."""
    return bool(rows) and tuple(rows[0][: len(NOTES_HEAD)]) == NOTES_HEAD


def likely_heading_row(rows: Sequence[Sequence[object]]) -> int | None:
    """Where no heading is known: the first of the rows with most words, for a person to match by hand."""
    widths = [sum(isinstance(cell, str) and bool(plain(cell)) for cell in row) for row in rows[:LOOKED_AT]]
    most = max(widths, default=0)
    return widths.index(most) if most else None
