"""What a refused act leaves as it was, and whose records a list shows; who is let in at all is in matrix/.

Whose records: Banteay Srei's in Feminists in Action. `partner-me-3` works there, `partner-me-2` at another partner.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from samaki.ground.people.models import MatchCandidate
from samaki.ground.periods.models import PeriodLock, PeriodReport
from samaki.ground.periods.rules import State
from samaki.strands.counselling.models import Case
from tests.interfaces.matrix.records import theirs
from tests.interfaces.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]


@pytest.mark.parametrize(("reader", "status"), [("partner-me-2", 404), ("donor", 403), ("administrator", 403)])
def test_an_outsider_reveals_no_name_and_decides_about_nobody(reader: str, status: int) -> None:
    client, about = signed_in(reader), theirs()
    revealed = client.post(reverse("reveal_name", args=about["reveal_name"]), {"reason": "curious"})
    decided = client.post(reverse("decide_duplicate", args=about["decide_duplicate"]), {"same": "1"})
    assert (revealed.status_code, decided.status_code) == (status, status)
    assert MatchCandidate.objects.get(pk=about["decide_duplicate"][0]).state == MatchCandidate.State.OPEN


@pytest.mark.parametrize("reader", ["partner-me-3", "partner-me-2", "donor", "administrator"])
def test_nobody_but_the_officer_verifies_or_returns(reader: str) -> None:
    client, about = signed_in(reader), theirs()
    verified = client.post(reverse("verify_report", args=about["verify_report"]))
    returned = client.post(reverse("return_report", args=about["return_report"]), {"reason": "because"})
    assert {verified.status_code, returned.status_code} <= {403, 404}
    assert PeriodReport.objects.get(pk=about["report"][0]).state == State.SUBMITTED


@pytest.mark.parametrize(
    ("reader", "status"),
    [("partner-me-3", 403), ("partner-me-2", 403), ("auditor", 403), ("donor", 404), ("administrator", 404)],
)
def test_nobody_but_the_officer_locks_or_opens_a_period(reader: str, status: int) -> None:
    client, about = signed_in(reader), theirs()
    locked = client.post(reverse("lock_period", args=about["lock_period"]), {"although_missing": "on", "reason": "so"})
    opened = client.post(reverse("reopen_period", args=about["lock_period"]), {"why": "because"})
    assert (locked.status_code, opened.status_code, PeriodLock.objects.count()) == (status, status, 0)


def test_lists_of_another_organisation_show_none_of_these_records() -> None:
    client, about = signed_in("partner-me-2"), theirs()
    for name in ("home", "activities", "groups", "people", "duplicates", "reports", "figure_records", "period"):
        page = client.get(reverse(name, args=about.get(name, []))).content.decode()
        assert "banteay-srei" not in page.replace("/programmes/banteay-srei/", ""), name
        assert f'/people/{about["person"][0]}/"' not in page, name
        assert f'/reports/{about["report"][0]}/"' not in page, name


@pytest.mark.parametrize("reader", ["donor", "authority", "administrator", "officer", "partner-me-2"])
def test_no_page_shows_a_case_code_to_who_may_not_read_cases(reader: str) -> None:
    client = signed_in(reader)
    address = reverse("figure_records", args=["mpp", "perpetrators_counselled"])
    for answer in (client.get(address), client.post(address, {"reason": "I want to know"})):
        assert answer.status_code == 403
        assert not any(code in answer.content.decode() for code in Case.objects.values_list("code", flat=True))


def test_the_supervisor_reads_cases_by_code_after_giving_a_reason() -> None:
    client = signed_in("supervisor")
    address = reverse("figure_records", args=["mpp", "perpetrators_counselled"])
    asked = client.get(address)
    code = Case.objects.order_by("pk").values_list("code", flat=True)[0]
    assert (asked.status_code, code in asked.content.decode()) == (200, False)
    given = client.post(address, {"reason": "monthly case conference"})
    assert (given.status_code, code in given.content.decode()) == (200, True)
