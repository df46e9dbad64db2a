"""The door of the field pages: a token and nothing else opens it, and what is told was stored."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.operations.reviewing import verify_submission
from samaki.ground.accounts.devices import revoke_device
from samaki.ground.activities.models import Session
from samaki.kernel.actors import Role, System
from samaki.kernel.audit.models import AuditEntry
from tests.factories.field import Field
from tests.interfaces.field.conftest import a_phone, a_session_today, session_xml, version_of


def test_a_record_sent_twice_is_one_with_one_number(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    xml = session_xml(version=version_of(phone))
    first, again = phone.send(xml), phone.send(xml)
    assert (first.status_code, again.status_code) == (201, 202)
    number = Submission.objects.get().pk
    assert first.json() == again.json() == {"number": number, "state": "handled", "faults": []}
    assert Session.objects.get().origin == f"submission:{number}"


def test_what_cannot_be_recorded_is_received_all_the_same_with_its_reason(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    answer = phone.send(session_xml(activity="nowhere", version=version_of(phone)))
    assert (answer.status_code, answer.json()["state"]) == (201, "failed")
    assert [fault["code"] for fault in answer.json()["faults"]] == ["no_such_activity"]


def test_a_correction_takes_the_place_of_the_first_until_it_is_verified(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    version, first, second = version_of(phone), f"uuid:{uuid4()}", f"uuid:{uuid4()}"
    phone.send(session_xml(women=7, instance=first, version=version))
    corrected = phone.send(session_xml(women=9, instance=second, corrects=first, version=version))
    assert corrected.status_code == 201
    assert Session.objects.get().tallies.get(dimension="all").count == 9
    current = Submission.objects.get(is_current=True)
    verify_submission(submission=current, by=System("tests"), at=timezone.now())
    late = phone.send(session_xml(women=3, corrects=second, version=version))
    assert (late.status_code, late.json()["code"]) == (409, "verified")
    assert [one["editable"] for one in phone.data().json()["records"]] == [False]


@pytest.mark.parametrize("token", ["", "phone-aaaaaaaa.nothing", "\0", "phone.\ud7ff" * 20])
def test_no_token_and_no_right_one_is_401(field: Field, token: str) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    assert phone.send(session_xml(), token=token).status_code == 401
    assert not Submission.objects.exists()


def test_a_cookie_alone_opens_nothing(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    client = Client()
    client.force_login(phone.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    sent = client.post(reverse("field_send", args=[phone.programme]), session_xml(), content_type="text/xml")
    assert (sent.status_code, client.get(reverse("field_data", args=[phone.programme])).status_code) == (401, 401)


def test_a_closed_phone_sends_and_reads_nothing_more(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    revoke_device(device=phone.device, by=System("tests"), at=timezone.now())
    assert (phone.send(session_xml()).status_code, phone.data().status_code) == (401, 401)


def test_a_token_is_of_one_programme(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    assert phone.send(session_xml(), programme=field.other.key).status_code == 401
    assert phone.data(programme=field.other.key).status_code == 401


def test_a_role_that_ended_refuses_and_keeps_the_refusal(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    version = version_of(phone)
    phone.user.role_grants.all().delete()
    answer = phone.send(session_xml(version=version))
    assert answer.status_code == 403
    assert AuditEntry.objects.filter(refused=True, actor_id=phone.user.pk).count() == 1


def test_the_record_of_somebody_else_is_not_corrected(field: Field) -> None:
    mine, hers = a_phone(field, Role.FACILITATOR), a_phone(field, Role.FACILITATOR)
    version, instance = version_of(mine), f"uuid:{uuid4()}"
    mine.send(session_xml(instance=instance, version=version))
    assert hers.send(session_xml(women=1, corrects=instance, version=version)).status_code == 404
    assert hers.data().json()["records"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"<data>", 400),
        (b"\0", 400),
        (b"<x/>" * 600_000, 413),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 400),
    ],
)
def test_what_is_no_record_is_refused_in_words(field: Field, body: bytes, status: int) -> None:
    answer = a_phone(field, Role.FACILITATOR).send(body)
    assert (answer.status_code, bool(answer.json()["title"])) == (status, True)
    assert not Submission.objects.exists()


def test_a_planned_session_is_filled_and_not_made_again(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    a_session_today(field, "planned", leader=phone.user)
    phone.send(session_xml(activity="planned", version=version_of(phone)))
    assert [(one.activity.key, one.attendance) for one in Session.objects.all()] == [("planned", "tally")]
