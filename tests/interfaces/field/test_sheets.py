"""The sign-in sheet and its twin: who may not, the same order on both, and what keying records."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from samaki.ground.accounts.queries import actor_of
from samaki.ground.activities.models import Attendance, Session, SignInSheet
from samaki.ground.people.models import Person
from samaki.interfaces.field.paper import Paper, PaperRow, pdf
from samaki.interfaces.field.sheets import paper_of
from samaki.interfaces.web.sign_in import BACKEND
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.ui.papers import code_svg
from tests.factories.field import Field
from tests.interfaces.field.conftest import TODAY, Phone, a_member, a_phone, a_session_today
from tests.interfaces.field.test_verifying import signed_in


@pytest.fixture
def leader(field: Field) -> Phone:
    return a_phone(field, Role.FACILITATOR)


@pytest.fixture
def people(field: Field, leader: Phone) -> list[Person]:
    a_session_today(field, "hers", leader=leader.user, group=field.group)
    return [a_member(field.group, given) for given in ("មុនី", "រដ្ឋា", "បុប្ផា")]


def page_of(phone: Phone) -> Client:
    client = Client()
    client.force_login(phone.user, backend=BACKEND)
    return client


def made(client: Client) -> SignInSheet:
    answer = client.post(reverse("make_sheet", args=["hers", 1]), {"blank_rows": "4"})
    assert answer.status_code == 302
    return SignInSheet.objects.get()


def test_the_screen_has_the_rows_of_the_paper_in_the_same_order(leader: Phone, people: list[Person]) -> None:
    client = page_of(leader)
    sheet = made(client)
    paper = paper_of(actor_of(leader.user, on=TODAY, second_factor=False), sheet, "https://samaki.example/")
    text = client.get(reverse("sheet", args=[sheet.token])).content.decode()
    shown = re.findall(r"<span>(\d+)\. ([^<]+)</span>", text)
    assert [(row.number, row.name) for row in paper.rows if row.name] == shown
    assert [name for _number, name in shown] == ["ទេព មុនី", "ទេព រដ្ឋា", "ទេព បុប្ផា"]
    assert [row.number for row in paper.rows if not row.name] == ["4", "5", "6", "7"]


def test_the_paper_is_a_pdf_with_khmer_letters_and_many_pages(leader: Phone, people: list[Person]) -> None:
    client = page_of(leader)
    answer = client.get(reverse("sheet_paper", args=[made(client).token]))
    assert (answer.status_code, answer.content[:5], answer.headers["Content-Type"]) == (
        200,
        b"%PDF-",
        "application/pdf",
    )
    assert b"NotoSansKhmer" in answer.content
    assert "មុនី" not in answer.headers["Content-Disposition"]
    rows = [PaperRow(str(number), "#name [x] $y") for number in range(1, 90)]
    long = pdf(Paper("វគ្គ", ["#let x"], ["1", "2", "3", "4"], rows, "…", "https://samaki.example/sheets/x/", "km"))
    assert len(re.findall(rb"/Type\s*/Page\b", long)) > 2


def test_the_code_holds_a_token_and_no_name(leader: Phone, people: list[Person]) -> None:
    sheet = made(page_of(leader))
    assert (len(sheet.token) >= 20, sheet.token.isdecimal()) == (True, False)
    assert code_svg(sheet.token) != code_svg("another")


def test_ticking_records_who_came_and_who_stood_in_blank_rows(leader: Phone, people: list[Person]) -> None:
    client = page_of(leader)
    sheet = made(client)
    address = reverse("sheet", args=[sheet.token])
    sent = {"person": [people[0].pk, people[2].pk], "woman": "២", "man": ""}
    assert client.post(address, sent).headers["Location"] == reverse("activity", args=["hers"])
    session = Session.objects.get()
    assert (session.attendance, session.origin) == ("named", sheet.origin)
    assert set(Attendance.objects.values_list("person_id", flat=True)) == {people[0].pk, people[2].pk}
    assert dict(session.tallies.values_list("value", "count")) == {"all": 2, "woman": 2}
    text = client.get(address).content.decode()
    assert (text.count(" checked"), 'value="2"' in text) == (2, True)
    client.post(address, {"person": [people[1].pk]})  # keyed again, it is replaced
    assert set(Attendance.objects.values_list("person_id", flat=True)) == {people[1].pk}


@pytest.mark.parametrize(
    ("sent", "said"),
    [({}, "Nobody is ticked"), ({"person": ["999999"]}, "not on this sheet"), ({"woman": "5"}, "blank rows")],
)
def test_what_the_paper_cannot_say_is_told(
    leader: Phone, people: list[Person], sent: dict[str, object], said: str
) -> None:
    client = page_of(leader)
    answer = client.post(reverse("sheet", args=[made(client).token]), sent)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Attendance.objects.exists()


def test_a_sensitive_activity_has_no_sheet(field: Field, leader: Phone, people: list[Person]) -> None:
    Session.objects.get().activity.__class__.objects.update(is_sensitive=True)
    assert page_of(leader).post(reverse("make_sheet", args=["hers", 1])).status_code == 422
    assert not SignInSheet.objects.exists()


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.CASE_SUPERVISOR, Role.FACILITATOR])
def test_nobody_else_makes_prints_or_keys_a_sheet(
    field: Field, leader: Phone, people: list[Person], role: Role
) -> None:
    sheet, stranger = made(page_of(leader)), signed_in(field, role)
    address = reverse("sheet", args=[sheet.token])
    asked = (
        stranger.post(reverse("make_sheet", args=["hers", 1])).status_code,
        stranger.get(address).status_code,
        stranger.get(reverse("sheet_paper", args=[sheet.token])).status_code,
        stranger.post(address, {"person": [people[0].pk]}).status_code,
    )
    assert asked == (403, 404, 404, 404)
    assert (SignInSheet.objects.count(), Attendance.objects.exists()) == (1, False)


def test_her_organisations_data_staff_key_by_number_and_see_no_name(
    field: Field, leader: Phone, people: list[Person]
) -> None:
    sheet, staff = made(page_of(leader)), signed_in(field, Role.PARTNER_ME)
    address = reverse("sheet", args=[sheet.token])
    assert "មុនី" not in staff.get(address).content.decode()
    staff.post(address, {"person": [people[0].pk]})
    assert Attendance.objects.get().person_id == people[0].pk


def test_each_print_is_in_the_trail(leader: Phone, people: list[Person]) -> None:
    client = page_of(leader)
    sheet = made(client)
    client.get(reverse("sheet_paper", args=[sheet.token]))
    opened = AuditEntry.objects.filter(action="people.reveal", object_id=str(sheet.pk))
    assert [entry.details["to"] for entry in opened] == ["paper"]
