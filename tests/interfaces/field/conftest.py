"""A phone in a test: its user, and what it asks with its token."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.devices import issue_device
from samaki.ground.accounts.models import DeviceCredential, RoleGrant, User
from samaki.ground.accounts.queries import actor_of
from samaki.ground.activities.models import Activity, Session
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Consent, Person
from samaki.ground.people.operations import GivenConsent, Identity, NewPerson, add_person
from samaki.kernel.actors import Role
from tests.factories.field import Field, a_field
from tests.factories.people import SETUP

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

TODAY = timezone.localdate()


@dataclass
class Phone:
    user: User
    device: DeviceCredential
    token: str
    programme: str

    def data(self, *, tag: str = "", programme: str = "") -> Answer:
        headers = {"HTTP_AUTHORIZATION": f"Bearer {self.token}"}
        if tag:
            headers["HTTP_IF_NONE_MATCH"] = tag
        return Client().get(reverse("field_data", args=[programme or self.programme]), **headers)

    def send(self, xml: bytes, *, programme: str = "", token: str | None = None) -> Answer:
        return Client(enforce_csrf_checks=True).post(
            reverse("field_send", args=[programme or self.programme]),
            xml,
            content_type="text/xml",
            HTTP_AUTHORIZATION=f"Bearer {self.token if token is None else token}",
        )


@pytest.fixture
def field(db: None) -> Field:
    return a_field()


def a_phone(field: Field, role: Role, organisation: Organisation | None = None, *, group: Group | None = None) -> Phone:
    user = User.objects.create(username=f"{role}-{User.objects.count()}", language="en")
    where = organisation or field.ours
    RoleGrant.objects.create(
        user=user,
        role=role,
        organisation=where,
        programme_id=field.programme.pk,
        group_id=group.pk if group else None,
    )
    issued = issue_device(
        user=user,
        organisation=where,
        programme_id=field.programme.pk,
        kind=DeviceCredential.Kind.BROWSER,
        by=actor_of(user, on=TODAY, second_factor=False),
        at=timezone.now(),
    )
    return Phone(user, issued.device, issued.token, field.programme.key)


def a_named_person(organisation: Organisation, given: str, *, consents: bool = True) -> Person:
    consent = GivenConsent(Consent.Purpose.TAKE_PART, "1", "km", Consent.How.SPOKEN, dt.date(2020, 1, 1))
    new = NewPerson(
        Identity("ទេព", given, "", "", ""), gender="woman", birth_year=1990, consents=(consent,) if consents else ()
    )
    return add_person(new, organisation_id=organisation.pk, by=SETUP)


def a_session_today(
    field: Field,
    key: str,
    *,
    leader: User | None = None,
    group: Group | None = None,
    is_sensitive: bool = False,
) -> Activity:
    activity = Activity.objects.create(
        key=key,
        programme=field.programme,
        organisation=field.ours,
        group=group,
        kind=Activity.Kind.TRAINING,
        title_km="វគ្គ",
        title_en=key,
        place=field.place,
        starts_on=TODAY,
        ends_on=TODAY,
        is_sensitive=is_sensitive,
        facilitator=leader,
    )
    Session.objects.create(activity=activity, number=1, held_on=TODAY)
    return activity


def a_member(group: Group, given: str, **values: bool) -> Person:
    person = a_named_person(group.organisation, given, **values)
    Membership.objects.create(group=group, person=person, since=dt.date(2023, 2, 1))
    return person


def session_xml(
    *, women: int = 7, activity: str = "", instance: str | None = None, corrects: str = "", version: str = ""
) -> bytes:
    named = f"<activity>{activity}</activity>" if activity else "<kind>training</kind>"
    deprecated = f"<deprecatedID>{corrects}</deprecatedID>" if corrects else ""
    return (
        f'<data id="samaki-session" version="{version}"><meta><instanceID>{instance or f"uuid:{uuid4()}"}</instanceID>'
        f"{deprecated}</meta><held_on>{TODAY}</held_on>{named}<all>{women}</all><women>{women}</women></data>"
    ).encode()


def version_of(phone: Phone, job: str = "session") -> str:
    return next(str(one["version"]) for one in phone.data().json()["jobs"] if one["key"] == job)
