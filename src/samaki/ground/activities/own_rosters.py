"""Who a facilitator may tick off at activities she leads: her phone holds these names and no others (T3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Q

from samaki.ground.activities.consents import ConsentsToBeNamed
from samaki.ground.activities.models import Activity, Attendance
from samaki.ground.activities.queries import facilitates
from samaki.ground.groups.models import Membership
from samaki.ground.people.identities import Identity, opened
from samaki.ground.people.models import Person
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.database.bulk import among

Rosters = Mapping[int, Sequence[Person]]  # by activity


def keeps_names(activity: Activity) -> bool:
    """False where only counts are taken: the activity is sensitive, or belonging to its group reveals who one is."""
    return not activity.is_sensitive and (activity.group is None or activity.group.keeps_names)


def own_rosters(actor: AnyActor, activities: Sequence[Activity], *, on: dt.date) -> Rosters:
    """People who came before or belong to the activity's group on the date, of those activities that the actor leads
    and that keep names. Left out are who withdrew, who stands under another entry, and who has not consented to be
    named. Still nameless: `names_of_rosters` opens."""
    own = [one for one in activities if facilitates(actor, one) and keeps_names(one)]
    came = Attendance.objects.filter(among("session__activity_id", [one.pk for one in own]))
    wanted: dict[int, set[int]] = defaultdict(set)
    for activity_id, person_id in came.values_list("session__activity_id", "person_id"):
        wanted[activity_id].add(person_id)
    by_group = _members({one.group_id for one in own if one.group_id is not None}, on)
    for one in own:
        wanted[one.pk] |= by_group.get(one.group_id or 0, set())
    ids = sorted({person_id for people in wanted.values() for person_id in people})
    found = Person.objects.filter(among("pk", ids), withdrawn_at__isnull=True, merged_into__isnull=True)
    consents = ConsentsToBeNamed(ids)
    people = {person.pk: person for person in found if consents.on(person.pk, on)}
    of_own = {one.organisation_id for one in own}
    return {
        one.pk: [people[pk] for pk in sorted(wanted[one.pk]) if pk in people and people[pk].organisation_id in of_own]
        for one in own
    }


def names_of_rosters(actor: AnyActor, activities: Sequence[Activity], rosters: Rosters) -> dict[int, Identity]:
    """The names of these people by person, written to the audit trail for each activity. `rosters` is of this actor."""
    known = {one.pk: one for one in activities}
    for activity_id, people in rosters.items():
        if people:
            activity = known[activity_id]
            record(
                actor,
                "people.reveal",
                activity,
                organisation_id=activity.organisation_id,
                programme_id=activity.programme_id,
                details={"people": [person.pk for person in people], "to": "phone"},
            )
    return opened(sorted({person.pk for people in rosters.values() for person in people}))


def _members(group_ids: set[int], on: dt.date) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    running = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on)
    for group_id, person_id in running.filter(group__in=group_ids).values_list("group_id", "person_id"):
        found[group_id].add(person_id)
    return found
