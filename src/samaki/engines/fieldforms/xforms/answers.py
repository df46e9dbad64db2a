"""Answers of a filled form, by path: what the questions of the form itself say, and the rows of each repeated part."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

POSITION = "#"  # of a row: "1", or "1/2" for the second row inside the first row of the part around it


@dataclass
class Answers:
    """`values`: path below the root → text, unanswered left out. `repeats`: path of the repeated part → its rows, each
    with POSITION and its own paths. Paths are such as "people/sex"."""

    values: dict[str, str] = field(default_factory=dict)
    repeats: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def as_json(self) -> str:
        return json.dumps([self.values, self.repeats], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Answers:
        values, repeats = json.loads(text)
        return cls(values, repeats)

    def texts(self) -> Iterable[str]:
        yield from self.values.values()
        for rows in self.repeats.values():
            for row in rows:
                yield from row.values()
