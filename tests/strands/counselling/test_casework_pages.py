"""The pages of casework, asked by every role: who gets in, and what a counsellor and a supervisor do there."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.models import RoleGrant, User
from samaki.interfaces.web.second_factor import PROVED
from samaki.interfaces.web.sign_in import BACKEND
from samaki.kernel.actors import Actor, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.strands.counselling.models import Case, CaseRequest, CaseSession, Conference, EmergencyAccess, Risk, Tie
from samaki.strands.counselling.operations import intake
from samaki.strands.counselling.operations.emergency import ask_emergency, open_emergency
from tests.interfaces.pages import somebody
from tests.strands.counselling.casework_world import Work

pytestmark = pytest.mark.django_db
DAY = {"held_on_day": "20", "held_on_month": "5", "held_on_year": "2024"}


def as_user(actor: Actor) -> Client:
    user = User.objects.get(pk=actor.user_id)
    user.language = "en"
    user.save()
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.session
    session[PROVED] = user.pk
    session.save()
    return client


def _said(answer: HttpResponse, case_id: int) -> str:
    """The page but for the number that was asked and the token of its forms."""
    page = answer.content.decode().replace(f"desk/{case_id}/", "desk/N/")
    return re.sub(r'("X-CSRFToken": "|data-csrf="|name="csrfmiddlewaretoken" value=")[^"]+', "", page)


def addresses(its: Work, case: Case) -> dict[str, str]:
    access = ask_emergency(case=case, reason="canary reason", by=its.supervisor, at=timezone.now())
    open_emergency(access=access, by=its.focal, at=timezone.now())
    acts = ("tie", "service", "risk", "session", "word", "ask", "threat")
    return {
        "own_list": reverse("own_list"),
        "own_new": reverse("own_new"),
        "own_case": reverse("own_case", args=[case.pk]),
        **{act: reverse("own_case_act", args=[case.pk, act]) for act in acts},
        "case_desk": reverse("case_desk"),
        "case_emergencies": reverse("case_emergencies"),
        "case_emergency": reverse("case_emergency", args=[access.pk]),
    }


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.COUNSELLOR, Role.CASE_SUPERVISOR}])
def test_nobody_else_gets_in_and_no_page_says_the_code(role: Role) -> None:
    its = Work()
    case = its.counselled("M-CANARY-1")
    pages = addresses(its, case)
    client = somebody(its.setting, role)
    urgent = role in {Role.SAFEGUARDING_FOCAL, Role.GROUP_COORDINATOR}
    for name, address in pages.items():
        answer = client.get(address)
        expected = {"case_emergencies": 200 if urgent else 403, "case_emergency": 404}.get(name, 403)
        assert (name, answer.status_code) == (name, expected)
        assert "M-CANARY-1" not in answer.content.decode()
    for name in ("case_conference", "case_give", "case_tie", "case_emergency"):
        assert client.post(reverse(name, args=[case.pk])).status_code in {403, 404}


def test_another_counsellor_and_the_public_meet_the_same_closed_door() -> None:
    its = Work()
    case = its.counselled("M-CANARY-1")
    pages = addresses(its, case)
    second = as_user(its.second)
    for name in ("own_case", "tie", "session", "risk", "ask"):
        answer = second.get(pages[name])
        nowhere = second.get(pages[name].replace(f"desk/{case.pk}/", "desk/999999/"))
        assert (answer.status_code, nowhere.status_code) == (404, 404)
        assert _said(answer, case.pk) == _said(nowhere, 999999)
    assert "M-CANARY-1" not in second.get(pages["own_list"]).content.decode()
    for address in pages.values():
        assert Client().get(address).status_code == 302


def test_a_supervisor_tied_to_the_man_finds_him_nowhere_on_her_desk() -> None:
    its = Work()
    case = its.counselled("M-CANARY-1")
    Case.objects.filter(pk=case.pk).update(counsellor=None)
    client = as_user(its.supervisor)
    assert "M-CANARY-1" in client.get(reverse("case_desk")).content.decode()
    intake.declare(case=case, tie=Tie.KIN, by=its.supervisor, at=timezone.now())
    assert "M-CANARY-1" not in client.get(reverse("case_desk")).content.decode()
    assert client.post(reverse("case_give", args=[case.pk])).status_code == 404
    asked = client.post(reverse("case_emergencies"), {"code": "M-CANARY-1", "reason": "now"})
    other = client.post(reverse("case_emergencies"), {"code": "M-NONE", "reason": "now"})
    assert (asked.status_code, other.status_code, EmergencyAccess.objects.count()) == (404, 404, 0)


def test_a_suspended_counsellor_with_a_stale_tab_saves_nothing() -> None:
    its = Work()
    case = its.counselled()
    client = as_user(its.counsellor)
    address = reverse("own_case_act", args=[case.pk, "session"])
    assert client.get(address).status_code == 200
    its.stop(its.counsellor)
    assert client.post(address, DAY).status_code == 403
    assert CaseSession.objects.count() == 0


def test_a_counsellor_goes_the_whole_way_on_his_pages() -> None:
    its = Work()
    client = as_user(its.counsellor)
    today = timezone.localdate()
    day = {"opened_on_day": str(today.day), "opened_on_month": str(today.month), "opened_on_year": str(today.year)}
    made = client.post(reverse("own_new"), {"code": "M-9", "group": its.group.key, "birth_year": "1980", **day})
    assert made.status_code == 302, re.findall(r"<li><a[^>]*>([^<]+)", made.content.decode())
    case = Case.objects.get()
    assert (made.status_code, case.state) == (302, "opened")

    def act(deed: str, **sent: object) -> int:
        return client.post(reverse("own_case_act", args=[case.pk, deed]), sent).status_code

    assert client.get(reverse("own_case", args=[case.pk])).status_code == 302  # first: what is he to the man
    assert act("session", **DAY) == 302
    assert CaseSession.objects.count() == 0
    assert [act("tie", tie="none"), act("service", service=its.service.pk), act("risk")] == [302, 302, 302]
    assert act("ask", what="start") == 302
    assert client.get(reverse("own_case", args=[case.pk])).status_code == 200
    Conference.objects.update(meets_on=today)
    boss = as_user(its.supervisor)
    request = CaseRequest.objects.get()
    assert "M-9" in boss.get(reverse("case_desk")).content.decode()
    hold = reverse("case_conference", args=[request.conference_id])
    boss.post(hold, {f"answer-{request.pk}": "granted"})
    seen = Risk.objects.get().pk
    held_on = {"held_on_day": str(today.day), "held_on_month": str(today.month), "held_on_year": str(today.year)}
    sent = {"minutes": "60", "notes": "he came", "markers": ["weapon"], "after": str(seen), **held_on}
    assert act("session", **sent) == 302
    shown = client.get(reverse("own_case", args=[case.pk]))
    body = shown.content.decode()
    assert ("he came" in body, "A weapon is at hand" in body) == (True, True)
    assert shown.headers["Cache-Control"] == "no-store"
    assert "M-9" not in body.split("</title>")[0]
    assert AuditEntry.objects.filter(action="see_cases", object_id=str(case.pk), reason="counsels this case").exists()


def test_a_threat_typed_with_a_session_that_is_refused_can_be_told_at_once() -> None:
    its = Work()
    case = its.counselled("M-70")
    client, address = as_user(its.counsellor), reverse("own_case_act", args=[case.pk, "session"])
    refused = client.post(address, {**DAY, "held_on_year": "1990", "threat": "He said it"})
    page = refused.content.decode()
    assert (refused.status_code, "does not know of the threat yet" in page) == (422, True)
    told = client.post(reverse("own_case_act", args=[case.pk, "threat"]), {"threat": "He said it"})
    assert (told.status_code, AuditEntry.objects.filter(action="hear_threat").count()) == (302, 1)
    without = client.post(address, {**DAY, "held_on_year": "1990"}).content.decode()
    assert "does not know of the threat yet" not in without


def test_an_emergency_is_read_by_who_asked_for_sixty_minutes_and_the_supervisor_is_told() -> None:
    its = Work()
    case = its.counselled("M-CANARY-1")
    now = timezone.now()
    reader, opener = as_user(its.second), as_user(its.focal)
    asked = reader.post(reverse("case_emergencies"), {"code": "m-canary-1", "reason": "he is at her door"})
    access = EmergencyAccess.objects.get()
    address = reverse("case_emergency", args=[access.pk])
    assert (asked.status_code, reader.get(address).status_code) == (302, 404)
    assert reader.post(address).status_code in {403, 404}
    assert opener.post(address).status_code == 302
    assert (reader.get(address).status_code, opener.get(address).status_code) == (200, 404)
    assert "he is at her door" in as_user(its.supervisor).get(reverse("case_desk")).content.decode()
    assert reader.get(reverse("own_case", args=[case.pk])).status_code == 404
    EmergencyAccess.objects.update(closes_at=now - dt.timedelta(seconds=1))
    assert reader.get(address).status_code == 404
    assert AuditEntry.objects.filter(action="read_emergency", reason="he is at her door").count() == 1


def test_a_role_that_ran_out_opens_nothing() -> None:
    its = Work()
    case = its.counselled()
    client = as_user(its.counsellor)
    RoleGrant.objects.filter(user=its.counsellor.user_id).update(until=dt.date(2020, 1, 1))
    assert client.get(reverse("own_case", args=[case.pk])).status_code == 403
