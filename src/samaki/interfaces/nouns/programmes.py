"""Programmes: what they are, with whom and where. Public inside the site (T1)."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from samaki.ground.people.across.queries import stewards
from samaki.ground.periods import queries as periods
from samaki.ground.programmes import queries
from samaki.ground.programmes.models import ProgrammePlace
from samaki.interfaces.web.requests import ActorRequest, page
from samaki.kernel.policy import Action, reach


@require_GET
def programmes(request: ActorRequest) -> HttpResponse:
    own = set(queries.own_programmes(request.actor).values_list("pk", flat=True))
    listed = list(queries.programmes(request.actor))
    context = {"own": [p for p in listed if p.pk in own], "others": [p for p in listed if p.pk not in own]}
    return page(request, "nouns/programmes.html", context)


@require_GET
def programme(request: ActorRequest, key: str) -> HttpResponse:
    found = queries.programme(request.actor, key)
    places = sorted(queries.working_places(request.actor, found), key=lambda one: one.area, reverse=True)
    own = reach(request.actor, Action.SEE_PROGRAMME).programmes()
    context = {
        "programme": found,
        "roles": queries.roles(request.actor, found),
        "by_area": places,
        "divided": any(one.area != ProgrammePlace.Area.UNDIVIDED for one in places),
        "rightsholders": queries.rightsholder_groups(request.actor, found),
        "risks": found.risks.order_by("pk"),
        "locks": periods.standing_locks(found)[:6],
        "stewards": stewards(request.actor, found, on=timezone.localdate()),
        "inside": own is None or found.pk in own,
    }
    return page(request, "nouns/programme.html", context)
