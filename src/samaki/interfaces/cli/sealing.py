"""The sealer: chains the audit trail within a second of the act, beside the acts and never in their way."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, close_old_connections, connection

from samaki.kernel.audit.anchor import AnchorBroken, anchor
from samaki.kernel.audit.chain import seal_tail
from samaki.kernel.audit.models import AuditEntry

EVERY = 0.5  # seconds
WHOLE_EVERY = 120  # rounds; a transaction that committed late may hold a lower id than the last one seen
BATCH = 1_000
logger = logging.getLogger("samaki.audit")


class Sealer(threading.Thread):
    """One for each site; a second one elsewhere does no harm, it fails on the unique link and tries again."""

    def __init__(self, ending: threading.Event) -> None:
        super().__init__(name="sealer", daemon=True)
        self._ending = ending
        self._last_seen: int | None = None
        self._rounds = 0

    def run(self) -> None:
        while True:
            ended = self._ending.wait(EVERY)
            try:
                self.once()
            except DatabaseError as error:
                logger.warning("the sealer waits: %s", error)
                connection.close()
            close_old_connections()
            if ended:
                break
        connection.close()

    def once(self) -> None:
        """Seals what is new. Raises DatabaseError."""
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()
        if last != self._last_seen or self._rounds % WHOLE_EVERY == 0:
            while seal_tail(BATCH) == BATCH and not self._ending.is_set():
                pass
            self._last_seen = last
        self._anchor()
        self._rounds += 1

    def _anchor(self) -> None:
        """A file that cannot be written is said once a while; the chain goes on without it."""
        try:
            anchor()
        except (OSError, AnchorBroken) as error:
            if self._rounds % WHOLE_EVERY == 0:
                logger.error("the audit trail is not anchored: %s", error)
