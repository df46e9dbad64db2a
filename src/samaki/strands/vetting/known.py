"""Who is or was vetted for a programme is known there by name."""

from __future__ import annotations

from collections.abc import Collection

from samaki.ground.people.taking_part import knows
from samaki.kernel.database.bulk import among
from samaki.strands.vetting.models import Candidacy


@knows
def who_is_vetted(programme_id: int, person_ids: Collection[int]) -> frozenset[int]:
    found = Candidacy.objects.filter(among("person_id", person_ids), programme=programme_id)
    return frozenset(found.values_list("person_id", flat=True))
