"""What was sent to a form, as rows: the form itself and each repeated part. Every opening is written to the audit trail
before anything is handed out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.models import Form, FormVersion, Submission
from samaki.engines.fieldforms.opening import context_of
from samaki.engines.fieldforms.queries import submissions
from samaki.engines.fieldforms.sensitive import is_t4
from samaki.engines.fieldforms.xforms import Answers, Question
from samaki.engines.fieldforms.xforms.answers import POSITION
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Refused
from samaki.kernel.policy import Action, reach, refusal
from samaki.kernel.sealed import unseal

AT_ONCE = 500  # submissions opened together
_COLUMNS = (
    "pk", "received_at", "organisation__key", "user__username", "version", "state", "review", "form_version_id",
    "instance_id", "salt", "answers",
)  # fmt: skip
ABOUT = ("number", "received", "organisation", "sender", "version", "state", "review")
_STARTS = frozenset("=+-@\t\r")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Part:
    """The form itself (path "") or a repeated part, with the paths of its questions in the form's order."""

    path: str
    paths: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]  # Khmer, English

    def headings(self) -> list[str]:
        """Paths below the part, as a file's first row names them."""
        cut = len(self.path) + 1 if self.path else 0
        return [path[cut:] for path in self.paths]


@dataclass(frozen=True)
class Row:
    """A submission, opened. `text` is the JSON of its answers, `about` what is known of it beside them."""

    number: int
    about: tuple[str, ...]
    is_known: bool  # of a known version, so that every answer has its column
    text: str

    @cached_property
    def has_formula(self) -> bool:
        """Whether some answer may begin as a formula does. Nearly none does, and looking at each cell takes longer."""
        text = self.text
        return "=" in text or "+" in text or "@" in text or '"-' in text or "\\t" in text or "\\r" in text


def parts_of(form: Form) -> list[Part]:
    """Of every version that was published, the newest first where they differ."""
    versions = FormVersion.objects.filter(form=form).exclude(state=FormVersion.State.DRAFT).order_by("-pk")
    found: dict[str, dict[str, tuple[str, str]]] = {"": {}}
    for questions, repeats in versions.values_list("questions", "repeats"):
        for path in repeats:
            found.setdefault(path, {})
        for question in map(Question.from_json, questions):
            found.setdefault(question.repeat, {}).setdefault(question.path, (question.label_km, question.label_en))
    return [Part(path, tuple(asked), tuple(asked.values())) for path, asked in found.items()]


def readable(actor: AnyActor, form: Form) -> QuerySet[Submission]:
    """What the actor may open of the form, oldest first. Raises Refused to whoever reads no people's records, and of a
    form that carries what only named staff may read."""
    within = reach(actor, Action.SEE_PEOPLE)
    if not within:
        raise refusal(actor, Action.SEE_PEOPLE)
    if is_t4(form):
        raise Refused("named_staff_alone", _("This form asks what only named staff may read. It has no table."))
    return submissions(actor, form).order_by("pk")


def note_opening(actor: AnyActor, form: Form, what: str, **details: object) -> None:
    """Call before anything is handed out."""
    organisations = reach(actor, Action.SEE_PEOPLE).organisations()
    only = next(iter(organisations)) if organisations and len(organisations) == 1 else None
    with transaction.atomic():
        record(actor, what, form, organisation_id=only, programme_id=form.programme_id, details=details)


def rows(
    found: QuerySet[Submission], form: Form, *, after: int = 0, until: int | None = None, limit: int | None = None
) -> Iterator[Row]:
    """By number, opened some hundred at a time, so that any number of them takes the same memory."""
    if until is not None:
        found = found.filter(pk__lte=until)
    left = limit
    while left is None or left > 0:
        size = AT_ONCE if left is None else min(left, AT_ONCE)
        batch = list(found.filter(pk__gt=after).values_list(*_COLUMNS)[:size])
        for number, received, organisation, sender, version, state, review, known, instance, salt, answers in batch:
            text = unseal(answers, salt=salt, context=context_of(form.pk, instance))
            when = received.isoformat(timespec="seconds")
            about = (str(number), when, organisation, sender or "", defused(version), state, review)
            yield Row(number, about, known is not None, text)
        if len(batch) < size:
            return
        after = batch[-1][0]
        left = None if left is None else left - size


def defused(text: str) -> str:
    """What a spreadsheet would take for a formula, so that it takes it for text. Plain numbers below 0 stay."""
    return f"'{text}" if text[:1] in _STARTS and not _NUMBER.fullmatch(text) else text


def without_column(answers: Answers, parts: Sequence[Part]) -> Answers:
    """The answers that no version known asks for: of a submission of another version."""
    known = {part.path: {POSITION, *part.paths} for part in parts}
    values = {path: text for path, text in answers.values.items() if path not in known[""]}
    repeats = {
        path: some
        for path, some in answers.repeats.items()
        if path not in known or any(one.keys() - known[path] for one in some)
    }
    return Answers(values, repeats)
