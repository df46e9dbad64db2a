"""What a catalogue must hold to; each check answers with the faults it found, in words."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from samaki.ui.catalogues.po import Entry

PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]|%%|%[sd]|\{\w+\}")


def glossary(path: Path) -> dict[str, dict[str, str]]:
    """Rows of the glossary by their English term."""
    with path.open(newline="") as file:
        return {row["term_en"]: row for row in csv.DictReader(file)}


def avoided(path: Path) -> list[tuple[re.Pattern[str], str]]:
    """Patterns that no Khmer text may hold, each with what to write instead."""
    with path.open(newline="") as file:
        return [(re.compile(row["pattern"]), row["instead"]) for row in csv.DictReader(file)]


def untranslated(entries: Iterable[Entry]) -> list[str]:
    return [entry.message for entry in entries if entry.fuzzy or not entry.translated]


def placeholders_differ(entries: Iterable[Entry]) -> list[str]:
    """A translation must carry the placeholders of its message; a plural form may leave out the number of one."""
    faults = []
    for entry in entries:
        wanted = sorted(PLACEHOLDER.findall(entry.plural or entry.message))
        faults += [entry.message for text in entry.texts if text and sorted(PLACEHOLDER.findall(text)) != wanted]
    return faults


def off_glossary(entries: Iterable[Entry], terms: dict[str, dict[str, str]]) -> list[str]:
    """A message that is a term of the glossary must be translated by the glossary's word."""
    return [
        f"{entry.message}: {entry.texts[0]} instead of {terms[entry.message]['term_km']}"
        for entry in entries
        if entry.message in terms and entry.context is None and entry.texts[0] != terms[entry.message]["term_km"]
    ]


def badly_worded(entries: Iterable[Entry], patterns: list[tuple[re.Pattern[str], str]]) -> list[str]:
    return [
        f"{entry.message}: «{pattern.pattern}», {instead}"
        for entry in entries
        for text in entry.texts
        for pattern, instead in patterns
        if pattern.search(text)
    ]
