"""The pages of her side: a reason first, codes alone, how she is reached for a minute, and a link that ends."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.registry import reactions
from samaki.strands.survivors import operations
from samaki.strands.survivors.models import HerFollowUp, HerRisk, Referral, ServiceFile, WarningTask
from samaki.strands.survivors.rules import Field
from tests.interfaces.nouns.test_members import day
from tests.interfaces.pages import somebody
from tests.strands.survivors.test_her_side import _a_threat
from tests.strands.survivors.world import AT, DAY, SAID, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def worker(world: World, reason: str = "follow_up") -> Client:
    client = somebody(world.setting, Role.WOMENS_SERVICE_WORKER, world.house)
    assert client.post(reverse("safe_why"), {"reason": reason, "next": "/safe/"}).status_code == 302
    return client


def said(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_a_reason_is_asked_first_kept_with_the_read_and_asked_again_after_ten_minutes(world: World) -> None:
    file = world.file()
    with time_machine.travel(AT, tick=False) as clock:
        client = somebody(world.setting, Role.WOMENS_SERVICE_WORKER, world.house)
        assert file.code not in said(client, "safe_file", file.pk)
        assert AuditEntry.objects.filter(action="read_service_file").count() == 0
        address = reverse("safe_file", args=[file.pk])
        answer = client.post(reverse("safe_why"), {"reason": "handover", "next": address})
        assert answer.headers["Location"] == address
        assert file.code in said(client, "safe_file", file.pk)
        assert AuditEntry.objects.get(action="read_service_file").reason == "handover"
        clock.move_to(AT + dt.timedelta(minutes=11))
        assert file.code not in said(client, "safe_file", file.pk)


def test_why_leads_nowhere_outside_and_takes_no_free_text(world: World) -> None:
    client = somebody(world.setting, Role.WOMENS_SERVICE_WORKER, world.house)
    away = client.post(reverse("safe_why"), {"reason": "contact", "next": "https://example.org/"})
    assert away.headers["Location"] == reverse("safe")
    assert client.post(reverse("safe_why"), {"reason": "Bopha called"}).status_code == 422


def test_a_file_shows_its_code_and_how_she_is_reached_only_for_a_minute(world: World) -> None:
    file, client = world.file(), worker(world)
    page = client.get(reverse("safe_file", args=[file.pk]))
    shown = page.content.decode()
    assert [word in shown for word in (file.code, "Bopha", SAID.case_code)] == [True, False, False]
    assert ("<title>Samaki</title>" in shown, "data-quick-exit" in shown) == (True, True)
    assert page.headers["Cache-Control"] == "no-store"
    revealed = client.post(reverse("safe_contact", args=[file.pk])).content.decode()
    assert ("Bopha" in revealed, 'data-mask-after="60"' in revealed) == (True, True)


def test_a_worker_opens_corrects_assesses_asks_and_closes(world: World) -> None:
    client = worker(world)
    about = {"how": "by herself", "case_code": "k-7"}
    sent = {"code": "h 9", **day("opened_on", DAY), **about}
    assert client.post(reverse("safe_new"), sent).status_code == 302
    file = ServiceFile.objects.get(code="H9")
    asked = {"window": "6", "informant": "A", "consented": "on", **day("asked_on", DAY), "physical": "stopped"}
    assert client.post(reverse("safe_follow_up", args=[file.pk]), {**asked, "consented": ""}).status_code == 422
    assert client.post(reverse("safe_follow_up", args=[file.pk]), asked).status_code == 302
    risk = {**day("on", DAY), "markers": ["weapon"], "level": "standard"}
    assert client.post(reverse("safe_risk", args=[file.pk]), risk).status_code == 302
    assert (HerFollowUp.objects.count(), HerRisk.objects.count()) == (1, 1)
    shown = said(client, "safe_file", file.pk)
    assert [word in shown for word in ("After 6 months", "High", "He has or used a weapon", "Stopped")] == [True] * 4
    edited = {**about, "how": "through the clinic", "revision": "1"}
    assert client.post(reverse("safe_edit", args=[file.pk]), edited).status_code == 302
    assert client.post(reverse("safe_edit", args=[file.pk]), edited).status_code == 422
    assert client.post(reverse("safe_step", args=[file.pk, "close"])).status_code == 302
    assert client.post(reverse("safe_risk", args=[file.pk]), risk).status_code == 422
    assert client.post(reverse("safe_step", args=[file.pk, "reopen"])).status_code == 302


def test_a_referral_goes_by_link_and_ends_when_she_takes_it_back(world: World) -> None:
    file, service, client = world.file(), world.service(), worker(world)
    today = dt.date.today()
    wish = {
        "service": str(service.pk),
        "purpose": "health",
        "fields_told": ["how"],
        "consent_how": "spoken",
        **day("consented_on", today),
        **day("expires_on", today + dt.timedelta(days=10)),
    }
    assert client.post(reverse("safe_refer", args=[file.pk]), wish).status_code == 302
    referral = Referral.objects.get()
    sent = client.post(reverse("safe_referral_step", args=[referral.pk, "send"])).content.decode()
    link = next(word for word in sent.replace("<", " ").replace(">", " ").split() if "/safe/link/" in word)
    anybody = Client()
    read = anybody.get(link)
    shown = read.content.decode()
    assert [word in shown for word in (file.code, "Bopha", SAID.when, SAID.case_code, SAID.note)] == [
        *(True, True),
        *(False, False, False),
    ]
    assert (read.headers["Cache-Control"], read.headers["Referrer-Policy"]) == ("no-store", "same-origin")
    assert client.post(reverse("safe_referral_step", args=[referral.pk, "revoke"])).status_code == 302
    assert anybody.get(link).status_code == 404


def test_the_recipient_takes_it_on_and_says_what_she_obtained(world: World) -> None:
    with time_machine.travel(AT, tick=False):
        referral, _token = world.referral(Field.WHEN)
        nurse = somebody(world.setting, Role.WOMENS_SERVICE_WORKER, world.clinic)
        nurse.post(reverse("safe_why"), {"reason": "referral", "next": "/safe/"})
        assert reverse("safe_received", args=[referral.pk]) in said(nurse, "safe")
        shown = said(nurse, "safe_received", referral.pk)
        assert [word in shown for word in (SAID.when, "Bopha")] == [True, False]
        assert nurse.post(reverse("safe_received_step", args=[referral.pk, "accept"])).status_code == 302
        done = {"obtained": "yes", **day("on", AT.date())}
        assert nurse.post(reverse("safe_received_step", args=[referral.pk, "confirm"]), done).status_code == 302
        referral.refresh_from_db()
        assert (referral.state, referral.confirmed_by) == ("confirmed", "service")
        assert nurse.get(reverse("safe_file", args=[referral.file_id])).status_code == 404


def test_an_urgent_task_waits_on_her_home_and_is_taken_and_done(world: World) -> None:
    reactions.raise_event(_a_threat(world))
    client, task = worker(world), WarningTask.objects.get()
    assert "Urgent tasks that wait" in said(client, "home")
    assert "machete" not in said(client, "safe")
    assert "machete" in said(client, "safe_task", task.pk)
    for step in ("take", "done"):
        assert client.post(reverse("safe_task_step", args=[task.pk, step])).status_code == 302
    assert WarningTask.objects.get().done_at is not None


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WOMENS_SERVICE_WORKER])
def test_no_other_role_gets_a_page_an_act_or_a_menu_entry(world: World, role: Role) -> None:
    referral, _token = world.referral()
    operations.warn(_a_threat(world))
    client, file_id = somebody(world.setting, role, world.house), referral.file_id
    task_id = WarningTask.objects.get().pk
    asked = [
        client.get(reverse(name, args=args)).status_code
        for name, args in (
            ("safe", []),
            ("safe_new", []),
            *((name, [file_id]) for name in ("safe_file", "safe_edit", "safe_risk", "safe_follow_up", "safe_refer")),
            ("safe_received", [referral.pk]),
            ("safe_task", [task_id]),
        )
    ]
    posted = [
        client.post(reverse(name, args=args)).status_code
        for name, args in (
            ("safe_why", []),
            ("safe_contact", [file_id]),
            ("safe_step", [file_id, "close"]),
            ("safe_referral_step", [referral.pk, "revoke"]),
            ("safe_received_step", [referral.pk, "accept"]),
            ("safe_task_step", [task_id, "take"]),
        )
    ]
    assert (set(asked), set(posted)) == ({403}, {403})
    assert reverse("safe") not in said(client, "home") + said(client, "more")
