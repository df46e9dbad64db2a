"""The review of pairs: one at a time, marked, by buttons and keys, with a way back."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.db.models import QuerySet
from django.urls import reverse

from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.people.operations import confirm_same, reject
from samaki.ground.people.queries import reveal
from samaki.kernel.actors import System
from samaki.kernel.audit.models import AuditEntry
from tests.interfaces.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]
ADDRESS = "/people/duplicates/"


def pairs() -> QuerySet[MatchCandidate]:
    found = MatchCandidate.objects.filter(organisation__key="banteay-srei", state__in=("open", "unsure"))
    return found.order_by("-likeness", "pk")


def name_of(person: Person) -> str:
    return reveal(System("test"), person.pk, "test").full_km


def action_of(pair: MatchCandidate) -> str:
    return reverse("decide_duplicate", args=[pair.pk])


def shown(page: str) -> str:
    """The address of the pair that is asked about."""
    (found,) = re.findall(r'<section class="card"\s+data-keys.*?<form method="post" action="([^"]+)">', page, re.DOTALL)
    return str(found)


def test_one_pair_is_asked_about_and_the_next_follows_each_answer() -> None:
    client, listed = signed_in("partner-me-3"), list(pairs())
    assert len(listed) > 2
    assert shown(client.get(ADDRESS).content.decode()) == action_of(listed[0])
    for word, answered, follows in (("different", 0, 1), ("same", 1, 2)):
        page = client.post(action_of(listed[answered]), {word: "1", "although": "on"}, follow=True).content.decode()
        assert shown(page) == action_of(listed[follows])


def test_unsure_is_kept_and_comes_last_with_who_said_it() -> None:
    client, listed = signed_in("partner-me-3"), list(pairs())
    for at, pair in enumerate(listed[:-1]):
        page = client.post(action_of(pair), {"unsure": "1"}, follow=True).content.decode()
        assert shown(page) == action_of(listed[at + 1])
    page = client.post(action_of(listed[-1]), {"unsure": "1"}, follow=True).content.decode()
    assert shown(page) == action_of(listed[0])
    assert "partner-me-3 was not sure." in page
    assert set(pairs().values_list("state", flat=True)) == {"unsure"}


@pytest.mark.parametrize("word", ["same", "different"])
def test_a_decision_is_listed_and_taken_back(word: str) -> None:
    client, pair = signed_in("partner-me-3"), pairs()[0]
    client.post(action_of(pair), {word: "1", "although": "on"})
    pair.refresh_from_db()
    assert pair.state == word
    client.post(action_of(pair), {"undo": "1"})
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by, pair.decided_at) == ("open", "", None)


@pytest.mark.parametrize("first, words", [(confirm_same, "the same person"), (reject, "different people")])
def test_who_comes_second_hears_what_the_first_said(first: object, words: str) -> None:
    client, pair = signed_in("partner-me-3"), pairs()[0]
    first(pair.pk, by=System("colleague"))  # type: ignore[operator]  # one of two operations
    page = client.post(action_of(pair), {"same": "1"}, follow=True).content.decode()
    assert f"system has said of these two already: {words}." in page


def test_names_show_by_a_reason_for_pair_after_pair_and_each_look_is_written_down() -> None:
    client, listed = signed_in("partner-me-3"), list(pairs())
    first, second = name_of(listed[0].first), name_of(listed[1].first)
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        assert first not in client.get(ADDRESS).content.decode()
        page = client.post(ADDRESS, {"reason": "to decide about these"}).content.decode()
        assert (first in page, second in page, 'data-mask-after="60"' in page) == (True, False, True)
        clock.shift(20)
        page = client.post(action_of(listed[0]), {"different": "1"}, follow=True).content.decode()
        assert second in page
        clock.shift(15 * 60)
        assert second not in client.get(ADDRESS).content.decode()
    looks = AuditEntry.objects.filter(action="people.reveal", actor_name="partner-me-3").order_by("pk")
    assert list(looks.values_list("reason", "details")) == [
        ("to decide about these", {"people": [listed[0].first_id, listed[0].second_id]}),
        ("to decide about these", {"people": [listed[1].first_id, listed[1].second_id]}),
    ]


def test_names_opened_in_one_session_are_not_open_in_another() -> None:
    signed_in("partner-me-3").post(ADDRESS, {"reason": "to decide about these"})
    page = signed_in("partner-me-3").get(ADDRESS).content.decode()
    assert name_of(pairs()[0].first) not in page


def test_what_differs_is_marked_by_a_word_and_what_agrees_is_not() -> None:
    pair = pairs()[0]
    Person.objects.filter(pk=pair.first_id).update(birth_year=1990, gender="woman")
    Person.objects.filter(pk=pair.second_id).update(birth_year=1991, gender="woman")
    page = signed_in("partner-me-3").get(ADDRESS).content.decode()
    assert re.findall(r"<mark>(199\d)</mark> <span class=\"small\">\(differs\)", page) == ["1990", "1991"]
    assert "<mark>Woman</mark>" not in page


def test_keys_are_announced_and_every_answer_is_a_button_without_script() -> None:
    page = signed_in("partner-me-3").get(ADDRESS).content.decode()
    keys = re.findall(r'<button[^>]*?name="(\w+)"[^>]*?aria-keyshortcuts="(\d)"', page, re.DOTALL)
    assert keys == [("same", "1"), ("different", "2"), ("unsure", "3")]
    assert 'aria-describedby="keys"' in page


def test_birth_years_far_apart_ask_before_a_merge() -> None:
    client, pair = signed_in("partner-me-3"), pairs()[0]
    Person.objects.filter(pk=pair.first_id).update(birth_year=1990)
    Person.objects.filter(pk=pair.second_id).update(birth_year=1995)
    page = client.post(action_of(pair), {"same": "1"}, follow=True).content.decode()
    assert ("1990" in page, 'name="although"' in page, shown(page)) == (True, True, action_of(pair))
    client.post(action_of(pair), {"same": "1", "although": "on"})
    pair.refresh_from_db()
    assert pair.state == "same"


def test_another_organisation_neither_sees_nor_decides() -> None:
    client, pair = signed_in("partner-me-2"), pairs()[0]
    assert action_of(pair) not in client.get(ADDRESS).content.decode()
    for word in ("same", "different", "unsure", "undo"):
        assert client.post(action_of(pair), {word: "1"}).status_code == 404
    pair.refresh_from_db()
    assert pair.state == "open"


def test_what_one_of_the_two_never_said_is_not_called_a_difference() -> None:
    pair = pairs()[0]
    Person.objects.filter(pk=pair.first_id).update(birth_year=1990, gender="woman")
    Person.objects.filter(pk=pair.second_id).update(birth_year=None, gender="woman")
    page = signed_in("partner-me-3").get(ADDRESS).content.decode()
    assert "<mark>1990</mark>" not in page
