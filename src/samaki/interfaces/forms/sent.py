"""What was sent to a form: a table by number, the whole as a file, and what waits to be mended."""

from __future__ import annotations

from collections.abc import Set

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samaki.engines.fieldforms import queries
from samaki.engines.fieldforms.answers_of_forms import Part, note_opening, parts_of, readable, rows
from samaki.engines.fieldforms.exports import as_workbook, as_zipped_csv
from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.engines.fieldforms.operations.deriving import derive_again
from samaki.engines.fieldforms.xforms import Answers, Question
from samaki.engines.fieldforms.xforms.answers import POSITION
from samaki.interfaces.forms.answers import choices_of, in_words
from samaki.interfaces.web.requests import ActorRequest, page
from samaki.kernel.policy import Action, reach, refusal
from samaki.ui.tables import Column, Entry, Table

PER_PAGE = 25
MOST_PER_PAGE = 1_000
MOST_COLUMNS = 40  # of a page; a file holds them all
LONGEST_CELL = 120
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def table(request: ActorRequest, form_id: int) -> HttpResponse:
    """A page of what was sent, or of one repeated part, by number."""
    found = queries.form(request.actor, form_id)
    sent = readable(request.actor, found)
    parts = parts_of(found)
    part = next((one for one in parts if one.path == request.GET.get("part", "")), parts[0])
    after = _number(request.GET.get("after", ""))
    size = min(max(_number(request.GET.get("rows", "")), PER_PAGE), MOST_PER_PAGE)
    note_opening(request.actor, found, "read_form_data", part=part.path[:80], after=after)
    listed = list(rows(sent, found, after=after, limit=size + 1))
    shown, following = listed[:size], listed[size - 1].number if len(listed) > size else None
    context = {
        "form": found,
        "parts": parts,
        "part": part,
        "table": _table(found, part, [(row.number, row.about, Answers.from_json(row.text)) for row in shown]),
        "next_after": following,
        "total": sent.count(),
        "columns_left": max(0, len(part.paths) - MOST_COLUMNS),
    }
    return page(request, "forms/data.html", context)


def _table(form: Form, part: Part, shown: list[tuple[int, tuple[str, ...], Answers]]) -> Table:
    language = (get_language() or "km")[:2]
    labels = [(km or en) if language == "km" else (en or km) for km, en in part.labels][:MOST_COLUMNS]
    heads = [label or path for label, path in zip(labels, part.headings(), strict=False)]
    paths = part.paths[:MOST_COLUMNS]
    asked = _asked(form, frozenset(paths))
    choices = {path: choices_of(question) for path, question in asked.items()}

    def cell(path: str, text: str | None) -> Entry:
        said = in_words(asked.get(path), text, choices.get(path)) if text is not None else ""
        return Entry(Truncator(said).chars(LONGEST_CELL))

    columns = [Column(_("No.")), *(Column(Truncator(head).chars(60)) for head in heads)]
    cells = []
    for number, _about, answers in shown:
        first = Entry(str(number), href=reverse("submission", args=[number]))
        if not part.path:
            cells.append([first, *(cell(path, answers.values.get(path)) for path in paths)])
            continue
        for one in answers.repeats.get(part.path, ()):
            place = Entry(f"{number} · {one[POSITION]}", href=first.href)
            cells.append([place, *(cell(path, one.get(path)) for path in paths)])
    return Table(_("What was sent"), columns, cells, caption_seen=False)


def _asked(form: Form, paths: Set[str]) -> dict[str, Question]:
    """The questions at these paths, as the newest version that asks them puts them."""
    found: dict[str, Question] = {}
    versions = form.versions.exclude(state=FormVersion.State.DRAFT).order_by("pk")
    for questions in versions.values_list("questions", flat=True):
        found |= {one["path"]: Question.from_json(one) for one in questions if one["path"] in paths}
    return found


@require_GET
def zipped(request: ActorRequest, form_id: int) -> StreamingHttpResponse:
    """The whole form as zipped CSV, while it is being written."""
    found = queries.form(request.actor, form_id)
    answer = StreamingHttpResponse(as_zipped_csv(request.actor, found), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="form-{found.pk}.zip"'
    return answer


@require_GET
def workbook(request: ActorRequest, form_id: int) -> HttpResponse:
    """The whole form as a workbook."""
    found = queries.form(request.actor, form_id)
    answer = HttpResponse(as_workbook(request.actor, found), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="form-{found.pk}.xlsx"'
    return answer


@require_POST
def again(request: ActorRequest, form_id: int) -> HttpResponse:
    """Records of all that was sent to the form, made anew for each organisation of the actor's."""
    found = queries.form(request.actor, form_id)
    handled = failed = 0
    for organisation_id in sorted(set(_organisations(request, found))):
        done = derive_again(form=found, by=request.actor, at=timezone.now(), organisation_id=organisation_id)
        handled, failed = handled + done.handled, failed + done.failed
    said = _("%(handled)s records were made; %(failed)s wait to be mended.")
    messages.success(request, said % {"handled": handled, "failed": failed})
    return redirect("form", form_id)


def _organisations(request: ActorRequest, form: Form) -> list[int]:
    if not reach(request.actor, Action.SEE_PEOPLE):
        raise refusal(request.actor, Action.SEE_PEOPLE)
    found = queries.submissions(request.actor, form)
    return list(found.order_by().values_list("organisation_id", flat=True).distinct())


@require_GET
def to_mend(request: ActorRequest) -> HttpResponse:
    """What could not be recorded, with why; and what was filled with a version nobody knows."""
    if not reach(request.actor, Action.SEE_PEOPLE):
        raise refusal(request.actor, Action.SEE_PEOPLE)
    found = queries.to_mend(request.actor)
    total = found.count()
    listed = list(found.filter(pk__gt=_number(request.GET.get("after", "")))[: PER_PAGE + 1])
    language = "km" if (get_language() or "km").startswith("km") else "en"
    shown = [(one, [fault[language] for fault in one.faults][:3]) for one in listed[:PER_PAGE]]
    following = listed[PER_PAGE - 1].pk if len(listed) > PER_PAGE else None
    return page(request, "forms/to_mend.html", {"listed": shown, "next_after": following, "total": total})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
