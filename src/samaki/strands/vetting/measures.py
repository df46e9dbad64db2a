"""Candidacies that were finally decided, and how."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.measures import GROUPS
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import Date, Dimension, Flag, Link, Measure, Records, Table, measures, tables
from samaki.strands.vetting.models import Candidacy

CANDIDACIES = tables.register(
    Table(
        Candidacy,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("group", to=GROUPS.key),
            Date("decided_on"),
            Flag("decided", "decided_on IS NOT NULL"),
            Flag("passed", "approved IS TRUE"),
        ),
    )
)
VETTING_DECIDED = measures.register(
    Measure(
        "vetting_decided",
        _("Vetting finally decided"),
        "person",
        Records(
            CANDIDACIES.key,
            programme="programme",
            organisation="organisation",
            place="group.place",
            since="decided_on",
            by_commune=True,
            conditions=(("decided", ("yes",)),),
            dimensions=(
                Dimension("group", _("Group"), "group.key"),
                Dimension(
                    "passed", _("Decision"), "passed", labels={"yes": _("Finally approved"), "no": _("Finally refused")}
                ),
            ),
        ),
    )
)
