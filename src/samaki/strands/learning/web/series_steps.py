"""What may be done with a series from its page, one act a button."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from samaki.ground.activities.models import Activity
from samaki.kernel.errors import Conflict, Invalid, NotFound
from samaki.kernel.policy import Action, may, refusal
from samaki.strands.learning.models import Series
from samaki.strands.learning.operations import planning
from samaki.strands.learning.operations import series as operations
from samaki.strands.learning.queries import series as queries
from samaki.strands.learning.web.entries import EditSeries, OnDay, Plan
from samaki.ui.requests import ActorRequest, page, told_in

ACTS = ("add", "take_out", "held", "end", "reopen", "remove")


@require_POST
def step(request: ActorRequest, key: str) -> HttpResponse:
    """An activity added, taken out or held; the series ended, opened again or removed."""
    found = queries.series(request.actor, key)
    now, by = timezone.now(), request.actor
    ending = OnDay(request.POST if "end" in request.POST else None)
    try:
        match next((word for word in ACTS if word in request.POST), ""):
            case "add":
                operations.add_activity(series=found, activity=_activity(request, found), by=by, at=now)
            case "take_out":
                one = _activity(request, found, there=True)
                operations.take_out_activity(series=found, activity=one, by=by, at=now)
                messages.success(request, _("Taken out. The activity itself stays, and can be added again."))
            case "held":
                planning.hold_training(series=found, activity=_activity(request, found, there=True), by=by, at=now)
                messages.success(request, _("Held. Now who came can be written down."))
            case "end" if ending.is_valid():
                on = ending.cleaned_data["on"]
                operations.end_series(series=found, revision=_revision(request), ends_on=on, by=by, at=now)
                messages.success(request, _("The series has ended. Now it can be said who completed it."))
            case "reopen":
                operations.reopen_series(series=found, revision=_revision(request), by=by, at=now)
            case "remove":
                planning.remove_series(series=found, revision=_revision(request), by=by, at=now)
                messages.success(request, _("The series is gone. Nothing belonged to it."))
                return redirect("series_list")
    except (Conflict, Invalid) as error:
        messages.warning(request, error.message)
    if ending.errors:
        messages.warning(request, _("Please give day, month and year."))
    return redirect("series", key)


@require_http_methods(["GET", "POST"])
def plan(request: ActorRequest, key: str) -> HttpResponse:
    """The days of a training of the series, ahead or gone by."""
    found = _run(request, key)
    form = Plan(request.POST or None, found)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with told_in(form):
            planning.plan_training(
                series=found,
                first_on=given["first_on"],
                days=given["days"],
                place=form.places.get(given["place"]),
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("The days of the training are in the series."))
            return redirect("series", key)
    context = {"series": found, "form": form}
    return page(request, "learning/series_plan.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, key: str) -> HttpResponse:
    found = _run(request, key)
    form = EditSeries(request.POST or None, found)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with told_in(form):
            planning.edit_series(
                series=found,
                revision=given["revision"],
                kind=given["kind"],
                title_km=given["title_km"],
                title_en=given["title_en"],
                starts_on=given["starts_on"],
                version=form.versions.get(given["version"]),
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("series", key)
    context = {"series": found, "form": form}
    return page(request, "learning/series_edit.html", context, status=422 if form.errors else 200)


def _run(request: ActorRequest, key: str) -> Series:
    """Raises Refused for who runs no series of this organisation."""
    found = queries.series(request.actor, key)
    if not may(request.actor, Action.RUN_SERIES, **queries.scope_of(found)):
        raise refusal(request.actor, Action.RUN_SERIES)
    return found


def _activity(request: ActorRequest, found: Series, *, there: bool = False) -> Activity:
    number = next((request.POST[name] for name in ("take_out", "held", "activity") if request.POST.get(name)), "")
    within = queries.activities_in(request.actor, found) if there else queries.activities_to_add(request.actor, found)
    one = within.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    if one is None:
        raise NotFound("no_such_activity", _("There is no such activity."))
    return one


def _revision(request: ActorRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0
