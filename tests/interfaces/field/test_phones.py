"""Setting up a phone: by who is signed in, with a token for each programme she records in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.devices import sender_by_token
from samaki.ground.accounts.models import DeviceCredential, RoleGrant, User
from samaki.kernel.actors import Role
from tests.factories.programmes import a_setting
from tests.interfaces.pages import somebody

pytestmark = pytest.mark.django_db


def test_nobody_is_told_that_nobody_is_signed_in() -> None:
    answer = Client().get(reverse("field_me"))
    assert (answer.status_code, answer.json()) == (401, {})


def test_a_token_comes_for_each_programme_she_records_in() -> None:
    first, second = a_setting(), a_setting()
    client = somebody(first, Role.FACILITATOR)
    user = User.objects.get()
    RoleGrant.objects.create(
        user=user, role=Role.PARTNER_ME, organisation=second.ours, programme_id=second.programme.pk
    )
    RoleGrant.objects.create(user=user, role=Role.DONOR, organisation=second.theirs, programme_id=second.programme.pk)
    assert client.get(reverse("field_me")).json()["phones"] == 2
    phones = client.post(reverse("field_phone"), {"label": "old phone"}).json()["phones"]
    assert {(one["programme"], one["organisation"]) for one in phones} == {
        (first.programme.key, first.ours.pk),
        (second.programme.key, second.ours.pk),
    }
    senders = [sender_by_token(one["token"], on=timezone.localdate()) for one in phones]
    assert {sender.actor.user_id for sender in senders if sender} == {user.pk}
    assert set(DeviceCredential.objects.values_list("label", "kind")) == {("old phone", "browser")}


@pytest.mark.parametrize("role", [Role.DONOR, Role.AUDITOR, Role.AUTHORITY, Role.ADMINISTRATOR])
def test_who_records_nothing_gets_no_token(role: Role) -> None:
    client = somebody(a_setting(), role)
    assert client.post(reverse("field_phone"), {}).status_code == 403
    assert not DeviceCredential.objects.exists()


def test_a_token_is_given_to_no_form_of_another_site() -> None:
    setting = a_setting()
    signed_in = somebody(setting, Role.FACILITATOR)
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies
    assert client.post(reverse("field_phone"), {}).status_code == 403
    assert not DeviceCredential.objects.exists()


def test_connecting_again_closes_the_phone_that_was_held_before_and_nobody_elses() -> None:
    setting = a_setting()
    client, other = somebody(setting, Role.FACILITATOR), somebody(setting, Role.FACILITATOR)
    first = client.post(reverse("field_phone"), {}).json()["phones"][0]["token"]
    theirs = other.post(reverse("field_phone"), {}).json()["phones"][0]["token"]
    old = f"{first.partition('.')[0]} {theirs.partition('.')[0]} \0 nobody"
    again = client.post(reverse("field_phone"), {"old": old, "label": "a\0b"}).json()["phones"][0]["token"]
    on = timezone.localdate()
    assert [bool(sender_by_token(token, on=on)) for token in (first, again, theirs)] == [False, True, True]
