"""Rule 1 of domain.md §5: whom disclosure control covers, and how small is small."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from samaki.kernel.disclosure.table import TOTAL, Cell, CountTable

ORDINARY: Final = 5
SENSITIVE: Final = 10

SENSITIVE_DIMENSIONS: Final = frozenset({"disability", "idpoor", "ethnicity", "rightsholder_group", "case"})
SENSITIVE_CATEGORIES: Final = frozenset({("gender", "another_term")})
SENSITIVE_SUBJECTS: Final = SENSITIVE_DIMENSIONS | {"another_term", "counselling"}

OPEN_UNITS: Final = frozenset(
    {
        "organisation",
        "office",
        "seat",
        "commitment",
        "money",
        "office_holder",
        "activity",
        "group_month",
        "contact",
        "need",
    }
)
"""Published as they are. Contacts count meetings with a message, not persons."""


def in_scope(unit: str) -> bool:
    """Whether figures of this unit pass the rules: person, case, household, and any unit not named open."""
    return unit not in OPEN_UNITS


def is_sensitive_subject(unit: str, subjects: Collection[str], filters: Iterable[tuple[str, str]]) -> bool:
    """Whether every cell is sensitive, by its unit, by what the figure is about, or by what it is limited to."""
    if unit == "case" or not SENSITIVE_SUBJECTS.isdisjoint(subjects):
        return True
    return any(key in SENSITIVE_DIMENSIONS or (key, value) in SENSITIVE_CATEGORIES for key, value in filters)


def is_sensitive_cell(table: CountTable, cell: Cell) -> bool:
    """Whether this cell tells of a sensitive trait; a margin over that trait does not."""
    return any(
        part != TOTAL and (dimension.key in SENSITIVE_DIMENSIONS or (dimension.key, part) in SENSITIVE_CATEGORIES)
        for dimension, part in zip(table.dimensions, cell, strict=True)
    )


def threshold(table: CountTable, cell: Cell, *, sensitive_subject: bool) -> int:
    """k of one cell: 10 where the cell or the subject is sensitive, else 5."""
    return SENSITIVE if sensitive_subject or is_sensitive_cell(table, cell) else ORDINARY


def is_small(count: int | None, k: int) -> bool:
    """Rule 1: a count of 1…k−1 is hidden; 0 is shown; unknown is not a count."""
    return count is not None and 0 < count < k
