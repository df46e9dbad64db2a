"""Keying answers from paper: a sheet of up to thirty people by the questions, by keyboard alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samaki.ground.activities.models import Activity
from samaki.kernel.errors import DomainError, NotFound, Refused, RowsInvalid
from samaki.strands.learning.models import InstrumentVersion, Response
from samaki.strands.learning.operations.keying import key_answers
from samaki.strands.learning.operations.responses import Told
from samaki.strands.learning.queries import keying as queries
from samaki.strands.learning.queries import naming
from samaki.strands.learning.queries.instruments import latest, published
from samaki.strands.learning.queries.keying import Stands
from samaki.strands.learning.web.name_opening import opening, said_reason
from samaki.ui.entries import DayField, latin_digits
from samaki.ui.requests import ActorRequest, page
from samaki.ui.templatetags.words import named

SHOWN = 100  # activities to choose from
TO_COMPARE = frozenset({"changed_meanwhile", "stands_already"})


class Sheet(forms.Form):
    """What a sheet is about; the same for all its rows."""

    instrument = forms.ChoiceField(label=gettext_lazy("Instrument"))
    moment = forms.ChoiceField(label=gettext_lazy("When answered"), choices=Response.Moment.choices)

    def __init__(self, data: QueryDict | None, versions: Sequence[InstrumentVersion]) -> None:
        super().__init__(data)
        self.fields["instrument"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (str(one.pk), f"{named(one.instrument)} · {one.number}") for one in versions
        ]


class Day(forms.Form):
    on = DayField(label=gettext_lazy("Date"))


@dataclass(frozen=True)
class Earlier:
    """Answers that stand beside what is keyed now: by question, with whether the two differ; none where they are sealed
    for good. `same_day`: keeping the new ones replaces them."""

    on: dt.date
    cells: Sequence[tuple[str, bool]]
    same_day: bool


@dataclass
class Row:
    person: int
    name: str
    times: int  # her answers were written when the sheet was shown
    cells: list[str]
    over: bool = False  # what stands may be replaced, or stand beside
    faults: list[str] = field(default_factory=list)
    stands: list[Earlier] = field(default_factory=list)


@require_GET
def choose(request: ActorRequest) -> HttpResponse:
    """Which activity the sheet is of."""
    return page(request, "learning/keying_activities.html", {"listed": list(queries.activities(request.actor)[:SHOWN])})


@require_GET
def about(request: ActorRequest, activity_id: int) -> HttpResponse:
    """Which instrument, and whether before or after."""
    activity = queries.activity(request.actor, activity_id)
    form = Sheet(request.GET or None, latest(activity.programme))
    if request.GET and form.is_valid():
        chosen = form.cleaned_data
        return redirect("keying_sheet", activity.pk, int(chosen["instrument"]), chosen["moment"])
    return page(request, "learning/keying_about.html", {"activity": activity, "form": form})


@require_http_methods(["GET", "POST"])
def sheet(request: ActorRequest, activity_id: int, version_id: int, moment: str) -> HttpResponse:
    """By POST the rows that hold anything are kept, all or none; a row left empty stays as it was."""
    activity, version = _of(request, activity_id, version_id, moment)
    after = request.GET.get("after", "")
    at = int(after) if after.isdecimal() else 0
    people = queries.sheet(request.actor, activity, at)
    day = activity.starts_on if moment == Response.Moment.PRE else activity.ends_on
    keyed = request.method == "POST" and "show" not in request.POST
    form = Day(request.POST if keyed else None, initial={"on": day})
    rows = _rows(request, activity, version, moment, people)
    if keyed and form.is_valid() and _take(request, activity, version, moment, form, rows):
        messages.success(request, _("Saved."))
        return redirect(request.get_full_path())
    context = {
        "activity": activity,
        "version": version,
        "moment_key": moment,
        "moment": Response.Moment(moment).label,
        "form": form,
        "rows": rows,
        "health": queries.asks_health(version),
        "items": version.items.all(),
        "next_after": at + queries.ROWS if len(people) == queries.ROWS else None,
        "trouble": any(row.faults for row in rows),
        **opening(request, activity, people, {row.person: row.name for row in rows if row.name}),
    }
    if context["health"]:
        context["masked"] = False  # no name stands beside these questions, for any reason
    return page(request, "learning/keying.html", context, status=422 if form.errors or context["trouble"] else 200)


@require_http_methods(["GET", "POST"])
def history(request: ActorRequest, activity_id: int, version_id: int, moment: str, person_id: int) -> HttpResponse:
    """All that was ever kept of one person's answers on the sheet."""
    activity, version = _of(request, activity_id, version_id, moment)
    found = queries.history(request.actor, activity, version, moment, person_id)
    health = queries.asks_health(version)
    reason = said_reason(request)
    identities = {} if health else naming.names(request.actor, activity, activity, [person_id], reason)
    items = list(version.items.all())
    context = {
        "activity": activity,
        "version": version,
        "moment": Response.Moment(moment).label,
        "moment_key": moment,
        "person": person_id,
        "name": identities[person_id].name(get_language() or "km") if identities else "",
        "health": health,
        "items": items,
        **opening(request, activity, [] if health else [person_id], identities),
        "kept": [(one, [one.answers.get(item.number, "") for item in items]) for one in found],
    }
    return page(request, "learning/keying_history.html", context)


