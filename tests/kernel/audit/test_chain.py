"""The chain holds whatever the sealers did, and tells every way of taking a part of it out."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from samaki.kernel.actors import System
from samaki.kernel.audit.chain import seal_tail, verify
from samaki.kernel.audit.models import AuditEntry, AuditSeal
from samaki.kernel.audit.operations import record

WRITER = System("test")


class Broken(Exception):
    """What ends a transaction in these tests."""


def _act(number: int) -> AuditEntry:
    return record(WRITER, "try", ("thing", number))


@transaction.atomic
def _seal_and_break() -> None:
    assert seal_tail() == 1
    raise Broken


@pytest.fixture
def sealed(db: None) -> list[AuditEntry]:
    """Five entries, all of them sealed, and nothing else in the trail."""
    AuditSeal.objects.all().delete()
    AuditEntry.objects.all().delete()
    made = [_act(number) for number in range(5)]
    assert seal_tail() == 5
    return made


@pytest.mark.django_db
def test_a_seal_that_was_undone_leaves_no_gap() -> None:
    _act(0)
    seal_tail()
    _act(1)
    with pytest.raises(Broken):
        _seal_and_break()
    _act(2)
    seal_tail()
    verdict = verify()
    assert (verdict.whole, verdict.unsealed) == (True, 0)


@pytest.mark.django_db(transaction=True)
def test_a_sealer_that_waited_for_another_chains_to_its_last_link() -> None:
    seal_tail()
    before = AuditSeal.objects.count()
    first, second = _act(1), _act(2)
    entered = threading.Event()
    failed: list[BaseException] = []

    def wait_and_seal() -> None:
        try:
            entered.set()
            seal_tail()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=wait_and_seal)
    with transaction.atomic():
        assert seal_tail(limit=1) == 1
        other.start()
        entered.wait(5)
        other.join(0.5)
        waited = other.is_alive()
    other.join(30)
    assert (waited, failed) == (True, [])
    links = list(AuditSeal.objects.order_by("position").values_list("position", "entry_id"))
    assert links[before:] == [(before + 1, first.pk), (before + 2, second.pk)]
    assert verify().whole


@pytest.mark.parametrize("place", [0, 2])
def test_a_link_taken_out_breaks_the_chain(sealed: list[AuditEntry], place: int) -> None:
    AuditSeal.objects.filter(entry=sealed[place]).delete()
    assert verify().broken_at == sealed[place + 1].pk


def test_a_chain_made_anew_over_later_positions_is_told(sealed: list[AuditEntry]) -> None:
    last = AuditSeal.objects.order_by("-position")[0]
    AuditSeal.objects.filter(pk=last.pk).update(position=last.position + 1)
    assert verify().broken_at == sealed[-1].pk


def test_links_taken_from_the_end_show_as_overdue(sealed: list[AuditEntry]) -> None:
    long_ago = timezone.now() - dt.timedelta(hours=1)
    AuditEntry.objects.update(at=long_ago)
    AuditSeal.objects.all().delete()
    seal_tail(limit=3)
    _act(6)
    verdict = verify()
    assert (verdict.whole, verdict.sealed, verdict.unsealed, verdict.overdue) == (True, 3, 3, 2)


def test_all_links_gone_show_as_overdue(sealed: list[AuditEntry]) -> None:
    AuditEntry.objects.update(at=timezone.now() - dt.timedelta(hours=1))
    AuditSeal.objects.all().delete()
    verdict = verify()
    assert (verdict.sealed, verdict.unsealed, verdict.overdue) == (0, 5, 5)
