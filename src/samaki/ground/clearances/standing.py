"""What others ask of a clearance. Yes or no, and never why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from samaki.ground.clearances.models import Clearance

_STOPPED = (Clearance.Status.SUSPENDED, Clearance.Status.BARRED)


def stopped(person_ids: Iterable[int], *, on: dt.date) -> frozenset[int]:
    """Those of the people who were suspended or barred that day, in any programme. Asks nobody's leave."""
    standing = Clearance.objects.filter(person_id__in=list(person_ids), status__in=_STOPPED)
    return frozenset(standing.filter(_holding(on)).values_list("person_id", flat=True))


def cleared(person_ids: Iterable[int], *, programme_id: int, on: dt.date) -> frozenset[int]:
    """Those of the people who were cleared in the programme that day, and stopped nowhere. Asks nobody's leave."""
    asked = list(person_ids)
    standing = Clearance.objects.filter(person_id__in=asked, programme_id=programme_id, status=Clearance.Status.CLEARED)
    found = frozenset(standing.filter(_holding(on)).values_list("person_id", flat=True))
    return found - stopped(asked, on=on)


def _holding(on: dt.date) -> Q:
    return Q(since__lte=on) & (Q(until__isnull=True) | Q(until__gt=on))
