"""The files of one's service: by code, and one opened; how she is reached is shown for a minute only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.queries import organisations_for
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programmes_for
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach
from samaki.strands.survivors import operations, queries
from samaki.strands.survivors.models import HerFollowUp
from samaki.strands.survivors.queries import FileView
from samaki.strands.survivors.rules import READ_WHILE, Level, Marker, State
from samaki.strands.survivors.web.entries import (
    LEVELS,
    MARKERS,
    PURPOSES,
    VALUES,
    VIOLENCE,
    About,
    Assess,
    FollowUp,
    NewFile,
    Outcome,
    Refer,
)
from samaki.strands.survivors.web.reasons import with_reason
from samaki.ui.requests import ActorRequest, page, told_in
from samaki.ui.templatetags.words import named

MASK_AFTER = 60  # seconds


@require_GET
@with_reason
def safe(request: ActorRequest) -> HttpResponse:
    """What waits, then the codes of the files."""
    mark = request.GET.get("after", "")
    after = int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 18 else 0
    files, next_after = queries.files(request.actor, after=after)
    context = {
        "files": files,
        "next_after": next_after,
        "tasks": queries.warnings(request.actor),
        "received": queries.received(request.actor, at=timezone.now()),
    }
    return page(request, "survivors/files.html", context)


@require_http_methods(["GET", "POST"])
@with_reason
def new(request: ActorRequest) -> HttpResponse:
    places = _where(request.actor)
    form = NewFile(
        request.POST or None, [(key, f"{named(pair[1])} · {named(pair[0])}") for key, pair in places.items()]
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        programme, organisation = places.get(said.get("where", ""), next(iter(places.values())))
        with told_in(form):
            made = operations.open_file(
                programme=programme,
                organisation=organisation,
                code=said["code"],
                opened_on=said["opened_on"],
                said=form.said(),
                by=request.actor,
                at=timezone.now(),
            )
            return redirect("safe_file", made.pk)
    return _form(request, _("New file"), form)


@require_GET
@with_reason
def file(request: ActorRequest, file_id: int) -> HttpResponse:
    return _file(request, queries.file(request.actor, file_id))


@require_POST
@with_reason
def contact(request: ActorRequest, file_id: int) -> HttpResponse:
    """The same page with how she is reached, for a minute."""
    return _file(request, queries.file(request.actor, file_id), reveals=True)


@require_http_methods(["GET", "POST"])
@with_reason
def edit(request: ActorRequest, file_id: int) -> HttpResponse:
    view = queries.file(request.actor, file_id)
    initial = {**vars(view.said), "revision": view.file.revision}
    form = About(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            operations.correct_file(
                file=view.file,
                revision=form.cleaned_data["revision"] or 0,
                said=form.said(),
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("safe_file", file_id)
    return _form(request, _("What the file holds"), form, file_id)


@require_http_methods(["GET", "POST"])
@with_reason
def risk(request: ActorRequest, file_id: int) -> HttpResponse:
    view = queries.file(request.actor, file_id)
    form = Assess(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with told_in(form):
            operations.assess(
                file=view.file,
                on=said["on"],
                judged=Level(said["level"]),
                markers=[Marker(key) for key in said["markers"]],
                note=said["note"],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("safe_file", file_id)
    return _form(request, _("Assess the risk"), form, file_id)


@require_http_methods(["GET", "POST"])
@with_reason
def follow_up(request: ActorRequest, file_id: int) -> HttpResponse:
    view = queries.file(request.actor, file_id)
    form = FollowUp(request.POST or None, initial={"asked_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with told_in(form):
            operations.record_follow_up(
                file=view.file,
                window=said["window"],
                informant=HerFollowUp.Informant(said["informant"]),
                asked_on=said["asked_on"],
                told=form.told(),
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("safe_file", file_id)
    return _form(request, _("Write down a follow-up"), form, file_id)


@require_http_methods(["GET", "POST"])
@with_reason
def refer(request: ActorRequest, file_id: int) -> HttpResponse:
    view = queries.file(request.actor, file_id)
    form = Refer(request.POST or None, queries.services(request.actor, view.file.programme_id))
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            operations.draft(
                file=view.file,
                service=form.services[form.cleaned_data["service"]],
                wish=form.wish(),
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved. Nothing is sent yet."))
            return redirect("safe_file", file_id)
    return _form(request, _("Refer to a service"), form, file_id)


@require_POST
@with_reason
def step(request: ActorRequest, file_id: int, step: str) -> HttpResponse:
    view = queries.file(request.actor, file_id)
    if step == "close":
        now = timezone.now()
        operations.close_file(file=view.file, on=timezone.localdate(now), by=request.actor, at=now)
    else:
        operations.reopen_file(file=view.file, by=request.actor)
    return redirect("safe_file", file_id)


def _file(request: ActorRequest, view: FileView, *, reveals: bool = False) -> HttpResponse:
    context = {
        "file": view.file,
        "stands": LEVELS[view.stands] if view.stands else "",
        "is_high": view.stands is Level.HIGH,
        "risks": [
            (one.risk, LEVELS[one.level], [MARKERS[marker] for marker in one.markers], one.note) for one in view.risks
        ],
        "follow_ups": [
            (
                one.follow_up,
                [(VIOLENCE[kind], VALUES[value]) for kind, value in one.told.values.items()],
                one.told.violent_90_days,
            )
            for one in view.follow_ups
        ],
        "referrals": [
            {
                "referral": one,
                "purpose": PURPOSES[one.purpose],  # type: ignore[index]  # a text equals its key
                "drafted": one.state == State.DRAFTED,
                "under_way": one.state in READ_WHILE,
                "revocable": one.state in {State.DRAFTED, State.SENT, State.ACCEPTED, State.DECLINED},
                "outcome": Outcome(None, auto_id=f"id_{one.pk}_%s"),
            }
            for one in view.referrals
        ],
        "said": view.said if reveals else None,
        "mask_after": MASK_AFTER,
    }
    return page(request, "survivors/file.html", context)


def _form(request: ActorRequest, heading: str, form: Any, file_id: int | None = None) -> HttpResponse:
    context = {"heading": heading, "form": form, "file_id": file_id}
    return page(request, "survivors/entry.html", context, status=422 if form.errors else 200)


def _where(actor: AnyActor) -> dict[str, tuple[Programme, Organisation]]:
    """Programme and service for which the actor opens files. Raises NotFound where there is none yet."""
    within = reach(actor, Action.RECORD_SURVIVOR)
    found = {
        f"{programme.key}.{organisation.key}": (programme, organisation)
        for programme in programmes_for(actor, Action.RECORD_SURVIVOR)
        for organisation in organisations_for(actor, Action.RECORD_SURVIVOR)
        if within.covers(organisation_id=organisation.pk, programme_id=programme.pk)
    }
    if not found:
        raise NotFound("no_programme", _("Your service takes part in no programme yet."))
    return found
