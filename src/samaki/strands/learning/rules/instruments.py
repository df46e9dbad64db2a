"""What an instrument asks, read from TOML and checked before anything is loaded. Pure: no database, no clock."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from samaki.strands.learning.rules.scoring import Item

SCORINGS = ("knowledge", "law", "gem", "washington_group", "likert")
WORDINGS = ("validated", "own_translation", "own_wording")
TESTS = frozenset({"knowledge", "law"})
GEM_ITEMS, GEM_REVERSED, GEM_VALUES = 24, 7, (1, 2, 3)
WASHINGTON_GROUP_ITEMS, WASHINGTON_GROUP_VALUES = 6, (1, 2, 3, 4, 7, 9)
MOST_ITEMS = 60
MOST_BANDS = 5


class InstrumentFault(ValueError):
    """A definition that cannot be used; `code` is stable, the text says where."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code} {where}".strip())
        self.code = code
        self.where = where


@dataclass(frozen=True)
class Choice:
    value: int
    km: str
    en: str


@dataclass(frozen=True)
class Question:
    km: str
    en: str
    choices: tuple[Choice, ...]
    is_reversed: bool = False
    right: int | None = None


@dataclass(frozen=True)
class Band:
    """A stretch of a scale's sum over the whole instrument, from `least` points up to the next band."""

    least: int
    km: str
    en: str


@dataclass(frozen=True)
class Definition:
    """One version of an instrument, as a file or a page gives it."""

    key: str
    scoring: str
    title_km: str
    title_en: str
    wording_km: str
    wording_en: str
    source: str
    questions: tuple[Question, ...]
    bands: tuple[Band, ...] = ()

    def digest(self) -> str:
        """The SHA-256 of the definition in canonical JSON: equal digests are equal definitions."""
        told = asdict(self)
        if not self.bands:
            del told["bands"]  # so that what shipped before there were bands is known by its digest
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> Definition:
    """Raises InstrumentFault naming what is missing or cannot be."""
    table = tomllib.loads(text)
    try:
        shared = _choices(table.get("choices", []))
        found = Definition(
            key=table["key"],
            scoring=table["scoring"],
            title_km=table["title"]["km"],
            title_en=table["title"]["en"],
            wording_km=table["wording_km"],
            wording_en=table["wording_en"],
            source=table["source"],
            questions=tuple(
                Question(
                    item["km"],
                    item["en"],
                    _choices(item["choices"]) if "choices" in item else shared,
                    item.get("is_reversed", False),
                    item.get("right"),
                )
                for item in table["items"]
            ),
        )
    except KeyError as missing:
        raise InstrumentFault("missing", str(missing)) from missing
    check(found)
    return found


def _choices(table: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    return tuple(Choice(one["value"], one["km"], one["en"]) for one in table)


def check(one: Definition) -> None:
    """Raises InstrumentFault where its scoring could not score it."""
    if one.scoring not in SCORINGS or {one.wording_km, one.wording_en} - set(WORDINGS):
        raise InstrumentFault("unknown_word")
    if not one.questions or len(one.questions) > MOST_ITEMS:
        raise InstrumentFault("items_number")
    for number, question in enumerate(one.questions, start=1):
        _check(one.scoring, question, str(number))
    if one.scoring == "gem" and (
        len(one.questions) != GEM_ITEMS or sum(question.is_reversed for question in one.questions) != GEM_REVERSED
    ):
        raise InstrumentFault("gem_shape")
    if one.scoring == "washington_group" and len(one.questions) != WASHINGTON_GROUP_ITEMS:
        raise InstrumentFault("washington_group_shape")
    _check_bands(one)


def _check_bands(one: Definition) -> None:
    """From the lowest sum there can be, each band higher than the one before and none beyond the highest sum."""
    if not one.bands:
        return
    if one.scoring != "likert" or not 2 <= len(one.bands) <= MOST_BANDS:
        raise InstrumentFault("bands_number")
    if any(not band.km.strip() or not band.en.strip() for band in one.bands):
        raise InstrumentFault("bands_words")
    values = [[choice.value for choice in question.choices] for question in one.questions]
    least, most = (sum(end(each) for each in values) for end in (min, max))
    starts = [band.least for band in one.bands]
    if starts[0] != least or starts[-1] > most or any(low >= high for low, high in pairwise(starts)):
        raise InstrumentFault("bands_order", f"{least}–{most}")


def _check(scoring: str, question: Question, where: str) -> None:
    values = tuple(choice.value for choice in question.choices)
    if not question.km.strip() or not question.en.strip():
        raise InstrumentFault("words_missing", where)
    if any(not choice.km.strip() or not choice.en.strip() for choice in question.choices):
        raise InstrumentFault("words_missing", where)
    if len(values) < 2 or len(set(values)) < len(values) or min(values) < 0:
        raise InstrumentFault("choices", where)
    if (question.right is not None) != (scoring in TESTS) or (
        question.right is not None and question.right not in values
    ):
        raise InstrumentFault("right_answer", where)
    if question.is_reversed and scoring not in ("gem", "likert"):
        raise InstrumentFault("reversed", where)
    if scoring == "gem" and tuple(sorted(values)) != GEM_VALUES:
        raise InstrumentFault("gem_shape", where)
    if scoring == "washington_group" and tuple(sorted(values)) != WASHINGTON_GROUP_VALUES:
        raise InstrumentFault("washington_group_shape", where)


def items_of(questions: Sequence[Question]) -> list[Item]:
    """The questions as `scoring` wants them."""
    return [
        Item(number, tuple(sorted(choice.value for choice in one.choices)), one.is_reversed, one.right)
        for number, one in enumerate(questions, start=1)
    ]
