"""Who of a men's group is cleared: yes or no, and nothing of vetting."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from samaki.ground.clearances.standing import cleared
from samaki.ground.groups.models import Group, Membership
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.policy import Action, reach, refusal
from samaki.kernel.records import Scope

NOWHERE = Scope(organisation_id=None, programme_id=None)


@dataclass(frozen=True)
class MemberLine:
    """By the number that stands for the person after merges."""

    person_id: int
    membership: Membership
    is_cleared: bool


def members(actor: AnyActor, *, at: dt.datetime) -> tuple[tuple[Group, tuple[MemberLine, ...]], ...]:
    """The men's groups within reach that stand today, each with its members; who is not cleared first. Raises Refused,
    audited; the reading is kept."""
    today = timezone.localdate(at)
    with keeping_refusals(actor, Action.SEE_CLEARANCE, ("clearances.clearance", ""), **NOWHERE):
        within = reach(actor, Action.SEE_CLEARANCE)
        if not within:
            raise refusal(actor, Action.SEE_CLEARANCE)
        groups = Group.objects.filter(within.q(group="pk"), kind=Group.Kind.MENS_GROUP)
        groups = groups.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=today)).select_related("place", "programme")
        running = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=today), since__lte=today)
        found = list(running.filter(group__in=groups).select_related("person", "group").order_by("person_id", "pk"))
        people: defaultdict[int, set[int]] = defaultdict(set)
        for one in found:
            people[one.group.programme_id].add(one.person_id)
        holding = {key: cleared(whose, programme_id=key, on=today) for key, whose in people.items()}
        lines: defaultdict[int, list[MemberLine]] = defaultdict(list)
        for one in found:
            number = one.person.merged_into_id or one.person_id
            lines[one.group_id].append(MemberLine(number, one, one.person_id in holding[one.group.programme_id]))
        record(actor, "see_clearances", ("clearances.clearance", ""), **NOWHERE, details={"shown": len(found)})
        return tuple(
            (group, tuple(sorted(lines[group.pk], key=lambda line: (line.is_cleared, line.person_id))))
            for group in groups.order_by("key")
        )
