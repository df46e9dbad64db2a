"""What answers tell beside what they say: their time, and whether a search, a completion, a file or an order moved."""

from __future__ import annotations

import re
import statistics
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from samaki.ground.people.models import Person
from samaki.kernel.actors import Role
from tests.factories.people import a_person, named
from tests.interfaces.matrix.cells import Relation
from tests.interfaces.matrix.readers import HOMES
from tests.interfaces.matrix.shared import asked, world
from tests.interfaces.matrix.world import World

__all__ = ["world"]
pytestmark = pytest.mark.django_db

HIDDEN = [
    (Role.PARTNER_ME, "person"),
    (Role.PARTNER_ME, "report"),
    (Role.PARTNER_ME, "submission"),
    (Role.COUNSELLOR, "own_case"),
    (Role.SAFEGUARDING_FOCAL, "candidate"),
    (Role.WOMENS_SERVICE_WORKER, "safe_file"),
    (Role.WOMENS_SERVICE_WORKER, "safe_received"),
    (Role.COUNSELLOR, "safe_file"),
    (Role.DONOR, "own_case"),
    (Role.ADMINISTRATOR, "candidate"),
]
TURNS = 40
CHANGING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|data-csrf="[^"]*"|"X-CSRFToken": "[^"]*"|nonce="[^"]*"'
)


@pytest.mark.parametrize(("role", "name"), HIDDEN)
def test_what_is_hidden_asks_the_database_what_nothing_asks(world: World, role: Role, name: str) -> None:
    """The same statements in the same order, so that time tells 404 from 404 no more than from 403."""
    client = world.readers.client(role, Relation.OTHER)
    there, absent = world.address(name, Relation.OTHER), world.absent(name)
    assert absent is not None
    assert _statements(client, there) == _statements(client, absent)


def test_the_time_of_a_refusal_tells_nothing(world: World) -> None:
    client = world.readers.client(Role.COUNSELLOR, Relation.OTHER)
    there, absent = world.address("own_case", Relation.OTHER), world.absent("own_case")
    assert absent is not None
    taken: dict[str, list[float]] = {there: [], absent: []}
    for _turn in range(TURNS):
        for address in (there, absent):
            begun = time.process_time()
            asked(client, "GET", address, {})
            taken[address].append(time.process_time() - begun)
    one, other = (statistics.median(found) for found in taken.values())
    assert abs(one - other) < 0.5 * max(one, other)  # a query more, or a key opened, would be more than half


def test_a_search_for_a_name_of_another_organisation_says_what_a_search_for_nobody_says(world: World) -> None:
    a_person(world.readers.organisations["banteay-srei"], named(latin="Kanari Sopheaktra", phone="077 123 999"))
    client = world.readers.client(Role.PARTNER_ME, Relation.OTHER)
    found = {
        text: _searched(client, text) for text in ("Kanari Sopheaktra", "077 123 999", "Xqzw Nobody", "000 000 001")
    }
    assert len(set(found.values())) == 1


def test_a_completion_finds_nobody_of_another_organisation(world: World) -> None:
    a_person(world.readers.organisations["fia-partner-2"], named(latin="Zzuxqo Wqxyzu"))
    client = world.readers.client(Role.PARTNER_ME, Relation.OWN)
    address = world.address("take_attendance", Relation.OWN)
    texts = ("Zzuxqo", "Xqzwnobody")
    pages = [
        CHANGING.sub("", asked(client, "POST", address, {"search": "1", "text": text}).content.decode()).replace(
            text, ""
        )
        for text in texts
    ]
    assert pages[0] == pages[1]


def test_a_name_moves_nobody_in_a_list(world: World) -> None:
    """The order is that of entering: an order by name would tell, by where somebody new stands, what she is called."""
    ours = world.readers.organisations["banteay-srei"]
    first, last = (a_person(ours, named(latin=name)) for name in ("Zzyzx Zolla", "Aaba Aakra"))
    client = world.readers.client(Role.PARTNER_ME, Relation.OWN)
    hers = [world.readers.organisations[key] for key in set(HOMES.values())]
    before = Person.objects.filter(organisation__in=hers).order_by("pk").values_list("pk", flat=True)
    listed: list[int] = []
    after = 0
    while page := _people(client, after):
        listed += page
        after = page[-1]
    assert listed == list(before)
    assert listed[-2:] == [first.pk, last.pk]


@pytest.mark.parametrize(
    "asked_for", ["order_by=name", "sort=name", "o=-birth_year", "q=Kanari", "filter=phone", "text=Kanari"]
)
def test_no_address_sorts_or_searches_people(world: World, asked_for: str) -> None:
    client = world.readers.client(Role.PARTNER_ME, Relation.OWN)
    plain, tried = (
        CHANGING.sub("", asked(client, "GET", f"{reverse('people')}{more}", {}).content.decode())
        for more in ("", f"?{asked_for}")
    )
    assert tried.replace(f"?{asked_for}&amp;", "?").replace(f"?{asked_for}", "") == plain


@pytest.mark.parametrize(
    "more", ["", "?organisation=fia-partner-2", "?only_gender=woman", "?group=x", "?by_1=organisation"]
)
def test_a_file_of_a_figure_says_the_same_to_whoever_takes_it(world: World, more: str) -> None:
    """A file is the public's: by no parameter does it become one organisation's, one group's or one cell's."""
    address = reverse("figure_csv", args=["fia", "participants"]) + more
    readers = [(role, Relation.OWN) for role in (Role.DONOR, Role.PARTNER_ME, Role.PROGRAMME_OFFICER, Role.AUTHORITY)]
    answers = [asked(world.readers.client(*one), "GET", address, {}) for one in readers]
    whole = asked(
        world.readers.client(Role.DONOR, Relation.OWN), "GET", reverse("figure_csv", args=["fia", "participants"]), {}
    )
    assert whole.status_code == 200
    assert {answer.content for answer in answers if answer.status_code == 200} <= {whole.content}


def _statements(client: Client, address: str) -> list[str]:
    asked(client, "GET", address, {})
    with CaptureQueriesContext(connection) as captured:
        asked(client, "GET", address, {})
    return [re.sub(r"\d+|'[^']*'", "?", one["sql"]) for one in captured]


def _searched(client: Client, text: str) -> str:
    answer = asked(client, "POST", reverse("people"), {"text": text})
    return CHANGING.sub("", answer.content.decode()).replace(text, "")


def _people(client: Client, after: int) -> list[int]:
    page = asked(client, "GET", f"{reverse('people')}?after={after}", {}).content.decode()
    return list(dict.fromkeys(int(number) for number in re.findall(r'href="/people/(\d+)/"', page)))
