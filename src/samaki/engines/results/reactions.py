"""What the results answer to events of the ground, in the caller's transaction."""

from __future__ import annotations

from samaki.engines.results.snapshots import take
from samaki.ground.periods.events import PeriodLocked
from samaki.ground.periods.models import PeriodLock
from samaki.kernel.actors import System
from samaki.kernel.registry import reactions


@reactions.on(PeriodLocked)
def keep_what_is_published(event: PeriodLocked) -> None:
    """A locked period answers from what it was at that moment."""
    take(PeriodLock.objects.select_related("programme").get(pk=event.lock_id), by=System("figures of a locked period"))
