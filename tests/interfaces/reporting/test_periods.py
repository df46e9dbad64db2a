"""A period from its reports to its lock, and open again; first what another organisation must not read there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.ground.periods.models import PeriodLock, PeriodReport
from samaki.ground.periods.rules import State
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_april() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2008, 4, 5, 3, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def setting(db: None) -> Setting:
    """Since February; ours sent February, verified, and March, waiting; theirs sent nothing."""
    made = a_setting()
    made.programme.starts_on = dt.date(2008, 2, 1)
    made.programme.save()
    for period, state in (("2008-02", State.VERIFIED), ("2008-03", State.SUBMITTED)):
        PeriodReport.objects.create(
            programme=made.programme,
            organisation=made.ours,
            period=period,
            state=state,
            submitted_at=timezone.now(),
        )
    return made


def address(setting: Setting, name: str = "period", period: str = "2008-03") -> str:
    return reverse(name, args=[setting.programme.key, period])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_partner_reads_her_own_reports_and_nobody_elses(setting: Setting) -> None:
    theirs = somebody(setting, Role.PARTNER_ME, setting.theirs)
    seen = text(theirs, address(setting))
    assert ("Theirs, March 2008" in seen, "Ours, March 2008" in seen) == (True, False)
    assert "Reports verified 0 · waiting 0 · missing 1" in seen
    assert "Lock this period" not in seen


@pytest.mark.parametrize("role", [Role.DONOR, Role.AUTHORITY, Role.ADMINISTRATOR, Role.COUNSELLOR])
def test_a_role_without_the_inside_finds_no_period(setting: Setting, role: Role) -> None:
    client = somebody(setting, role)
    listed = reverse("periods", args=[setting.programme.key])
    assert [client.get(one).status_code for one in (listed, address(setting))] == [404, 404]


def test_the_year_tells_of_each_part_what_is_verified_waiting_and_missing(setting: Setting) -> None:
    seen = text(somebody(setting, Role.PROGRAMME_OFFICER), reverse("periods", args=[setting.programme.key]))
    for said in (
        "2008 Reports verified 1 · waiting 1 · missing 2 In progress",
        "Quarter 1 2008 Reports verified 1 · waiting 1 · missing 2 Not locked",
        "January 2008 Reports verified 0 · waiting 0 · missing 0 Not locked",
        "February 2008 Reports verified 1 · waiting 0 · missing 1 Not locked",
        "April 2008 Reports verified 0 · waiting 0 · missing 0 In progress",
    ):
        assert said in seen


def test_a_report_that_waits_is_verified_before_the_period_is_locked(setting: Setting) -> None:
    officer = somebody(setting, Role.PROGRAMME_OFFICER)
    assert "Verify or return them first" in text(officer, address(setting))
    sent = officer.post(address(setting, "lock_period"), {"although_missing": "on", "reason": "so"})
    assert (sent.status_code, PeriodLock.objects.count()) == (422, 0)
    assert "These reports wait to be verified: Ours (March 2008)." in sent.content.decode()


def test_the_officer_locks_without_the_missing_reports_only_by_saying_so_and_why(setting: Setting) -> None:
    officer, february = somebody(setting, Role.PROGRAMME_OFFICER), address(setting, "lock_period", "2008-02")
    without = officer.post(february, {"reason": "Theirs closed"})
    assert "These reports have not come: Theirs (February 2008)." in without.content.decode()
    unsaid = officer.post(february, {"although_missing": "on", "reason": ""})
    assert (without.status_code, unsaid.status_code, PeriodLock.objects.count()) == (422, 422, 0)
    done = officer.post(february, {"although_missing": "on", "reason": "Theirs closed"}, follow=True)
    assert "February 2008 is locked, version 1." in done.content.decode()
    assert PeriodLock.objects.get().reason == "Theirs closed"


def test_a_locked_period_opens_for_a_reason_and_its_versions_are_told(setting: Setting) -> None:
    officer = somebody(setting, Role.PROGRAMME_OFFICER)
    for _version in range(2):
        officer.post(address(setting, "lock_period", "2008-02"), {"although_missing": "on", "reason": "closed"})
        unsaid = officer.post(address(setting, "reopen_period", "2008-02"), {"why": " "})
        assert unsaid.status_code == 422
        officer.post(address(setting, "reopen_period", "2008-02"), {"why": "a sheet came late"})
    seen = text(officer, address(setting, "period", "2008-02"))
    assert re.findall(r"Version (\d)", seen) == ["2", "1"]
    assert (seen.count("Replaced by a later version"), seen.count("a sheet came late")) == (1, 2)
    acts = AuditEntry.objects.filter(action__in=("period.lock", "period.reopen")).order_by("pk")
    assert [one.action for one in acts] == ["period.lock", "period.reopen"] * 2


def test_a_superseded_lock_is_not_listed_on_the_programmes_page(setting: Setting) -> None:
    officer = somebody(setting, Role.PROGRAMME_OFFICER)
    lock, reopen = (address(setting, name, "2008-02") for name in ("lock_period", "reopen_period"))
    officer.post(lock, {"although_missing": "on", "reason": "closed"})
    officer.post(reopen, {"why": "a sheet came late"})
    page = reverse("programme", args=[setting.programme.key])
    assert "February 2008, Version 1 Open for a correction" in text(officer, page)
    officer.post(lock, {"although_missing": "on", "reason": "closed"})
    seen = text(officer, page)
    assert ("February 2008, Version 2 Locked" in seen, "Version 1" in seen) == (True, False)


@pytest.mark.parametrize("period", ["2008-13", "soon", "2008' OR 1=1"])
def test_a_period_that_is_none_is_told_and_breaks_nothing(setting: Setting, period: str) -> None:
    officer = somebody(setting, Role.PROGRAMME_OFFICER)
    assert officer.get(address(setting, period=period)).status_code == 422
    assert officer.get(reverse("periods", args=[setting.programme.key]), {"year": period}).status_code == 422


@pytest.mark.parametrize("name", ["periods", "period"])
def test_the_pages_ask_as_often_for_three_partners_as_for_one(setting: Setting, name: str) -> None:
    officer = somebody(setting, Role.PROGRAMME_OFFICER)
    where = reverse("periods", args=[setting.programme.key]) if name == "periods" else address(setting)
    PeriodReport.objects.all().delete()
    setting.programme.roles.all().delete()
    counts = []
    for number in range(3):
        organisation = type(setting.ours).objects.create(key=f"p-{number}", name_latin="P", kind="local_ngo")
        setting.programme.roles.create(organisation=organisation, part="partner")
        PeriodReport.objects.create(
            programme=setting.programme,
            organisation=organisation,
            period="2008-03",
            state=State.VERIFIED,
            submitted_at=timezone.now(),
        )
        counts.append(queries_of(officer, where))
    assert counts[0] == counts[2]
