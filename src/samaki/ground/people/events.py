"""What happens to people that others answer to, in the same transaction (kernel.registry.reactions)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from samaki.kernel.actors import AnyActor


@dataclass(frozen=True)
class PersonLeaves:
    """A person is about to withdraw: the last moment at which all that is recorded of her still stands. `person_ids`
    are all records of hers."""

    person_ids: tuple[int, ...]


@dataclass(frozen=True)
class PersonWithdrawn:
    """A person took back her consent to be kept: her name is gone. `person_ids` are all records of hers, the one that
    stood for the others first. Gender, birth year, age band and place are given a last time, for anonymous tallies:
    the records forget them once the reactions are done."""

    organisation_id: int
    person_ids: tuple[int, ...]
    at: dt.datetime
    gender: str
    birth_year: int | None
    age_band: str
    place_id: int | None


@dataclass(frozen=True)
class PeopleJoined:
    """Records were found to be one person's. `person_ids` are all of hers, the one that stands for the others first."""

    person_ids: tuple[int, ...]
    at: dt.datetime
    by: AnyActor


@dataclass(frozen=True)
class ConsentWithdrawn:
    """One purpose was taken back; the person herself stays."""

    organisation_id: int
    person_id: int
    purpose: str
    on: dt.date
