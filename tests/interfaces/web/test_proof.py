"""Pages of cases ask again who is there, and what was typed is not lost."""

from __future__ import annotations

import time
from typing import Protocol

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from samaki.kernel.actors import Role
from samaki.project import environment
from tests.interfaces.web.conftest import PASSWORD, MakeUser

pytestmark = pytest.mark.django_db
NOON = "2026-03-05T12:00:00+07:00"
PAGES = ("/desk/", "/desk/conference/", "/safe/", "/safe/new/", "/circle/")
MINUTE = 60


class Shifting(Protocol):
    def shift(self, delta: float) -> None: ...


LOGIN = {"login": "sokha", "password": PASSWORD}


@pytest.fixture
def counsellor(client: Client, make_user: MakeUser) -> Client:
    make_user("sokha", Role.COUNSELLOR)
    return client


def asked(client: Client, address: str) -> bool:
    answer = client.get(address)
    return answer.status_code == 302 and answer.headers["Location"] == f"/unlock/?next={address}"


def in_use(client: Client, clock: Shifting, minutes: int) -> None:
    """Somebody clicks every ten minutes, so that the idle lock stays open."""
    for _turn in range(minutes // 10):
        clock.shift(10 * MINUTE)
        client.get("/more/")
    clock.shift(minutes % 10 * MINUTE)


def test_after_fifteen_minutes_each_page_of_cases_asks_and_no_other(counsellor: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        counsellor.post("/accounts/login/", LOGIN)
        in_use(counsellor, clock, 14)
        assert [asked(counsellor, address) for address in PAGES] == [False] * len(PAGES)
        clock.shift(MINUTE)
        assert [asked(counsellor, address) for address in PAGES] == [True] * len(PAGES)
        assert counsellor.get("/more/").status_code == 200


def test_using_the_pages_does_not_put_it_off(counsellor: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        counsellor.post("/accounts/login/", LOGIN)
        for _turn in range(3):
            clock.shift(5 * MINUTE - 1)
            counsellor.get("/desk/")
            counsellor.post(reverse("still_here"), headers={"x-requested-with": "fetch"})
        clock.shift(3)
        assert asked(counsellor, "/desk/")


def test_the_password_opens_them_for_as_long_again(counsellor: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        counsellor.post("/accounts/login/", LOGIN)
        in_use(counsellor, clock, 15)
        wrong = counsellor.post(reverse("unlock"), {"password": "another", "next": "/desk/"})
        assert (wrong.status_code, asked(counsellor, "/desk/")) == (422, True)
        right = counsellor.post(reverse("unlock"), {"password": PASSWORD, "next": "/desk/"})
        assert (right.status_code, right.headers["Location"]) == (302, "/desk/")
        in_use(counsellor, clock, 14)
        assert not asked(counsellor, "/desk/")
        clock.shift(MINUTE)
        assert asked(counsellor, "/desk/")


def test_what_was_typed_comes_back_sealed_and_is_sent_again(counsellor: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        counsellor.post("/accounts/login/", LOGIN)
        in_use(counsellor, clock, 15)
        typed = {"held_on": "2026-03-05", "notes": "គាត់និយាយ & listened", "markers": ["weapon", "pregnancy"]}
        held = counsellor.post("/desk/7/session/", typed)
        assert held.status_code == 401
        assert "listened" not in held.content.decode()
        again = counsellor.post(reverse("unlock"), {"password": PASSWORD, "kept": held.context["kept"]})
    assert again.context["path"] == "/desk/7/session/"
    assert again.context["entries"] == [
        ("held_on", "2026-03-05"),
        ("notes", "គាត់និយាយ & listened"),
        ("markers", "weapon"),
        ("markers", "pregnancy"),
    ]


def test_the_page_itself_learns_it_and_stays_as_it_was_typed(counsellor: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        counsellor.post("/accounts/login/", LOGIN)
        in_use(counsellor, clock, 15)
        answer = counsellor.get("/desk/", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (401, "samaki:locked")


def test_the_second_factor_opens_them_too(counsellor: Client) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        counsellor.post("/accounts/login/", LOGIN)
        in_use(counsellor, clock, 20)
        session = counsellor.session
        given_at = time.time() - 5 * MINUTE
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": given_at}]
        session.save()
        assert not asked(counsellor, "/desk/")
        clock.shift(10 * MINUTE)
        assert asked(counsellor, "/desk/")


def test_an_example_user_says_by_one_tap_that_it_is_still_her(client: Client, make_user: MakeUser) -> None:
    make_user("counsellor", Role.COUNSELLOR, example=True)
    with time_machine.travel(NOON, tick=False) as clock:
        client.post(reverse("sign_in_as_example", args=["counsellor"]))
        in_use(client, clock, 15)
        assert asked(client, "/desk/")
        page = client.get("/unlock/?next=/desk/").content.decode()
        assert ('type="password"' in page.partition("<dialog")[0], "every 15 minutes" in page) == (False, True)
        client.post(reverse("unlock"), {"next": "/desk/"})
        assert not asked(client, "/desk/")


def test_a_site_may_ask_sooner(counsellor: Client, settings: LazySettings) -> None:
    settings.CASE_MINUTES = 5
    with time_machine.travel(NOON, tick=False) as clock:
        counsellor.post("/accounts/login/", LOGIN)
        clock.shift(5 * MINUTE)
        assert asked(counsellor, "/desk/")


@pytest.mark.parametrize("minutes", ["0", "61", "-1", "never"])
def test_it_cannot_be_switched_off(monkeypatch: pytest.MonkeyPatch, minutes: str) -> None:
    monkeypatch.setenv("SAMAKI_CASE_MINUTES", minutes)
    with pytest.raises(ValueError, match=r"60 minutes|invalid literal"):
        environment.minutes("SAMAKI_CASE_MINUTES")


def test_a_link_that_needs_no_account_asks_nobody(client: Client) -> None:
    assert client.get("/safe/link/nothing/").status_code == 404
