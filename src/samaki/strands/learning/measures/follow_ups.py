"""Persons followed up after a training, and whether they apply what they learned."""

from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.measures import ACTIVITIES
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.people.measures import PEOPLE, person_dimensions
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import Choice, Date, Dimension, Flag, Link, Measure, Records, Table, measures, tables
from samaki.strands.learning.models import FollowUp

FOLLOW_UPS = tables.register(
    Table(
        FollowUp,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("person", to=PEOPLE.key),
            Link("activity", to=ACTIVITIES.key),
            Date("followed_up_on"),
            Choice("applied", tuple(FollowUp.Applied.values)),
            Flag("in_window", "in_window"),
        ),
    )
)

FOLLOW_UP = measures.register(
    Measure(
        "follow_up",
        _("Persons followed up 3 to 6 months after a training"),
        "person",
        Records(
            FOLLOW_UPS.key,
            programme="programme",
            organisation="organisation",
            place="activity.place",
            since="followed_up_on",
            subject="person.canonical",
            conditions=(("in_window", ("yes",)), ("person.canonical.withdrawn", ("no",))),
            dimensions=(
                *person_dimensions("person.canonical"),
                Dimension("applied", _("Applied"), "applied", frozenset({FollowUp.Applied.UNKNOWN.value})),
            ),
        ),
    )
)
