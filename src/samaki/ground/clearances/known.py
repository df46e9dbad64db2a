"""Who is or was cleared, suspended or barred in a programme is known there by name."""

from __future__ import annotations

from collections.abc import Collection

from samaki.ground.clearances.models import Clearance
from samaki.ground.people.taking_part import knows
from samaki.kernel.database.bulk import among


@knows
def who_has_a_standing(programme_id: int, person_ids: Collection[int]) -> frozenset[int]:
    found = Clearance.objects.filter(among("person_id", person_ids), programme=programme_id)
    return frozenset(found.values_list("person_id", flat=True))
