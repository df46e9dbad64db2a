"""One submission: what it says in order, its files, the record it became, how it was corrected, what verifiers said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samaki.engines.fieldforms import queries
from samaki.engines.fieldforms.attachments import content_of
from samaki.engines.fieldforms.models import FormVersion, Submission
from samaki.engines.fieldforms.opening import answers_of
from samaki.engines.fieldforms.operations import deriving
from samaki.engines.fieldforms.operations.correcting import correct_answer
from samaki.engines.fieldforms.verification import verdicts_of
from samaki.engines.fieldforms.xforms import Answers, Question
from samaki.engines.fieldforms.xforms.answers import POSITION
from samaki.interfaces.forms.answers import in_words
from samaki.interfaces.forms.entries import CorrectForm, TakeAsForm, WhyForm
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.kernel.actors import Actor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import NotFound
from samaki.kernel.form_handlers import form_handlers
from samaki.kernel.policy import Action, may

State = Submission.State
MOST_ROWS = 300  # of a repeated part on the page
TO_CORRECT = 400


@dataclass(frozen=True)
class Answered:
    """An answer in words; `place` names it for a correction."""

    label: str
    said: str
    place: str
    is_computed: bool = False  # worked out by the phone, or filled in by it


@require_GET
def submission(request: ActorRequest, submission_id: int) -> HttpResponse:
    return _page(request, queries.submission(request.actor, submission_id))


def _page(
    request: ActorRequest,
    found: Submission,
    *,
    correct: CorrectForm | None = None,
    delete: WhyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    record(
        request.actor,
        "read_submission",
        found,
        organisation_id=found.organisation_id,
        programme_id=found.programme_id,
    )
    answers = answers_of(found.form_id, found.instance_id, found.salt, found.answers)
    questions = [Question.from_json(one) for one in found.form_version.questions] if found.form_version else []
    own, parts = _answered(answers, questions)
    language = "km" if (get_language() or "km").startswith("km") else "en"
    edits = may(
        request.actor, Action.SEE_PEOPLE, organisation_id=found.organisation_id, programme_id=found.programme_id
    )
    context = {
        "submission": found,
        "own": own,
        "parts": parts,
        "files": queries.attachments(request.actor, found),
        "chain": queries.chain(request.actor, found),
        "verdicts": verdicts_of(request.actor, found),
        "faults": [fault[language] for fault in found.faults],
        "record": _record(request.actor, found),
        "has_handler": found.form.handler in form_handlers,
        "computes": any(
            one.is_computed for one in (*own, *(a for _part, rows in parts for _at, row in rows for a in row))
        ),
        "edits": edits and found.is_current,
        "correct": correct or CorrectForm(None, _choices(own, parts)),
        "delete": delete or WhyForm(prefix="delete"),
        "take_as": TakeAsForm(None, _versions(found)) if found.state == State.REVIEW else None,
    }
    return page(request, "forms/submission.html", context, status=status)


def _answered(
    answers: Answers, questions: Sequence[Question]
) -> tuple[list[Answered], list[tuple[str, list[tuple[str, list[Answered]]]]]]:
    """The form's own answers, and each repeated part with its rows, in the form's order; then what no question asks."""
    by_path = {one.path: one for one in questions}
    own = [_one(path, by_path.get(path), answers.values[path], "") for path in _order(by_path, answers.values)]
    parts = []
    for part, some in answers.repeats.items():
        shown = [
            (row[POSITION], [
                _one(path, by_path.get(path), row[path], row[POSITION])
                for path in _order(by_path, row) if path != POSITION
            ])
            for row in some[:MOST_ROWS]
        ]  # fmt: skip
        parts.append((part, shown))
    return own, parts


def _order(by_path: Mapping[str, Question], answered: Mapping[str, str]) -> list[str]:
    return [*(path for path in by_path if path in answered), *(path for path in answered if path not in by_path)]


def _one(path: str, question: Question | None, text: str, position: str) -> Answered:
    place = f"{position}:{path}"
    if question is None:
        return Answered(path, text, place)
    khmer = (get_language() or "km").startswith("km")
    label = (question.label_km or question.label_en) if khmer else (question.label_en or question.label_km)
    return Answered(label or path, in_words(question, text), place, not question.is_asked)


def _choices(
    own: Sequence[Answered], parts: Sequence[tuple[str, list[tuple[str, list[Answered]]]]]
) -> list[tuple[str, str]]:
    found = [(one.place, one.label[:80]) for one in own]
    for _part, some in parts:
        found += [(one.place, f"{position}. {one.label[:70]}") for position, answered in some for one in answered]
    return found[:TO_CORRECT]


def _versions(found: Submission) -> list[FormVersion]:
    known = found.form.versions.exclude(state=FormVersion.State.DRAFT).defer("xform", "source", "questions")
    return list(known.order_by("-pk"))


def _record(actor: Actor, found: Submission) -> tuple[str, str] | None:
    """What it became: words and address, or "" where it has no page."""
    if found.state != State.HANDLED or found.form.handler not in form_handlers:
        return None
    handler = form_handlers[found.form.handler]
    one = handler.find([found.origin]).get(found.origin)
    if one is None:
        return None
    try:
        return f"{handler.label} {one.id}", reverse(f"record_{one.kind.replace('.', '_')}", args=[one.id])
    except NoReverseMatch:
        return f"{handler.label} {one.id}", ""


@require_GET
def file(request: ActorRequest, submission_id: int, file_id: int) -> HttpResponse | StreamingHttpResponse:
    """A file of a submission, opened as it is sent; always a download, whatever it says it is."""
    found = queries.submission(request.actor, submission_id)
    one = queries.attachments(request.actor, found).filter(pk=file_id).exclude(stored="").first()
    if one is None:
        raise NotFound("no_such_file", _("The file is not here."))
    record(
        request.actor,
        "read_attachment",
        found,
        organisation_id=found.organisation_id,
        programme_id=found.programme_id,
        details={"file": one.pk},
    )
    answer = FileResponse(content_of(one.stored), content_type="application/octet-stream")
    ending = one.name.rpartition(".")[2]
    kept = ending if ending.isascii() and ending.isalnum() and len(ending) < 6 else "bin"
    answer["Content-Disposition"] = f'attachment; filename="submission-{found.pk}-{one.pk}.{kept}"'
    return answer


@require_POST
def step(request: ActorRequest, submission_id: int, step: str) -> HttpResponse:
    """Try again, read as a version, correct an answer, delete."""
    found = queries.submission(request.actor, submission_id)
    now = timezone.now()
    if step == "again":
        done = deriving.try_again(submission=found, by=request.actor, at=now)
        said = _("It is recorded now.") if done.state == State.HANDLED else _("It still cannot be recorded; see why.")
        messages.success(request, said)
        return redirect("submission", submission_id)
    if step == "take-as":
        version = _version(found, request.POST.get("version", ""))
        deriving.take_as(submission=found, version=version, by=request.actor, at=now)
        return redirect("submission", submission_id)
    if step == "delete":
        delete = WhyForm(request.POST, prefix="delete")
        if delete.is_valid():
            with told_in(delete):
                reason = delete.cleaned_data["reason"]
                deriving.delete_submission(submission=found, reason=reason, by=request.actor, at=now)
                messages.success(request, _("Deleted. The record made of it is taken back."))
                return redirect("form_data", found.form_id)
        return _page(request, found, delete=delete, status=422)
    return _correct(request, found)


def _correct(request: ActorRequest, found: Submission) -> HttpResponse:
    answers = answers_of(found.form_id, found.instance_id, found.salt, found.answers)
    questions = [Question.from_json(one) for one in found.form_version.questions] if found.form_version else []
    entries = CorrectForm(request.POST, _choices(*_answered(answers, questions)))
    if entries.is_valid():
        position, _sign, path = entries.cleaned_data["question"].partition(":")
        with told_in(entries):
            receipt = correct_answer(
                submission=found,
                path=path,
                position=position,
                value=entries.cleaned_data["value"],
                reason=entries.cleaned_data["reason"],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Corrected. The record before stays in its history."))
            return redirect("submission", receipt.number)
    return _page(request, found, correct=entries, status=422)


def _version(found: Submission, text: str) -> FormVersion:
    one = found.form.versions.filter(pk=int(text) if text.isdecimal() else 0).first()
    if one is None or one.state == FormVersion.State.DRAFT:
        raise NotFound("no_such_form", _("There is no such form here."))
    return one
