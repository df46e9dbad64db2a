"""The wall: nothing of her side shows on any page, file, trail, log or command of whoever must not know, and his side
answers the same, byte for byte and query for query, whether or not she is known.

A canary stands in every field of her side. Every route of the site is asked, so that a new one is asked too.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import statistics
import time
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from samaki.ground.accounts.models import User
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.ground.services.events import ThreatHeard
from samaki.ground.services.models import Service
from samaki.kernel.actors import Actor, Grant, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.strands.counselling.models import Case
from samaki.strands.survivors import operations
from samaki.strands.survivors.models import HerFollowUp
from samaki.strands.survivors.operations import Wish
from samaki.strands.survivors.rules import ConsentHow, Field, Level, Marker, Purpose, Said, Told, Value, Violence
from tests.interfaces.cli.conftest import Samaki, samaki
from tests.interfaces.matrix.shared import asked
from tests.interfaces.matrix.world import theirs
from tests.interfaces.pages import signed_in

__all__ = ["samaki"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]

CODE, CANARY = "KANARI7CODE", re.compile(rb"KANARI7|kanari7")
SEALED = re.compile(rb"KANARI7(?!CODE)|kanari7")
HIS_SIDE = ("counsellor", "supervisor", "coordinator")  # asked before and after: byte for byte the same
OTHERS = ("safeguarding", "administrator", "auditor", "officer", "partner-me", "donor", "nobody")
CHANGING = re.compile(  # what differs from one answer to the next whatever is recorded
    rb'name="csrfmiddlewaretoken" value="[^"]*"|data-csrf="[^"]*"|"X-CSRFToken": "[^"]*"|"csrf": "[^"]*"'
    rb'|nonce="[^"]*"|nonce-[\w+/=-]+'
)
POSTED = {
    "reason": "wall",
    "text": "KANARI",
    "search": "1",
    "code": "M-001",
    "threat": "",
    "after": "",
    "what": "start",
}
BY_ITSELF = {"audit_trail"}  # grows by being read
ELSEWHERE = re.compile(r"^(account_|mfa_|or_|leave$|lock$|unlock$|sign_in|import|set_language)")
ENDS_SESSIONS = {"field_phone", "user_add", "user_password"}  # and what makes a word that nobody chose
SEVERAL, SLOW = 200, 1


@pytest.fixture
def one_moment() -> Iterator[None]:
    """Pages that say what time it is say the same time, however long the asking of all takes."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.usefixtures("one_moment")
def test_every_route_answers_without_a_word_of_hers_and_byte_for_byte_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    addresses = list(_addresses())
    clients = {name: Client() if name == "nobody" else signed_in(name) for name in (*HIS_SIDE, *OTHERS)}
    before = {name: _crawled(clients[name], addresses) for name in HIS_SIDE}
    _plant()
    after = {name: _crawled(client, addresses) for name, client in clients.items()}
    told = [(name, one) for name, pages in after.items() for one, page in pages.items() if CANARY.search(page)]
    assert told == []
    differing = [
        (name, one)
        for name, pages in before.items()
        for one, page in pages.items()
        if one[0] not in BY_ITSELF and page != after[name][one]
    ]
    assert differing == []
    assert CANARY.search(caplog.text.encode()) is None
    assert sum(len(pages) for pages in after.values()) > 400


@pytest.mark.usefixtures("one_moment")
def test_nothing_that_is_posted_anywhere_is_answered_with_a_word_of_hers() -> None:
    """Each undone again, so that the second asking meets what the first one met."""
    addresses = [one for one in _addresses() if one[0] not in ENDS_SESSIONS | BY_ITSELF]
    clients = {name: Client() if name == "nobody" else signed_in(name) for name in (*HIS_SIDE, *OTHERS)}
    before = {name: {one: _posted(clients[name], one[1]) for one in addresses} for name in HIS_SIDE}
    _plant()
    after = {name: {one: _posted(client, one[1]) for one in addresses} for name, client in clients.items()}
    assert [(name, one) for name, said in after.items() for one, page in said.items() if CANARY.search(page)] == []
    differing = [(name, one) for name, said in before.items() for one, page in said.items() if page != after[name][one]]
    assert differing == []


