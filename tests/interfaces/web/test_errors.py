"""A rule's no reaches people as a page, a part of a page or problem+json, with its own status."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django_htmx.middleware import HtmxDetails

from samaki.ground.accounts.models import User
from samaki.interfaces.web import errors
from samaki.interfaces.web.requests import ActorRequest
from samaki.interfaces.web.second_factor import PROVED
from samaki.kernel.actors import PUBLIC, Actor
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, DomainError, Invalid, NotFound, Refused
from tests.interfaces.web.conftest import MakeUser

pytestmark = pytest.mark.django_db
SAID_NO = [
    (Invalid("wrong", "Part of it is wrong."), 422),
    (Refused("refused", "Not for you."), 403),
    (NotFound("none", "There is none."), 404),
    (Conflict("moved", "It moved."), 409),
]


def request(**headers: str) -> ActorRequest:
    made = RequestFactory(headers=headers).get("/x/")
    made.user = AnonymousUser()
    made.session = {}  # type: ignore[assignment]  # the frame only asks it for a flag
    made.actor = PUBLIC  # type: ignore[attr-defined]
    made.htmx = HtmxDetails(made)  # type: ignore[attr-defined]
    made.resolver_match = None
    return made  # type: ignore[return-value]


@pytest.mark.parametrize(("error", "status"), SAID_NO)
def test_a_browser_gets_a_page_with_the_words_of_the_rule(error: DomainError, status: int) -> None:
    with translation.override("en"):
        answer = errors.answer(request(accept="text/html"), error)
    assert answer.status_code == status
    assert f"<p>{error.message}</p>" in answer.content.decode()
    assert "<html" in answer.content.decode()


@pytest.mark.parametrize(("error", "status"), SAID_NO)
def test_htmx_gets_a_part_of_a_page(error: DomainError, status: int) -> None:
    answer = errors.answer(request(hx_request="true"), error)
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize(("error", "status"), SAID_NO)
def test_a_program_gets_problem_json(error: DomainError, status: int) -> None:
    answer = errors.answer(request(accept="application/json"), error)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": error.message,
        "status": status,
        "code": error.code,
        "field": None,
    }


def test_a_missing_second_step_leads_to_setting_it_up() -> None:
    answer = errors.answer(request(), Refused("second_factor_wanted", "Second step."))
    assert answer.status_code == 403
    assert reverse("mfa_index") in answer.content.decode()


def test_a_refusal_of_a_read_is_written_to_the_audit_trail_once() -> None:
    error = Refused("refused", "Not for you.")
    errors.answer(request(), error)
    entry = AuditEntry.objects.get(refused=True)
    assert (entry.action, entry.refused, entry.details) == ("refused", True, {"code": "refused"})
    recorded = Refused("refused", "Not for you.")
    recorded.recorded = True
    errors.answer(request(), recorded)
    assert AuditEntry.objects.filter(refused=True).count() == 1


def test_a_refusal_through_the_whole_stack_names_its_page(client: Client, make_user: MakeUser) -> None:
    make_user("sokha")
    client.post(reverse("sign_in_as_example", args=["sokha"]))
    entry = AuditEntry.objects.get(refused=True)
    assert (entry.actor_name, entry.object_type, entry.object_id) == ("public", "route", "sign_in_as_example")
    assert entry.details == {"code": "not_an_example_site", "method": "POST", "about": {"username": "sokha"}}


def test_what_a_signed_in_reader_did_not_find_is_written_to_the_audit_trail_once() -> None:
    asked = request()
    errors.answer(asked, NotFound("none", "There is none."))
    assert not AuditEntry.objects.filter(action="not_found").exists()
    asked.actor = Actor(7, "sokha")
    errors.answer(asked, NotFound("none", "There is none."))
    recorded = NotFound("none", "There is none.")
    recorded.recorded = True
    errors.answer(asked, recorded)
    entry = AuditEntry.objects.get(action="not_found")
    assert (entry.actor_id, entry.action, entry.refused, entry.details) == (7, "not_found", True, {"code": "none"})


def test_a_group_out_of_sight_is_written_with_its_page_and_a_mistyped_address_is_not(signed_in: Client) -> None:
    assert signed_in.get("/no/such/page/").status_code == 404
    assert not AuditEntry.objects.filter(action="not_found").exists()
    assert signed_in.get(reverse("group", args=["theirs"])).status_code == 404
    entry = AuditEntry.objects.get(action="not_found")
    assert (entry.actor_name, entry.object_type, entry.object_id) == ("sokha", "route", "group")
    assert entry.details == {"code": "no_such_group", "method": "GET", "about": {"key": "theirs"}}


def test_a_person_out_of_sight_is_written_by_who_looked_and_not_again(signed_in: Client) -> None:
    sokha = User.objects.get(username="sokha")
    session = signed_in.session
    session[PROVED] = sokha.pk
    session.save()
    assert signed_in.get(reverse("person", args=[987654])).status_code == 404
    entries = AuditEntry.objects.filter(actor_id=sokha.pk, refused=True)
    assert [(entry.object_type, entry.object_id) for entry in entries] == [("people.person", "987654")]


@pytest.mark.parametrize(("language", "word"), [("en", "Not found"), ("km", "រកមិនឃើញ")])
def test_a_page_that_is_not_there_says_so_in_the_readers_language(
    client: Client, make_user: MakeUser, language: str, word: str
) -> None:
    make_user("officer", example=True, language=language)
    client.post(reverse("sign_in_as_example", args=["officer"]))
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert f"<h1>{word}</h1>" in answer.content.decode()


@pytest.mark.parametrize(("language", "word"), [("en", "This page is too old to send"), ("km", "ទំព័រនេះចាស់ពេក")])
def test_a_missing_token_is_explained(language: str, word: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["django_language"] = language
    answer = strict.post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert word in answer.content.decode()


def test_the_page_of_a_broken_server_asks_nothing_of_the_database(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = errors.broken(request())
    assert answer.status_code == 500
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize(("address", "back"), [("/circle/19/read/", "/circle/19/"), ("/language/", "/")])
def test_an_address_that_only_takes_entries_shows_a_page_with_a_way_back(
    address: str, back: str, client: Client, make_user: MakeUser
) -> None:
    """As after the language was changed, or the page loaded again, where the page had answered to entries."""
    user = make_user("sokha")
    user.language = "en"
    user.save(update_fields=["language"])
    client.force_login(user)
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert f'href="{back}"' in answer.content.decode()
    assert "This page does not open by itself" in answer.content.decode()
