"""What is asked of the columns and what they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Cell = tuple[str, ...]
Persons = Literal["", "linked", "compared"]


@dataclass(frozen=True)
class Question:
    """One count. `measure` is a key of `kernel.measures.measures`.

    `aggregate`: rows counts records, unique counts distinct subjects (persons, cases), sum adds the measure's weight.
    `organisation_ids` None is every organisation. `first` and `last` are both inside the period; None is open, and with
    both open undated records count too. `as_of` is the date of states: memberships, latest values, person attributes
    (default `last`, else today). `place_codes` is a union of places of any level. `where` holds dimension → allowed
    keys, all of which must hold. `persons` counts people as they stand across organisations (linked), and of those only
    who was compared across (compared). `by` is up to three dimensions, each cell key in that order.
    """

    measure: str
    aggregate: Literal["rows", "unique", "sum"]
    programme_id: int
    organisation_ids: frozenset[int] | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    as_of: dt.date | None = None
    place_codes: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    by: tuple[str, ...] = ()
    persons: Persons = ""


@dataclass(frozen=True)
class Answer:
    """`unknown` counts records that may belong but whose date, place or value is not known; `known` False means that
    nothing is known, so the figure is unknown rather than 0. `cells` holds only cells with a count; keys are stable
    English words, codes and months. `communes` gives the number of communes behind each cell, and behind () all,
    where the measure asks for them.
    """

    total: int
    unknown: int
    known: bool
    cells: Mapping[Cell, int] = field(default_factory=dict)
    unknown_cells: Mapping[Cell, int] = field(default_factory=dict)
    per_organisation: Mapping[int, int] = field(default_factory=dict)
    communes: Mapping[Cell, int] = field(default_factory=dict)