def test_the_cache_of_the_service_worker_holds_the_app_alone_and_no_phone_is_sent_a_word() -> None:
    _plant()
    worker = Client().get(reverse("field_worker")).content.decode()
    files = json.loads(worker.partition("const FILES = ")[2].partition(";")[0])
    shell = json.loads(worker.partition("const SHELL = ")[2].partition(";")[0])
    assert [path for path in files if not path.startswith("/static/")] == [reverse("field_manifest")]
    assert shell.partition("?")[0] == reverse("field")
    for path in (shell, reverse("field_manifest"), reverse("field_worker")):
        assert CANARY.search(_answer(signed_in("counsellor"), path)) is None
    for name in ("facilitator", "coordinator", "partner-me"):
        phones = signed_in(name).post(reverse("field_phone"), {"label": "wall"}).json()["phones"]
        for phone in phones:
            address = reverse("field_data", args=[phone["programme"]])
            told = Client().get(address, HTTP_AUTHORIZATION=f"Bearer {phone['token']}")
            assert (told.status_code, CANARY.search(told.content)) == (200, None)


def test_no_table_holds_a_sealed_word_and_her_code_stands_in_one_alone() -> None:
    _plant()
    holding: dict[str, set[str]] = {"sealed": set(), "code": set()}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # a table of our own
            for row in cursor:
                raw = b" ".join(
                    bytes(one) if isinstance(one, (bytes, memoryview)) else str(one).encode() for one in row
                )
                if SEALED.search(raw):
                    holding["sealed"].add(table)
                if CODE.encode() in raw:
                    holding["code"].add(table)
    assert holding == {"sealed": set(), "code": {"survivors_servicefile"}}


def test_the_trail_names_her_service_alone_and_no_programme() -> None:
    newest = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    _plant()
    kept = AuditEntry.objects.filter(pk__gt=newest)
    service = Organisation.objects.get(key="womens-service")
    assert {(one.organisation_id, one.programme_id) for one in kept} == {(service.pk, None)}
    assert [one.pk for one in kept if CANARY.search(f"{one.details}{one.reason}{one.object_id}".encode())] == []


@pytest.mark.parametrize("reader", [None, "supervisor", "officer", "auditor", "administrator", "counsellor"])
def test_no_command_says_a_word_of_hers(samaki: Samaki, reader: str | None) -> None:
    _plant()
    acting = ("--as", reader) if reader else ()
    asked = [
        ("figure", "mpp", "perpetrators_counselled", "--by", "area", *acting),
        ("figure", "mpp", "reported_success", "--format", "json", *acting),
        ("records", "mpp", "perpetrators_counselled", *acting, *(("--reason", "wall") if reader else ())),
        ("report", "mpp", "2008", *acting),
    ]
    for words in asked:
        said = samaki(*words)
        assert CANARY.search(f"{said.out}{said.err}".encode()) is None, words


@pytest.mark.parametrize("reader", ["supervisor", "counsellor"])
def test_his_pages_ask_the_database_the_same_whether_or_not_she_is_known(reader: str) -> None:
    client, pages = signed_in(reader), _pages_of(reader)
    for address in pages:
        client.get(address)
    before = {address: _statements(client, address) for address in pages}
    quick = {address: _seconds(client, address) for address in pages[:SLOW]}
    _plant()
    after = {address: _statements(client, address) for address in pages}
    slow = {address: _seconds(client, address) for address in pages[:SLOW]}
    assert after == before
    assert [sql for found in after.values() for sql in found if "survivors_" in sql] == []
    for address, taken in slow.items():
        assert abs(taken - quick[address]) < 0.5 * max(taken, quick[address]), (address, quick[address], taken)


