"""Who completed a series, and who of those certified leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.measures import ACTIVITIES, ATTENDANCES, SESSIONS
from samaki.ground.activities.models import Activity
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.people.measures import PEOPLE, person_dimensions
from samaki.ground.places.measures import PLACES
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import (
    NOTHING,
    YES_NO,
    Array,
    Choice,
    Columns,
    Date,
    Derived,
    Dimension,
    Link,
    Made,
    Measure,
    Records,
    Table,
    measures,
    tables,
)
from samaki.strands.learning.measures.series import NAMED, SERIES, SERIES_ACTIVITIES, series_of_sessions
from samaki.strands.learning.measures.settling import LEADS
from samaki.strands.learning.models import Certification
from samaki.strands.learning.rules.practice import COMPLETES_FROM, LAPSE_MONTHS, months_before

_HELD = tuple(Activity.State.values).index(Activity.State.HELD)
_EPOCH = dt.date(1970, 1, 1).toordinal()
_PEOPLE = 10**10  # more than there are people in any database
_LED = {"yes": _("Led in the last six months"), "no": _("Did not lead in the last six months")}
_COMPLETED = {"yes": _("Completed (80% of the sessions)"), "no": _("Not completed (80% of the sessions)")}


def _attended(columns: Columns, known_on: int) -> Mapping[str, Array]:
    """A row for each person, after merges, and ended series of which she attended a session by name: where she first
    came, and whether she completed it (-1: sessions nobody wrote down would decide)."""
    series, sessions, people = columns[SERIES.key], columns[SESSIONS.key], columns[PEOPLE.key]
    attendances = columns[ATTENDANCES.key]
    of_session = series_of_sessions(columns)
    ended = np.append(series.alive & (series["ends_on"] != NOTHING), False)
    of_session = np.where(ended[of_session], of_session, -1)
    counted = of_session >= 0
    named = counted & (sessions["attendance"] == NAMED)
    size = len(series)
    held = np.bincount(of_session[counted], minlength=size)
    missing = held - np.bincount(of_session[named], minlength=size)

    came = np.flatnonzero(attendances.alive)
    came = came[named[attendances["session"][came]]]
    session = attendances["session"][came].astype(np.int64)
    person = people["canonical"][attendances["person"][came]].astype(np.int64)
    session, person = session[person >= 0], person[person >= 0]
    pair = of_session[session] * (len(people) + 1) + person
    in_time = np.lexsort((session, sessions["held_on"][session], pair))
    pair, session = pair[in_time], session[in_time]
    once = np.append(True, (pair[1:] != pair[:-1]) | (session[1:] != session[:-1])) if len(pair) else np.ones(0, bool)
    pair, session = pair[once], session[once]  # two records of one person at one session are one
    pairs, first, attended = np.unique(pair, return_index=True, return_counts=True)
    which, who = pairs // (len(people) + 1), pairs % (len(people) + 1)
    share, whole = COMPLETES_FROM.as_integer_ratio()
    surely = attended * whole >= held[which] * share
    perhaps = (attended + missing[which]) * whole >= held[which] * share
    return {
        "id": series["id"][which].astype(np.int64) * _PEOPLE + people["id"][who],
        "series": which,
        "person": who,
        "place": columns[ACTIVITIES.key]["place"][sessions["activity"][session[first]]],
        "completed": np.where(surely, YES_NO.index("yes"), np.where(perhaps, -1, YES_NO.index("no"))),
    }


def series_and_person(row_id: int) -> tuple[int, int]:
    """The ids that an id of `series_attended` rows stands for."""
    return divmod(row_id, _PEOPLE)


ATTENDED = tables.register(
    Made(
        "learning_series_attended",
        (
            Link("series", to=SERIES.key),
            Link("person", to=PEOPLE.key),
            Link("place", to=PLACES.key),
            Choice("completed", YES_NO),
        ),
        reads=(SERIES.key, SERIES_ACTIVITIES.key, SESSIONS.key, ACTIVITIES.key, ATTENDANCES.key, PEOPLE.key),
        rows=_attended,
        described=series_and_person,
    )
)
_KIND = _("Kind of series (dimension)")

SERIES_ATTENDED = measures.register(
    Measure(
        "series_attended",
        _("Persons and the series they attended"),
        "person",
        Records(
            ATTENDED.key,
            programme="series.programme",
            organisation="series.organisation",
            place="place",
            since="series.ends_on",
            subject="person",
            dimensions=(
                *person_dimensions("person"),
                Dimension("series_kind", _KIND, "series.kind"),
                Dimension("series", _("Series"), "series.key"),
                Dimension("completed", _("Completed"), "completed", labels=_COMPLETED),
            ),
        ),
        gaps=(
            Records(
                SERIES.key,
                programme="programme",
                organisation="organisation",
                since="ends_on",
                conditions=(("unrecorded", ("yes",)),),
                dimensions=(Dimension("series_kind", _KIND, "kind"), Dimension("series", _("Series"), "key")),
            ),
        ),
        evidence=(
            Records(
                SERIES.key,
                programme="programme",
                organisation="organisation",
                since="ends_on",
                conditions=(("unrecorded", ("no",)),),
                dimensions=(Dimension("series_kind", _KIND, "kind"), Dimension("series", _("Series"), "key")),
            ),
        ),
    )
)


def _led(columns: Columns, rows: Array | slice, as_of: int) -> Array:
    """Whether the person, under any record of hers, led a session of the programme in the six months up to a date."""
    leads, sessions, people = columns[LEADS.key], columns[SESSIONS.key], columns[PEOPLE.key]
    activities, certificates = columns[ACTIVITIES.key], columns[Certification._meta.db_table]
    first = months_before(dt.date.fromordinal(as_of + _EPOCH), LAPSE_MONTHS).toordinal() - _EPOCH
    held_on, activity = sessions["held_on"][leads["session"]], sessions["activity"][leads["session"]]
    counts = leads.alive & (held_on >= first) & (held_on <= as_of) & (activities["state"][activity] == _HELD)
    width = len(people) + 1
    led = activities["programme"][activity[counts]].astype(np.int64) * width
    led += people["canonical"][leads["person"][counts]]
    mine = certificates["programme"][rows].astype(np.int64) * width + people["canonical"][certificates["person"][rows]]
    return np.isin(mine, led).astype(np.int8)


CERTIFICATIONS = tables.register(
    Table(
        Certification,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("person", to=PEOPLE.key),
            Choice("kind", tuple(Certification.Kind.values)),
            Date("certified_on"),
            Date("withdrawn_on"),
            Derived("led", YES_NO, _led, reads=(LEADS.key, SESSIONS.key, ACTIVITIES.key, PEOPLE.key)),
        ),
    )
)
CERTIFIED = measures.register(
    Measure(
        "certified",
        _("Persons certified to lead"),
        "person",
        Records(
            CERTIFICATIONS.key,
            programme="programme",
            organisation="organisation",
            place="person.canonical.place",
            since="certified_on",
            until="withdrawn_on",
            as_of=True,
            subject="person.canonical",
            conditions=(("person.canonical.withdrawn", ("no",)),),
            dimensions=(
                *person_dimensions("person.canonical"),
                Dimension("led", _("Led in the last six months"), "led", labels=_LED),
            ),
        ),
    )
)
