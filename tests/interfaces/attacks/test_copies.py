"""A copy of the database in the wrong hands: it opens no session, and holds no password or key that opens one."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from samaki.kernel.actors import Role
from tests.factories.programmes import a_setting
from tests.interfaces.pages import somebody

pytestmark = pytest.mark.django_db
WORD = re.compile(r"[\w:.$+/=-]{16,}")


def test_no_word_of_a_copy_is_a_cookie_that_opens_a_session() -> None:
    setting = a_setting()
    client = somebody(setting, Role.WOMENS_SERVICE_WORKER)
    assert client.get(reverse("safe")).status_code == 200
    words = {word for row in _rows(Session._meta.db_table) for word in WORD.findall(row)}
    assert words != set()
    for word in words:
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = word
        assert thief.get(reverse("safe")).status_code == 302, word


def test_a_session_is_found_again_changed_cycled_and_ended() -> None:
    setting = a_setting()
    client = somebody(setting, Role.PARTNER_ME)
    session = client.session
    session["kept"] = "yes"
    session.save()
    assert (client.session["kept"], Session.objects.count()) == ("yes", 1)
    assert Session.objects.get().get_decoded()[SESSION_KEY] == client.session[SESSION_KEY]
    before = session.session_key
    session.cycle_key()
    assert (session.exists(before), session.exists(session.session_key), Session.objects.count()) == (False, True, 1)
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    assert client.post(reverse("leave")).status_code == 204
    assert (Session.objects.count(), client.get(reverse("people")).status_code) == (0, 302)


def _rows(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # a table of Django's
        return [" ".join(map(str, row)) for row in cursor]
