"""Persons reached by generation, what stands beside them, and who taught them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.measures import ATTENDANCES, SESSIONS, TALLIES
from samaki.ground.activities.models import Activity, Session
from samaki.ground.people.measures import person_dimensions
from samaki.kernel.measures import Dimension, Measure, Records, measures
from samaki.strands.learning.measures.generations import of_generation
from samaki.strands.learning.measures.settling import LEADS
from samaki.strands.learning.rules.cascade import GENERATIONS, OF_LEADERS

_TRAININGS = (Activity.Kind.TRAINING.value, Activity.Kind.TRAINING_OF_TRAINERS.value)
_HELD = (Activity.State.HELD.value,)


def _sessions(*conditions: tuple[str, tuple[str, ...]]) -> Records:
    return Records(
        SESSIONS.key,
        programme="activity.programme",
        organisation="activity.organisation",
        place="activity.place",
        since="held_on",
        conditions=(("activity.state", _HELD), *conditions),
        dimensions=(of_generation("generation"),),
    )


# Who came to a qualifying session is not known, or not who led a training: it may have taught somebody.
_HIDING = (
    _sessions(("generation", GENERATIONS), ("attendance", (Session.Attendance.NOT_RECORDED.value,))),
    _sessions(("led", ("no",)), ("activity.kind", _TRAININGS)),
)
_SHOWING = (
    _sessions(
        ("generation", GENERATIONS), ("attendance", (Session.Attendance.NAMED.value, Session.Attendance.TALLY.value))
    ),
)

CASCADE = measures.register(
    Measure(
        "cascade",
        _("Taught in the cascade"),
        "person",
        Records(
            ATTENDANCES.key,
            programme="session.activity.programme",
            organisation="session.activity.organisation",
            place="session.activity.place",
            since="session.held_on",
            subject="person.canonical",
            conditions=(("generation", GENERATIONS), ("person.canonical.withdrawn", ("no",))),
            dimensions=(
                *person_dimensions("person.canonical"),
                of_generation("generation"),
                Dimension(
                    "first",
                    _("For the first time"),
                    "first",
                    labels={"yes": _("For the first time"), "no": _("Again")},
                ),
            ),
        ),
        gaps=_HIDING,
        evidence=_SHOWING,
    )
)
TALLIED = measures.register(
    Measure(
        "cascade_tallied",
        _("Counted without names in the cascade"),
        "person",
        Records(
            TALLIES.key,
            programme="session.activity.programme",
            organisation="session.activity.organisation",
            place="session.activity.place",
            since="session.held_on",
            weight="count",
            conditions=(("session.generation", GENERATIONS), ("counts_all", ("yes",))),
            dimensions=(of_generation("session.generation"),),
        ),
        gaps=_HIDING,
        evidence=_SHOWING,
    )
)
FACILITATORS = measures.register(
    Measure(
        "cascade_lead",
        _("Leading in the cascade"),
        "person",
        Records(
            LEADS.key,
            programme="session.activity.programme",
            organisation="session.activity.organisation",
            place="session.activity.place",
            since="session.held_on",
            subject="person.canonical",
            conditions=(("generation", OF_LEADERS), ("person.canonical.withdrawn", ("no",))),
            dimensions=(*person_dimensions("person.canonical"), of_generation("generation")),
        ),
        gaps=_HIDING[1:],
        evidence=_SHOWING,
    )
)
