"""How follow-ups read behind a figure: a person is a number; what was seen of her stays sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.policy import Action
from samaki.strands.learning.models import FollowUp

indicator_files.register(IndicatorFile("strands.learning", Path(__file__).parents[1] / "indicators.toml"))


def _follow_ups(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    found = FollowUp.objects.filter(pk__in=ids).select_related("person__merged_into", "activity", "organisation")
    return {
        one.pk: {
            "person": (one.person.merged_into or one.person).pk,
            "gender": (one.person.merged_into or one.person).gender,
            "activity": one.activity.key,
            "date": one.followed_up_on,
            "applied": one.applied,
            "organisation": one.organisation.key,
        }
        for one in found
    }


row_sources.register(
    RowSource(
        "follow_up",
        Action.SEE_PEOPLE,
        (
            ("person", _("Person (number)")),
            ("gender", _("Gender")),
            ("activity", _("Activity")),
            ("date", _("Date")),
            ("applied", _("Applied")),
            ("organisation", _("Organisation")),
        ),
        _follow_ups,
    )
)
