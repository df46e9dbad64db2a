"""What memberships answer to events of the people."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils import timezone

from samaki.ground.groups.models import Membership
from samaki.ground.people.events import PersonWithdrawn
from samaki.kernel.registry import reactions


@reactions.on(PersonWithdrawn)
def end_memberships(event: PersonWithdrawn) -> None:
    """Who withdraws belongs to nothing from that day; that somebody belonged before stays, nameless."""
    on = timezone.localdate(event.at)
    running = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=on), person_id__in=event.person_ids)
    running.filter(since__gte=on).delete()
    running.update(until=on, revision=F("revision") + 1)
