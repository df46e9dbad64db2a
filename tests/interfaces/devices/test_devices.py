"""The pages on which somebody connects a phone, and closes it again."""

from __future__ import annotations

import base64
import json
import re
import zlib
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from samaki.ground.accounts.models import DeviceCredential, User
from samaki.interfaces.devices.collect import code, payload, settings_of
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.openrosa.forms import a_form, filled, new_id
from tests.interfaces.openrosa.phone import Phone
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def setting(db: None) -> Setting:
    return a_setting()


def connected(client: Client, label: str = "the old phone") -> dict[str, str]:
    """Adds a phone; what the page shows by name of value."""
    page = client.get(reverse("add_device")).content.decode()
    where = re.findall(r'name="where"[^>]*value="([\d-]+)"', page)[0]
    answer = client.post(reverse("add_device"), {"where": where, "label": label})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    shown = re.findall(r"<dd>\s*<code>(.*?)</code>", answer.content.decode())
    return dict(zip(("server_url", "username", "password"), map(unescape, shown), strict=True))


def test_what_is_shown_once_lets_a_phone_in(setting: Setting) -> None:
    a_form(setting)
    client = somebody(setting, Role.FACILITATOR)
    shown = connected(client)
    phone = Phone(**shown)
    assert (phone.form_list().status, phone.submit(filled(new_id()))[0].status) == (200, 201)
    page = client.get(reverse("devices")).content.decode()
    assert "the old phone" in page
    assert (shown["password"] in page, shown["username"] in page) == (False, False)


def test_the_code_is_what_collect_imports() -> None:
    given = settings_of(
        server_url="https://samaki.example/or/fia", username="phone-x", password="y", project="FiA", language="km"
    )
    told = json.loads(zlib.decompress(base64.b64decode(payload(given))))
    assert set(told) == {"general", "admin", "project"}
    assert {name: told["general"][name] for name in ("protocol", "server_url", "username", "password")} == {
        "protocol": "odk_default",
        "server_url": "https://samaki.example/or/fia",
        "username": "phone-x",
        "password": "y",
    }
    assert (told["general"]["form_update_mode"], told["general"]["autosend"]) == ("match_exactly", "wifi_and_cellular")
    assert (told["admin"], told["project"]["name"]) == ({}, "FiA")


def test_the_code_is_drawn_without_style_and_with_words_for_who_cannot_see_it() -> None:
    drawn = code("x" * 300, 'a "label"')
    assert "style" not in drawn
    assert 'aria-label="a &quot;label&quot;"' in drawn
    assert re.fullmatch(r'<svg class="qr" role="img"[^>]*><rect[^>]*/><path d="[Mhvz\d -]+" fill="#000"/></svg>', drawn)


def test_the_page_of_the_code_keeps_the_strict_policy(setting: Setting) -> None:
    client = somebody(setting, Role.FACILITATOR)
    client.get(reverse("add_device"))
    answer = client.post(reverse("add_device"), {"where": f"{setting.programme.pk}-{setting.ours.pk}", "label": ""})
    assert " style=" not in answer.content.decode()
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]


def test_a_phone_is_closed_by_her_who_added_it(setting: Setting) -> None:
    client = somebody(setting, Role.FACILITATOR)
    phone = Phone(**connected(client))
    assert phone.form_list().status == 200
    answer = client.post(reverse("revoke_device", args=[DeviceCredential.objects.get().pk]))
    assert (answer.status_code, phone.form_list().status) == (302, 401)
    assert client.post(reverse("revoke_device", args=[DeviceCredential.objects.get().pk])).status_code == 409


def test_her_administrator_sees_and_closes_it_and_reads_no_secret(setting: Setting) -> None:
    phone = Phone(**connected(somebody(setting, Role.FACILITATOR)))
    administrator = somebody(setting, Role.ADMINISTRATOR)
    page = administrator.get(reverse("devices")).content.decode()
    assert ("the old phone" in page, phone.password in page) == (True, False)
    administrator.post(reverse("revoke_device", args=[DeviceCredential.objects.get().pk]))
    assert phone.form_list().status == 401
    assert "the old phone" not in administrator.get(reverse("devices")).content.decode()


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.PARTNER_ME, Role.PROGRAMME_OFFICER, Role.DONOR])
def test_somebody_else_neither_sees_nor_closes_it(setting: Setting, role: Role) -> None:
    connected(somebody(setting, Role.FACILITATOR))
    others = [somebody(setting, role), somebody(setting, Role.ADMINISTRATOR, setting.theirs)]
    device = DeviceCredential.objects.get()
    for other in others:
        assert "the old phone" not in other.get(reverse("devices")).content.decode()
        assert other.post(reverse("revoke_device", args=[device.pk])).status_code == 404
    device.refresh_from_db()
    assert device.revoked_at is None


@pytest.mark.parametrize("role", [Role.DONOR, Role.AUDITOR, Role.AUTHORITY])
def test_who_records_nothing_is_refused(setting: Setting, role: Role) -> None:
    client = somebody(setting, role)
    assert [client.get(reverse(name)).status_code for name in ("devices", "add_device")] == [403, 403]
    where = f"{setting.programme.pk}-{setting.ours.pk}"
    assert client.post(reverse("add_device"), {"where": where}).status_code == 403
    assert DeviceCredential.objects.count() == 0
    assert AuditEntry.objects.filter(refused=True).count() == 3


def test_no_phone_is_added_where_she_does_not_work(setting: Setting) -> None:
    client, other = somebody(setting, Role.FACILITATOR), a_setting()
    for where in (
        f"{setting.programme.pk}-{setting.theirs.pk}",
        f"{other.programme.pk}-{other.ours.pk}",
        "",
        "x",
        f"{setting.programme.pk}-{setting.ours.pk}\0",
    ):
        assert client.post(reverse("add_device"), {"where": where}).status_code == 422
    assert DeviceCredential.objects.count() == 0


def test_the_list_takes_as_many_queries_for_three_phones_as_for_one(setting: Setting) -> None:
    client = somebody(setting, Role.FACILITATOR)
    administrator = somebody(setting, Role.ADMINISTRATOR)
    counts = []
    for _phone in range(3):
        connected(client)
        counts.append((queries_of(client, reverse("devices")), queries_of(administrator, reverse("devices"))))
    assert counts[2] == counts[0]


def test_the_language_of_the_phone_is_her_own() -> None:
    setting = a_setting()
    client = somebody(setting, Role.FACILITATOR)
    User.objects.update(language="km")
    shown = connected(client)
    assert shown["server_url"] == f"http://testserver/or/{setting.programme.key}"
