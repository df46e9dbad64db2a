"""Whose names open on the pages of attendance and leads: the facilitator's without ceremony, others' with a reason."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Session
from samaki.ground.people.models import Person
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.strands.learning.models import Lead
from tests.factories.field import Field, a_consenting_person, a_field
from tests.factories.series import FIRST, an_activity_of, attend, people, sessions_of, working_group
from tests.interfaces.pages import somebody

pytestmark = pytest.mark.django_db
NAME = "Raksmeypich"


def _client(field: Field, role: Role, organisation: object = None) -> Client:
    return somebody(field, role, organisation or field.ours)  # type: ignore[arg-type]  # as it asks for


def _session(field: Field, came: list[Person]) -> Session:
    session = sessions_of(an_activity_of(field, [FIRST], key="taking"))[0]
    return attend(field, session, came)


def _facilitated(session: Session, field: Field) -> Client:
    client = _client(field, Role.FACILITATOR)
    session.activity.facilitator = User.objects.latest("pk")
    session.activity.save()
    return client


def _pages(session: Session) -> list[str]:
    return [reverse(name, args=[session.pk]) for name in ("take_attendance", "session_leads")]


def _opened() -> list[str]:
    return list(AuditEntry.objects.filter(action="people.reveal").order_by("pk").values_list("reason", flat=True))


def test_who_has_no_business_with_the_list_opens_neither_page() -> None:
    field = a_field()
    (person,) = people(field, 1)
    session = _session(field, [person])
    clients = {
        403: [_client(field, role) for role in (Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.FACILITATOR)],
        404: [_client(field, Role.PARTNER_ME, field.theirs), _client(field, Role.DONOR)],
    }
    for status, readers in clients.items():
        for client in readers:
            for address in _pages(session):
                assert client.get(address).status_code == status
                assert client.post(address, {"show": "1", "reason": "curious"}).status_code == status
    assert _opened() == []


def test_the_facilitator_of_the_activity_sees_its_names_without_ceremony_and_it_is_logged() -> None:
    field = a_field()
    (person,) = people(field, 1)
    session = _session(field, [person])
    client = _facilitated(session, field)
    page = client.get(_pages(session)[0]).content.decode()
    assert (NAME in page, "Why do you need to see these names?" in page, _opened()) == (True, False, [""])


def test_others_of_the_organisation_read_numbers_until_they_say_why_and_the_reason_is_logged() -> None:
    field = a_field()
    (person,) = people(field, 1)
    working_group(field, person)
    client = _client(field, Role.PARTNER_ME)
    for session, address in zip((_session(field, [person]),) * 2, ("take_attendance", "session_leads"), strict=True):
        where = reverse(address, args=[session.pk])
        before = client.get(where).content.decode()
        assert (NAME in before, "Why do you need to see these names?" in before) == (False, True)
        after = client.post(where, {"show": "1", "reason": "calling who missed a day"}).content.decode()
        assert (NAME in after, 'data-mask-after="60"' in after) == (True, True)
    assert _opened() == ["calling who missed a day"] * 2
    assert session.attendances.count() == 1


def test_without_a_reason_no_name_opens_and_the_list_stays_as_it_is() -> None:
    field = a_field()
    (person,) = people(field, 1)
    session = _session(field, [person])
    page = _client(field, Role.PARTNER_ME).post(_pages(session)[0], {"show": "1", "reason": "  "}).content.decode()
    assert (NAME in page, _opened(), session.attendances.count()) == (False, [], 1)


def test_a_reason_once_given_goes_with_the_next_tap() -> None:
    field = a_field()
    first, second = people(field, 2)
    session = _session(field, [first])
    sent = {"reason": "paper list", "revision": session.revision, "person": [first.pk], "add": second.pk}
    page = _client(field, Role.PARTNER_ME).post(_pages(session)[0], sent).content.decode()
    assert (NAME in page, page.count('name="reason" value="paper list"'), _opened()) == (True, 1, ["paper list"])


def test_the_facilitator_writes_herself_and_colleagues_of_her_activity_down_as_leading() -> None:
    field = a_field()
    herself, colleague, came, stranger = people(field, 4)
    working_group(field, herself, colleague, stranger)
    session = _session(field, [came])
    client = _facilitated(session, field)
    User.objects.filter(pk=session.activity.facilitator_id).update(person_id=herself.pk)
    Lead.objects.create(session=session, person=colleague)
    address = _pages(session)[1]
    offered = [pk for pk, _name in client.get(address).context["ready"]]
    assert offered == [herself.pk]
    assert client.post(address, {"add": herself.pk}).status_code == 200
    assert client.post(address, {"by_number": "1", "number": f"P{stranger.pk:06}"}).status_code == 200
    led = set(Lead.objects.filter(session=session).values_list("person_id", flat=True))
    assert led == {herself.pk, colleague.pk, stranger.pk}
    taken_back = Lead.objects.get(session=session, person=stranger)
    assert client.post(address, {"take_off": taken_back.pk}).status_code == 200
    assert Lead.objects.count() == 2


def test_of_a_number_she_does_not_know_the_facilitator_hears_the_same_whatever_is_in_the_way() -> None:
    field = a_field()
    never, came = people(field, 2)
    elsewhere = a_consenting_person(field.theirs)
    session = _session(field, [came])
    client = _facilitated(session, field)
    told = set()
    for number in (never.pk, elsewhere.pk, 999_999):
        answer = client.post(_pages(session)[1], {"by_number": "1", "number": str(number)})
        told.add((answer.status_code, answer.context["trouble"].code))
    assert (told, Lead.objects.count()) == ({(422, "may_not_lead")}, 0)
    known = client.post(_pages(session)[1], {"add": came.pk})
    assert (known.status_code, known.context["trouble"].code) == (422, "attends")


def test_a_facilitator_of_another_activity_writes_nobody_down() -> None:
    field = a_field()
    (member,) = people(field, 1)
    working_group(field, member)
    session = _session(field, [])
    assert _client(field, Role.FACILITATOR).post(_pages(session)[1], {"add": member.pk}).status_code == 403
    assert Lead.objects.count() == 0
