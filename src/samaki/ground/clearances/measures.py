"""Clearances as columns: whose, in which programme, from when to when. Who counts by them stands above."""

from __future__ import annotations

import numpy as np

from samaki.ground.clearances.models import Clearance
from samaki.ground.people.measures import PEOPLE
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import NOTHING, Array, Choice, Columns, Date, Link, Table, tables

_STATUSES = tuple(Clearance.Status.values)
_CLEARED = _STATUSES.index(Clearance.Status.CLEARED)

CLEARANCES = tables.register(
    Table(
        Clearance,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("person", to=PEOPLE.key),
            Choice("status", _STATUSES),
            Date("since"),
            Date("until"),
        ),
    )
)


def are_cleared(columns: Columns, people: Array, programmes: Array, on: int) -> Array:
    """As `standing.cleared`, of many at once: rows of people as they stand after merges (-1: nobody), and of the
    programmes they are asked for; `on` in days since 1970."""
    clearances = columns[CLEARANCES.key]
    holds = clearances.alive & (clearances["since"] <= on)
    holds &= (clearances["until"] == NOTHING) | (clearances["until"] > on)
    whose = columns[PEOPLE.key]["canonical"][clearances["person"]].astype(np.int64)
    is_clear = clearances["status"] == _CLEARED
    width = len(columns[PEOPLE.key]) + 1
    given = holds & is_clear & (whose >= 0)
    pairs = clearances["programme"][given].astype(np.int64) * width + whose[given]
    asked = programmes.astype(np.int64) * width + people
    stopped = np.isin(people, whose[holds & ~is_clear])
    return np.isin(asked, pairs) & ~stopped & (people >= 0)
