"""`samaki retention`: a plan that changes nothing, a run with its receipts, and who is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.test import TestCase
from django.utils import timezone

from samaki.engines.retention.models import Receipt
from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.people.models import Person, Withdrawal
from samaki.ground.people.operations import ask_to_leave
from samaki.kernel.actors import Role
from tests.factories.people import SETUP, a_person
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.cli.conftest import Samaki

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaving() -> Person:
    setting: Setting = a_setting()
    for role in (Role.SAFEGUARDING_FOCAL, Role.PARTNER_ME, Role.DONOR):
        user = User.objects.create(username=str(role))
        RoleGrant.objects.create(user=user, role=role, organisation=setting.ours, programme_id=setting.programme.pk)
    person = a_person(setting.ours)
    ask_to_leave(person.pk, by=SETUP, at=timezone.now() - dt.timedelta(7))
    return person


def test_a_plan_lists_codes_for_who_may_see_them_and_changes_nothing(leaving: Person, samaki: Samaki) -> None:
    code = f"P{leaving.pk:06d}"
    for user, shown in ((Role.PARTNER_ME, True), (Role.SAFEGUARDING_FOCAL, False)):
        said = samaki("retention", "plan", "--as", user)
        assert (said.code, code in said.out, "1 things are due" in said.out) == (0, shown, True)
    assert (Receipt.objects.count(), Withdrawal.objects.get().erased_at) == (0, None)
    yesterday = (timezone.localdate() - dt.timedelta(1)).isoformat()
    assert "0 things are due" in samaki("retention", "plan", "--on", yesterday, "--as", Role.PARTNER_ME).out


def test_a_run_prints_numbered_receipts_with_their_digests_and_again_finds_nothing(
    leaving: Person, samaki: Samaki
) -> None:
    said = samaki("retention", "run", "--as", Role.SAFEGUARDING_FOCAL)
    receipt = Receipt.objects.get()
    assert (said.code, "Receipt 1 of People who asked to leave" in said.out, receipt.digest in said.out) == (
        0,
        True,
        True,
    )
    assert samaki("retention", "run", "--as", Role.SAFEGUARDING_FOCAL).out == "Nothing was due.\n"
    assert receipt.digest in samaki("retention", "receipts", "--as", Role.SAFEGUARDING_FOCAL).out


@pytest.mark.parametrize("deed", ["plan", "run", "receipts"])
def test_who_may_not_is_refused_and_learns_nothing(leaving: Person, samaki: Samaki, deed: str) -> None:
    said = samaki("retention", deed, "--as", Role.DONOR)
    assert (said.code, said.out) == (1, "")
    assert Person.objects.get(pk=leaving.pk).withdrawn_at is None


def test_tidying_lets_go_what_is_due_by_itself(leaving: Person, samaki: Samaki) -> None:
    assert "1 receipts of what was due to go." in samaki("tidy").out
    assert Person.objects.get(pk=leaving.pk).withdrawn_at is not None


def test_a_copy_put_back_is_brought_up_to_date_at_the_next_command(leaving: Person, samaki: Samaki) -> None:
    older = transaction.savepoint()
    with TestCase.captureOnCommitCallbacks(execute=True):
        samaki("retention", "run", "--as", Role.SAFEGUARDING_FOCAL)
    transaction.savepoint_rollback(older)
    said = samaki("retention", "replay")
    assert (said.code, "erased again from an older copy: 1 people.people" in said.err) == (0, True)
    assert Person.objects.get(pk=leaving.pk).withdrawn_at is not None
