"""The door to the columns: one moment of the database, brought up to date, then answered."""

from __future__ import annotations

from collections.abc import Sequence

from samaki.engines.results.columns.questions import Answer, Question


def answer(questions: Sequence[Question]) -> list[Answer]:
    """Every question at one moment of the database, in the order asked. Raises KeyError for an unknown measure."""
    raise NotImplementedError


def row_ids(question: Question, *, after: int = 0, limit: int | None = 50) -> tuple[list[int], int]:
    """Ids of the records behind the figure, ascending and greater than `after`, and how many there are in all."""
    raise NotImplementedError
