"""The pages of who leaves and of what goes: who is refused first, then what is said, done and undone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.engines.retention.models import Receipt
from samaki.ground.people.models import Consent, Person, Withdrawal
from samaki.ground.people.operations import GivenConsent, NewPerson, add_person
from samaki.kernel.actors import Role
from tests.factories.people import NAMES, SETUP
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db
OTHERS = [role for role in Role if role is not Role.PARTNER_ME]
RUNS = {Role.SAFEGUARDING_FOCAL, Role.ADMINISTRATOR}
LOOKS = RUNS | {Role.PARTNER_ME, Role.CASE_SUPERVISOR, Role.WOMENS_SERVICE_WORKER}


@pytest.fixture
def setting() -> Setting:
    return a_setting()


def a_person(setting: Setting) -> Person:
    consents = [
        GivenConsent(purpose, "1", "km", Consent.How.SPOKEN, dt.date(2023, 1, 10))
        for purpose in (Consent.Purpose.TAKE_PART, Consent.Purpose.STORY)
    ]
    new = NewPerson(NAMES, gender="woman", birth_year=1990, consents=consents)
    return add_person(new, organisation_id=setting.ours.pk, by=SETUP)


def said(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_but_her_own_organisations_data_staff_opens_or_notes_that_she_leaves(
    setting: Setting, role: Role
) -> None:
    person, client = a_person(setting), somebody(setting, role)
    consent = Consent.objects.filter(person=person)[0]
    assert client.get(reverse("leaving", args=[person.pk])).status_code == 403
    for name, args in (("leaving_step", [person.pk, "leave"]), ("consent_end", [person.pk, consent.pk])):
        assert client.post(reverse(name, args=args), {"asked": "on"}).status_code == 403
    assert (Withdrawal.objects.count(), Consent.objects.filter(withdrawn_on__isnull=False).count()) == (0, 0)


def test_another_organisations_staff_find_nothing(setting: Setting) -> None:
    person, client = a_person(setting), somebody(setting, Role.PARTNER_ME, setting.theirs)
    assert client.get(reverse("leaving", args=[person.pk])).status_code == 404
    assert client.post(reverse("leaving_step", args=[person.pk, "leave"]), {"asked": "on"}).status_code == 404
    assert Withdrawal.objects.count() == 0


def test_a_consent_of_somebody_else_is_not_ended_through_her_page(setting: Setting) -> None:
    person, other = a_person(setting), a_person(setting)
    consent = Consent.objects.filter(person=other)[0]
    somebody(setting, Role.PARTNER_ME).post(reverse("consent_end", args=[person.pk, consent.pk]))
    assert Consent.objects.filter(withdrawn_on__isnull=False).count() == 0


def test_one_consent_is_taken_back_and_the_others_stand(setting: Setting) -> None:
    person, client = a_person(setting), somebody(setting, Role.PARTNER_ME)
    story = Consent.objects.get(person=person, purpose="story")
    assert "No story of hers may be shown any more." in said(client, "leaving", person.pk)
    client.post(reverse("consent_end", args=[person.pk, story.pk]))
    ended = Consent.objects.order_by("purpose").values_list("purpose", "withdrawn_on")
    assert list(ended) == [("story", timezone.localdate()), ("take_part", None)]


def test_it_is_said_what_will_happen_and_when_before_it_is_noted_and_undone_until_then(setting: Setting) -> None:
    person, client = a_person(setting), somebody(setting, Role.PARTNER_ME)
    leave = reverse("leaving_step", args=[person.pk, "leave"])
    assert client.post(leave).status_code == 422
    assert Withdrawal.objects.count() == 0
    before = said(client, "leaving", person.pk)
    assert ("she may think again" in before, "no copy of this system" in before, NAMES.phone in before) == (
        True,
        True,
        False,
    )
    client.post(leave, {"asked": "on"})
    asked = Withdrawal.objects.get()
    assert asked.erase_on == timezone.localdate() + dt.timedelta(7)
    assert "She thought again and stays" in said(client, "leaving", person.pk)
    assert "This person asked to leave." in said(client, "person", person.pk)
    client.post(reverse("leaving_step", args=[person.pk, "stay"]))
    assert Withdrawal.objects.get().taken_back_at is not None
    assert Consent.objects.filter(withdrawn_on__isnull=False).count() == 0


@pytest.mark.parametrize("role", Role)
def test_who_lets_go_sees_how_many_who_records_sees_which_and_the_rest_nothing(setting: Setting, role: Role) -> None:
    person = a_person(setting)
    somebody(setting, Role.PARTNER_ME).post(reverse("leaving_step", args=[person.pk, "leave"]), {"asked": "on"})
    Withdrawal.objects.update(erase_on=timezone.localdate(), asked_on=timezone.localdate() - dt.timedelta(7))
    client = somebody(setting, role)
    if role not in LOOKS:
        assert client.get(reverse("retention")).status_code == 403
        assert client.post(reverse("retention_run")).status_code == 403
        return
    text, code = said(client, "retention"), f"P{person.pk:06d}"
    assert ("People who asked to leave" in text, code in text, "Let it go now" in text) == (
        role in RUNS | {Role.PARTNER_ME},
        role is Role.PARTNER_ME,
        role in RUNS,
    )
    assert ("Files closed two years ago" in text) == (role is Role.WOMENS_SERVICE_WORKER)
    done = client.post(reverse("retention_run")).status_code
    assert (done, Receipt.objects.count()) == (
        (302, 1) if role in RUNS else (302, 0) if role is Role.WOMENS_SERVICE_WORKER else (403, 0)
    )
    if role in RUNS:
        assert Receipt.objects.get().digest in said(client, "retention")


def test_the_plan_asks_no_more_of_many_than_of_few(setting: Setting) -> None:
    client, asked = somebody(setting, Role.PARTNER_ME), []
    for _more in range(2):
        for _person in range(3):
            person = a_person(setting)
            client.post(reverse("leaving_step", args=[person.pk, "leave"]), {"asked": "on"})
        Withdrawal.objects.update(erase_on=timezone.localdate(), asked_on=timezone.localdate() - dt.timedelta(7))
        asked.append(queries_of(client, reverse("retention")))
    assert asked[0] == asked[1]
