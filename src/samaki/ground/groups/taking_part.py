"""Who belongs, or belonged, to a group of the programme takes part."""

from __future__ import annotations

from collections.abc import Collection

from samaki.ground.groups.models import Membership
from samaki.ground.people.taking_part import tells
from samaki.kernel.database.bulk import among


@tells
def who_belonged(programme_id: int, person_ids: Collection[int]) -> frozenset[int]:
    belonged = Membership.objects.filter(among("person_id", person_ids), group__programme=programme_id)
    return frozenset(belonged.values_list("person_id", flat=True))
