"""Which question answers which field of a handler, as far as names and labels tell: a proposal for people to check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import TypedDict

from django.utils import translation
from django.utils.functional import Promise
from rapidfuzz import fuzz

from samaki.engines.fieldforms.rules import LANGUAGES
from samaki.engines.fieldforms.xforms import Question
from samaki.kernel.form_handlers import FormHandler, HandlerField, Kind
from samaki.kernel.tables.cells import folded

ALIKE = 84  # of 100, as rapidfuzz measures it
_HELD = re.compile(r"\b(?:held|date|day|when|on)\b|ថ្ងៃ|កាលបរិច្ឆេទ", re.IGNORECASE)
_BIRTH = re.compile(r"birth|dob|born|កំណើត", re.IGNORECASE)


class Mapping_(TypedDict):
    """As a form keeps it: "field" or "part.field" → path; part → path of the repeat; values; constants."""

    fields: dict[str, str]
    repeats: dict[str, str]
    values: dict[str, dict[str, str]]
    constants: dict[str, str]


def suggested(handler: FormHandler, questions: Sequence[Question], repeats: Iterable[str]) -> Mapping_:
    """Each question is offered once, to the field it is most like; what is like nothing is left out, but a date that
    every record needs takes the form's date."""
    words = [_words_of(question) for question in questions]
    parts = _parts(handler, questions, words, list(repeats))
    found = Mapping_(fields={}, repeats=parts, values={}, constants={})
    taken: set[str] = set()
    scored = sorted(
        (
            (likeness, -place, field, question)
            for field in handler.fields
            for wanted in (parts.get(field.repeat) if field.repeat else "",)
            for ours in (_labels_of(field),)
            for place, question in enumerate(questions)
            if question.repeat == wanted and (likeness := _likeness(field, ours, question, words[place])) >= ALIKE
        ),
        key=lambda one: (-one[0], -one[1]),
    )
    for _alike, _place, field, question in scored:
        key = key_of(field)
        if key in found["fields"] or question.path in taken:
            continue
        found["fields"][key] = question.path
        taken.add(question.path)
        if field.choices and question.choices:
            found["values"][key] = suggested_values(field, question)
    for field in _dates_needed(handler, found):
        if (path := _date_asked(field, questions, taken)) is not None:
            found["fields"][key_of(field)] = path
            taken.add(path)
    return found


def _dates_needed(handler: FormHandler, found: Mapping_) -> Iterator[HandlerField]:
    """Dates without which nothing is recorded and that no question was found for by name or label."""
    matched = found["fields"]
    for field in handler.fields:
        if field.required and not field.repeat and field.kind is Kind.DATE and field.key not in matched:
            yield field
    for keys in handler.one_of:
        dates = [field for field in map(handler.field, keys) if field.kind is Kind.DATE]
        if dates and not matched.keys() & set(keys):
            yield dates[0]


def _date_asked(field: HandlerField, questions: Sequence[Question], taken: Set[str]) -> str | None:
    """The date question that says of itself when something was held, or else the only one there is."""
    dates = [
        one
        for one in questions
        if one.kind in {"date", "dateTime"} and one.is_asked and not one.repeat and one.path not in taken
        and not _BIRTH.search(f"{one.name} {one.label_km} {one.label_en}")
    ]  # fmt: skip
    told = [one for one in dates if _HELD.search(f"{one.name} {one.label_km} {one.label_en}".replace("_", " "))]
    best = told or (dates if len(dates) == 1 else [])
    return best[0].path if best else None


def suggested_values(field: HandlerField, question: Question) -> dict[str, str]:
    """The form's value → the handler's choice, where name or label is the same."""
    known = {folded(text): choice.key for choice in field.choices for text in (choice.key, *_said(choice.label))}
    pairs = {value: known.get(folded(value)) or known.get(folded(km)) or known.get(folded(en))
             for value, km, en in question.choices}  # fmt: skip
    return {value: key for value, key in pairs.items() if key}


def key_of(field: HandlerField) -> str:
    return f"{field.repeat}.{field.key}" if field.repeat else field.key


def _parts(
    handler: FormHandler, questions: Sequence[Question], words: Sequence[Set[str]], repeats: Sequence[str]
) -> dict[str, str]:
    inside: dict[str, list[tuple[Question, Set[str]]]] = {}
    for question, said in zip(questions, words, strict=True):
        inside.setdefault(question.repeat, []).append((question, said))
    found: dict[str, str] = {}
    for part in sorted({field.repeat for field in handler.fields if field.repeat}):
        fields = [(field, _labels_of(field)) for field in handler.fields if field.repeat == part]
        worths = {
            path: fuzz.ratio(path.rpartition("/")[2], part)
            + sum(
                best
                for field, ours in fields
                if (best := max((_likeness(field, ours, *one) for one in inside.get(path, ())), default=0)) >= ALIKE
            )
            for path in repeats
            if path not in found.values()
        }
        best_path = max(worths, key=lambda path: worths[path], default="")
        if best_path and worths[best_path] >= ALIKE:
            found[part] = best_path
    return found


def _likeness(field: HandlerField, labels: Sequence[str], question: Question, words: Set[str]) -> float:
    if folded(question.name) == folded(field.key):
        return 101
    return max((fuzz.ratio(ours, theirs, score_cutoff=ALIKE) for ours in labels for theirs in words), default=0)


def _words_of(question: Question) -> Set[str]:
    return {folded(text) for text in (question.label_km, question.label_en, question.name) if text}


def _labels_of(field: HandlerField) -> Sequence[str]:
    return [folded(text) for text in _said(field.label)]


def _said(label: str | Promise) -> Iterator[str]:
    for language in LANGUAGES:
        with translation.override(language):
            yield str(label)
