"""Groups and who belongs to them, as of a date."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext_lazy as _

from samaki.ground.clearances.measures import CLEARANCES, are_cleared
from samaki.ground.groups.models import Group, Membership
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
    Records,
    Table,
    Text,
    measures,
    tables,
)

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


def _cleared(columns: Columns, rows: Array | slice, as_of: int) -> Array:
    """Whether the member, under any record of hers, was cleared in the group's programme on a date."""
    memberships, people = columns[Membership._meta.db_table], columns[PEOPLE.key]
    person = people["canonical"][memberships["person"][rows]]
    programme = columns[GROUPS.key]["programme"][memberships["group"][rows]]
    return are_cleared(columns, person, programme, as_of).astype(np.int8)


MEMBERSHIPS = tables.register(
    Table(
        Membership,
        (
            Link("group", to=GROUPS.key),
            Link("person", to=PEOPLE.key),
            Text("role"),
            Date("since"),
            Date("until"),
            Derived("cleared", YES_NO, _cleared, reads=(CLEARANCES.key, PEOPLE.key, GROUPS.key)),
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

MENS_GROUP_MEMBERSHIP = measures.register(
    Measure(
        "mens_group_membership",
        _("Memberships of men’s groups"),
        "person",
        Records(
            MEMBERSHIPS.key,
            programme="group.programme",
            organisation="group.organisation",
            place="group.place",
            since="since",
            until="until",
            as_of=True,
            by_commune=True,
            conditions=(
                ("person.canonical.withdrawn", ("no",)),
                ("group.kind", (Group.Kind.MENS_GROUP.value,)),
            ),
            dimensions=(
                Dimension("group", _("Group"), "group.key"),
                Dimension("cleared", _("Clearance"), "cleared", labels={"yes": _("Cleared"), "no": _("Not cleared")}),
            ),
        ),
    )
)
