"""The queue of field records: verify and go to the next in one tap, or return with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samaki.engines.fieldforms import verification
from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.operations.reviewing import return_submission, verify_submission
from samaki.interfaces.field.shown import shown
from samaki.interfaces.reporting.forms import Return
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.kernel import policy
from samaki.kernel.policy import Action

SHOWN = 50
DECIDED = frozenset({Submission.State.HANDLED, Submission.State.KEPT})


@require_GET
def queue(request: ActorRequest) -> HttpResponse:
    if not policy.reach(request.actor, Action.VERIFY_RECORD):
        raise policy.refusal(request.actor, Action.VERIFY_RECORD)
    waiting = verification.to_verify(request.actor)
    return page(request, "field/verify.html", {"waiting": waiting[:SHOWN], "count": waiting.count()})


@require_GET
def one(request: ActorRequest, submission_id: int) -> HttpResponse:
    return _page(request, verification.submission_to_verify(request.actor, submission_id), Return())


@require_POST
def verify(request: ActorRequest, submission_id: int) -> HttpResponse:
    found = verification.submission_to_verify(request.actor, submission_id)
    verify_submission(submission=found, by=request.actor, at=timezone.now())
    messages.success(request, _("Verified: no. %(number)s.") % {"number": found.pk})
    return _next(request, found)


@require_POST
def give_back(request: ActorRequest, submission_id: int) -> HttpResponse:
    found = verification.submission_to_verify(request.actor, submission_id)
    form = Return(request.POST)
    if form.is_valid():
        with told_in(form):
            reason = form.cleaned_data["reason"]
            return_submission(submission=found, reason=reason, by=request.actor, at=timezone.now())
    if form.errors:
        return _page(request, found, form)
    messages.success(request, _("Returned with your reason."))
    return _next(request, found)


def _next(request: ActorRequest, done: Submission) -> HttpResponse:
    """The one that has waited longest after this, else the first of all, else the empty queue."""
    waiting = verification.to_verify(request.actor)
    later = waiting.filter(received_at__gte=done.received_at).exclude(pk=done.pk).first() or waiting.first()
    return redirect("verify_record", later.pk) if later else redirect("verify_records")


def _page(request: ActorRequest, found: Submission, form: Return) -> HttpResponse:
    with_names = verification.sees_names(request.actor, found)
    is_own = request.actor.user_id is not None and found.user_id == request.actor.user_id
    waits = found.is_current and found.review == Submission.Review.WAITING and not is_own
    context = {
        "submission": found,
        "shown": shown(request.actor, found, with_names=with_names),
        "with_names": with_names,
        "versions": verification.versions_of(request.actor, found),
        "verdicts": verification.verdicts_of(request.actor, found),
        "form": form,
        "can_verify": waits and found.state in DECIDED,
        "can_return": found.is_current and not is_own and found.review != Submission.Review.RETURNED,
        "left": verification.to_verify(request.actor).count(),
    }
    return page(request, "field/verify_one.html", context, status=422 if form.errors else 200)
