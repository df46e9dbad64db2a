"""The monthly report from the partner's hand to the officer's and back."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from samaki.ground.organisations.models import Organisation
from samaki.ground.periods import owed
from samaki.ground.periods.models import PeriodReport
from samaki.ground.periods.operations import lock_period
from samaki.ground.periods.rules import State
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import System
from tests.interfaces.pages import queries_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]

TODAY = dt.datetime(2025, 5, 20, 3, 0, tzinfo=dt.UTC)
APRIL = ("fia", "banteay-srei", "2025-04")


@pytest.fixture(autouse=True)
def _in_may() -> object:
    with time_machine.travel(TODAY, tick=False):
        yield


def april() -> PeriodReport | None:
    return PeriodReport.objects.filter(programme__key="fia", organisation__key="banteay-srei", period="2025-04").first()


def test_home_names_the_month_owed_and_two_taps_send_it() -> None:
    client = signed_in("partner-me-3")
    address = reverse("write_report", args=APRIL)
    assert address in client.get(reverse("home")).content.decode()
    answer = client.post(address, {"narrative": "Two trainings were held.", "send": "1", "revision": ""})
    assert answer.status_code == 302
    sent = april()
    assert sent and (sent.state, sent.narrative, sent.submitted_by) == (
        State.SUBMITTED,
        "Two trainings were held.",
        "partner-me-3",
    )


def test_a_report_that_was_sent_is_no_longer_among_those_to_write() -> None:
    client, address = signed_in("partner-me-3"), reverse("write_report", args=APRIL)
    owed_before = client.get(reverse("reports")).content.decode()
    client.post(address, {"narrative": "Two trainings were held.", "send": "1", "revision": ""})
    owed_after = client.get(reverse("reports")).content.decode()
    assert (address in owed_before, address in owed_after) == (True, False)


def test_the_figures_of_the_report_come_from_the_organisations_own_records() -> None:
    page = (
        signed_in("partner-me-3").get(reverse("write_report", args=("fia", "banteay-srei", "2023-03"))).content.decode()
    )
    assert "Figures from the records" in page
    assert "period=2023-03&amp;organisation=banteay-srei" in page


def test_a_draft_is_kept_and_not_sent() -> None:
    client = signed_in("partner-me-3")
    client.post(reverse("write_report", args=APRIL), {"narrative": "half", "keep": "1", "revision": ""})
    kept = april()
    assert kept and (kept.state, kept.narrative) == (State.OPEN, "half")


def test_the_second_of_two_people_saving_sees_both_texts() -> None:
    client, address = signed_in("partner-me-3"), reverse("write_report", args=APRIL)
    client.post(address, {"narrative": "hers", "keep": "1", "revision": ""})
    answer = client.post(address, {"narrative": "his", "keep": "1", "revision": ""})
    page = answer.content.decode()
    kept = april()
    assert answer.status_code == 422
    assert kept and kept.narrative == "hers"
    assert "hers" in page and "his" in page


def test_verify_takes_one_tap_and_opens_the_next() -> None:
    client = signed_in("officer")
    waiting = list(PeriodReport.objects.filter(state=State.SUBMITTED).order_by("submitted_at", "pk"))
    answer = client.post(reverse("verify_report", args=[waiting[0].pk]), {"revision": waiting[0].revision})
    waiting[0].refresh_from_db()
    assert waiting[0].state == State.VERIFIED
    assert answer.headers["Location"] == reverse("report", args=[waiting[1].pk])


@pytest.mark.parametrize("reader", ["officer", "partner-me-3"])
def test_each_number_of_a_report_leads_to_a_page_that_opens(reader: str) -> None:
    client = signed_in(reader)
    waiting = PeriodReport.objects.filter(state=State.SUBMITTED, organisation__key="banteay-srei").order_by("pk")[0]
    text = client.get(reverse("report", args=[waiting.pk])).content.decode()
    addresses = [unescape(one) for one in re.findall(r'href="(/programmes/fia/indicators/[^"]+)"', text)]
    assert len(addresses) > 2
    assert {one: client.get(one).status_code for one in addresses} == dict.fromkeys(addresses, 200)


@pytest.mark.parametrize("revision", ["²", "9" * 5000, "-1", "x"])
def test_a_revision_that_is_none_breaks_nothing(revision: str) -> None:
    waiting = PeriodReport.objects.filter(state=State.SUBMITTED).order_by("pk")[0]
    answer = signed_in("officer").post(reverse("verify_report", args=[waiting.pk]), {"revision": revision})
    assert answer.status_code == 302


def test_a_report_comes_back_with_a_reason_and_its_writer_reads_it() -> None:
    waiting = PeriodReport.objects.filter(state=State.SUBMITTED, organisation__key="banteay-srei").first()
    assert waiting
    officer = signed_in("officer")
    without = officer.post(reverse("return_report", args=[waiting.pk]), {"reason": " "})
    assert without.status_code == 422
    officer.post(reverse("return_report", args=[waiting.pk]), {"reason": "Please count the second training"})
    waiting.refresh_from_db()
    assert waiting.state == State.RETURNED
    page = signed_in("partner-me-3").get(reverse("write_report", args=("fia", "banteay-srei", waiting.period)))
    assert "Please count the second training" in page.content.decode()


def test_a_locked_month_says_so_and_takes_nothing() -> None:
    fia = Programme.objects.get(key="fia")
    PeriodReport.objects.filter(programme=fia, period="2025-04").delete()
    PeriodReport.objects.filter(programme=fia, state=State.SUBMITTED).update(state=State.VERIFIED)
    lock_period(
        programme=fia,
        period="2025-04",
        reason="the partner closed",
        although_missing=True,
        by=System("test"),
        at=timezone.now(),
    )
    answer = signed_in("partner-me-3").post(
        reverse("write_report", args=APRIL), {"narrative": "too late", "send": "1", "revision": ""}
    )
    assert answer.status_code == 422
    assert april() is None


def test_a_month_to_come_or_a_quarter_is_refused_in_words() -> None:
    client = signed_in("partner-me-3")
    assert client.get(reverse("write_report", args=("fia", "banteay-srei", "2025-Q1"))).status_code == 422
    answer = client.post(
        reverse("write_report", args=("fia", "banteay-srei", "2025-06")), {"narrative": "", "send": "1"}
    )
    assert answer.status_code == 422


def test_months_owed_begin_and_end_with_the_programme() -> None:
    programme = Programme(starts_on=dt.date(2025, 2, 10), ends_on=dt.date(2025, 3, 31), fiscal_year_starts_in=1)
    months = owed.months_owed(programme, dt.date(2025, 5, 20))
    assert [month.key for month in months] == ["2025-02", "2025-03"]


@pytest.mark.parametrize("name", ["reports", "home"])
def test_the_lists_take_as_many_queries_for_three_waiting_reports_as_for_one(name: str) -> None:
    fia, client = Programme.objects.get(key="fia"), signed_in("officer")
    PeriodReport.objects.all().delete()
    counts = []
    for number in (1, 2, 3):
        PeriodReport.objects.create(
            programme=fia,
            organisation=Organisation.objects.get(key="banteay-srei"),
            period=f"2025-0{number}",
            state=State.SUBMITTED,
            submitted_at=timezone.now(),
        )
        counts.append(queries_of(client, reverse(name)))
    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    ("day", "said", "status"),
    [
        (5, "due 10 May 2025, in 5 days", "Not started"),
        (9, "due 10 May 2025, in 1 day", "Not started"),
        (10, "due today, 10 May 2025", "Not started"),
        (11, "was due 10 May 2025, 1 day ago", "Overdue"),
        (20, "was due 10 May 2025, 10 days ago", "Overdue"),
    ],
)
def test_a_month_says_in_plain_words_when_it_is_due(day: int, said: str, status: str) -> None:
    with time_machine.travel(dt.datetime(2025, 5, day, 3, tzinfo=dt.UTC), tick=False):
        page = signed_in("partner-me-3").get(reverse("write_report", args=APRIL)).content.decode()
    assert (said in page, f"</svg>{status}<" in page) == (True, True)


def test_the_officers_home_and_list_lead_from_who_is_late_to_the_period() -> None:
    officer = signed_in("officer")
    for name in ("home", "reports"):
        page = officer.get(reverse(name)).content.decode().partition("Late")[2]
        assert reverse("period", args=["fia", "2025-04"]) in page
