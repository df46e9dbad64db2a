"""Signing in to pages, for tests of pages."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.organisations.models import Organisation
from samaki.interfaces.web.second_factor import PROVED
from samaki.interfaces.web.sign_in import BACKEND
from samaki.kernel.actors import Role
from tests.factories.programmes import Setting


def signed_in(username: str, language: str = "en") -> Client:
    """An example user after one tap."""
    client = Client()
    client.cookies["django_language"] = language
    answer = client.post(reverse("sign_in_as_example", args=[username]))
    assert answer.status_code == 302
    return client


def queries_of(client: Client, address: str, sent: dict[str, str] | None = None) -> int:
    """How many queries one page takes, once everything that is kept in memory is there; by POST where something is
    `sent`."""
    asking = client.get if sent is None else client.post
    asking(address, sent)
    with CaptureQueriesContext(connection) as captured:
        assert asking(address, sent).status_code == 200
    return len(captured)


def somebody(setting: Setting, role: Role, organisation: Organisation | None = None) -> Client:
    """A real user of one role in the programme, in English, with her second factor given."""
    user = User.objects.create(username=f"{role}-{User.objects.count()}", language="en")
    RoleGrant.objects.create(
        user=user, role=role, organisation=organisation or setting.ours, programme_id=setting.programme.pk
    )
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.session
    session[PROVED] = user.pk
    session.save()
    return client
