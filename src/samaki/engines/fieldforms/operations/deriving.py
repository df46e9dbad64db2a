"""Records made anew of what was sent: after a mapping or a place was mended, or of everything. The same again changes
nothing, so it may be stopped and run once more."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.handling import Bound, Sent, handle
from samaki.engines.fieldforms.models import Form, FormVersion, Submission
from samaki.engines.fieldforms.opening import answers_of, context_of, opened
from samaki.engines.fieldforms.rules import stored_fault
from samaki.engines.fieldforms.xforms import read_submission
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict
from samaki.kernel.form_handlers import Handling, form_handlers
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.kernel.sealed import seal

AT_ONCE = 1_000  # submissions a transaction: what waits for it waits for less than a second
_COLUMNS = ("pk", "organisation_id", "root_id", "instance_id", "salt", "answers", "received_at", "state")
State = Submission.State


@dataclass(frozen=True)
class Derived:
    handled: int = 0
    failed: int = 0


def derive_again(*, form: Form, by: AnyActor, at: dt.datetime, organisation_id: int | None = None) -> Derived:
    """Records of every current submission of a form with a handler, of one organisation or (None) all, as far as `by`
    may record. Raises Refused, Conflict("no_handler")."""
    scope = Scope(organisation_id=organisation_id, programme_id=form.programme_id)
    with acting(by, Action.SEE_PEOPLE, form, **scope):
        record(by, "derive_again", form, **scope)
    handled = failed = 0
    for batch in _batches(form, organisation_id):
        with transaction.atomic():
            faulty = _derive(form, batch, by, at)
        failed += faulty
        handled += len(batch) - faulty
    return Derived(handled, failed)


def try_again(*, submission: Submission, by: AnyActor, at: dt.datetime) -> Submission:
    """Makes the record of one that was kept or failed. Raises Refused, Conflict: no_handler, not_current,
    version_wanted."""
    with acting(by, Action.SEE_PEOPLE, submission, **_scope(submission)):
        submission = _locked(submission)
        if not submission.is_current or submission.state == State.DELETED:
            raise Conflict("not_current", _("This record was corrected or deleted meanwhile."))
        if submission.form_version_id is None:
            raise Conflict("version_wanted", _("Please choose first which version of the form this is."))
        _expect_handler(submission.form)
        _derive(submission.form, list(_rows(Submission.objects.filter(pk=submission.pk))), by, at)
        record(by, "try_submission_again", submission, **_scope(submission))
    submission.refresh_from_db()
    return submission


def take_as(*, submission: Submission, version: FormVersion, by: AnyActor, at: dt.datetime) -> Submission:
    """Reads a submission of an unknown version as one of `version` of its form, and makes its record. Raises Refused,
    Conflict("other_form") for a version of another form."""
    with acting(by, Action.SEE_PEOPLE, submission, **_scope(submission)):
        submission = _locked(submission)
        if version.form_id != submission.form_id or submission.state != State.REVIEW:
            raise Conflict("other_form", _("This record cannot be read as that version of the form."))
        answers = read_submission(opened(submission).xml).answers(frozenset(version.repeats))
        context = context_of(submission.form_id, submission.instance_id)
        submission.answers = seal(answers.as_json(), salt=bytes(submission.salt), context=context)
        submission.form_version = version
        submission.state = State.KEPT
        submission.revision += 1
        submission.save()
        record(by, "take_submission_as", submission, **_scope(submission), details={"version": version.version})
    if submission.form.handler in form_handlers:
        return try_again(submission=submission, by=by, at=at)
    return submission


def delete_submission(*, submission: Submission, reason: str, by: AnyActor, at: dt.datetime) -> Submission:
    """Takes it and its record back; what was sent stays, sealed, and is not taken again. Raises Refused, Conflict where
    it is verified or its period locked."""
    with acting(by, Action.SEE_PEOPLE, submission, **_scope(submission)):
        submission = _locked(submission)
        if submission.review == Submission.Review.VERIFIED:
            raise Conflict("verified", _("This record is verified. Please return it first."))
        if submission.state == State.HANDLED:
            handling = Handling(submission.programme_id, submission.organisation_id, at)
            form_handlers[submission.form.handler].take_back([submission.origin], handling, by)
        submission.state = State.DELETED
        submission.revision += 1
        submission.save()
        record(by, "delete_submission", submission, **_scope(submission), reason=reason)
    return submission


@dataclass(frozen=True)
class _Row:
    pk: int
    organisation_id: int
    origin: str
    instance_id: str
    salt: bytes
    answers: bytes
    received_at: dt.datetime
    state: str


def _rows(found: QuerySet[Submission]) -> Iterator[_Row]:
    for pk, organisation_id, root_id, instance_id, salt, answers, received_at, state in found.values_list(*_COLUMNS):
        yield _Row(pk, organisation_id, f"submission:{root_id or pk}", instance_id, salt, answers, received_at, state)


def _batches(form: Form, organisation_id: int | None) -> Iterator[list[_Row]]:
    _expect_handler(form)
    found = Submission.objects.filter(form=form, is_current=True, form_version__isnull=False, is_encrypted=False)
    found = found.exclude(state=State.DELETED)
    if organisation_id is not None:
        found = found.filter(organisation=organisation_id)
    last = 0
    while batch := list(_rows(found.filter(pk__gt=last).order_by("pk")[:AT_ONCE])):
        yield batch
        last = batch[-1].pk


def _expect_handler(form: Form) -> None:
    if form.handler not in form_handlers:
        raise Conflict("no_handler", _("This form is kept as data: nothing is made of what is sent."))


def _derive(form: Form, rows: Sequence[_Row], by: AnyActor, at: dt.datetime) -> int:
    """Returns how many could not be made."""
    together: dict[int, list[_Row]] = defaultdict(list)
    for row in rows:
        together[row.organisation_id].append(row)
    failed, bound = 0, Bound.of(form)
    for organisation_id, some in together.items():
        sent = [
            Sent(row.origin, answers_of(form.pk, row.instance_id, row.salt, row.answers), by, row.received_at)
            for row in some
        ]
        faults = handle(bound, sent, organisation_id=organisation_id, at=at)
        failed += len(faults)
        for index, reasons in faults.items():
            said = [stored_fault(reason) for reason in reasons]
            Submission.objects.filter(pk=some[index].pk).update(state=State.FAILED, faults=said)
        mended = [row.pk for index, row in enumerate(some) if index not in faults and row.state != State.HANDLED]
        Submission.objects.filter(pk__in=mended).update(state=State.HANDLED, faults=[])
    return failed


def _locked(submission: Submission) -> Submission:
    found = Submission.objects.select_for_update(of=("self",), no_key=True).select_related("form")
    return found.get(pk=submission.pk)


def _scope(submission: Submission) -> Scope:
    return Scope(organisation_id=submission.organisation_id, programme_id=submission.programme_id)
