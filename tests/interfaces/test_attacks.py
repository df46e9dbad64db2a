"""Attacks that failed, kept so that they go on failing: each was tried by hand on the running example site."""

from __future__ import annotations

import io
import itertools
import re
import time
import zipfile

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from samaki.engines.results.queries import figures
from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.activities.models import Activity
from samaki.ground.groups.models import Group
from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.programmes.models import Programme
from samaki.interfaces.imports.models import ImportRun
from samaki.interfaces.web.idle import LOCK_AFTER, SEEN
from samaki.interfaces.web.sign_in import BACKEND
from samaki.kernel.actors import PUBLIC, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.figures import Cell, Figure, FigureQuery
from tests.interfaces.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]

FIGURE = "/programmes/mpp/indicators/perpetrators_counselled/"
ELSEWHERE = (
    "//evil.example",
    "https://evil.example/",
    "https:evil.example",
    "/\\evil.example",
    "javascript:alert(1)//",
)
ODD = (
    *("period=%00", "period=9999-12", "period=0001-01", "period=%E1%9F%A2%E1%9F%A0", "as_of=0001-01-01"),
    *("place=%00", "place=" + "x" * 120, "place=14&by_1=province", "by_1=area&by_2=area", "source=xx"),
    *("by_1=organisation", "by_1=group", "by_1=month&by_2=year&by_3=quarter", "organisation=wela"),
    *("only_=x", "only_area=%00", "only_judged=stopped", "only_physical=stopped"),
    *("after=%C2%B2", "after=%D9%A1", "after=" + "9" * 3000, "after=-1"),
)
SECRET = "Neang Sokunthea"  # invented


@pytest.fixture
def without_second_step() -> Client:
    """A real M&E officer at a partner whose people are named, signed in by password alone."""
    user = User.objects.create(username="real", language="en")
    someone = Person.objects.filter(organisation__key="fia-partner-2").order_by("pk")[0]
    programme_id = Programme.objects.get(key="fia").pk
    RoleGrant.objects.create(
        user=user, role=Role.PARTNER_ME, organisation_id=someone.organisation_id, programme_id=programme_id
    )
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_no_route_to_people_opens_without_a_second_step(without_second_step: Client) -> None:
    person = Person.objects.filter(organisation__key="fia-partner-2").order_by("pk")[0]
    pair = MatchCandidate.objects.filter(organisation__key="fia-partner-2").order_by("pk")[0]
    read = (
        reverse("people"),
        reverse("person", args=[person.pk]),
        reverse("duplicates"),
        reverse("import_send", args=["roster"]),
        reverse("figure_records", args=["fia", "participants"]),
    )
    assert {address: without_second_step.get(address).status_code for address in read} == dict.fromkeys(read, 403)
    sent = {
        reverse("people"): {"text": "sok"},
        reverse("reveal_name", args=[person.pk]): {"reason": "to call her"},
        reverse("duplicates"): {"reason": "to decide"},
        reverse("decide_duplicate", args=[pair.pk]): {"same": "1"},
    }
    answers = {address: without_second_step.post(address, entries).status_code for address, entries in sent.items()}
    assert answers == dict.fromkeys(sent, 403)


def test_lists_open_without_a_second_step_and_point_to_nobody(without_second_step: Client) -> None:
    group = Group.objects.filter(organisation__key="fia-partner-2", keeps_names=True).order_by("pk")[0]
    activity = Activity.objects.filter(organisation__key="fia-partner-2", sessions__attendance="named").order_by("pk")[
        0
    ]
    for address in (reverse("group", args=[group.key]), reverse("activity", args=[activity.key])):
        answer = without_second_step.get(address)
        assert (answer.status_code, re.findall(rb"/people/\d+/", answer.content)) == (200, []), address


def test_one_tap_ends_with_the_first_real_user() -> None:
    User.objects.create(username="real")
    assert Client().post(reverse("sign_in_as_example", args=["partner-me"])).status_code == 403
    assert b"partner-me" not in Client().get(reverse("account_login")).content


