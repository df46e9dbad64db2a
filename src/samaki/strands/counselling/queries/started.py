"""The cases that were started, for a figure that a journey releases: read by the system alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q

from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import System
from samaki.strands.counselling.codes import GONE
from samaki.strands.counselling.course import State
from samaki.strands.counselling.models import Case


@dataclass(frozen=True)
class Started:
    """A case with at least one session. `last_on` None: one of its sessions has no date, so nobody can say which was
    the last."""

    code: str
    organisation_id: int
    womens_service_id: int | None
    place_id: int
    began_on: dt.date | None
    last_on: dt.date | None
    is_lost: bool


def started_cases(actor: System, programme: Programme, *, until: dt.date) -> Sequence[Started]:
    """Those with a session up to the day, or one without a date; without those that were let go, whose code is no more
    and of whom nobody can be asked."""
    in_time = Q(sessions__held_on__lte=until) | Q(sessions__held_on__isnull=True)
    found = (
        Case.objects.filter(programme=programme)
        .exclude(code__startswith=GONE)
        .annotate(
            held=Count("sessions", filter=in_time),
            undated=Count("sessions", filter=Q(sessions__held_on__isnull=True)),
            first=Min("sessions__held_on", filter=in_time),
            last=Max("sessions__held_on", filter=in_time),
        )
        .filter(held__gt=0)
        .order_by("pk")
    )
    return [
        Started(
            one.code,
            one.organisation_id,
            one.womens_service_id,
            one.place_id,
            one.opened_on or one.first,
            None if one.undated else one.last,
            one.state == State.LOST,
        )
        for one in found
    ]
