"""What time itself brings about: nonces that expired, files nobody claims, members whose vetting has run out,
figures that are released at a quarter's end."""

from __future__ import annotations

import logging
import time
from argparse import Namespace

from django.db import DatabaseError
from django.utils import timezone

from samaki.engines.fieldforms.attachments import sweep_files
from samaki.engines.retention import operations as retention
from samaki.ground.accounts.devices import SWEPT_AT_ONCE, sweep_nonces
from samaki.interfaces.cli.outcome import Outcome
from samaki.journeys.cessation.operations import release_due
from samaki.kernel.actors import System
from samaki.kernel.keyrings import erasures
from samaki.strands.vetting.operations import suspend_overdue

logger = logging.getLogger(__name__)
NONCES_EVERY, FILES_EVERY, VETTING_EVERY, RELEASES_EVERY = 30.0, 3_600.0, 3_600.0, 3_600.0  # seconds
RETENTION_EVERY = 3_600.0  # what is due by a day goes within an hour of its beginning
TIMER = System("vetting ran out, or the code of conduct was not signed in time")
QUARTER = System("a quarter is over")


class Tidying:
    """Beside the tasks: each sweep when it is due, in small steps, since phones wait for the same database."""

    def __init__(self) -> None:
        self._nonces_at = self._files_at = self._vetting_at = self._releases_at = time.monotonic()
        self._retention_at = self._releases_at

    def when_due(self) -> None:
        """Raises DatabaseError."""
        now = time.monotonic()
        if now >= self._nonces_at:
            # As many again were waiting: come back at once, after whoever else wants to write.
            full = sweep_nonces(at=timezone.now()) == SWEPT_AT_ONCE
            self._nonces_at = now if full else now + NONCES_EVERY
        if now >= self._files_at:
            self._files_at = now + FILES_EVERY
            sweep_files()
        if now >= self._vetting_at:
            self._vetting_at = now + VETTING_EVERY
            suspend_overdue(by=TIMER, at=timezone.now())
        if now >= self._releases_at:
            self._releases_at = now + RELEASES_EVERY
            release_due(by=QUARTER, at=timezone.now())
        if now >= self._retention_at:
            self._retention_at = now + RETENTION_EVERY
            _let_go()


def _let_go() -> None:
    """What fails here fails again in an hour; the worker stands, for exports and mail. Raises DatabaseError."""
    try:
        erasures.finish()
        retention.run(by=retention.DAILY, at=timezone.now())
    except DatabaseError:
        raise
    except Exception as error:
        logger.error("retention: not all that is due went: %s", type(error).__name__)


def tidy(arguments: Namespace) -> int:
    nonces = 0
    while swept := sweep_nonces(at=timezone.now()):
        nonces += swept
    print(f"{nonces:,} spent nonces forgotten, {sweep_files():,} files removed that nobody claimed.")
    receipts = retention.run(by=retention.DAILY, at=timezone.now())
    print(f"{len(receipts):,} receipts of what was due to go.")
    print(f"{suspend_overdue(by=TIMER, at=timezone.now()):,} members suspended whose vetting has run out.")
    print(f"{release_due(by=QUARTER, at=timezone.now()):,} figures released as of the end of the quarter.")
    return Outcome.DONE
