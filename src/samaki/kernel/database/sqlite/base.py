"""SQLite writers take turns: web, worker and command line wait in the kernel's queue instead of sleeping and retrying.

SQLite lets one writer in; the others poll with growing sleeps, which starves some of them. An exclusive flock around
BEGIN IMMEDIATE … COMMIT makes the wait a queue.
"""

from __future__ import annotations

import fcntl
import os
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    begin_as_reader = False
    _turn: int | None = None
    _has_turn = False

    def _take_turn(self) -> None:
        name = str(self.settings_dict["NAME"])
        if ":memory:" in name or "mode=memory" in name:
            return
        if self._turn is None:
            self._turn = os.open(f"{name}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        self._has_turn = True

    def _give_turn(self) -> None:
        if self._has_turn and self._turn is not None:
            self._has_turn = False
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def _start_transaction_under_autocommit(self) -> None:
        reader, self.begin_as_reader = self.begin_as_reader, False
        if reader:
            self.cursor().execute("BEGIN DEFERRED")
            return
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # Django's own, unknown to its stubs
        except BaseException:
            self._give_turn()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]  # Django's own, unknown to its stubs
        finally:
            self._give_turn()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]  # Django's own, unknown to its stubs
        finally:
            self._give_turn()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]  # Django's own, unknown to its stubs
        finally:
            self._give_turn()
            if self._turn is not None:
                os.close(self._turn)
                self._turn = None
