"""A condition of a form in words: «Kind of meeting» is «Training», and so on. What cannot be said stays as written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import pgettext

from samaki.engines.fieldforms.xlsforms import xpaths

LONGEST = 600
Names = tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """Labels of nodes and of their choices, in the reader's language."""

    labels: Mapping[Names, str]
    choices: Mapping[Names, Mapping[str, str]]


def in_words(expression: str, context: Names, said: Said) -> str:
    """The expression as a sentence; the expression itself where it is not read, or its sentence would be too long."""
    try:
        found = xpaths.tokens(expression)
    except xpaths.Unreadable:
        return expression
    paths = {path.start: path for path in xpaths.paths(found) if not path.depth}
    words: list[str] = []
    about: Names | None = None  # the question a value is compared with
    at = 0
    while at < len(found):
        token = found[at]
        path = paths.get(token.start)
        if token.text in {"selected", "not"} and found[at + 1 : at + 2] and found[at + 1].text == "(":
            words.append(pgettext("condition", "chosen") if token.text == "selected" else pgettext("condition", "not"))
        elif path is not None:
            about = xpaths.resolved(path, context)
            words.append(_named(about, context, said, expression[path.start : path.end]))
            at = max(at + 1, next((i for i in range(at, len(found)) if found[i].start >= path.end), len(found)))
            continue
        elif token.kind in {"text", "number"}:
            value = token.text.strip("'\"")
            label = said.choices.get(about, {}).get(value, "") if about else ""
            words.append(f"«{label}»" if label else value or pgettext("condition", "empty"))
        else:
            words.append(_word(token.text))
        at += 1
    sentence = " ".join(words)
    for before, after in (("( ", "("), (" )", ")"), (" ,", ","), (" ()", "()")):
        sentence = sentence.replace(before, after)
    return sentence if len(sentence) <= LONGEST else expression


def _named(reached: Names | None, context: Names, said: Said, written: str) -> str:
    if reached == context:
        return pgettext("condition", "the answer")
    label = said.labels.get(reached, "") if reached else ""
    return f"«{label or reached[-1]}»" if reached else written


def _word(text: str) -> str:
    return {
        "=": pgettext("condition", "is"),
        "!=": pgettext("condition", "is not"),
        ">": pgettext("condition", "is more than"),
        "<": pgettext("condition", "is less than"),
        ">=": pgettext("condition", "is at least"),
        "<=": pgettext("condition", "is at most"),
        "and": pgettext("condition", "and"),
        "or": pgettext("condition", "or"),
    }.get(text, text)
