"""Activities held and who came: persons by name, and the anonymous tallies that stand beside them."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Attendance, Session, Tally
from samaki.ground.groups.measures import GROUPS
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.people.measures import PEOPLE, person_dimensions
from samaki.ground.places.measures import PLACES
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import (
    YES_NO,
    Array,
    Choice,
    Columns,
    Date,
    Derived,
    Dimension,
    Link,
    Measure,
    Number,
    Records,
    Table,
    Text,
    measures,
    tables,
)


def has_sessions(columns: Columns, rows: Array | slice, as_of: int) -> Array:
    """Whether anybody wrote down a session of the activity."""
    sessions = columns[Session._meta.db_table]
    found = np.zeros(len(columns[Activity._meta.db_table]), dtype=np.int8)
    found[sessions["activity"][sessions.alive]] = 1
    return found[rows]


ACTIVITIES = tables.register(
    Table(
        Activity,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("group", to=GROUPS.key),
            Link("place", to=PLACES.key),
            Choice("kind", tuple(Activity.Kind.values)),
            Choice("state", tuple(Activity.State.values)),
            Date("starts_on"),
            Derived("has_sessions", YES_NO, has_sessions, reads=(Session._meta.db_table,)),
        ),
    )
)
SESSIONS = tables.register(
    Table(
        Session,
        (Link("activity", to=ACTIVITIES.key), Date("held_on"), Choice("attendance", tuple(Session.Attendance.values))),
    )
)
ATTENDANCES = tables.register(Table(Attendance, (Link("session", to=SESSIONS.key), Link("person", to=PEOPLE.key))))
_WHOLE = ("all", "gender", "age_band")  # what each counts everybody once; the first a session has tells how many


def counts_all(columns: Columns, rows: Array | slice, as_of: int) -> Array:
    """Whether adding this tally up gives the people of its session; rightsholder groups, say, may overlap."""
    tallies = columns[Tally._meta.db_table]
    rank = np.full(len(tallies), len(_WHOLE))
    for place, dimension in enumerate(_WHOLE):
        rank[tallies.is_text("dimension", dimension)] = place
    rank[~tallies.alive] = len(_WHOLE)
    best = np.full(len(columns[SESSIONS.key]), len(_WHOLE))
    np.minimum.at(best, tallies["session"][tallies.alive], rank[tallies.alive])
    mine = rank[rows]
    counts: Array = (mine < len(_WHOLE)) & (mine == best[tallies["session"][rows]])
    return counts.astype(np.int8)


TALLIES = tables.register(
    Table(
        Tally,
        (
            Link("session", to=SESSIONS.key),
            Text("dimension"),
            Text("value"),
            Number("count"),
            Derived("counts_all", YES_NO, counts_all, reads=(Tally._meta.db_table,)),
        ),
    )
)


def _activity_dimensions(path: str) -> tuple[Dimension, ...]:
    return (Dimension("kind", _("Kind of activity"), f"{path}kind"), Dimension("group", _("Group"), f"{path}group.key"))


def _sessions(*attendance: Session.Attendance) -> Records:
    """Sessions of activities held whose attendance is one of these."""
    return Records(
        SESSIONS.key,
        programme="activity.programme",
        organisation="activity.organisation",
        place="activity.place",
        since="held_on",
        conditions=(("activity.state", (Activity.State.HELD,)), ("attendance", tuple(attendance))),
        dimensions=_activity_dimensions("activity."),
    )


def _activities(*conditions: tuple[str, tuple[str, ...]]) -> Records:
    return Records(
        ACTIVITIES.key,
        programme="programme",
        organisation="organisation",
        place="place",
        since="starts_on",
        conditions=(("state", (Activity.State.HELD,)), *conditions),
        dimensions=_activity_dimensions(""),
    )


_UNRECORDED = (_sessions(Session.Attendance.NOT_RECORDED), _activities(("has_sessions", ("no",))))
_RECORDED = (_sessions(Session.Attendance.NAMED, Session.Attendance.TALLY),)

ATTENDANCE = measures.register(
    Measure(
        "attendance",
        _("Attendance"),
        "person",
        Records(
            ATTENDANCES.key,
            programme="session.activity.programme",
            organisation="session.activity.organisation",
            place="session.activity.place",
            since="session.held_on",
            subject="person.canonical",
            conditions=(("session.activity.state", (Activity.State.HELD,)), ("person.canonical.withdrawn", ("no",))),
            dimensions=(*person_dimensions("person.canonical"), *_activity_dimensions("session.activity.")),
        ),
        gaps=_UNRECORDED,
        evidence=_RECORDED,
    )
)


def _tallies(*conditions: tuple[str, tuple[str, ...]], dimensions: tuple[Dimension, ...] = ()) -> Records:
    return Records(
        TALLIES.key,
        programme="session.activity.programme",
        organisation="session.activity.organisation",
        place="session.activity.place",
        since="session.held_on",
        weight="count",
        conditions=(("session.activity.state", (Activity.State.HELD,)), *conditions),
        dimensions=(*dimensions, *_activity_dimensions("session.activity.")),
    )


TALLIED = measures.register(
    Measure(
        "tallied",
        _("Counted without names"),
        "person",
        _tallies(("counts_all", ("yes",))),
        gaps=_UNRECORDED,
        evidence=_RECORDED,
    )
)
TALLIED_AS = measures.register(
    Measure(
        "tallied_as",
        _("Counted without names, by one dimension"),
        "person",
        _tallies(
            dimensions=(
                Dimension("tally", _("Counted by"), "dimension"),
                Dimension("value", _("Value"), "value", frozenset({"not_recorded"})),
            )
        ),
        gaps=_UNRECORDED,
        evidence=_RECORDED,
    )
)
ACTIVITY = measures.register(Measure("activity", _("Activities held"), "activity", _activities()))
