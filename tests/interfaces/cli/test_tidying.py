"""The sweeps beside the tasks: one that cannot be done ends neither the worker nor the others."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.people.events import PersonWithdrawn
from samaki.ground.people.models import Withdrawal
from samaki.ground.people.operations import ask_to_leave
from samaki.interfaces.cli.tidying import Tidying
from samaki.kernel.registry import reactions
from tests.factories.people import SETUP, a_person

pytestmark = pytest.mark.django_db


def test_what_cannot_be_let_go_ends_no_worker(caplog: pytest.LogCaptureFixture) -> None:
    """Else the worker would fall at every start, and exports and mail with it."""
    failing = [True]

    def fail(event: PersonWithdrawn) -> None:
        if failing[0]:
            raise ArithmeticError

    reactions.on(PersonWithdrawn)(fail)
    ask_to_leave(a_person().pk, by=SETUP, at=dt.datetime(2024, 7, 1, 3, tzinfo=dt.UTC))
    Tidying().when_due()
    assert (Withdrawal.objects.get().erased_at, "retention" in caplog.text) == (None, True)
    failing[0] = False
    Tidying().when_due()
    assert Withdrawal.objects.get().erased_at is not None
