"""How outreach tallies read behind a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.policy import Action
from samaki.strands.outreach.models import OutreachTally

indicator_files.register(IndicatorFile("strands.outreach", Path(__file__).with_name("indicators.toml")))


def _tallies(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    found = OutreachTally.objects.filter(pk__in=ids).select_related("place", "organisation", "campaign", "group")
    return {
        tally.pk: {
            "channel": tally.channel,
            "contacts": tally.contacts,
            "since": tally.since,
            "until": tally.until,
            "place": tally.place.code,
            "campaign": tally.campaign.key if tally.campaign else None,
            "group": tally.group.key if tally.group else None,
            "organisation": tally.organisation.key,
            "origin": tally.origin,
        }
        for tally in found
    }


row_sources.register(
    RowSource(
        "contact",
        Action.SEE_PROGRAMME,
        (
            ("channel", _("Channel")),
            ("contacts", _("Contacts (times reached, not persons)")),
            ("since", _("Since")),
            ("until", _("Until")),
            ("place", _("Place")),
            ("campaign", _("Campaign")),
            ("group", _("Group")),
            ("organisation", _("Organisation")),
            ("origin", _("Came from")),
        ),
        _tallies,
    )
)
