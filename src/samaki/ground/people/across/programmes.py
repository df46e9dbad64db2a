"""What belongs to one programme of the counting across: its organisations, its pairs, and how complete it is. Numbers
and pairs without people: nothing here asks for an actor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from samaki.ground.people.models import UNDECIDED, AcrossPair, ComparedAcross, Person
from samaki.ground.people.taking_part import taking_part
from samaki.ground.programmes.models import ProgrammeRole

_WORKING = (ProgrammeRole.Part.LEAD, ProgrammeRole.Part.PARTNER, ProgrammeRole.Part.MEMBER)


def working_organisations(programme_id: int, on: dt.date) -> list[int]:
    """Those that do the programme's work on the date."""
    held = ProgrammeRole.objects.filter(
        Q(since__isnull=True) | Q(since__lte=on),
        Q(until__isnull=True) | Q(until__gte=on),
        programme_id=programme_id,
        part__in=_WORKING,
    )
    return sorted(set(held.values_list("organisation_id", flat=True)))


def pairs_of(programme_id: int) -> QuerySet[AcrossPair]:
    """Pairs of which both were compared in the programme."""
    here = ComparedAcross.objects.filter(programme_id=programme_id).values("person_id")
    return AcrossPair.objects.filter(first__in=here, second__in=here)


def undecided_in(programme_ids: Collection[int]) -> dict[int, int | None]:
    """How many pairs across organisations are undecided, by programme; None where nobody was compared, so that nothing
    can be said."""
    compared = set(
        ComparedAcross.objects.filter(programme_id__in=programme_ids).values_list("programme_id", flat=True).distinct()
    )
    return {
        programme_id: pairs_of(programme_id).filter(state__in=UNDECIDED).count() if programme_id in compared else None
        for programme_id in programme_ids
    }


def all_compared_in(programme_ids: Iterable[int], on: dt.date) -> dict[int, bool]:
    """Whether everybody who counts as compared, and takes part in the programme, was compared in it."""
    found = {}
    for programme_id in programme_ids:
        here = ComparedAcross.objects.filter(programme_id=programme_id).values("person_id")
        elsewhere = Person.objects.filter(
            compared_across=True,
            merged_into__isnull=True,
            organisation__in=working_organisations(programme_id, on),
        ).exclude(pk__in=here)
        left = list(elsewhere.values_list("pk", flat=True))
        found[programme_id] = not left or not taking_part(programme_id, left)
    return found
