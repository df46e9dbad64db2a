"""Reading submissions to verify them, or to see what became of one's own. What a reader gets is cut to her tier."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.models import Submission, Verdict
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action

State = Submission.State
Review = Submission.Review


def own_submissions(actor: AnyActor, *, programme_id: int, organisation_id: int) -> QuerySet[Submission]:
    """What the actor sent there, as it stands now, the latest first."""
    found = Submission.objects.filter(
        user_id=actor.user_id or 0, programme_id=programme_id, organisation_id=organisation_id, is_current=True
    )
    return found.exclude(state=State.DELETED).select_related("form", "form_version").order_by("-pk")


def to_verify(actor: AnyActor) -> QuerySet[Submission]:
    """What waits for this actor's word, the oldest first: records made, of others than herself."""
    found = Submission.objects.filter(
        policy.reach(actor, Action.VERIFY_RECORD).q(),
        is_current=True,
        review=Review.WAITING,
        state__in=(State.HANDLED, State.KEPT),
    )
    if actor.user_id is not None:
        found = found.filter(~Q(user_id=actor.user_id) | Q(user_id__isnull=True))
    return found.select_related("form", "programme", "organisation", "user").order_by("received_at", "pk")


def submission_to_verify(actor: AnyActor, submission_id: int) -> Submission:
    """Of those within the actor's reach, whatever became of it. Raises NotFound, the same whether it exists."""
    within = policy.reach(actor, Action.VERIFY_RECORD).q()
    found = Submission.objects.filter(within, pk=submission_id).exclude(state=State.DELETED)
    submission = found.select_related("form", "form_version", "programme", "organisation", "user").first()
    if submission is None:
        raise NotFound("no_such_submission", _("There is no such record."))
    return submission


def versions_of(actor: AnyActor, submission: Submission) -> QuerySet[Submission]:
    """The submission and those that it corrects or that correct it, the latest first. Call for one that was found."""
    root = submission.root_id or submission.pk
    return Submission.objects.filter(Q(pk=root) | Q(root=root)).select_related("user").order_by("-pk")


def verdicts_of(actor: AnyActor, submission: Submission) -> QuerySet[Verdict]:
    """What verifiers said of it and of its earlier versions, the latest first. Call for one that was found."""
    root = submission.root_id or submission.pk
    return Verdict.objects.filter(Q(submission=root) | Q(submission__root=root)).order_by("-at", "-pk")


def reasons_of(actor: AnyActor, submission_ids: Collection[int]) -> dict[int, str]:
    """Why each of them was returned, by the last word. Call for submissions that were found."""
    found = Verdict.objects.filter(submission__in=submission_ids, review=Review.RETURNED).order_by("at", "pk")
    return dict(found.values_list("submission_id", "reason"))


def sees_names(actor: AnyActor, submission: Submission) -> bool:
    """Whether rows of people, free text and places below the commune may be shown: to the organisation's own staff."""
    return policy.may(
        actor,
        Action.SEE_PEOPLE,
        organisation_id=submission.organisation_id,
        programme_id=submission.programme_id,
    )
