"""An answer as people read it: the words of a choice, a day in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import get_language

from samaki.engines.fieldforms.xforms import Question
from samaki.ui import words

LISTS = frozenset({"select_one", "select_multiple", "rank"})


def choices_of(question: Question) -> Mapping[str, str]:
    """Value → words in the reader's language."""
    khmer = (get_language() or "km").startswith("km")
    return {value: ((km or en) if khmer else (en or km)) or value for value, km, en in question.choices}


def in_words(question: Question | None, text: str, choices: Mapping[str, str] | None = None) -> str:
    """What cannot be read as its question wants stays as it was sent. `choices` spares working them out again."""
    if question is None:
        return text
    if question.kind in LISTS:
        said = choices_of(question) if choices is None else choices
        return ", ".join(
            said.get(value, value) for value in (text.split() if question.kind != "select_one" else [text])
        )
    return day_in_words(text) if question.kind == "date" else text


def day_in_words(text: str) -> str:
    try:
        return words.day(dt.date.fromisoformat(text[:10]))
    except ValueError:
        return text
