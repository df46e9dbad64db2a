"""One person's pathway, her coaching and follow-up; and whom to see next."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.people.queries import reveal
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programmes_for
from samaki.kernel.errors import RowsInvalid
from samaki.kernel.policy import Action, refusal
from samaki.strands.learning import follow_ups
from samaki.strands.learning.operations.certification import record_visit
from samaki.strands.learning.queries import due as due_queries
from samaki.strands.learning.queries.certificates import notes_of
from samaki.strands.learning.queries.pathway import pathway as pathway_of
from samaki.strands.learning.queries.pathway import trainings_of
from samaki.strands.learning.queries.practice import practice_of
from samaki.strands.learning.web.entries import Followed, OnDay, Reason, Visit, holders
from samaki.strands.learning.web.steps import described
from samaki.ui.requests import ActorRequest, page, told_in
from samaki.ui.templatetags.words import named

MASK_AFTER = 60  # seconds


@require_http_methods(["GET", "POST"])
def pathway(request: ActorRequest, person_id: int) -> HttpResponse:
    """Her steps in order, to read and to print for her; by POST with a reason, her name on it."""
    person, steps = pathway_of(request.actor, person_id)
    reason = Reason(request.POST if request.method == "POST" else None)
    name = ""
    if request.method == "POST" and reason.is_valid():
        with told_in(reason):
            given = reason.cleaned_data["reason"]
            name = reveal(request.actor, person.pk, given).name(get_language() or "km")
    today = timezone.localdate()
    context = {
        "person": person,
        "steps": described(steps),
        "practice": practice_of(request.actor, [person.pk], on=today),
        "reason": reason,
        "name": name,
        "today": today,
    }
    return page(request, "learning/pathway.html", context, status=422 if reason.errors else 200)


@require_http_methods(["GET", "POST"])
def visit(request: ActorRequest, person_id: int) -> HttpResponse:
    """A coaching visit written down."""
    person, _steps = pathway_of(request.actor, person_id)
    form = Visit(request.POST if request.method == "POST" else None, initial={"visited_on": timezone.localdate()})
    within = {
        f"{one.programme_id}/{one.organisation_id}": one
        for one in holders(request.actor, Action.CERTIFY)
        if one.organisation_id == person.organisation_id
    }
    if not within:
        raise refusal(request.actor, Action.CERTIFY)
    form.fields["holder"].choices = [(key, named(one.programme)) for key, one in within.items()]  # type: ignore[attr-defined]  # of a ChoiceField
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        chosen = within[given["holder"]]
        with told_in(form):
            record_visit(
                programme=chosen.programme,
                organisation=chosen.organisation,
                person_id=person.pk,
                visited_on=given["visited_on"],
                notes=given["notes"],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("The visit is written down. Its notes are sealed."))
            return redirect("pathway", person.pk)
    context = {"person": person, "form": form, "heading": _("Coaching visit")}
    return page(request, "learning/person_entry.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def follow_up(request: ActorRequest, person_id: int) -> HttpResponse:
    """What she applies of a training, some months after it."""
    person, _steps = pathway_of(request.actor, person_id)
    trainings = trainings_of(request.actor, person.pk)
    form = Followed(
        request.POST if request.method == "POST" else None, initial={"followed_up_on": timezone.localdate()}
    )
    form.fields["activity"].choices = [(one.key, f"{named(one)} ({one.ends_on.year})") for one in trainings]  # type: ignore[attr-defined]  # of a ChoiceField
    if request.method == "POST" and form.is_valid():
        activity = next(one for one in trainings if one.key == form.cleaned_data["activity"])
        asked = follow_ups.Asked(origin=f"web:{uuid4()}", by=request.actor, person=person.pk, **form.cleaned_data)
        scope = {"programme_id": activity.programme_id, "organisation_id": activity.organisation_id}
        with told_in(form):
            try:
                follow_ups.take_follow_ups([asked], **scope, at=timezone.now())
            except RowsInvalid as faults:
                raise faults.faults[0][1] from None
            messages.success(request, _("The follow-up is written down. What shows it is sealed."))
            return redirect("pathway", person.pk)
    context = {"person": person, "form": form, "heading": _("Follow-up of learning")}
    return page(request, "learning/person_entry.html", context, status=422 if form.errors else 200)


@require_POST
def notes(request: ActorRequest, visit_id: int) -> HttpResponse:
    """What was noted at a visit; that it was read is written down."""
    found, text = notes_of(request.actor, visit_id)
    return page(request, "learning/notes.html", {"visit": found, "text": text, "mask_after": MASK_AFTER})


@require_GET
def due(request: ActorRequest) -> HttpResponse:
    """Whose refresher and whose follow-up is due, as of a day."""
    form = OnDay(request.GET if {"on", "on_0"} & set(request.GET) else None, initial={"on": timezone.localdate()})
    on: dt.date = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    within = {one.pk: one for one in programmes_for(request.actor, Action.SEE_PEOPLE)}
    if not within:
        raise refusal(request.actor, Action.SEE_PEOPLE)
    context = {
        "form": form,
        "on": on,
        "refreshers": [
            (one, _programme(within, one.programme_id)) for one in due_queries.refreshers_due(request.actor, on=on)
        ],
        "follow_ups": due_queries.follow_ups_due(request.actor, on=on),
    }
    return page(request, "learning/due.html", context)


def _programme(within: dict[int, Programme], programme_id: int) -> str:
    return named(within[programme_id]) if programme_id in within else ""
