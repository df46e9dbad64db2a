"""A submission's answers for whoever verifies it, cut to what she may see.

Her own organisation's data staff see all but typed names; a programme officer sees figures, choices and days, places
down to the commune, and of repeated parts how many rows there are (domain.md section 6).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from samaki.engines.fieldforms.built_in import is_job
from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.opening import opened
from samaki.engines.fieldforms.xforms import Question
from samaki.ground.activities.queries import activities
from samaki.ground.groups.queries import groups
from samaki.ground.places.queries import of_codes, paths
from samaki.interfaces.forms.answers import day_in_words
from samaki.kernel.actors import AnyActor
from samaki.kernel.form_handlers import FormHandler, HandlerField, Kind, form_handlers
from samaki.kernel.sealed import SealBroken
from samaki.ui import words

COMMUNE = 3  # level below which a place is told to its own organisation alone
OPEN_TO_OFFICERS = frozenset({Kind.DATE, Kind.MONTH, Kind.COUNT, Kind.YES_NO, Kind.CHOICE, Kind.PLACE, Kind.GROUP})
HIDDEN = "••••"


@dataclass(frozen=True)
class Line:
    label: str
    value: str


@dataclass(frozen=True)
class Part:
    """A repeated part: how many rows, and the rows where they may be seen."""

    label: str
    count: int
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Shown:
    """`is_readable` False: encrypted by the phone, or its key was destroyed by a withdrawal."""

    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    is_readable: bool


def shown(actor: AnyActor, submission: Submission, *, with_names: bool) -> Shown:
    if submission.is_encrypted:
        return Shown((), (), is_readable=False)
    try:
        answers = opened(submission).answers
    except SealBroken:
        return Shown((), (), is_readable=False)
    about = _Questions(actor, submission, with_names=with_names)
    lines = (about.line(path, text) for path, text in answers.values.items())
    parts = (about.part(path, rows) for path, rows in answers.repeats.items())
    return Shown(tuple(line for line in lines if line), tuple(parts), is_readable=True)


class _Questions:
    """What each path of the form asks: by the handler's field that it is mapped to, else by the form's own words."""

    def __init__(self, actor: AnyActor, submission: Submission, *, with_names: bool) -> None:
        self.actor, self.submission, self.with_names = actor, submission, with_names
        form, version = submission.form, submission.form_version
        self.handler: FormHandler | None = None
        if form.handler in form_handlers:
            self.handler = form_handlers[form.handler]
        mapped: Mapping[str, str] = form.mapping.get("fields", {})
        self.fields = {path: key for key, path in mapped.items()}
        stored = version.questions if version is not None else []
        self.questions = {question.path: question for question in map(Question.from_json, stored)}

    def field(self, path: str) -> HandlerField | None:
        if self.handler is None or path not in self.fields:
            return None
        repeat, _dot, key = self.fields[path].rpartition(".")
        return next((one for one in self.handler.fields if (one.repeat, one.key) == (repeat, key)), None)

    def label(self, path: str) -> str:
        field, question = self.field(path), self.questions.get(path)
        if question is not None and not is_job(self.submission.form):
            return words.in_language({"km": question.label_km, "en": question.label_en}) or question.name
        return str(field.label) if field else path

    def line(self, path: str, text: str) -> Line | None:
        field = self.field(path)
        question = self.questions.get(path)
        if field is None and question is not None and not question.is_asked:
            return None  # what is worked out and becomes no part of a record
        if not self.with_names and (field is None or field.kind not in OPEN_TO_OFFICERS):
            return None
        return Line(self.label(path), self.value(field, path, text))

    def part(self, path: str, rows: list[dict[str, str]]) -> Part:
        paths_ = list(dict.fromkeys(one for row in rows for one in row if one.startswith(f"{path}/")))
        if not self.with_names:
            return Part(self.heading(path), len(rows), (), ())
        cells = tuple(tuple(self.cell(one, row.get(one, "")) for one in paths_) for row in rows)
        return Part(self.heading(path), len(rows), tuple(self.label(one) for one in paths_), cells)

    def heading(self, path: str) -> str:
        """Of a repeated part: the handler's words for its screen, else the form's name for it."""
        mapped: Mapping[str, str] = self.submission.form.mapping.get("repeats", {})
        parts = {form_path: name for name, form_path in mapped.items()}
        steps = self.handler.steps if self.handler else ()
        return next((str(step.label) for step in steps if step.repeat == parts.get(path)), path)

    def cell(self, path: str, text: str) -> str:
        """Typed text may hold a name: it is read where the submission itself is opened, with a reason."""
        field, question = self.field(path), self.questions.get(path)
        is_text = field.kind is Kind.TEXT if field else question is None or question.kind in {"string", "text"}
        if text and is_text:
            return HIDDEN
        return self.value(field, path, text)

    def value(self, field: HandlerField | None, path: str, text: str) -> str:
        question = self.questions.get(path)
        if question is not None and question.choices and not is_job(self.submission.form):
            for value, km, en in question.choices:
                if value == text:
                    return words.in_language({"km": km, "en": en})
        if field.kind is Kind.DATE if field else question is not None and question.kind == "date":
            return day_in_words(text)
        if field is None:
            return text
        if field.kind is Kind.ACTIVITY:
            named = activities(self.actor).filter(programme=self.submission.programme, key=text).first()
            return words.in_language({"km": named.title_km, "en": named.title_en}) if named else text
        if field.kind is Kind.MONTH:
            return words.period(text) if re.fullmatch(r"\d{4}-\d\d", text) else text
        if field.kind is Kind.CHOICE:
            return next((str(choice.label) for choice in field.choices if choice.key == text), text)
        if field.kind is Kind.YES_NO:
            return {"yes": _("Yes"), "no": _("No")}.get(text, text)
        if field.kind is Kind.PLACE:
            return self._place(text)
        if field.kind is Kind.GROUP:
            found = groups(self.actor, self.submission.programme).filter(key=text).first()
            return words.in_language({"km": found.name_km, "en": found.name_latin}) if found else text
        return text

    def _place(self, text: str) -> str:
        known = of_codes([text]).get(text)
        if known is None:
            return text if self.with_names else HIDDEN
        path = next(iter(paths([known.id]).values()))
        seen = [one for one in path if self.with_names or one.level <= COMMUNE]
        return ", ".join(one.name(get_language() or "km") for one in seen)
