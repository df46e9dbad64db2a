"""Contacts of outreach: times reached, never persons."""

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.measures import GROUPS
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.places.measures import PLACES
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import (
    Choice,
    Date,
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
from samaki.strands.outreach.models import Campaign, OutreachTally

CAMPAIGNS = tables.register(Table(Campaign, (Text("key"),)))
OUTREACH_TALLIES = tables.register(
    Table(
        OutreachTally,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("campaign", to=CAMPAIGNS.key),
            Link("group", to=GROUPS.key),
            Link("place", to=PLACES.key),
            Choice("channel", tuple(OutreachTally.Channel.values)),
            Date("since"),
            Date("until"),
            Number("contacts"),
        ),
    )
)

CONTACT = measures.register(
    Measure(
        "contact",
        _("Outreach contacts"),
        "contact",
        Records(
            OUTREACH_TALLIES.key,
            programme="programme",
            organisation="organisation",
            place="place",
            since="since",
            until="until",
            weight="contacts",
            dimensions=(
                Dimension("channel", _("Channel"), "channel", frozenset({OutreachTally.Channel.NOT_RECORDED.value})),
                Dimension("campaign", _("Campaign"), "campaign.key"),
                Dimension("group", _("Group"), "group.key"),
            ),
        ),
    )
)
