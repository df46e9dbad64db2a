"""The chain holds whatever the sealers did, and tells every way of taking a part of it out."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from samaki.kernel.actors import System
from samaki.kernel.audit.anchor import AnchorBroken, anchor, marks
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


def test_a_trail_rewritten_and_chained_anew_does_not_match_its_marks(sealed: list[AuditEntry], tmp_path: Path) -> None:
    with override_settings(AUDIT_ANCHOR=str(tmp_path / "anchor")):
        assert anchor()
        assert verify().whole
        AuditSeal.objects.all().delete()
        AuditEntry.objects.filter(pk=sealed[0].pk).update(actor_name="nobody")
        seal_tail()
        verdict = verify()
        assert (verdict.broken_at, len(verdict.unanchored), verdict.whole) == (None, 1, False)


def test_an_end_taken_away_does_not_match_its_marks(sealed: list[AuditEntry], tmp_path: Path) -> None:
    with override_settings(AUDIT_ANCHOR=str(tmp_path / "anchor")):
        anchor()
        AuditSeal.objects.filter(entry=sealed[-1]).delete()
        AuditEntry.objects.filter(pk=sealed[-1].pk).delete()
        assert [mark.position for mark in verify().unanchored] == [len(sealed)]


def test_a_mark_is_added_once_a_minute_and_only_where_there_is_news(sealed: list[AuditEntry], tmp_path: Path) -> None:
    at = timezone.now()
    with override_settings(AUDIT_ANCHOR=str(tmp_path / "anchor")):
        assert anchor(at)
        assert not anchor(at + dt.timedelta(hours=1))
        record(System("later"), "act", ("thing", 9))
        seal_tail()
        assert not anchor(at + dt.timedelta(seconds=59))
        assert anchor(at + dt.timedelta(seconds=60))
        assert len(list(marks())) == 2


def test_a_file_that_is_no_anchor_is_said(sealed: list[AuditEntry], tmp_path: Path) -> None:
    path = tmp_path / "anchor"
    path.write_text("hello\n")
    with override_settings(AUDIT_ANCHOR=str(path)), pytest.raises(AnchorBroken):
        verify()