@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put"])
def test_a_locked_session_gives_nothing_by_any_method(method: str) -> None:
    client = signed_in("partner-me")
    session = client.session
    session[SEEN] = time.time() - LOCK_AFTER - 1
    session.save()
    addresses = (
        reverse("people"),
        reverse("imports"),
        reverse("figure_csv", args=["fia", "participants"]),
        reverse("still_here"),
        "/accounts/2fa/",
        "/no/such/page/",
    )
    expected = 401 if method == "post" else 302
    assert {client.generic(method.upper(), address).status_code for address in addresses} == {expected}


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_to_another_site(target: str) -> None:
    client = signed_in("partner-me")
    sent = client.post(reverse("set_language"), {"language": "en", "next": target})
    unlocked = client.post(reverse("unlock"), {"next": target})
    entered = Client().post(reverse("sign_in_as_example", args=["donor"]), {"next": target})
    assert [answer.headers["Location"] for answer in (sent, unlocked, entered)] == ["/", "/", "/"]


def test_a_line_break_in_an_address_becomes_no_header() -> None:
    answer = Client().post(reverse("set_language"), {"language": "en", "next": "/x\r\nX-Evil: 1"})
    assert ("X-Evil" in answer.headers, answer.headers["Location"]) == (False, "/x%0D%0AX-Evil:%201")


@pytest.mark.parametrize("username", ["donor", "coordinator"])
def test_odd_parameters_break_no_page_of_a_figure(username: str) -> None:
    client = signed_in(username)
    asked = [f"{FIGURE}{part}?{odd}" for part in ("", "records/", "figure.csv") for odd in ODD]
    assert [address for address in asked if client.get(address).status_code >= 500] == []


def test_no_file_holds_the_figures_of_one_organisation() -> None:
    """A file passes as the public, so even the officer is refused; who is not asked for whom gets the whole."""
    whole = signed_in("donor").get(FIGURE + "figure.csv").content
    asked = {name: signed_in(name).get(FIGURE + "figure.csv?organisation=wela") for name in ("officer", "donor")}
    assert asked["officer"].status_code == 403
    assert asked["donor"].content == whole


def test_a_cell_hidden_in_one_breakdown_of_a_period_is_shown_in_no_other() -> None:
    dimensions = ("gender", "age_band", "province", "kind")
    breakdowns = [by for size in (0, 1, 2) for by in itertools.combinations(dimensions, size)]
    periods = ("2023", "2024")
    asked = [FigureQuery("fia", "attendances", period=period, by=by) for period in periods for by in breakdowns]
    told: dict[tuple[object, ...], set[bool]] = {}
    for found in figures(PUBLIC, asked):
        parts: list[tuple[dict[str, str], Cell | Figure]] = [({}, found)]
        parts += [(dict(cell.dimensions), cell) for cell in found.by]
        for dimensions_of, part in parts:
            told.setdefault((found.period, *sorted(dimensions_of.items())), set()).add(part.suppressed)
    assert {True} in told.values()  # some are hidden, so the next line can fail
    assert [name for name, words in told.items() if len(words) > 1] == []


def test_a_roster_that_cannot_be_taken_leaves_its_names_in_no_table_and_runs_no_formula() -> None:
    client = signed_in("partner-me-3")
    text = f"Name,Gender,=HYPERLINK(1)\n{SECRET},zzz,=cmd|'/c calc'!A1\n"
    file = SimpleUploadedFile(f"../../{SECRET}.csv", text.encode())
    sent = client.post(reverse("import_send", args=["roster"]), {"where": "fia/banteay-srei", "file": file})
    run = ImportRun.objects.latest("pk")
    assert (sent.status_code, run.state) == (302, ImportRun.State.FAULTY)
    rows = [list(model.objects.values()) for model in (ImportRun, AuditEntry, Session, DBTaskResult)]
    sessions = [session.get_decoded() for session in Session.objects.all()]
    assert SECRET not in repr(rows) + repr(sessions)
    wrong = client.get(reverse("import_wrong_rows", args=[run.pk]))
    with zipfile.ZipFile(io.BytesIO(wrong.content)) as book:
        sheets = b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/"))
        strings = book.read("xl/sharedStrings.xml").decode()
    assert (b"<f>" in sheets, b"<f " in sheets, SECRET in strings) == (False, False, True)
