"""The door to the columns: one moment of the database, brought up to date, then answered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from django.db import DatabaseError, connection

from samaki.engines.results.columns import changes
from samaki.engines.results.columns.answers import Answers
from samaki.engines.results.columns.questions import Answer, Question
from samaki.engines.results.columns.store import Store
from samaki.kernel.database import read_snapshot
from samaki.kernel.measures import settled_columns

logger = logging.getLogger(__name__)


class Process:
    """The columns of this process, at a moment that every process reaches by itself."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._answers: Answers | None = None
        self._moment: changes.Moment | None = None
        self._open: Answers | None = None
        self._read_since_pruning = 0

    @contextmanager
    def at_one_moment(self) -> Iterator[Answers]:
        """Answers as of one moment, which the database shows too until the block ends.

        Inside a transaction that writes, they count what it wrote, and leave nothing of it behind.
        """
        with self.lock:
            if self._open is not None:
                yield self._open
                return
            if connection.in_atomic_block:
                earlier = getattr(connection, "in_read_snapshot", False)
                yield self._committed(just_opened=False) if earlier else self._own()
                return
            with read_snapshot():
                self._open = self._committed(just_opened=True)
                try:
                    yield self._open
                finally:
                    self._open = None
            if self._read_since_pruning >= changes.PRUNE_EVERY:
                self._prune()

    def _prune(self) -> None:
        """Whoever reads many changes clears away what everybody has read: no timer is needed."""
        self._read_since_pruning = 0
        try:
            changes.prune()
        except DatabaseError:  # such as a database that may only be read; the figures stand all the same
            logger.warning("The log of changes could not be pruned", exc_info=True)

    def _committed(self, *, just_opened: bool) -> Answers:
        """This process's columns as the open read snapshot sees the database. One just opened, under the lock, cannot
        lie before what was read last: if it seems to, the log began anew (a copy put back, a table emptied)."""
        if self._answers is None or self._moment is None:
            return self._load()
        found = changes.since(self._moment)
        if found.ahead and not just_opened:  # another thread has gone on since this snapshot was opened
            return Answers(Store.loaded())
        if found.lost:
            return self._load()
        if found.by_table:
            self._moment, answers = None, self._answers  # should reading fail halfway, load again
            answers.patch(found.by_table)
            self._read_since_pruning += sum(0 if ids is None else len(ids) for ids in found.by_table.values())
        self._moment = found.now
        return self._answers

    def _load(self) -> Answers:
        self._moment = None
        moment = changes.now()
        self._answers = Answers(Store.loaded())
        self._moment = moment
        return self._answers

    def _own(self) -> Answers:
        """Columns that count what the open transaction wrote, apart from those of the process."""
        found = None if self._answers is None or self._moment is None else changes.since(self._moment)
        if self._answers is None or found is None or found.lost:
            return Answers(Store.loaded())
        answers = Answers(self._answers.store.fork())
        answers.patch(found.by_table)
        return answers


_process = Process()


@contextmanager
def at_one_moment() -> Iterator[None]:
    """Figures and records read inside come from one moment."""
    with _process.at_one_moment():
        yield


def answer(questions: Sequence[Question]) -> list[Answer]:
    """Every question at one moment of the database, in the order asked.

    Raises KeyError for a measure or a dimension that there is not.
    """
    with _process.at_one_moment() as answers:
        return [answers.answer(question) for question in questions]


def row_ids(question: Question, *, after: int = 0, limit: int | None = 50) -> tuple[list[int], int]:
    """Ids of the records behind the figure, ascending and greater than `after`, and how many there are in all.

    They are primary keys of the measure's records; those of made rows are told by `kernel.measures.Made.described`.
    """
    with _process.at_one_moment() as answers:
        ids = answers.counted(question)
    start = int(np.searchsorted(ids, after, side="right"))
    return ids[start : None if limit is None else start + limit].tolist(), len(ids)


def counted_among(question: Question, ids: Sequence[int]) -> int:
    """How many of these ids, each given once, are among the records behind the figure."""
    with _process.at_one_moment() as answers:
        counted = answers.counted(question)
    if not len(counted):
        return 0
    wanted = np.asarray(ids, np.int64)
    at = np.minimum(np.searchsorted(counted, wanted), len(counted) - 1)
    return int((counted[at] == wanted).sum())


def settled(table: str, column: str, ids: Sequence[int]) -> dict[int, str]:
    """The key that each of these rows of the table holds in a settled column; without those that hold none."""
    [keys] = [each.keys for each in settled_columns(table) if each.name == column]
    with _process.at_one_moment() as answers:
        stored = answers.store[table]
        rows = stored.rows_of(np.asarray(ids, np.int64))
        there = (rows >= 0) & stored.alive[rows] if len(stored) else np.zeros(len(rows), bool)
        codes = np.where(there, stored[column][rows], -1) if len(stored) else np.full(len(rows), -1)
    return {row_id: keys[code] for row_id, code in zip(ids, codes.tolist(), strict=True) if code >= 0}
