"""Who attended takes part."""

from __future__ import annotations

from collections.abc import Collection

from samaki.ground.activities.models import Attendance
from samaki.ground.people.taking_part import tells
from samaki.kernel.database.bulk import among


@tells
def who_attended(programme_id: int, person_ids: Collection[int]) -> frozenset[int]:
    attended = Attendance.objects.filter(among("person_id", person_ids), session__activity__programme=programme_id)
    return frozenset(attended.values_list("person_id", flat=True))
