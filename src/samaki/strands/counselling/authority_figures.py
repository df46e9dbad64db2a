"""Reports to authorities as columns, and how soon they acted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.measures import GROUPS
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.places.measures import PLACES
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.measures import (
    NOTHING,
    Array,
    Columns,
    Date,
    Derived,
    Dimension,
    Flag,
    Link,
    Measure,
    Number,
    Records,
    Table,
    measures,
    tables,
)
from samaki.kernel.policy import Action
from samaki.strands.counselling.models import AuthorityResponse

indicator_files.register(IndicatorFile("strands.counselling.authority", Path(__file__).with_name("authority.toml")))
_ANSWERED = {"yes": _("Within 24 hours"), "no": _("Later, or not yet")}

QUARTERS = tuple(str(number) for number in range(4 * 24 * 100 + 1))  # of an hour; later than 100 days counts as that


def _quarters(columns: Columns, rows: Array | slice, as_of: int) -> Array:
    """Whole quarters of an hour until the office acted; -1 while it has not."""
    minutes = columns[AuthorityResponse._meta.db_table]["minutes"][rows].astype(np.int64)
    return np.where(minutes == NOTHING, -1, np.minimum(minutes // 15, len(QUARTERS) - 1))


AUTHORITY = tables.register(
    Table(
        AuthorityResponse,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("group", to=GROUPS.key),
            Link("place", to=PLACES.key),
            Date("reported_on"),
            Number("minutes"),
            Derived("quarters", QUARTERS, _quarters),
            Flag("answered", "minutes IS NOT NULL"),
            Flag("in_time", "minutes IS NOT NULL AND minutes <= 1440"),
        ),
    )
)


def _records(*conditions: tuple[str, tuple[str, ...]], also: tuple[Dimension, ...] = ()) -> Records:
    return Records(
        AUTHORITY.key,
        programme="programme",
        organisation="organisation",
        place="place",
        since="reported_on",
        by_commune=True,
        conditions=conditions,
        dimensions=(
            Dimension("group", _("Group"), "group.key"),
            Dimension("in_time", _("Answer of the authority"), "in_time", labels=_ANSWERED),
            *also,
        ),
    )


AUTHORITY_REPORTED = measures.register(
    Measure("authority_reported", _("Violence reported to authorities"), "case", _records())
)
AUTHORITY_ANSWERED = measures.register(
    Measure(
        "authority_answered",
        _("Answers of authorities"),
        "case",
        _records(
            ("answered", ("yes",)), also=(Dimension("quarters", _("Quarters of an hour until it acted"), "quarters"),)
        ),
    )
)


def _described(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    found = AuthorityResponse.objects.filter(pk__in=ids).select_related("office", "place", "organisation")
    return {
        one.pk: {
            "office": one.office.key,
            "place": one.place.code if one.place else None,
            "reported_on": one.reported_on,
            "hours": None if one.minutes is None else round(one.minutes / 60, 1),
            "action": one.action or None,
            "organisation": one.organisation.key,
        }
        for one in found
    }


for measure in (AUTHORITY_REPORTED, AUTHORITY_ANSWERED):
    row_sources.register(
        RowSource(
            measure.key,
            Action.RECORD_AUTHORITY,
            (
                ("office", _("Office")),
                ("place", _("Place")),
                ("reported_on", _("Reported on")),
                ("hours", _("Hours until it acted")),
                ("action", _("What it did")),
                ("organisation", _("Organisation")),
            ),
            _described,
        )
    )
