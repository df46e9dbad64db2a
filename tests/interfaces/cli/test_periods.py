from __future__ import annotations

import pytest
from django.utils import timezone

from samaki.ground.periods.models import PeriodLock
from tests.interfaces.cli.conftest import Samaki

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example_without_records")]


@pytest.mark.parametrize("user", ["partner-me-2", "partner-me", "supervisor", "donor", "auditor"])
def test_only_an_officer_locks(samaki: Samaki, user: str) -> None:
    said = samaki("lock", "mpp", "2009", "--as", user)
    assert (said.code, said.out, PeriodLock.objects.filter(period="2009").count()) == (1, "", 0)


def test_a_period_locks_once_opens_for_a_reason_and_locks_again_as_the_next_version(samaki: Samaki) -> None:
    assert samaki("lock", "mpp", "2009-02", "--as", "officer").out == "mpp 2009-02 is locked, version 1.\n"
    assert samaki("lock", "mpp", "2009-02", "--as", "officer").code == 1
    assert samaki("reopen", "mpp", "2009-02", "--as", "officer").code == 2
    assert samaki("reopen", "mpp", "2009-02", "--as", "partner-me", "--reason", "late register").code == 1
    assert samaki("reopen", "mpp", "2009-02", "--as", "officer", "--reason", "late register").code == 0
    again = samaki("lock", "mpp", "2009-02", "--as", "officer", "--reason", "late register")
    assert again.out == "mpp 2009-02 is locked, version 2.\n"


def test_a_period_that_is_not_over_stays_open(samaki: Samaki) -> None:
    assert samaki("lock", "mpp", str(timezone.localdate().year), "--as", "officer").code == 1


def test_a_period_whose_reports_are_missing_locks_only_by_saying_so_and_why(samaki: Samaki) -> None:
    said = samaki("lock", "fia", "2023-03", "--as", "officer")
    assert (said.code, "--although-missing" in said.err, "Banteay Srei (March 2023)" in said.err) == (1, True, True)
    assert samaki("lock", "fia", "2023-03", "--as", "officer", "--although-missing").code == 2
    done = samaki("lock", "fia", "2023-03", "--as", "officer", "--although-missing", "--reason", "an old register")
    assert done.out == "fia 2023-03 is locked, version 1.\n"
