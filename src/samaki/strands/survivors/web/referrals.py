"""Referrals: sent, taken back, done; and what a recipient reads, signed in or by a link."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samaki.kernel.errors import Invalid
from samaki.strands.survivors import operations, queries
from samaki.strands.survivors.models import Referral
from samaki.strands.survivors.queries import Received
from samaki.strands.survivors.rules import ConfirmedBy, Field, State
from samaki.strands.survivors.web.entries import FIELDS, PURPOSES, Outcome
from samaki.strands.survivors.web.reasons import with_reason
from samaki.ui.requests import ActorRequest, page


@require_POST
@with_reason
def step(request: ActorRequest, referral_id: int, step: str) -> HttpResponse:
    """By who sent it: sends, takes back, or writes down what she says came of it."""
    found, now = queries.referral(request.actor, referral_id), timezone.now()
    if step == "send":
        _sent, token = operations.send(referral=found, by=request.actor, at=now)
        address = request.build_absolute_uri(reverse("safe_link", args=[token]))
        return page(request, "survivors/sent.html", {"address": address, "referral": _sent})
    if step == "revoke":
        operations.revoke(referral=found, by=request.actor, at=now)
        messages.success(request, _("Taken back. They cannot read it any more."))
    else:
        _confirm(request, found, ConfirmedBy.SURVIVOR)
    return redirect("safe_file", found.file_id)


@require_GET
@with_reason
def received(request: ActorRequest, referral_id: int) -> HttpResponse:
    found = queries.received_one(request.actor, referral_id, at=timezone.now())
    context = {**_read(found), "outcome": Outcome(None), "answers": found.referral.state == State.SENT}
    return page(request, "survivors/received.html", context)


@require_POST
@with_reason
def received_step(request: ActorRequest, referral_id: int, step: str) -> HttpResponse:
    """By who received it: accepts, declines, or says what she obtained."""
    now = timezone.now()
    found = queries.received_one(request.actor, referral_id, at=now).referral
    if step == "confirm":
        _confirm(request, found, ConfirmedBy.SERVICE)
    else:
        operations.answer(referral=found, accepts=step == "accept", by=request.actor, at=now)
        if step == "accept":
            return redirect("safe_received", referral_id)
    return redirect("safe")


@require_GET
@login_not_required
def by_link(request: ActorRequest, token: str) -> HttpResponse:
    """What a link opens: the fields she agreed to, until her consent ends."""
    response = page(request, "survivors/received.html", _read(queries.by_link(token, at=timezone.now())))
    response.headers["Cache-Control"] = "no-store"
    # The address is the key. "no-referrer" would send the choice of language with no origin, and it would be refused.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _confirm(request: ActorRequest, referral: Referral, by: ConfirmedBy) -> None:
    form, now = Outcome(request.POST), timezone.now()
    if not form.is_valid():
        raise Invalid("outcome_wanted", _("Please say what came of it, and on which day."))
    obtained, on = form.cleaned_data["obtained"] == "yes", form.cleaned_data["on"]
    operations.confirm(referral=referral, obtained=obtained, confirmed_by=by, on=on, by=request.actor, at=now)
    messages.success(request, _("Saved."))


def _read(found: Received) -> dict[str, object]:
    told = [(FIELDS[key], _shown(found, key)) for key in FIELDS if key in found.told]
    return {"referral": found.referral, "told": told, "purpose": PURPOSES[found.referral.purpose]}  # type: ignore[index]  # a text equals its key


def _shown(found: Received, key: Field) -> object:
    if key is Field.SERVICE_WANTED:
        return found.referral.service.get_kind_display()
    value = found.told[key]
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value
