"""What others ask of a clearance: yes or no, never why. A person stands under every record that is hers: what one of
two joined records was told holds for both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from samaki.ground.clearances.models import Clearance
from samaki.ground.people.models import Person
from samaki.kernel.database.bulk import among

STOPPED = (Clearance.Status.SUSPENDED, Clearance.Status.BARRED)
_WHOSE = Coalesce("merged_into_id", "pk")


def stopped(person_ids: Iterable[int], *, on: dt.date) -> frozenset[int]:
    """Those of the people who were suspended or barred that day, in any programme. Asks nobody's leave."""
    whose = _whose(person_ids)
    return _asked(whose, _of(whose).filter(holding(on), status__in=STOPPED))


def cleared(person_ids: Iterable[int], *, programme_id: int, on: dt.date) -> frozenset[int]:
    """Those of the people who were cleared in the programme that day, and stopped nowhere. Asks nobody's leave."""
    whose = _whose(person_ids)
    found = _of(whose).filter(holding(on)).annotate(whose=Coalesce("person__merged_into_id", "person_id"))
    standing, halted = set(), set()
    for programme, status, person_id in found.values_list("programme_id", "status", "whose"):
        if status in STOPPED:
            halted.add(person_id)
        elif programme == programme_id:
            standing.add(person_id)
    return frozenset(asked for asked, stands in whose.items() if stands in standing - halted)


def vets(programme_id: int) -> bool:
    """Whether anybody was ever cleared in the programme: where nobody is vetted, nobody waits for it."""
    return Clearance.objects.filter(programme=programme_id, status=Clearance.Status.CLEARED).exists()


def records_of(person_id: int) -> tuple[int, ...]:
    """Every record of the person, the one that stands for the others first."""
    (stands,) = _whose([person_id]).values() or (person_id,)
    return stands, *Person.objects.filter(merged_into=stands).order_by("pk").values_list("pk", flat=True)


def _whose(person_ids: Iterable[int]) -> Mapping[int, int]:
    """Each record asked about and the one that stands for the person."""
    return dict(Person.objects.filter(among("pk", frozenset(person_ids))).values_list("pk", _WHOSE))


def _of(whose: Mapping[int, int]) -> QuerySet[Clearance]:
    stands = frozenset(whose.values())
    return Clearance.objects.filter(Q(among("person_id", stands)) | Q(among("person__merged_into_id", stands)))


def _asked(whose: Mapping[int, int], found: QuerySet[Clearance]) -> frozenset[int]:
    theirs = set(found.annotate(whose=Coalesce("person__merged_into_id", "person_id")).values_list("whose", flat=True))
    return frozenset(asked for asked, stands in whose.items() if stands in theirs)


def holding(on: dt.date) -> Q:
    """Which clearances hold that day."""
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gt=on))
