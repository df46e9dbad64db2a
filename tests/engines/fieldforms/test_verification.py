"""Verifying field records: who must not, in what order, and what a verdict does."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.engines.fieldforms import verification
from samaki.engines.fieldforms.models import Submission, Verdict
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.engines.fieldforms.operations.reviewing import return_submission, verify_submission
from samaki.kernel.actors import Actor, Grant, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Invalid, NotFound, Refused
from tests.factories.field import Field, a_field
from tests.factories.fieldforms import a_form, a_parcel, a_user, xml

pytestmark = pytest.mark.django_db
AT = dt.datetime(2024, 6, 15, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def field(db: None) -> Field:
    found = a_field()
    a_form(found.programme)
    return found


def sent(field: Field, name: str = "sender", **values: str) -> Submission:
    actor = Actor(a_user(name).pk, name, (Grant(Role.FACILITATOR, field.ours.pk, field.programme.pk),))
    receipt = receive(a_parcel(field, xml(**values), actor=actor), at=AT)
    return Submission.objects.get(pk=receipt.number)


def verifier(field: Field, name: str = "verifier", role: Role = Role.PARTNER_ME) -> Actor:
    return Actor(a_user(name).pk, name, (Grant(role, field.ours.pk, field.programme.pk),), second_factor=True)


def test_no_stranger_sees_or_verifies_a_record(field: Field) -> None:
    submission = sent(field)
    for name, stranger in field.strangers().items():
        assert list(verification.to_verify(stranger)) == [], name
        with pytest.raises(NotFound):
            verification.submission_to_verify(stranger, submission.pk)
        with pytest.raises(Refused):
            verify_submission(submission=submission, by=stranger, at=AT)
    assert Submission.objects.get().review == Submission.Review.WAITING
    assert AuditEntry.objects.filter(refused=True, action="verify_record").count() == len(field.strangers())


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.GROUP_COORDINATOR, Role.PARTNER_FINANCE, Role.AUDITOR])
def test_who_records_does_not_verify(field: Field, role: Role) -> None:
    with pytest.raises(Refused):
        verify_submission(submission=sent(field), by=field.actor(role), at=AT)


def test_nobody_verifies_what_she_sent_herself(field: Field) -> None:
    submission = sent(field, "both")
    both = verifier(field, "both")
    assert list(verification.to_verify(both)) == []
    with pytest.raises(Refused) as refused:
        verify_submission(submission=submission, by=both, at=AT)
    assert refused.value.code == "own_record"


@pytest.mark.parametrize("role", [Role.PARTNER_ME, Role.PROGRAMME_OFFICER])
def test_what_is_verified_leaves_the_queue_and_is_in_the_trail(field: Field, role: Role) -> None:
    first, second = sent(field), sent(field)
    by = verifier(field, role=role)
    assert [one.pk for one in verification.to_verify(by)] == [first.pk, second.pk]
    verify_submission(submission=first, by=by, at=AT)
    assert [one.pk for one in verification.to_verify(by)] == [second.pk]
    assert [(one.review, one.by) for one in Verdict.objects.all()] == [("verified", by.name)]
    assert AuditEntry.objects.filter(action="verified_submission", object_id=str(first.pk)).count() == 1
    with pytest.raises(Conflict) as refused:
        verify_submission(submission=first, by=by, at=AT)
    assert refused.value.code == "decided_already"


def test_a_return_says_why_and_its_sender_reads_it(field: Field) -> None:
    submission = sent(field)
    by = verifier(field)
    with pytest.raises(Invalid):
        return_submission(submission=submission, reason="  ", by=by, at=AT)
    return_submission(submission=submission, reason="Which day?", by=by, at=AT)
    sender = Actor(a_user().pk, "sender", (Grant(Role.FACILITATOR, field.ours.pk, field.programme.pk),))
    where = {"programme_id": field.programme.pk, "organisation_id": field.ours.pk}
    mine = verification.own_submissions(sender, **where).get()
    assert (mine.review, verification.verdicts_of(sender, mine).get().reason) == ("returned", "Which day?")


def test_a_correction_waits_again_and_the_returned_one_is_decided_no_more(field: Field) -> None:
    first = sent(field, instance="uuid:1")
    by = verifier(field)
    return_submission(submission=first, reason="Which day?", by=by, at=AT)
    second = sent(field, instance="uuid:2", corrects="uuid:1")
    assert [one.pk for one in verification.to_verify(by)] == [second.pk]
    assert {one.pk for one in verification.versions_of(by, second)} == {first.pk, second.pk}
    with pytest.raises(Conflict) as refused:
        verify_submission(submission=first, by=by, at=AT)
    assert refused.value.code == "superseded"


def test_a_verified_record_can_be_returned_and_then_corrected(field: Field) -> None:
    first = sent(field, instance="uuid:1")
    by = verifier(field)
    verify_submission(submission=first, by=by, at=AT)
    with pytest.raises(Conflict):
        sent(field, instance="uuid:2", corrects="uuid:1")
    return_submission(submission=first, reason="Counted twice", by=by, at=AT)
    assert sent(field, instance="uuid:2", corrects="uuid:1").is_current


def test_what_is_to_be_mended_is_not_verified(field: Field) -> None:
    submission = sent(field)
    Submission.objects.update(state=Submission.State.FAILED)
    by = verifier(field)
    assert list(verification.to_verify(by)) == []
    with pytest.raises(Conflict):
        verify_submission(submission=submission, by=by, at=AT)
