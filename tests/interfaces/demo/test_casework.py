"""The example's counsellor and supervisor can try their pages, and the printed figures stay."""

from __future__ import annotations

import pytest
from django.urls import reverse

from samaki.strands.counselling.models import Case, CaseSession
from tests.interfaces.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]


def test_the_counsellor_has_three_of_the_76_cases_and_logs_a_session() -> None:
    client = signed_in("counsellor")
    shown = client.get(reverse("own_list")).content.decode()
    codes = [code for code in Case.objects.order_by("code").values_list("code", flat=True) if code in shown]
    assert (codes, Case.objects.count()) == (["M-001", "M-002", "M-003"], 76)
    case = Case.objects.get(code="M-001")
    day = {"held_on_day": "2", "held_on_month": "3", "held_on_year": "2026"}
    before = CaseSession.objects.filter(case=case).count()
    assert client.post(reverse("own_case_act", args=[case.pk, "session"]), day).status_code == 302
    assert CaseSession.objects.filter(case=case).count() == before + 1


def test_the_supervisor_finds_the_other_73_to_give() -> None:
    page = signed_in("supervisor").get(reverse("case_desk"))
    assert (page.status_code, page.context["desk"].unassigned_total) == (200, 73)


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("reader", ["counsellor", "supervisor"])
def test_home_opens(reader: str, language: str) -> None:
    assert signed_in(reader, language).get(reverse("home")).status_code == 200
