"""`samaki device`: who connects a phone, sees it and closes it; and what `samaki tidy` forgets."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from samaki.engines.fieldforms.attachments import Sealing
from samaki.ground.accounts.models import DeviceCredential, SpentNonce
from samaki.interfaces.cli.tidying import Tidying
from tests.interfaces.cli.conftest import Samaki
from tests.interfaces.openrosa.phone import Phone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example_without_records")]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def test_an_administrator_connects_a_users_phone_and_it_comes_in(samaki: Samaki, folder: Path) -> None:
    (folder / "served-at").write_text("http://127.0.0.1:8123\n")
    said = samaki("device", "add", "facilitator", "--programme", "mpp", "--label", "old", "--as", "administrator")
    assert (said.code, said.err) == (0, "")
    told = said.json()
    assert told["server_url"] == "http://127.0.0.1:8123/or/mpp"
    assert Phone(**told).form_list().status == 200


def test_where_nobody_has_served_the_site_the_way_to_tell_its_address_is_said(
    samaki: Samaki, settings: Settings
) -> None:
    words = ("device", "add", "facilitator", "--programme", "mpp", "--as", "administrator")
    said = samaki(*words)
    assert (said.json()["server_url"], "--site URL" in said.err) == ("http://localhost/or/mpp", True)
    settings.HTTPS = True
    said = samaki(*words, "--label", "another")
    assert (said.err, said.json()["server_url"]) == ("", "https://localhost/or/mpp")


def test_a_user_connects_her_own_and_closes_it(samaki: Samaki) -> None:
    told = samaki(
        *("device", "add", "facilitator", "--programme", "twg", "--as", "facilitator"), "--site", "https://s.example/"
    ).json()
    assert told["server_url"] == "https://s.example/or/twg"
    (row,) = samaki("device", "list", "--as", "facilitator", "--format", "json").json()
    assert (row["name"], row["kind"], row["last_used"], row["revoked"]) == (told["username"], "app", None, False)
    assert samaki("device", "revoke", told["username"], "--as", "facilitator").code == 0
    assert samaki("device", "revoke", told["username"], "--as", "facilitator").code == 1
    assert "yes" in samaki("device", "list", "--as", "facilitator").out


def test_a_browsers_token_is_printed(samaki: Samaki) -> None:
    told = samaki(
        *("device", "add", "facilitator", "--programme", "twg", "--as", "facilitator", "--kind", "browser")
    ).json()
    assert told["token"] == f"{told['username']}.{told['password']}"


def test_nobody_connects_sees_or_closes_anothers_phone(samaki: Samaki) -> None:
    told = samaki("device", "add", "facilitator", "--programme", "twg", "--as", "facilitator").json()
    for user in ("partner-me-3", "donor", "officer"):
        assert samaki("device", "add", "facilitator", "--programme", "twg", "--as", user).code != 0
        assert samaki("device", "list", "--as", user, "--format", "json").json() == []
        assert samaki("device", "revoke", told["username"], "--as", user).code == 2
    assert samaki("device", "add", "donor", "--programme", "twg", "--as", "donor").code == 2
    assert DeviceCredential.objects.filter(revoked_at__isnull=True).count() == 1


def test_tidying_forgets_expired_nonces_and_files_nobody_claims(
    samaki: Samaki, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    now = timezone.now()
    for minutes in (-1, 1):
        SpentNonce.objects.create(nonce=str(minutes), count=1, expires_at=now + dt.timedelta(minutes=minutes))
    for days in (0, 2):
        sealing = Sealing()
        sealing.add(b"a picture")
        sealing.finished("image/jpeg")
        path = max((one for one in tmp_path.rglob("*") if one.is_file()), key=lambda one: one.stat().st_mtime_ns)
        os.utime(path, (now.timestamp() - days * 86_400,) * 2)
    said = samaki("tidy")
    assert said.out == (
        "1 spent nonces forgotten, 1 files removed that nobody claimed.\n"
        "0 receipts of what was due to go.\n"
        "0 members suspended whose vetting has run out.\n"
        "0 figures released as of the end of the quarter.\n"
    )
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == 1


def test_the_task_process_tidies_when_it_is_due(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    tidying = Tidying()
    for expected in (0, 1):  # the second falls within the same half minute
        SpentNonce.objects.create(nonce=f"n{expected}", count=1, expires_at=timezone.now() - dt.timedelta(minutes=1))
        tidying.when_due()
        assert SpentNonce.objects.count() == expected
