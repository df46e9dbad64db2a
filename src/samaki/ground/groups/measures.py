"""Groups and who belongs to them, as of a date."""

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.people.measures import PEOPLE, person_dimensions
from samaki.ground.places.measures import PLACES
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import Choice, Date, Dimension, Link, Measure, Records, Table, Text, measures, tables

GROUPS = tables.register(
    Table(
        Group,
        (
            Text("key"),
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("place", to=PLACES.key),
            Choice("kind", tuple(Group.Kind.values)),
            Date("formed_on"),
            Date("ended_on"),
        ),
    )
)
MEMBERSHIPS = tables.register(
    Table(
        Membership,
        (
            Link("group", to=GROUPS.key),
            Link("person", to=PEOPLE.key),
            Text("role"),
            Date("since"),
            Date("until"),
        ),
    )
)

MEMBERSHIP = measures.register(
    Measure(
        "membership",
        _("Members"),
        "person",
        Records(
            MEMBERSHIPS.key,
            programme="group.programme",
            organisation="group.organisation",
            place="group.place",
            since="since",
            until="until",
            as_of=True,
            subject="person.canonical",
            conditions=(("person.canonical.withdrawn", ("no",)),),
            dimensions=(
                *person_dimensions("person.canonical"),
                Dimension("group", _("Group"), "group.key"),
                Dimension("group_kind", _("Kind of group"), "group.kind"),
                Dimension("role", _("Role"), "role"),
            ),
        ),
    )
)
