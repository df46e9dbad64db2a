"""How memberships read behind a figure: a person is a number and a gender; never a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.clearances.standing import cleared
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


def _cleared(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    """Cleared or not today, whatever the day of the figure; never why not."""
    found = list(Membership.objects.filter(pk__in=ids).select_related("person", "group__organisation"))
    people: defaultdict[int, set[int]] = defaultdict(set)
    for one in found:
        people[one.group.programme_id].add(one.person_id)
    today = timezone.localdate()
    holding = {key: cleared(whose, programme_id=key, on=today) for key, whose in people.items()}
    return {
        one.pk: {
            "person": one.person.merged_into_id or one.person_id,
            "group": one.group.key,
            "since": one.since,
            "until": one.until,
            "cleared": "yes" if one.person_id in holding[one.group.programme_id] else "no",
            "organisation": one.group.organisation.key,
        }
        for one in found
    }


row_sources.register(
    RowSource(
        "mens_group_membership",
        Action.SEE_CLEARANCE,
        (
            ("person", _("Person (number)")),
            ("group", _("Group")),
            ("since", _("Since")),
            ("until", _("Until")),
            ("cleared", _("Cleared today")),
            ("organisation", _("Organisation")),
        ),
        _cleared,
    )
)
