"""What every page carries: language, privacy headers, tabs, the reader's own panels."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.models import User
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.kernel import panels
from samaki.kernel.actors import PUBLIC, Actor, Grant, Role
from tests.interfaces.web.conftest import PASSWORD, MakeUser

pytestmark = pytest.mark.django_db


def test_nobody_having_chosen_the_page_is_khmer_whatever_the_browser_asks(client: Client) -> None:
    page = client.get("/accounts/login/", headers={"accept-language": "en"})
    assert (page.headers["Content-Language"], '<html lang="km">' in page.content.decode()) == ("km", True)


def test_the_language_switch_holds_in_the_browser_and_in_the_account(client: Client, make_user: MakeUser) -> None:
    make_user("sokha", language="km")
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/accounts/login/"})
    assert (answer.headers["Location"], client.cookies["django_language"].value) == ("/accounts/login/", "en")
    assert client.get("/accounts/login/").headers["Content-Language"] == "en"
    client.post("/accounts/login/", {"login": "sokha", "password": PASSWORD})
    assert client.get("/").headers["Content-Language"] == "km"
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert User.objects.get(username="sokha").language == "en"
    assert client.get("/").headers["Content-Language"] == "en"


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    client.post(reverse("set_language"), {"language": "xx", "next": "/"})
    assert "django_language" not in client.cookies


def test_the_language_switch_leads_to_no_other_site(client: Client) -> None:
    answer = client.post(reverse("set_language"), {"language": "en", "next": "//example.org/"})
    assert answer.headers["Location"] == "/"


def test_pages_of_signed_in_people_are_never_stored(signed_in: Client) -> None:
    assert signed_in.get("/").headers["Cache-Control"] == "no-store"


def test_the_policy_lets_no_script_or_style_stand_in_a_page(signed_in: Client) -> None:
    page = signed_in.get("/")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    text = page.content.decode()
    assert (
        re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\son\w+=|\sstyle=|javascript:|<style", text) == []
    )


def test_nothing_is_fetched_from_another_site(signed_in: Client) -> None:
    text = signed_in.get("/").content.decode()
    assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == []


def test_tabs_lead_to_pages_that_this_site_has(signed_in: Client) -> None:
    page = signed_in.get("/")
    assert [tab.key for tab, _address in page.context["tabs"]] == ["home", "activities", "results", "more"]
    for _tab, address in page.context["tabs"]:
        assert signed_in.get(address).status_code == 200


def test_home_shows_nobody_elses_programmes(client: Client, make_user: MakeUser) -> None:
    make_user("sokha", Role.PARTNER_ME)
    other = Organisation.objects.create(key="other", name_latin="Other", kind=Organisation.Kind.LOCAL_NGO)
    for key, organisation in (("mine", Organisation.objects.get(key="house")), ("theirs", other)):
        programme = Programme.objects.create(key=key, name_km=key, name_en=key)
        ProgrammeRole.objects.create(programme=programme, organisation=organisation, part=ProgrammeRole.Part.PARTNER)
    client.post("/accounts/login/", {"login": "sokha", "password": PASSWORD})
    found = dict(client.get("/").context["panels"])["home/own_programmes.html"]
    assert [programme.key for programme, _about, _results in found["cards"]] == ["mine"]


def test_panels_and_entries_are_for_their_roles_in_their_order() -> None:
    donor = Actor(1, "donor", (Grant(Role.DONOR, 1, None),))
    names = {panel.key for panel, _context in panels.shown("home", donor)}
    assert names & {"this_week", "users", "reports_to_write", "reports_to_verify"} == set()
    assert panels.shown("home", PUBLIC) == []
    orders = [entry.order for entry in panels.entries(donor)]
    assert orders == sorted(orders)


def test_the_administrator_counts_only_users_she_keeps(client: Client, make_user: MakeUser) -> None:
    make_user("chief", Role.ADMINISTRATOR)
    make_user("dara", Role.FACILITATOR)
    make_user("stranger")
    client.post("/accounts/login/", {"login": "chief", "password": PASSWORD})
    found = dict(client.get("/").context["panels"])["home/users.html"]
    assert (found["count"], found["never"]) == (2, 1)


def test_components_are_shown_on_an_example_site_only(client: Client, make_user: MakeUser) -> None:
    make_user("officer", example=True)
    assert client.get(reverse("gallery")).status_code == 200
    make_user("sokha")
    assert client.get(reverse("gallery")).status_code == 404


@pytest.mark.parametrize("programmes", [1, 3])
def test_home_asks_as_many_questions_with_one_programme_as_with_three(
    signed_in: Client, programmes: int, django_assert_max_num_queries: object
) -> None:
    house = Organisation.objects.get(key="house")
    for number in range(programmes):
        programme = Programme.objects.create(key=f"p{number}", name_km="ក", name_en="A")
        ProgrammeRole.objects.create(programme=programme, organisation=house, part=ProgrammeRole.Part.PARTNER)
    signed_in.get("/")
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        signed_in.get("/")


def test_pages_to_be_left_quickly_say_faintly_who_reads_them(make_user: MakeUser) -> None:
    make_user("sokha")
    text = render_to_string("ui/quick_exit.html", {"user": User.objects.get(username="sokha")})
    assert text.count(f'<span data-reader="sokha · {timezone.localdate():%Y-%m-%d}"></span>') == 12
    assert "sokha" not in render_to_string("ui/quick_exit.html", {"user": AnonymousUser()})
