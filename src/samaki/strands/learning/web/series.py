"""Series: the list, one with its sessions and people, its activities, its end."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samaki.ground.activities.models import Activity
from samaki.ground.people.queries import reveal_many
from samaki.ground.programmes.queries import programmes_for
from samaki.kernel.policy import Action, may, refusal
from samaki.strands.learning.models import Series
from samaki.strands.learning.operations import series as operations
from samaki.strands.learning.queries import attendance, naming
from samaki.strands.learning.queries import series as queries
from samaki.strands.learning.queries.changes import asked_of
from samaki.strands.learning.rules.practice import sessions_wanted
from samaki.strands.learning.web.entries import NewSeries, OnDay, Reason, holders
from samaki.ui import words
from samaki.ui.requests import ActorRequest, page, told_in
from samaki.ui.templatetags.words import named

PER_PAGE = 50
MASK_AFTER = 60  # seconds


@require_GET
def series_list(request: ActorRequest) -> HttpResponse:
    within = list(programmes_for(request.actor, Action.SEE_PROGRAMME))
    chosen = next((one for one in within if one.key == request.GET.get("programme", "")), None)
    listed = Paginator(queries.series_list(request.actor, chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "listed": listed,
        "programmes": within,
        "chosen": chosen,
        "may_add": bool(holders(request.actor)),
    }
    return page(request, "learning/series_list.html", context)


@require_http_methods(["GET", "POST"])
def add(request: ActorRequest) -> HttpResponse:
    form = NewSeries(request.POST if request.method == "POST" else None, request.actor)
    if not form.within:
        raise refusal(request.actor, Action.RUN_SERIES)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        holder = form.within[given["holder"]]
        with told_in(form):
            made = operations.create_series(
                programme=holder.programme,
                organisation=holder.organisation,
                kind=Series.Kind(given["kind"]),
                title_km=given["title_km"],
                title_en=given["title_en"],
                version=form.versions.get(given["version"]),
                starts_on=given["starts_on"],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("The series is there. Choose its activities next."))
            return redirect("series", made.key)
    return page(request, "learning/series_add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def series(request: ActorRequest, key: str) -> HttpResponse:
    """The page; by POST with a reason the names of its people, for a minute."""
    found = queries.series(request.actor, key)
    reason = Reason(request.POST if request.method == "POST" else None)
    people = queries.attended(request.actor, found) if queries.sees_people(request.actor, found) else None
    names: Mapping[int, str] = {}
    if request.method == "POST" and reason.is_valid() and people:
        with told_in(reason):
            opened = reveal_many(request.actor, [one.person_id for one in people], reason.cleaned_data["reason"])
            language = get_language() or "km"
            names = {pk: identity.name(language) for pk, identity in opened.items()}
    return _shown(request, found, people, names, reason=reason)


def _shown(
    request: ActorRequest,
    found: Series,
    people: list[queries.Attended] | None,
    names: Mapping[int, str],
    *,
    reason: Reason,
) -> HttpResponse:
    scope = queries.scope_of(found)
    runs = may(request.actor, Action.RUN_SERIES, **scope)
    sittings = queries.sittings(request.actor, found)
    last = max((one.session.held_on for one in sittings), default=None)
    held = sum(one.session.activity.state == Activity.State.HELD for one in sittings)
    activities = {one.session.activity_id: one.session.activity for one in sittings}
    takes = {pk: attendance.takes_attendance(request.actor, activity) for pk, activity in activities.items()}
    leads = {pk: runs and naming.sees_people_of(request.actor, activity) for pk, activity in activities.items()}
    context = {
        "series": found,
        "asked": asked_of(request.actor, activities.values()),
        "to_key": [one for one in activities.values() if takes[one.pk]],
        "sittings": [(one, takes[one.session.activity_id], leads[one.session.activity_id]) for one in sittings],
        "activities": activities.values(),
        "held": held,
        "wanted": sessions_wanted(held),
        "runs": runs,
        "certifies": may(request.actor, Action.CERTIFY, **scope),
        "to_add": [
            (one.pk, f"{named(one)}, {words.day(one.starts_on)}")
            for one in queries.activities_to_add(request.actor, found)[:100]
        ]
        if runs and found.ends_on is None
        else [],
        "to_hold": {
            pk
            for pk, one in activities.items()
            if one.state == Activity.State.PLANNED and one.ends_on <= timezone.localdate()
        },
        "empty": not activities,
        "ending": OnDay(initial={"on": last}),
        "people": people,
        "names": names,
        "reason": reason,
        "mask_after": MASK_AFTER,
    }
    return page(request, "learning/series.html", context, status=422 if reason.errors else 200)
