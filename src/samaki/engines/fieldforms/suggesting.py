"""Which question answers which field of a handler, as far as names and labels tell: a proposal for people to check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypedDict

from django.utils import translation
from django.utils.functional import Promise
from rapidfuzz import fuzz

from samaki.engines.fieldforms.rules import LANGUAGES
from samaki.engines.fieldforms.xforms import Question
from samaki.kernel.form_handlers import FormHandler, HandlerField
from samaki.kernel.tables.cells import folded

ALIKE = 84  # of 100, as rapidfuzz measures it


class Mapping_(TypedDict):
    """As a form keeps it: "field" or "part.field" → path; part → path of the repeat; values; constants."""

    fields: dict[str, str]
    repeats: dict[str, str]
    values: dict[str, dict[str, str]]
    constants: dict[str, str]


def suggested(handler: FormHandler, questions: Sequence[Question], repeats: Iterable[str]) -> Mapping_:
    """Each question is offered once, to the field it is most like; what is like nothing is left out."""
    parts = _parts(handler, questions, list(repeats))
    found = Mapping_(fields={}, repeats=parts, values={}, constants={})
    taken: set[str] = set()
    scored = sorted(
        (
            (_likeness(field, question), -place, field, question)
            for field in handler.fields
            for place, question in enumerate(questions)
            if question.repeat == (parts.get(field.repeat) if field.repeat else "")
        ),
        key=lambda one: (-one[0], -one[1]),
    )
    for likeness, _place, field, question in scored:
        key = key_of(field)
        if likeness < ALIKE or key in found["fields"] or question.path in taken:
            continue
        found["fields"][key] = question.path
        taken.add(question.path)
        if field.choices and question.choices:
            found["values"][key] = suggested_values(field, question)
    return found


def suggested_values(field: HandlerField, question: Question) -> dict[str, str]:
    """The form's value → the handler's choice, where name or label is the same."""
    known = {folded(text): choice.key for choice in field.choices for text in (choice.key, *_said(choice.label))}
    pairs = {value: known.get(folded(value)) or known.get(folded(km)) or known.get(folded(en))
             for value, km, en in question.choices}  # fmt: skip
    return {value: key for value, key in pairs.items() if key}


def key_of(field: HandlerField) -> str:
    return f"{field.repeat}.{field.key}" if field.repeat else field.key


def _parts(handler: FormHandler, questions: Sequence[Question], repeats: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in sorted({field.repeat for field in handler.fields if field.repeat}):
        fields = [field for field in handler.fields if field.repeat == part]

        def worth(path: str, fields: Sequence[HandlerField] = fields, part: str = part) -> float:
            inside = [question for question in questions if question.repeat == path]
            best = [max((_likeness(field, question) for question in inside), default=0) for field in fields]
            return sum(one for one in best if one >= ALIKE) + fuzz.ratio(path.rpartition("/")[2], part)

        best_path = max((path for path in repeats if path not in found.values()), key=worth, default="")
        if best_path and worth(best_path) >= ALIKE:
            found[part] = best_path
    return found


def _likeness(field: HandlerField, question: Question) -> float:
    if folded(question.name) == folded(field.key):
        return 101
    words = {folded(text) for text in (question.label_km, question.label_en, question.name) if text}
    return max((fuzz.ratio(ours, theirs) for ours in map(folded, _said(field.label)) for theirs in words), default=0)


def _said(label: str | Promise) -> Iterator[str]:
    for language in LANGUAGES:
        with translation.override(language):
            yield str(label)
