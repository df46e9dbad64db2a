"""Keying answers from paper: a sheet of up to thirty people by the questions, by keyboard alone."""

from __future__ import annotations

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
from samaki.strands.learning.models import Instrument, InstrumentVersion, Response
from samaki.strands.learning.operations.keying import key_answers
from samaki.strands.learning.operations.responses import Told
from samaki.strands.learning.queries import keying as queries
from samaki.strands.learning.queries.instruments import latest, published
from samaki.ui.entries import DayField, latin_digits
from samaki.ui.requests import ActorRequest, page
from samaki.ui.templatetags.words import named

SHOWN = 100  # activities to choose from


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


@dataclass
class Row:
    person: int
    name: str
    times: int  # her answers were written when the sheet was shown
    cells: list[str]
    faults: list[str] = field(default_factory=list)


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
    activity = queries.activity(request.actor, activity_id)
    version = next((one for one in published(activity.programme) if one.pk == version_id), None)
    if version is None or moment not in Response.Moment.values:
        raise NotFound("no_such_instrument", _("There is no such instrument."))
    after = request.GET.get("after", "")
    at = int(after) if after.isdecimal() else 0
    people = queries.sheet(request.actor, activity, at)
    day = activity.starts_on if moment == Response.Moment.PRE else activity.ends_on
    form = Day(request.POST or None, initial={"on": day})
    rows = _rows(request, activity, version, moment, people)
    if request.method == "POST" and form.is_valid() and _take(request, activity, version, moment, form, rows):
        messages.success(request, _("Saved."))
        return redirect(request.get_full_path())
    health = version.instrument.scoring == Instrument.Scoring.WASHINGTON_GROUP
    context = {
        "activity": activity,
        "version": version,
        "moment": Response.Moment(moment).label,
        "form": form,
        "rows": rows,
        "health": health,
        "items": version.items.all(),
        "next_after": at + queries.ROWS if len(people) == queries.ROWS else None,
        "trouble": any(row.faults for row in rows),
    }
    return page(request, "learning/keying.html", context, status=422 if form.errors or context["trouble"] else 200)


def _rows(
    request: ActorRequest, activity: Activity, version: InstrumentVersion, moment: str, people: Sequence[int]
) -> list[Row]:
    """Nothing that was kept is read back. Beside the Washington Group's questions stands no name, only the number."""
    health = version.instrument.scoring == Instrument.Scoring.WASHINGTON_GROUP
    identities = {} if health else queries.names(request.actor, activity, people)
    known = queries.keyed(activity, version, moment, people)
    language = get_language() or "km"
    numbers = [item.number for item in version.items.all()]
    return [
        Row(
            person,
            identities[person].name(language) if person in identities else "",
            known.get(person, 0),
            [request.POST.get(f"a{person}-{number}", "")[:10] for number in numbers],
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
        key_answers(told, activity=activity, version=version, moment=moment, seen=_seen(request), at=timezone.now())
    except RowsInvalid as invalid:
        for index, fault in invalid.faults:
            if isinstance(fault, Refused):
                raise fault from invalid
            _tell(filled[index], form, fault)
        return False
    return True


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
