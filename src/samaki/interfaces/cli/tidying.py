"""What time itself brings about: nonces that expired, files nobody claims, members whose vetting has run out."""

from __future__ import annotations

import time
from argparse import Namespace

from django.utils import timezone

from samaki.engines.fieldforms.attachments import sweep_files
from samaki.ground.accounts.devices import SWEPT_AT_ONCE, sweep_nonces
from samaki.interfaces.cli.outcome import Outcome
from samaki.kernel.actors import System
from samaki.strands.vetting.operations import suspend_overdue

NONCES_EVERY, FILES_EVERY, VETTING_EVERY = 30.0, 3_600.0, 3_600.0  # seconds
TIMER = System("vetting ran out, or the code of conduct was not signed in time")


class Tidying:
    """Beside the tasks: each sweep when it is due, in small steps, since phones wait for the same database."""

    def __init__(self) -> None:
        self._nonces_at = self._files_at = self._vetting_at = time.monotonic()

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


def tidy(arguments: Namespace) -> int:
    nonces = 0
    while swept := sweep_nonces(at=timezone.now()):
        nonces += swept
    print(f"{nonces:,} spent nonces forgotten, {sweep_files():,} files removed that nobody claimed.")
    print(f"{suspend_overdue(by=TIMER, at=timezone.now()):,} members suspended whose vetting has run out.")
    return Outcome.DONE
