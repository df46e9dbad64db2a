"""Why somebody opens this side: asked first, kept with every read, and asked again after ten minutes without one.

A reason is one of a list: free text would put into the trail what must not stand there.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from samaki.kernel.policy import Action, refusal
from samaki.strands.survivors.access import is_on_her_side
from samaki.ui.requests import ActorRequest, page

ASKED_AGAIN_AFTER = 600.0  # seconds
KEPT, SEEN = "safe_reason", "safe_reason_at"
REASONS = {
    "contact": _("She came or got in touch"),
    "follow_up": _("A follow-up is due"),
    "urgent": _("An urgent task came"),
    "referral": _("A referral"),
    "correction": _("Something is to be corrected"),
    "handover": _("Handover inside the service"),
}
Parts = ParamSpec("Parts")
View = Callable[Concatenate[ActorRequest, Parts], HttpResponse]


class Why(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why do you open this?"),
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        help_text=_("The reason is kept with every page you open."),
    )


def with_reason(view: View[Parts]) -> View[Parts]:
    """The view, asked by an actor who has said why. What is posted after the ten minutes is taken with the reason that
    was given: nothing that was typed is lost."""

    @wraps(view)
    def asked(request: ActorRequest, *args: Parts.args, **kwargs: Parts.kwargs) -> HttpResponse:
        if not is_on_her_side(request.actor):
            raise refusal(request.actor, Action.SEE_SURVIVOR)
        reason = request.session.get(KEPT, "")
        is_fresh = time.time() - request.session.get(SEEN, 0) < ASKED_AGAIN_AFTER
        if reason not in REASONS or not (is_fresh or request.method == "POST"):
            return page(request, "survivors/why.html", {"form": Why(), "next": request.path})
        request.session[SEEN] = time.time()
        request.actor = dataclasses.replace(request.actor, reason=reason)
        return view(request, *args, **kwargs)

    return cast("View[Parts]", asked)


@require_http_methods(["POST"])
def say_why(request: ActorRequest) -> HttpResponse:
    """Keeps the reason for this session and goes on to where it was asked."""
    if not is_on_her_side(request.actor):
        raise refusal(request.actor, Action.SEE_SURVIVOR)
    target = request.POST.get("next", "")
    is_inside = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    target = target if is_inside and target.startswith(reverse("safe")) else reverse("safe")
    form = Why(request.POST)
    if not form.is_valid():
        return page(request, "survivors/why.html", {"form": form, "next": target}, status=422)
    request.session[KEPT], request.session[SEEN] = form.cleaned_data["reason"], time.time()
    return redirect(target)
