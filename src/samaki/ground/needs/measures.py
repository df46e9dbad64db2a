"""Learning needs, by who asked and what became of them."""

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.measures import GROUPS
from samaki.ground.needs.models import LearningNeed
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.places.measures import PLACES
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import Choice, Date, Dimension, Link, Measure, Records, Table, measures, tables

NEEDS = tables.register(
    Table(
        LearningNeed,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("group", to=GROUPS.key),
            Link("place", to=PLACES.key),
            Choice("raised_by", tuple(LearningNeed.RaisedBy.values)),
            Choice("state", tuple(LearningNeed.State.values)),
            Date("raised_on"),
        ),
    )
)

LEARNING_NEED = measures.register(
    Measure(
        "learning_need",
        _("Learning needs"),
        "need",
        Records(
            NEEDS.key,
            programme="programme",
            organisation="organisation",
            place="place",
            since="raised_on",
            dimensions=(
                Dimension("raised_by", _("Asked by"), "raised_by"),
                Dimension("state", _("What became of it"), "state"),
                Dimension("group", _("Group"), "group.key"),
            ),
        ),
    )
)
