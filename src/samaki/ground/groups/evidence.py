"""How memberships read behind a figure: a person is a number and a gender; never a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Membership
from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.policy import Action

indicator_files.register(IndicatorFile("ground.groups", Path(__file__).with_name("indicators.toml")))


def _memberships(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    found = Membership.objects.filter(pk__in=ids).select_related("person__merged_into", "group__organisation")
    rows = {}
    for membership in found:
        person = membership.person.merged_into or membership.person
        rows[membership.pk] = {
            "person": person.pk,
            "gender": person.gender,
            "role": membership.role,
            "group": membership.group.key,
            "since": membership.since,
            "until": membership.until,
            "organisation": membership.group.organisation.key,
        }
    return rows


row_sources.register(
    RowSource(
        "membership",
        Action.SEE_PEOPLE,
        (
            ("person", _("Person (number)")),
            ("gender", _("Gender")),
            ("role", _("Role")),
            ("group", _("Group")),
            ("since", _("Since")),
            ("until", _("Until")),
            ("organisation", _("Organisation")),
        ),
        _memberships,
    )
)