def _plant() -> None:
    """A file, a risk, a follow-up, a referral and a warning, each word of them a canary."""
    programme, service = Programme.objects.get(key="mpp"), Organisation.objects.get(key="womens-service")
    user = User.objects.get(username="womens-service")
    grant = Grant(Role.WOMENS_SERVICE_WORKER, service.pk, programme.pk)
    by, at = Actor(user.pk, "womens-service", (grant,), second_factor=True, reason="follow_up"), timezone.now()
    today = timezone.localdate(at)
    file = operations.open_file(
        programme=programme,
        organisation=service,
        code=CODE,
        opened_on=today,
        said=Said("kanari7 how", "kanari7 when", True, "KANARI7CASE", "kanari7 note"),
        by=by,
        at=at,
    )
    operations.assess(file=file, on=today, judged=Level.HIGH, markers=list(Marker), note="kanari7 risk", by=by, at=at)
    told = Told(dict.fromkeys(Violence, Value.WORSE), violent_90_days=True, consented=True)
    for window in (1, 3, 6, 12):
        operations.record_follow_up(
            file=file, window=window, informant=HerFollowUp.Informant.SURVIVOR, asked_on=today, told=told, by=by, at=at
        )
    clinic = Service.objects.filter(programme=programme, kind="medical").first() or Service.objects.create(
        programme=programme, organisation=service, kind="medical", name_km="ក", name_en="Clinic"
    )
    wish = Wish(Purpose.HEALTH, list(Field), today, ConsentHow.SPOKEN, today + dt.timedelta(days=9))
    operations.send(referral=operations.draft(file=file, service=clinic, wish=wish, by=by, at=at), by=by, at=at)
    task = operations.warn(ThreatHeard(programme.pk, service.pk, "KANARI7CASE", "kanari7 words", at, by))
    operations.take(task=task, by=by, at=at)


def _addresses() -> Iterator[tuple[str, str]]:
    """Route and address of every page, about a partner's records and about the Men's Perspective Project."""
    named = theirs()
    for name, pattern in _patterns(get_resolver()):
        if ELSEWHERE.match(name):
            continue
        if name in named:
            yield name, reverse(name, args=named[name])
        for values in _values(pattern):
            yield name, reverse(name, kwargs=values)


def _patterns(resolver: URLResolver) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern)
        elif pattern.name:
            yield pattern.name, pattern


def _values(pattern: URLPattern) -> Iterator[dict[str, object]]:
    """The parts of an address, of the Men's Perspective Project; a page that wants other parts answers 404."""
    case = Case.objects.filter(programme__key="mpp").order_by("pk")[0]
    known: dict[str, object] = {
        "case_id": case.pk,
        "indicator": "perpetrators_counselled",
        "period": "2008",
        "code": case.code,
        "language": "en",
        "format": "html",
    }
    converters = getattr(pattern.pattern, "converters", None)
    if converters is None or getattr(pattern.pattern, "regex", None) is None:
        return
    values = {
        part: known.get(part, 1 if type(converter).__name__ == "IntConverter" else "mpp")
        for part, converter in converters.items()
    }
    if len(values) == pattern.pattern.regex.groups:
        yield values


def _crawled(client: Client, addresses: list[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
    return {one: _answer(client, one[1]) for one in addresses}


def _posted(client: Client, address: str) -> bytes:
    found = asked(client, "POST", address, POSTED)
    body = b"".join(found) if found.streaming else found.content  # type: ignore[attr-defined]  # of a file
    return str(found.status_code).encode() + CHANGING.sub(b"", body)


def _answer(client: Client, address: str) -> bytes:
    found = client.get(address)
    body = b"".join(found) if found.streaming else found.content  # type: ignore[arg-type]  # bytes, of a file
    headers = "\n".join(f"{name}: {value}" for name, value in found.headers.items() if name != "Content-Length")
    return str(found.status_code).encode() + CHANGING.sub(b"", headers.encode() + body)


def _pages_of(reader: str) -> list[str]:
    """Of his side; those asked SEVERAL times for their time come first."""
    if reader == "counsellor":
        case = Case.objects.get(programme__key="mpp", code="M-001")
        acts = ("risk", "session", "word", "ask", "threat")
        of_it = [reverse("own_case_act", args=[case.pk, act]) for act in acts]
        return [reverse("own_case", args=[case.pk]), reverse("own_list"), *of_it, reverse("home")]
    return [
        reverse("case_desk"),
        reverse("figure_records", args=["mpp", "perpetrators_counselled"]),
        reverse("indicator", args=["mpp", "reported_success"]),
        reverse("home"),
    ]


def _statements(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [re.sub(r"\d+|'[^']*'", "?", one["sql"]) for one in captured]


def _seconds(client: Client, address: str) -> float:
    """The median of CPU seconds of a page."""
    taken = []
    for _turn in range(SEVERAL):
        begun = time.process_time()
        client.get(address)
        taken.append(time.process_time() - begun)
    return statistics.median(taken)
