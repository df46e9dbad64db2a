"""What happens when somebody's names are erased, that others answer to in the same transaction (reactions)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True)
class NamesGo:
    """The names of people are about to be erased: the last moment at which they open. `people` are the records of each.
    Whoever keeps names elsewhere takes them out there; with a programme, of its records alone."""

    organisation_id: int
    people: tuple[tuple[int, ...], ...]
    at: dt.datetime
    programme_id: int | None = None

    @property
    def person_ids(self) -> frozenset[int]:
        return frozenset(chain.from_iterable(self.people))


@dataclass(frozen=True)
class RawTakenOut:
    """Rows were taken out of what was sent, so records can no longer be made anew of it: those of these origins stay as
    they are."""

    origins: tuple[str, ...]
    at: dt.datetime
