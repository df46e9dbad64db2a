"""Tabs that were left open: what was right when the page was opened is asked again when it is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.models import RoleGrant, User
from samaki.interfaces.web.second_factor import PROVED
from samaki.strands.counselling.models import CaseSession, Tie
from samaki.strands.counselling.operations import intake
from tests.strands.counselling.casework_world import AT, Work
from tests.strands.counselling.test_casework_pages import DAY, as_user

pytestmark = pytest.mark.django_db


def _closed(its: Work) -> None:
    User.objects.filter(pk=its.counsellor.user_id).update(is_active=False)


def _role_ended(its: Work) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    RoleGrant.objects.filter(user=its.counsellor.user_id).update(until=yesterday)


def _password_changed(its: Work) -> None:
    user = its.user(its.counsellor)
    user.set_password("another one, long enough")
    user.save()


def _suspended(its: Work) -> None:
    its.stop(its.counsellor)


STALE: dict[str, tuple[Callable[[Work], None], int]] = {
    "the account was closed": (_closed, 302),
    "the role ended": (_role_ended, 403),
    "the password was changed": (_password_changed, 302),
    "he was suspended": (_suspended, 403),
}


@pytest.mark.parametrize("what", STALE)
def test_a_stale_tab_saves_nothing_once(what: str) -> None:
    its = Work()
    case = its.counselled()
    client = as_user(its.counsellor)
    address = reverse("own_case_act", args=[case.pk, "session"])
    assert client.get(address).status_code == 200
    change, status = STALE[what]
    change(its)
    sent = client.post(address, DAY)
    assert (sent.status_code, CaseSession.objects.count()) == (status, 0)
    if status == 302:
        assert sent.headers["Location"].startswith(reverse("account_login"))
    assert client.get(reverse("own_case", args=[case.pk])).status_code == status
    assert case.code not in client.get(reverse("home")).content.decode()


def test_a_stale_tab_saves_nothing_once_a_tie_was_declared_for_him() -> None:
    its = Work()
    case = its.counselled()
    client = as_user(its.counsellor)
    intake.declare(case=case, tie=Tie.SUPERIOR, by=its.supervisor, at=AT, user=its.user(its.counsellor))
    assert client.post(reverse("own_case_act", args=[case.pk, "session"]), DAY).status_code == 404
    assert CaseSession.objects.count() == 0


def test_a_second_step_that_was_taken_away_closes_the_case_at_once() -> None:
    its = Work()
    case = its.counselled()
    client = as_user(its.counsellor)
    session = client.session
    del session[PROVED]
    session.save()
    assert client.get(reverse("own_case", args=[case.pk])).status_code == 403
    assert client.post(reverse("own_case_act", args=[case.pk, "session"]), DAY).status_code == 403
    assert CaseSession.objects.count() == 0
