"""Verifying what phones sent, or returning it with a reason. Until verified its sender may correct it."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.models import Submission, Verdict
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid, Refused
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope

Review = Submission.Review


def verify_submission(*, submission: Submission, by: AnyActor, at: dt.datetime) -> Submission:
    """Raises Refused without leave or of one's own record; Conflict where it was corrected, decided or not taken."""
    return _decide(submission, Review.VERIFIED, "", by, at)


def return_submission(*, submission: Submission, reason: str, by: AnyActor, at: dt.datetime) -> Submission:
    """Asks the sender to correct it. A verified one can be returned too: then it may be corrected again. Raises as
    `verify_submission`, and Invalid("reason_wanted")."""
    if not reason.strip():
        raise Invalid("reason_wanted", _("Please say what needs correction."), field="reason")
    return _decide(submission, Review.RETURNED, reason.strip(), by, at)


def _decide(submission: Submission, review: Review, reason: str, by: AnyActor, at: dt.datetime) -> Submission:
    scope = Scope(organisation_id=submission.organisation_id, programme_id=submission.programme_id)
    with acting(by, Action.VERIFY_RECORD, submission, **scope):
        if by.user_id is not None and by.user_id == submission.user_id:
            raise Refused("own_record", _("Nobody verifies what she sent herself. Please ask somebody else."))
        submission = Submission.objects.select_for_update(of=("self",), no_key=True).get(pk=submission.pk)
        if not submission.is_current:
            raise Conflict("superseded", _("This record was corrected meanwhile. Please open the newest."))
        if submission.state not in {Submission.State.HANDLED, Submission.State.KEPT} and review == Review.VERIFIED:
            raise Conflict("not_recorded_yet", _("This record is not in the figures yet. It must be mended first."))
        if submission.review == review:
            raise Conflict("decided_already", _("Somebody else has decided about this record already."))
        submission.review = review
        submission.revision += 1
        submission.save(update_fields=["review", "revision"])
        Verdict.objects.create(submission=submission, review=review, reason=reason, by=by.name, at=at)
        record(by, f"{review}_submission", submission, **scope)
    return submission
