"""The counsellor's pages: his list, a man taken in, one case, and each act on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from samaki.kernel.errors import NotFound
from samaki.strands.counselling.course import Stand, State
from samaki.strands.counselling.models import Outcome, Risk, Tie
from samaki.strands.counselling.operations import asking, intake, work
from samaki.strands.counselling.queries import OwnFile, own_calendar, own_case, own_cases
from samaki.strands.counselling.web.entries import (
    MARKERS,
    AskForm,
    NewCase,
    RiskForm,
    ServiceForm,
    SessionForm,
    ThreatForm,
    TieForm,
    WordForm,
)
from samaki.ui.requests import ActorRequest, page, told_in

Make = Callable[[QueryDict | None, OwnFile, dt.date], forms.Form]
Run = Callable[[ActorRequest, OwnFile, forms.Form, dt.datetime], object]


@dataclass(frozen=True)
class Deed:
    heading: str | Promise
    make: Make
    run: Run
    done: str | Promise


@require_GET
def own_list(request: ActorRequest) -> HttpResponse:
    """His running cases, what is late or due on top."""
    return page(request, "counselling/own_list.html", {"lines": own_cases(request.actor, at=timezone.now())})


@require_GET
def calendar(request: ActorRequest) -> HttpResponse:
    """The follow-ups to come, by month, the late ones on top."""
    found = own_calendar(request.actor, at=timezone.now())
    late = [one for one in found if one[1].stand is Stand.LATE]
    months = [
        (key, list(lines))
        for key, lines in groupby((one for one in found if one not in late), lambda one: f"{one[1].due_on:%Y-%m}")
    ]
    return page(request, "counselling/calendar.html", {"late": late, "months": months})


@require_http_methods(["GET", "POST"])
def add(request: ActorRequest) -> HttpResponse:
    """A man taken in by code."""
    now = timezone.now()
    own_cases(request.actor, at=now)
    form = NewCase(request.POST if request.method == "POST" else None, request.actor, timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        group = form.groups[given["group"]]
        if group.place is None:
            raise NotFound("not_found", _("This is not in your list."))
        with told_in(form):
            made = intake.take_in(
                code=given["code"],
                group=group,
                place=group.place,
                opened_on=given["opened_on"],
                birth_year=given["birth_year"],
                by=request.actor,
                at=now,
            )
            if made.counsellor_id == request.actor.user_id:
                return redirect("own_case", made.pk)
            messages.info(request, _("This man was counselled before. The supervisor gives his case to somebody."))
            return redirect("own_list")
    context = {"form": form, "heading": _("Take a man in")}
    return page(request, "counselling/entry.html", context, status=422 if form.errors else 200)


@require_GET
def case(request: ActorRequest, case_id: int) -> HttpResponse:
    """One of his cases; before he has said what he is to the man, only the question."""
    file = own_case(request.actor, case_id, at=timezone.now())
    if not file.is_declared:
        return redirect("own_case_act", case_id, "tie")
    risks = [(one, [MARKERS[marker] for marker in one.markers]) for one in reversed(file.risks)]
    context = {"file": file, "case": file.case, "risks": risks, "acts": _offered(file)}
    return page(request, "counselling/case.html", context)


@require_http_methods(["GET", "POST"])
def act(request: ActorRequest, case_id: int, deed: str) -> HttpResponse:
    """One act on one of his cases."""
    now = timezone.now()
    file = own_case(request.actor, case_id, at=now)
    if deed not in DEEDS:
        raise NotFound("not_found", _("This is not in your list."))
    if not file.is_declared and deed != "tie":
        return redirect("own_case_act", case_id, "tie")
    chosen = DEEDS[deed]
    form = chosen.make(request.POST if request.method == "POST" else None, file, timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            chosen.run(request, file, form, now)
            messages.success(request, str(chosen.done))
            is_shut = deed == "tie" and form.cleaned_data["tie"] != Tie.NONE
            return redirect("own_list") if is_shut else redirect("own_case", case_id)
    untold = str(form.data.get("threat", "")).strip() if deed == "session" and form.errors else ""
    context = {
        "form": form,
        "heading": chosen.heading,
        "case": file.case,
        "after": file.last_risk or "",
        "untold": untold,
    }
    return page(request, "counselling/entry.html", context, status=422 if form.errors else 200)


def _offered(file: OwnFile) -> list[tuple[str, str | Promise]]:
    """What the counsellor may do next, the likeliest first."""
    state = file.case.state
    keys = {
        State.OPENED: ["risk", "service"],
        State.SCREENED: ["service", "ask", "risk"],
        State.COUNSELLING: ["session", "word", "risk", "ask"],
        State.FOLLOW_UP: ["word", "risk", "ask"],
    }[State(state)]
    if file.case.womens_service_id is None and state == State.COUNSELLING:
        keys = ["service", "word", "risk", "ask"]  # of an old register: no session before one is named
    elif file.case.womens_service_id is None and "service" not in keys:
        keys.append("service")
    if file.case.womens_service_id is not None:
        keys.append("threat")
    return [(key, DEEDS[key].heading) for key in keys if key != "service" or file.case.womens_service_id is None]


def _after(request: ActorRequest) -> int | None:
    given = request.POST.get("after", "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


def _declare(request: ActorRequest, file: OwnFile, form: forms.Form, now: dt.datetime) -> object:
    return intake.declare(case=file.case, tie=Tie(form.cleaned_data["tie"]), by=request.actor, at=now)


def _name(request: ActorRequest, file: OwnFile, form: forms.Form, now: dt.datetime) -> object:
    return intake.name_service(case=file.case, service=form.cleaned_data["service"], by=request.actor, at=now)


def _assess(request: ActorRequest, file: OwnFile, form: forms.Form, now: dt.datetime) -> object:
    at_intake = file.case.state in {State.OPENED, State.SCREENED}
    moment = Risk.Moment.INTAKE if at_intake else Risk.Moment.CLOSURE
    markers = RiskForm.marked(form)  # type: ignore[arg-type]  # made by this deed
    return work.assess_risk(
        case=file.case, moment=moment, markers=markers, after_id=_after(request), by=request.actor, at=now
    )


def _log(request: ActorRequest, file: OwnFile, form: forms.Form, now: dt.datetime) -> object:
    given = form.cleaned_data
    held = work.Held(
        given["held_on"],
        given["minutes"],
        given["notes"],
        RiskForm.marked(form),  # type: ignore[arg-type]  # made by this deed
        _after(request),
        given["threat"],
    )
    return work.log_session(case=file.case, held=held, by=request.actor, at=now)


def _word(request: ActorRequest, file: OwnFile, form: forms.Form, now: dt.datetime) -> None:
    work.record_word(
        case=file.case,
        informant=Outcome.Informant(form.cleaned_data["informant"]),
        judged_on=form.cleaned_data["judged_on"],
        values=WordForm.values(form),  # type: ignore[arg-type]  # made by this deed
        by=request.actor,
        at=now,
    )


def _ask(request: ActorRequest, file: OwnFile, form: forms.Form, now: dt.datetime) -> object:
    asked = AskForm.asked(form)  # type: ignore[arg-type]  # made by this deed
    return asking.ask(case=file.case, asked=asked, by=request.actor, at=now)


def _warn(request: ActorRequest, file: OwnFile, form: forms.Form, now: dt.datetime) -> None:
    work.hear_threat(case=file.case, words=form.cleaned_data["threat"], by=request.actor, at=now)


_SAVED = gettext_lazy("It is written down.")
DEEDS: dict[str, Deed] = {
    "tie": Deed(gettext_lazy("Before you go on"), lambda data, _file, _on: TieForm(data), _declare, _SAVED),
    "service": Deed(
        gettext_lazy("Name the women’s service"), lambda data, file, on: ServiceForm(data, file.case, on), _name, _SAVED
    ),
    "risk": Deed(gettext_lazy("Assess his risk"), lambda data, _file, _on: RiskForm(data), _assess, _SAVED),
    "session": Deed(
        gettext_lazy("Log a session"),
        lambda data, _file, on: SessionForm(data, initial={"held_on": on}),
        _log,
        _SAVED,
    ),
    "word": Deed(gettext_lazy("What is said of change"), lambda data, _file, on: WordForm(data, on), _word, _SAVED),
    "ask": Deed(
        gettext_lazy("Ask the conference"),
        lambda data, file, on: AskForm(data, file.case, on),
        _ask,
        gettext_lazy("It waits for the conference."),
    ),
    "threat": Deed(
        gettext_lazy("Tell of a threat"),
        lambda data, _file, _on: ThreatForm(data),
        _warn,
        gettext_lazy("The women’s service is told."),
    ),
}