def _of(request: ActorRequest, activity_id: int, version_id: int, moment: str) -> tuple[Activity, InstrumentVersion]:
    """Raises NotFound, saying the same of each of the three."""
    activity = queries.activity(request.actor, activity_id)
    version = next((one for one in published(activity.programme) if one.pk == version_id), None)
    if version is None or moment not in Response.Moment.values:
        raise NotFound("no_such_instrument", _("There is no such instrument."))
    return activity, version


def _rows(
    request: ActorRequest, activity: Activity, version: InstrumentVersion, moment: str, people: Sequence[int]
) -> list[Row]:
    """What was kept is read back only where something else is keyed over it. Beside the Washington Group's questions
    stands no name, only the number."""
    hidden = queries.asks_health(version)
    identities = {} if hidden else naming.names(request.actor, activity, activity, people, said_reason(request))
    known = queries.keyed(activity, version, moment, people)
    language = get_language() or "km"
    numbers = [item.number for item in version.items.all()]
    return [
        Row(
            person,
            identities[person].name(language) if person in identities else "",
            known.get(person, 0),
            [request.POST.get(f"a{person}-{number}", "")[:10] for number in numbers],
            f"over{person}" in request.POST,
        )
        for person in people
    ]


def _take(
    request: ActorRequest,
    activity: Activity,
    version: InstrumentVersion,
    moment: str,
    form: Day,
    rows: Sequence[Row],
) -> bool:
    """Whether all was kept; what keeps a row out stands in its faults."""
    filled = [row for row in rows if any(latin_digits(cell) for cell in row.cells)]
    origin = f"keyed:{activity.pk}:{version.pk}:{moment}"
    numbers = [item.number for item in version.items.all()]
    told = []
    for row in filled:
        answers, unread = _answers(dict(zip(numbers, row.cells, strict=True)))
        row.faults += [_("Question %(number)s has no such answer.") % {"number": number} for number in unread]
        on = form.cleaned_data["on"]
        told.append(Told(origin, request.actor, row.person, version.pk, moment, on, answers, activity.key))
    if not filled:
        form.add_error(None, _("No question is answered."))
    if not filled or any(row.faults for row in filled):
        return False
    try:
        over = {row.person for row in filled if row.over}
        key_answers(
            told, activity=activity, version=version, moment=moment, seen=_seen(request), over=over, at=timezone.now()
        )
    except RowsInvalid as invalid:
        to_compare = {}
        for index, fault in invalid.faults:
            if isinstance(fault, Refused):
                raise fault from invalid
            _tell(filled[index], form, fault)
            if fault.code in TO_COMPARE:
                to_compare[told[index].person] = (filled[index], told[index])
        there = queries.answers(request.actor, activity, version, moment, list(to_compare)) if to_compare else {}
        for person, (row, one) in to_compare.items():
            row.stands = [_beside(stands, one, numbers) for stands in there.get(person, [])]
        return False
    return True


def _beside(stands: Stands, one: Told, numbers: Sequence[int]) -> Earlier:
    cells = [
        (str(stands.answers.get(number, "")), stands.answers.get(number) != one.answers.get(number))
        for number in numbers
        if stands.answers
    ]
    return Earlier(stands.on, cells, stands.on == one.answered_on)


def _seen(request: ActorRequest) -> dict[int, int]:
    """How far each person's answers stood on the sheet that is sent back."""
    found = {}
    for name, value in request.POST.items():
        person, times = name.removeprefix("seen"), str(value)
        if name.startswith("seen") and person.isdecimal() and times.isdecimal() and len(person) < 19 > len(times):
            found[int(person)] = int(times)
    return found


def _tell(row: Row, form: Day, fault: DomainError) -> None:
    """The day is everybody's, so what is wrong with it is told once."""
    if fault.field != "answered_on":
        row.faults.append(fault.message)
    elif not form.errors:
        form.add_error("on", fault.message)


def _answers(cells: Mapping[int, str]) -> tuple[dict[int, int], list[int]]:
    """Answers by question, and the questions whose cell is no number."""
    found, unread = {}, []
    for number, written in cells.items():
        digits = latin_digits(written)
        if digits.isdecimal() and digits.isascii():
            found[number] = int(digits)
        elif digits:
            unread.append(number)
    return found, unread
