"""Who leads, was judged, coached or asked in a programme is known there by name, though she attended nothing."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

from samaki.ground.people.taking_part import knows
from samaki.kernel.database.bulk import among
from samaki.strands.learning.models import Assessment, Certification, CoachingVisit, FollowUp, Lead, Response


@knows
def who_leads_or_learned(programme_id: int, person_ids: Collection[int]) -> frozenset[int]:
    hers = among("person_id", person_ids)
    found = (
        Lead.objects.filter(hers, session__activity__programme=programme_id).values_list("person_id", flat=True),
        Assessment.objects.filter(hers, series__programme=programme_id).values_list("person_id", flat=True),
        Certification.objects.filter(hers, programme=programme_id).values_list("person_id", flat=True),
        CoachingVisit.objects.filter(hers, programme=programme_id).values_list("person_id", flat=True),
        FollowUp.objects.filter(hers, programme=programme_id).values_list("person_id", flat=True),
        Response.objects.filter(hers, programme=programme_id).values_list("person_id", flat=True),
    )
    return frozenset(chain.from_iterable(found))
