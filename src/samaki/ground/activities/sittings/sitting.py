"""What a form says of one session, before anything is looked up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from samaki.ground.activities.rules import ADDING_UP, ALL, Counts
from samaki.ground.people.operations.recording import NewPerson
from samaki.kernel.actors import AnyActor

RIGHTSHOLDER_GROUP = "rightsholder_group"


@dataclass(frozen=True)
class Listed:
    """A person listed by name, and her village as written."""

    person: NewPerson
    village: str = ""


@dataclass(frozen=True)
class Sitting:
    """One session as a form tells it. `place`, `group` and `activity` stand as written, "" where nothing is.

    `counts` are of those not listed by name, `numbers` the persons listed by number. Nothing of the three says that
    attendance was not recorded. `kind` is wanted unless an `activity` is named. `received_at` is when it was sent here.
    """

    origin: str
    by: AnyActor
    received_at: dt.datetime
    held_on: dt.date
    kind: str = ""
    title: str = ""
    place: str = ""
    group: str = ""
    activity: str = ""
    is_sensitive: bool = False
    counts: Counts = field(default_factory=dict)
    numbers: frozenset[int] = frozenset()
    listed: tuple[Listed, ...] = ()

    @property
    def names_people(self) -> bool:
        return bool(self.numbers or self.listed)


def with_total(counts: Mapping[tuple[str, str], int]) -> Counts:
    """The counts with how many there were in all, where it is not said but parts of it are."""
    if ALL in counts:
        return counts
    for dimension in ADDING_UP:
        parts = [count for (name, _value), count in counts.items() if name == dimension]
        if parts:
            return {ALL: sum(parts), **counts}
    return counts


def with_withdrawn(counts: Counts, number: int) -> Counts:
    """The counts with so many more people of whom nothing is known: they withdrew, and are counted without a name."""
    if not number:
        return counts
    more = dict(counts)
    for key in (ALL, *((dimension, "not_recorded") for dimension in ADDING_UP)):
        more[key] = more.get(key, 0) + number
    return more
