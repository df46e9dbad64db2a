"""Answers of a filled form, by path: what the questions of the form itself say, and the rows of each repeated part."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

POSITION = "#"  # of a row: "1", or "1/2" for the second row inside the first row of the part around it


@dataclass
class Answers:
    """`values`: path below the root → text, unanswered left out. `repeats`: path of the repeated part → its rows, each
    with POSITION and its own paths. Paths are such as "people/sex"."""

    values: dict[str, str] = field(default_factory=dict)
    repeats: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def as_json(self) -> str:
        """With each repeated part as a table: its columns once, then its rows, "" where nothing was answered."""
        tables = {}
        for part, rows in self.repeats.items():
            columns = list(dict.fromkeys(chain.from_iterable(rows)))
            tables[part] = columns, [[row.get(path, "") for path in columns] for row in rows]
        return json.dumps([self.values, tables], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Answers:
        return Packed.from_json(text).answers()


@dataclass(frozen=True)
class Packed:
    """Answers as they are stored: each repeated part is its columns and its rows. For whoever reads a million rows."""

    values: dict[str, str]
    tables: Mapping[str, tuple[Sequence[str], Sequence[Sequence[str]]]]

    @classmethod
    def from_json(cls, text: str) -> Packed:
        return cls(*json.loads(text))

    def answers(self) -> Answers:
        repeats = {
            part: [{path: text for path, text in zip(columns, row, strict=True) if text} for row in rows]
            for part, (columns, rows) in self.tables.items()
        }
        return Answers(self.values, repeats)
