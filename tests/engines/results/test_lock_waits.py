"""A record being written while its period is locked is in the snapshot, or refused; never between the two."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

from samaki.engines.results.operations import load_catalogue
from samaki.engines.results.queries import figure
from samaki.ground.periods.locks import refuse_locked
from samaki.ground.periods.operations import lock_period
from samaki.kernel.actors import System
from samaki.kernel.errors import Conflict
from samaki.kernel.figures import FigureQuery
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2009, 2, 5, tzinfo=dt.UTC)
SOON = 20.0  # seconds after which a wait has failed


def in_thread(act: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def lock(setting: Setting) -> None:
    lock_period(
        programme=setting.programme,
        period="2008",
        reason="nobody reports here",
        although_missing=True,
        by=setting.officer(),
        at=NOW,
    )


def test_the_lock_waits_for_a_record_being_written_and_holds_it() -> None:
    load_catalogue(by=System("tests"))
    setting = a_setting()
    setting.place("040101")
    began, locking = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            refuse_locked(setting.programme, dt.date(2008, 5, 1))
            began.set()
            locking.wait(SOON)
            time.sleep(1)  # the lock has long asked by now
            setting.contacts(7)

    writer = in_thread(write)
    assert began.wait(SOON)

    def lock_meanwhile() -> None:
        locking.set()
        lock(setting)

    locker = in_thread(lock_meanwhile)
    writer.join(SOON)
    locker.join(SOON)
    found = figure(setting.officer(), FigureQuery(setting.programme.key, "outreach_contacts", "2008"))
    assert (found.value, found.published is not None) == (7, True)


def test_a_record_that_comes_after_the_lock_is_refused() -> None:
    load_catalogue(by=System("tests"))
    setting = a_setting()
    lock(setting)
    refused: list[Conflict] = []

    def write() -> None:
        try:
            with transaction.atomic():
                refuse_locked(setting.programme, dt.date(2008, 5, 1))
        except Conflict as conflict:
            refused.append(conflict)

    in_thread(write).join(SOON)
    assert [one.code for one in refused] == ["period_locked"]
    with connection.cursor() as cursor:  # nothing of the lock is held on
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            assert cursor.fetchone() == (0,)
