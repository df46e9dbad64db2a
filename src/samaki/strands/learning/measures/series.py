"""Series as columns, and which sessions belong to each."""

from __future__ import annotations

import numpy as np

from samaki.ground.activities.measures import ACTIVITIES, SESSIONS
from samaki.ground.activities.models import Activity, Session
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import (
    YES_NO,
    Array,
    Choice,
    Columns,
    Date,
    Derived,
    Link,
    Number,
    Table,
    Text,
    tables,
)
from samaki.strands.learning.models import Series, SeriesActivity

_HELD = tuple(Activity.State.values).index(Activity.State.HELD)
NAMED = tuple(Session.Attendance.values).index(Session.Attendance.NAMED)


def series_of_sessions(columns: Columns) -> Array:
    """The row of the series of each session of a held activity, -1 for none."""
    links, sessions = columns[SERIES_ACTIVITIES.key], columns[SESSIONS.key]
    activities = columns[ACTIVITIES.key]
    of_activity = np.full(len(activities) + 1, -1, dtype=np.int64)
    of_activity[links["activity"][links.alive]] = links["series"][links.alive]
    held = np.append(activities.alive & (activities["state"] == _HELD), False)
    activity = sessions["activity"]
    found: Array = np.where(sessions.alive & held[activity], of_activity[activity], -1)
    return found


def _unrecorded(columns: Columns, rows: Array | slice, as_of: int) -> Array:
    """Whether of some session of the series nobody wrote down by name who came."""
    of_session = series_of_sessions(columns)
    missing = (of_session >= 0) & (columns[SESSIONS.key]["attendance"] != NAMED)
    found = np.zeros(len(columns[SERIES.key]), dtype=np.int8)
    found[of_session[missing]] = 1
    return found[rows]


SERIES = tables.register(
    Table(
        Series,
        (
            Text("key"),
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Choice("kind", tuple(Series.Kind.values)),
            Date("ends_on"),
            Derived(
                "unrecorded", YES_NO, _unrecorded, reads=(SeriesActivity._meta.db_table, SESSIONS.key, ACTIVITIES.key)
            ),
        ),
    )
)
SERIES_ACTIVITIES = tables.register(
    Table(
        SeriesActivity,
        (Link("series", to=SERIES.key), Link("activity", to=ACTIVITIES.key), Number("series_id")),
    )
)
