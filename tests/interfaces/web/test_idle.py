"""After 15 minutes the page asks, after 20 the session is locked; what was typed is sent again after unlocking."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.interfaces.web.conftest import PASSWORD, MakeUser

pytestmark = pytest.mark.django_db
NOON = "2026-03-05T12:00:00+07:00"
FETCH = {"headers": {"x-requested-with": "fetch"}}


def test_a_session_left_for_twenty_minutes_is_locked(client: Client, make_user: MakeUser) -> None:
    make_user()
    with time_machine.travel(NOON, tick=False) as clock:
        client.post("/accounts/login/", {"login": "sokha", "password": PASSWORD})
        client.get("/")
        clock.shift(19 * 60 + 59)
        assert client.get("/").status_code == 200
        clock.shift(20 * 60)
        answer = client.get("/more/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/unlock/?next=/more/")


def test_a_locked_session_stays_locked_until_the_password_is_given(signed_in: Client) -> None:
    signed_in.get("/")
    assert signed_in.post(reverse("lock"), **FETCH).status_code == 204
    assert signed_in.get("/").status_code == 302
    assert signed_in.post(reverse("unlock"), {"password": "something else"}).status_code == 422
    assert signed_in.get("/").status_code == 302
    answer = signed_in.post(reverse("unlock"), {"password": PASSWORD, "next": "/more/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/more/")
    assert signed_in.get("/").status_code == 200


def test_the_page_itself_learns_that_it_is_locked_without_being_thrown_away(signed_in: Client) -> None:
    signed_in.post(reverse("lock"))
    by_htmx = signed_in.get("/more/", headers={"hx-request": "true"})
    assert (by_htmx.status_code, by_htmx.headers["HX-Trigger"]) == (401, "samaki:locked")
    assert signed_in.post(reverse("still_here"), **FETCH).status_code == 401
    assert signed_in.post(reverse("unlock"), {"password": PASSWORD}, **FETCH).status_code == 204
    assert signed_in.post(reverse("still_here"), **FETCH).status_code == 204


def test_entries_that_arrive_at_a_locked_session_are_sealed_and_come_back_after_unlocking(signed_in: Client) -> None:
    signed_in.get("/")
    signed_in.post(reverse("lock"))
    sent = {"narrative": "We met ខ្មែរ & talked", "rows": ["1", "2"]}
    locked = signed_in.post("/reports/x/?step=2", sent)
    assert locked.status_code == 401
    assert "We met" not in locked.content.decode()
    again = signed_in.post(reverse("unlock"), {"password": PASSWORD, "kept": locked.context["kept"]})
    assert again.context["path"] == "/reports/x/?step=2"
    assert again.context["entries"] == [("narrative", "We met ខ្មែរ & talked"), ("rows", "1"), ("rows", "2")]


def test_entries_sealed_for_one_session_open_in_no_other(signed_in: Client, make_user: MakeUser) -> None:
    signed_in.get("/")
    signed_in.post(reverse("lock"))
    kept = signed_in.post("/more/", {"narrative": "secret"}).context["kept"]
    make_user("dara")
    other = Client()
    other.post("/accounts/login/", {"login": "dara", "password": PASSWORD})
    other.post(reverse("lock"))
    other.post("/more/", {"a": "b"})
    answer = other.post(reverse("unlock"), {"password": PASSWORD, "kept": kept})
    assert answer.status_code == 302


def test_an_example_user_unlocks_by_one_tap(client: Client, make_user: MakeUser) -> None:
    make_user("officer", example=True)
    client.post(reverse("sign_in_as_example", args=["officer"]))
    client.post(reverse("lock"))
    assert client.get("/").status_code == 302
    client.post(reverse("unlock"))
    assert client.get("/").status_code == 200


def test_one_may_sign_out_and_leave_while_locked(signed_in: Client) -> None:
    signed_in.post(reverse("lock"))
    signed_in.post(reverse("account_logout"))
    assert "_auth_user_id" not in signed_in.session


def test_use_is_marked_at_most_once_a_minute(client: Client, make_user: MakeUser) -> None:
    make_user()
    with time_machine.travel(NOON, tick=False) as clock:
        client.post("/accounts/login/", {"login": "sokha", "password": PASSWORD})
        client.get("/")
        first = client.session["seen_at"]
        clock.shift(59)
        client.get("/")
        assert client.session["seen_at"] == first
        clock.shift(1)
        client.get("/")
        assert client.session["seen_at"] == first + 60
