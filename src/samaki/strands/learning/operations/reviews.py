"""The talk about a version of a curriculum: proposed, discussed, agreed or declined, and the version agreed at its end.
Who said it is an office, an organisation or a group of staff, never a participant."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action
from samaki.strands.learning.models import CurriculumVersion, Review
from samaki.strands.learning.operations.curricula import LONGEST, draft, scope_of
from samaki.strands.learning.rules.curricula import is_decided

_Step = Review.Step


def propose_change(
    *,
    version: CurriculumVersion,
    on: dt.date,
    said_by: str,
    organisation: Organisation | None,
    text: str,
    by: AnyActor,
    at: dt.datetime,
) -> Review:
    """A change proposed for a draft. Raises Conflict("version_agreed"); Invalid: text_wanted, said_by_wanted,
    date_in_future."""
    with acting(by, Action.EDIT_CURRICULUM, version, **scope_of(version.curriculum)):
        version = draft(version)
        return _keep(version, None, _Step.PROPOSED, on, said_by, organisation, text, by, at)


def answer_proposal(
    *,
    proposal: Review,
    step: str,
    on: dt.date,
    said_by: str,
    organisation: Organisation | None,
    text: str,
    by: AnyActor,
    at: dt.datetime,
) -> Review:
    """What was said to a proposal, or decided: `text` then says what changed, or why not. Raises as `propose_change`;
    Conflict("proposal_decided"); Invalid: not_an_answer, dates_out_of_order where it is before what was said last."""
    with acting(by, Action.EDIT_CURRICULUM, proposal, **scope_of(proposal.version.curriculum)):
        version = draft(proposal.version)
        if step not in {_Step.DISCUSSED, _Step.AGREED, _Step.DECLINED} or proposal.answers_id is not None:
            raise Invalid("not_an_answer", _("Please choose one of the answers."), field="step")
        said = list(proposal.answered_by.order_by("on", "pk"))
        if is_decided(one.step for one in said):
            raise Conflict("proposal_decided", _("This proposal has been agreed or declined already."))
        if on < max([proposal.on, *(one.on for one in said)]):
            raise Invalid("dates_out_of_order", _("That day is before what was said last."), field="on")
        return _keep(version, proposal, step, on, said_by, organisation, text, by, at)


def take_back_word(*, review: Review, by: AnyActor, at: dt.datetime) -> None:
    """The last word of a proposal, or a proposal nobody answered: a slip. Raises Conflict: version_agreed,
    not_the_last."""
    with acting(by, Action.EDIT_CURRICULUM, review, **scope_of(review.version.curriculum)):
        draft(review.version)
        thread = review if review.answers is None else review.answers
        last = thread.answered_by.order_by("on", "pk").last() or thread
        if last.pk != review.pk:
            raise Conflict("not_the_last", _("Something was said after this. Please take that back first."))
        record(by, "curriculum.unsay", review, **scope_of(review.version.curriculum), details={"step": review.step})
        review.delete()


def agree_version(*, version: CurriculumVersion, on: dt.date, by: AnyActor, at: dt.datetime) -> CurriculumVersion:
    """From now on its modules stay as they are. Raises Conflict: version_agreed, no_module, proposals_open;
    Invalid("date_in_future")."""
    with acting(by, Action.EDIT_CURRICULUM, version, **scope_of(version.curriculum)):
        version = draft(version)
        if not version.modules.exists():
            raise Conflict("no_module", _("A version without a module cannot be agreed."))
        said = list(version.reviews.order_by("on", "pk"))
        answers: dict[int | None, list[str]] = {}
        for one in said:
            answers.setdefault(one.answers_id, []).append(one.step)
        if any(one.answers_id is None and not is_decided(answers.get(one.pk, [])) for one in said):
            raise Conflict("proposals_open", _("Please agree or decline each proposal first."))
        _expect_past(on, at)
        version.state, version.agreed_on = CurriculumVersion.State.AGREED, on
        version.revision += 1
        version.save()
        record(by, "curriculum.agree", version, **scope_of(version.curriculum), details={"number": version.number})
    return version


def _keep(
    version: CurriculumVersion,
    proposal: Review | None,
    step: str,
    on: dt.date,
    said_by: str,
    organisation: Organisation | None,
    text: str,
    by: AnyActor,
    at: dt.datetime,
) -> Review:
    if not 0 < len(text.strip()) <= LONGEST:
        raise Invalid("text_wanted", _("Please write what was said."), field="text")
    if not 0 < len(said_by.strip()) <= 150:
        words = _("Please write which office or group of staff said it.")
        raise Invalid("said_by_wanted", words, field="said_by")
    _expect_past(on, at)
    review = Review.objects.create(
        version=version,
        answers=proposal,
        step=step,
        on=on,
        by=said_by.strip(),
        organisation=organisation,
        text=text.strip(),
        is_example=version.is_example,
    )
    details = {"step": str(step), "version": version.number}
    record(by, "curriculum.review", review, **scope_of(version.curriculum), details=details)
    return review


def _expect_past(day: dt.date, at: dt.datetime) -> None:
    if day > timezone.localdate(at):
        words = _("This date has not come yet. Please choose today or an earlier day.")
        raise Invalid("date_in_future", words, field="on")
