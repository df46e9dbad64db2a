"""The pages of the queue: what each verifier sees of an answer, and verify-and-next in one request."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from samaki.engines.fieldforms.models import Submission
from samaki.ground.accounts.models import RoleGrant, User
from samaki.interfaces.web.second_factor import PROVED
from samaki.interfaces.web.sign_in import BACKEND
from samaki.kernel.actors import Role
from tests.factories.field import Field
from tests.interfaces.field.conftest import (
    TODAY,
    Phone,
    a_member,
    a_phone,
    a_session_today,
    version_of,
)

XML = """<data id="samaki-session" version="{version}"><meta><instanceID>uuid:{number}</instanceID></meta>
<held_on>{today}</held_on><activity>hers</activity><title>Secret words</title><all>7</all><women>7</women>
<people><person>{person}</person></people></data>"""


def signed_in(field: Field, role: Role) -> Client:
    user = User.objects.create(username=f"web-{role}", language="en")
    RoleGrant.objects.create(user=user, role=role, organisation=field.ours, programme_id=field.programme.pk)
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.session
    session[PROVED] = user.pk
    session.save()
    return client


@pytest.fixture
def phone(field: Field) -> Phone:
    phone = a_phone(field, Role.FACILITATOR)
    person = a_member(field.group, "មុនី")
    a_session_today(field, "hers", leader=phone.user, group=field.group)
    text = XML.format(version=version_of(phone), number=1, today=TODAY, person=person.pk)
    assert phone.send(text.encode()).json()["state"] == "handled"
    return phone


def test_a_programme_officer_reads_numbers_and_not_people(field: Field, phone: Phone) -> None:
    number = Submission.objects.get().pk
    person = field.group.memberships.get().person_id
    text = signed_in(field, Role.PROGRAMME_OFFICER).get(reverse("verify_record", args=[number])).content.decode()
    assert ("Of them women" in text, "Secret words" in text, f"<td>{person}</td>" in text) == (True, False, False)
    assert "Who came (1)" in text


def test_her_own_organisation_reads_rows_by_number(field: Field, phone: Phone) -> None:
    number = Submission.objects.get().pk
    person = field.group.memberships.get().person_id
    text = signed_in(field, Role.PARTNER_ME).get(reverse("verify_record", args=[number])).content.decode()
    assert ("Secret words" in text, f"<td>{person}</td>" in text, "មុនី" in text) == (True, True, False)


def test_verify_and_next_is_one_request(field: Field, phone: Phone) -> None:
    first = Submission.objects.get()
    xml = f"""<data id="samaki-session" version="{first.version}"><meta><instanceID>uuid:2</instanceID></meta>
    <held_on>{TODAY}</held_on><kind>training</kind><all>3</all></data>"""
    second = phone.send(xml.encode()).json()["number"]
    client = signed_in(field, Role.PARTNER_ME)
    done = client.post(reverse("verify_record_done", args=[first.pk]))
    assert done.headers["Location"] == reverse("verify_record", args=[second])
    last = client.post(reverse("verify_record_done", args=[second]))
    assert last.headers["Location"] == reverse("verify_records")
    assert set(Submission.objects.values_list("review", flat=True)) == {"verified"}


def test_a_return_reaches_the_phone_with_its_reason(field: Field, phone: Phone) -> None:
    number = Submission.objects.get().pk
    client = signed_in(field, Role.PARTNER_ME)
    assert client.post(reverse("return_record", args=[number]), {"reason": ""}).status_code == 422
    client.post(reverse("return_record", args=[number]), {"reason": "Which day?"})
    record = phone.data().json()["records"][0]
    assert (record["number"], record["review"], record["reason"], record["editable"]) == (
        number,
        "returned",
        "Which day?",
        True,
    )
    assert record["values"]["title"] == "Secret words"


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.DONOR, Role.ADMINISTRATOR, Role.AUDITOR])
def test_nobody_else_comes_near_the_queue(field: Field, phone: Phone, role: Role) -> None:
    number = Submission.objects.get().pk
    client = signed_in(field, role)
    assert client.get(reverse("verify_records")).status_code == 403
    assert client.get(reverse("verify_record", args=[number])).status_code == 404
    assert client.post(reverse("verify_record_done", args=[number])).status_code == 404
    assert client.post(reverse("return_record", args=[number]), {"reason": "x"}).status_code == 404
    assert Submission.objects.get().review == "waiting"


def test_home_shows_what_came_back_and_the_big_button(field: Field, phone: Phone) -> None:
    client = Client()
    client.force_login(phone.user, backend=BACKEND)
    assert f'href="{reverse("field")}"' in client.get("/").content.decode()
    Submission.objects.update(review="returned")
    assert "1 records came back" in client.get("/").content.decode()
