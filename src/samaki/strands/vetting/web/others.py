"""What is due, the code of conduct, and who of a men's group is cleared."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samaki.ground.programmes.models import ProgrammeRole
from samaki.kernel.actors import Actor
from samaki.kernel.policy import Action, reach, refusal
from samaki.strands.vetting import operations, queries
from samaki.strands.vetting.models import CodeOfConduct
from samaki.strands.vetting.rules import DAYS_TO_SIGN
from samaki.strands.vetting.web.entries import CodeForm
from samaki.ui.requests import ActorRequest, page, told_in


@require_GET
def due(request: ActorRequest) -> HttpResponse:
    return page(request, "vetting/due.html", {"due": queries.due(request.actor, at=timezone.now())})


@require_GET
def members(request: ActorRequest) -> HttpResponse:
    """Cleared or not cleared, by number."""
    return page(request, "vetting/members.html", {"groups": queries.members(request.actor, at=timezone.now())})


@require_http_methods(["GET", "POST"])
def code(request: ActorRequest) -> HttpResponse:
    """The versions that stand; the next is published by whoever vets."""
    pairs = _pairs(request.actor)
    form = CodeForm(request.POST if request.method == "POST" else None, sorted(pairs))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with told_in(form):
            operations.publish_code(
                programme_id=given["programme"].pk,
                organisation_id=pairs[given["programme"].pk],
                text_km=given["text_km"],
                text_en=given["text_en"],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("It is published. Members have 60 days to sign it."))
            return redirect("vetting_due")
    codes = (
        CodeOfConduct.objects.filter(programme__in=pairs).select_related("programme").order_by("programme", "-number")
    )
    context = {"form": form, "codes": codes, "days": DAYS_TO_SIGN}
    return page(request, "vetting/code.html", context, status=422 if form.errors else 200)


def _pairs(actor: Actor) -> dict[int, int]:
    """Programme → organisation for which the actor vets. Raises Refused."""
    within = reach(actor, Action.VET)
    if not within:
        raise refusal(actor, Action.VET)
    found = ProgrammeRole.objects.filter(within.q()).order_by("pk")
    return dict(found.values_list("programme_id", "organisation_id"))
