"""The supervisor's pages: what waits for the conference, cases nobody counsels, and access in an emergency."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.kernel.errors import DomainError
from samaki.strands.counselling.course import OVER
from samaki.strands.counselling.operations import asking, emergency, intake, routing
from samaki.strands.counselling.queries import desk as desk_of
from samaki.strands.counselling.queries.conference import case_on_desk, conference_of, tie_on_desk, whole_case
from samaki.strands.counselling.queries.emergency import (
    case_coded,
    emergencies,
    emergency_file,
    waiting_emergency,
)
from samaki.strands.counselling.sight import counsellors, counsellors_of
from samaki.strands.counselling.web.entries import MARKERS, AskEmergency, RouteForm, WhyForm, to_call_in
from samaki.ui.requests import ActorRequest, page, told_in

ANSWERS = {"granted": True, "not_now": False}


@require_GET
def desk(request: ActorRequest) -> HttpResponse:
    """By code: requests, cases to give, ties to look at, emergencies."""
    now = timezone.now()
    found = desk_of(request.actor, at=now)
    on = timezone.localdate(now)
    allowed = counsellors_of(found.unassigned, on=on)
    givable = [(one, allowed[one.pk]) for one in found.unassigned]
    known = to_call_in(request.actor) if found.high_risk else []
    high = [(one, None if one.routed else RouteForm(None, one.case, known)) for one in found.high_risk]
    return page(request, "counselling/desk.html", {"desk": found, "givable": givable, "high": high, "now": now})


@require_http_methods(["GET", "POST"])
def whole(request: ActorRequest, case_id: int) -> HttpResponse:
    """One case whole: asked why first, shown in answer to that, and asked again when it is opened again."""
    case = case_on_desk(request.actor, case_id)
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context: dict[str, object] = {"form": form, "case": case}
        return page(request, "counselling/why.html", context, status=422 if form.errors else 200)
    actor = replace(request.actor, reason=form.cleaned_data["reason"])
    found = whole_case(actor, case_id, at=timezone.now())
    file = found.file
    risks = [(one, [MARKERS[marker] for marker in one.markers]) for one in reversed(file.risks)]
    is_to_route = file.risk.is_high and file.case.state not in OVER
    to_route = RouteForm(None, case, to_call_in(request.actor)) if is_to_route else None
    context = {"file": file, "case": file.case, "risks": risks, "ties": found.ties, "route_form": to_route}
    return page(request, "counselling/whole.html", context)


@require_POST
def route(request: ActorRequest, case_id: int) -> HttpResponse:
    """A specialist called in."""
    case, now = case_on_desk(request.actor, case_id), timezone.now()
    form = RouteForm(request.POST, case, to_call_in(request.actor))
    if not form.is_valid():
        messages.error(request, _("Please choose a service of the directory."))
        return redirect("case_desk")
    try:
        routing.route_to_specialist(case=case, service=form.chosen(), by=request.actor, at=now)
        messages.success(request, _("It is written down."))
    except DomainError as error:
        _tell(request, error)
    return redirect("case_desk")


@require_POST
def hold(request: ActorRequest, conference_id: int) -> HttpResponse:
    """All its answers at once."""
    conference = conference_of(request.actor, conference_id)
    given = {
        int(name.removeprefix("answer-")): ANSWERS[value]
        for name, value in request.POST.items()
        if name.startswith("answer-") and name.removeprefix("answer-").isdecimal() and value in ANSWERS
    }
    try:
        asking.hold_conference(conference=conference, answers=given, by=request.actor, at=timezone.now())
        messages.success(request, _("The answers are given."))
    except DomainError as error:
        _tell(request, error)
    return redirect("case_desk")


@require_POST
def assign(request: ActorRequest, case_id: int) -> HttpResponse:
    """A case that nobody counsels, given to somebody."""
    case, now = case_on_desk(request.actor, case_id), timezone.now()
    wanted = request.POST.get("counsellor", "")
    chosen = next((one for one in counsellors(case, on=timezone.localdate(now)) if str(one.pk) == wanted), None)
    if chosen is None:
        messages.error(request, _("Please choose a counsellor whose vetting holds."))
        return redirect("case_desk")
    try:
        asking.assign(case=case, counsellor=chosen, by=request.actor, at=now)
        messages.success(request, _("It is written down."))
    except DomainError as error:
        _tell(request, error)
    return redirect("case_desk")


@require_POST
def approve(request: ActorRequest, declaration_id: int) -> HttpResponse:
    """A neighbour who is not next door may counsel him."""
    try:
        intake.approve_neighbour(
            declaration=tie_on_desk(request.actor, declaration_id), by=request.actor, at=timezone.now()
        )
        messages.success(request, _("It is written down."))
    except DomainError as error:
        _tell(request, error)
    return redirect("case_desk")


@require_http_methods(["GET", "POST"])
def emergency_list(request: ActorRequest) -> HttpResponse:
    """Asked by code and with a reason; opened by a second person."""
    now = timezone.now()
    own, waiting = emergencies(request.actor, at=now)
    form = AskEmergency(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            given = form.cleaned_data
            found = case_coded(request.actor, given["code"])
            emergency.ask_emergency(case=found, reason=given["reason"], by=request.actor, at=now)
            messages.success(request, _("A second person must open it now."))
            return redirect("case_emergencies")
    context = {"form": form, "own": own, "waiting": waiting, "now": now}
    return page(request, "counselling/emergencies.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def emergency_one(request: ActorRequest, access_id: int) -> HttpResponse:
    """By POST the second person opens it; read by whoever asked, and by nobody else."""
    now = timezone.now()
    if request.method == "POST":
        access = waiting_emergency(request.actor, access_id, at=now)
        emergency.open_emergency(access=access, by=request.actor, at=now)
        messages.success(request, _("It is open for sixty minutes, to read only."))
        return redirect("case_emergencies")
    access, file = emergency_file(request.actor, access_id, at=now)
    risks = [(one, [MARKERS[marker] for marker in one.markers]) for one in reversed(file.risks)]
    context = {"access": access, "file": file, "case": file.case, "risks": risks}
    return page(request, "counselling/emergency.html", context)


def _tell(request: ActorRequest, error: DomainError) -> None:
    """A rule's no as a message; a refusal and what is not there pass through."""
    if error.status in {403, 404}:
        raise error
    messages.error(request, error.message)
