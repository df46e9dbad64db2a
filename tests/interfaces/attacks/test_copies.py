"""A copy of the database in the wrong hands: it opens no session, holds no password or key that opens one,
and no length of what is sealed tells what it says."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from samaki.ground.accounts.models import User
from samaki.ground.accounts.sessions import SETTING_UP
from samaki.ground.people.models import PersonIdentity
from samaki.kernel.actors import Role
from samaki.kernel.rings import Ring
from samaki.kernel.sealed import seal
from samaki.strands.counselling import sealing
from samaki.strands.counselling.course import Marker
from samaki.strands.counselling.models import Risk
from tests.factories.people import a_person, named
from tests.factories.programmes import a_setting
from tests.interfaces.pages import somebody
from tests.strands.counselling.casework_world import Work

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


def test_no_row_of_a_session_holds_the_secret_of_a_second_step_while_it_is_set_up() -> None:
    user = User.objects.create_user("new", password="four words of hers")
    client = Client()
    client.post(reverse("account_login"), {"login": "new", "password": "four words of hers"})
    client.post(reverse("account_reauthenticate"), {"password": "four words of hers"})
    answer = client.get(reverse("mfa_activate_totp"))
    secret = client.session[SETTING_UP]
    assert secret in answer.content.decode()
    told = [db.SessionStore().decode(one.session_data) for one in Session.objects.all()]
    assert [one for one in told if secret in str(one)] == []
    given = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post(reverse("mfa_activate_totp"), {"code": given}).status_code == 302
    assert Authenticator.objects.filter(user=user, type="totp").exists()


@pytest.mark.parametrize("marker", list(Marker))
def test_the_length_of_a_sealed_risk_does_not_tell_what_makes_it_high(marker: Marker) -> None:
    """Of a woman too: one of the six is that she is pregnant."""
    its = Work()
    case = its.screened()
    lengths = {
        len(bytes(its.assess(case, Risk.Moment.INTAKE, *markers).markers))
        for markers in ((Marker.WEAPON,), (marker,), tuple(Marker))
    }
    assert len(lengths) == 1


def test_what_was_sealed_with_its_length_in_sight_still_opens() -> None:
    its = Work()
    case = its.screened()
    key, context = sealing.key_of(case), sealing.of_session(case.pk, 1)
    older = seal("he came", salt=bytes(key.salt), context=context, ring=Ring.HIS)
    assert sealing.opened(older, key, context) == "he came"
    assert sealing.opened(sealing.closed("he came\n", key, context), key, context) == "he came\n"


def test_the_length_of_a_sealed_name_does_not_tell_it() -> None:
    setting = a_setting()
    people = [
        a_person(setting.ours, name)
        for name in (named(latin="Ly A"), named(latin="Chanthavong Sopheaktra", phone="077 123 999"))
    ]
    assert len({len(bytes(PersonIdentity.objects.get(person=one).sealed)) for one in people}) == 1


def test_no_copy_tells_from_where_somebody_signed_in(client: Client) -> None:
    """The address of a service whose place is kept quiet is its place."""
    user = User.objects.create_user("quiet", password="four words of hers")
    client.post(
        reverse("account_login"), {"login": "quiet", "password": "four words of hers"}, REMOTE_ADDR="203.0.113.7"
    )
    assert client.session[SESSION_KEY] == str(user.pk)
    tables = connection.introspection.table_names()
    assert [table for table in tables if any("203.0.113.7" in row for row in _rows(table))] == []


def _rows(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # a table of Django's
        return [" ".join(map(str, row)) for row in cursor]
