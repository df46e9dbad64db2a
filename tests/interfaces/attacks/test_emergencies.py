"""Breaking glass: a reason, a second person, sixty minutes, the supervisor told; to read, and for nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.kernel.audit.models import AuditEntry
from samaki.strands.counselling.models import Case, EmergencyAccess, Tie
from samaki.strands.counselling.operations import intake
from samaki.strands.counselling.operations.emergency import ask_emergency, open_emergency
from tests.strands.counselling.casework_world import AT, Work, fresh
from tests.strands.counselling.test_casework_pages import as_user

pytestmark = pytest.mark.django_db
WHY = "he is at her door"


def opened(its: Work, case: Case) -> tuple[EmergencyAccess, Client]:
    """By another counsellor, whose case it is not; opened by the focal person."""
    access = ask_emergency(case=case, reason=WHY, by=its.second, at=timezone.now())
    return open_emergency(access=access, by=its.focal, at=timezone.now()), as_user(its.second)


@pytest.mark.parametrize("reason", ["", " ", "\u200b\t"[1:]])
def test_without_a_reason_nothing_is_asked(reason: str) -> None:
    its = Work()
    case = its.counselled("M-1")
    answer = as_user(its.second).post(reverse("case_emergencies"), {"code": "M-1", "reason": reason})
    assert (answer.status_code, EmergencyAccess.objects.count(), case.code) == (422, 0, "M-1")


def test_one_person_alone_opens_nothing_not_even_in_the_database() -> None:
    its = Work()
    access = ask_emergency(case=its.counselled(), reason=WHY, by=its.supervisor, at=AT)
    client = as_user(its.supervisor)
    assert client.post(reverse("case_emergency", args=[access.pk])).status_code == 404
    assert client.get(reverse("case_emergency", args=[access.pk])).status_code == 404
    for change in (
        {"opened_at": AT},
        {"second": its.user(its.supervisor), "opened_at": AT},
        {"second": its.user(its.focal)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            EmergencyAccess.objects.filter(pk=access.pk).update(**change)


def test_it_closes_to_the_minute_by_itself() -> None:
    its = Work()
    case = its.counselled()
    with time_machine.travel(dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC), tick=False) as clock:
        access, reader = opened(its, case)
        address = reverse("case_emergency", args=[access.pk])
        clock.shift(dt.timedelta(minutes=59, seconds=59))
        assert as_user(its.second).get(address).status_code == 200  # signed in anew: cases ask again after 15 minutes
        clock.shift(dt.timedelta(seconds=1))
        assert as_user(its.second).get(address).status_code == 404
        assert reader.get(address).status_code == 302


def test_the_supervisor_is_told_who_why_and_by_whom() -> None:
    its = Work()
    opened(its, its.counselled())
    desk = as_user(its.supervisor).get(reverse("case_desk")).content.decode()
    assert [word in desk for word in (WHY, "second", "focal")] == [True, True, True]
    assert list(
        AuditEntry.objects.filter(action__in=["ask_emergency", "open_emergency"])
        .order_by("pk")
        .values_list("actor_name")
    ) == [("second",), ("focal",)]


def test_it_reads_and_does_nothing_else() -> None:
    """No export, no reassignment, no act: each way is tried while the sixty minutes run."""
    its = Work()
    case = its.counselled()
    its.log(case, notes="canary note")
    access, reader = opened(its, case)
    page = reader.get(reverse("case_emergency", args=[access.pk]))
    body = page.content.decode()
    assert ("canary note" in body, page.headers["Cache-Control"]) == (True, "no-store")
    assert "Content-Disposition" not in page.headers
    assert [ending for ending in (".csv", ".xlsx", ".pdf", ".zip", "download") if ending in body] == []
    before = Case.objects.values().get(pk=case.pk)
    for act in ("tie", "service", "risk", "session", "word", "ask", "threat"):
        address = reverse("own_case_act", args=[case.pk, act])
        assert (reader.get(address).status_code, reader.post(address).status_code) == (404, 404)
    assert reader.get(reverse("own_case", args=[case.pk])).status_code == 404
    assert reader.post(reverse("case_give", args=[case.pk]), {"counsellor": its.second.user_id}).status_code == 403
    key = its.setting.programme.key
    for name in ("figure_records", "figure_csv"):
        found = reader.get(reverse(name, args=[key, "perpetrators_counselled"]))
        assert case.code.encode() not in found.content
    assert (Case.objects.values().get(pk=case.pk), fresh(case).counsellor_id) == (before, its.counsellor.user_id)


def test_it_ends_for_who_turns_out_to_be_tied_to_the_man() -> None:
    its = Work()
    case = its.counselled()
    access, reader = opened(its, case)
    assert reader.get(reverse("case_emergency", args=[access.pk])).status_code == 200
    intake.declare(case=case, tie=Tie.KIN, by=its.supervisor, at=AT, user=its.user(its.second))
    assert reader.get(reverse("case_emergency", args=[access.pk])).status_code == 404


def test_each_reading_is_kept_with_the_reason_and_another_reads_nothing_by_it() -> None:
    its = Work()
    access, reader = opened(its, its.counselled())
    address = reverse("case_emergency", args=[access.pk])
    for _reading in range(3):
        reader.get(address)
    kept = AuditEntry.objects.filter(action="read_emergency", object_id=str(access.pk))
    assert list(kept.values_list("actor_name", "reason")) == [("second", WHY)] * 3
    for other in (its.counsellor, its.focal, its.supervisor, its.other_supervisor):
        assert as_user(other).get(address).status_code == 404
