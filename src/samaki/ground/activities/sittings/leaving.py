"""Taking back what a form made: its session goes, or stands again as it was planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from samaki.ground.activities.models import Activity, Attendance, Session, Tally
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.programmes.models import Programme
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import Act, record_all
from samaki.kernel.database.bulk import among
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope


def sittings_of(origins: Sequence[str]) -> Mapping[str, int]:
    """The key of the session each origin became; one that became nothing is left out. Asks nobody's leave."""
    return dict(Session.objects.filter(among("origin", origins)).order_by("-pk").values_list("origin", "pk"))


def take_back_sittings(origins: Sequence[str], *, programme_id: int, organisation_id: int, by: AnyActor) -> None:
    """Removes what the origins made, and the activity where it was made for that session alone. Raises Refused, or
    Conflict("period_locked") and then has removed nothing. Call in a transaction."""
    found = Session.objects.filter(
        among("origin", origins), activity__programme=programme_id, activity__organisation=organisation_id
    ).select_related("activity")
    sessions = list(found.order_by("pk"))
    scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
    for group_id in {session.activity.group_id for session in sessions} or {None}:
        policy.require(by, Action.RECORD_ACTIVITY, **scope, group_id=group_id)
    locks = locked_periods(Programme.objects.get(pk=programme_id))
    for session in sessions:
        if (conflict := lock_over(locks, session.held_on)) is not None:
            raise conflict
    now = timezone.now()
    acts = [
        Act(by, "take_back_session", ("activities.session", session.pk), **scope, details={"origin": session.origin})
        for session in sessions
    ]
    with transaction.atomic():
        for session in sessions:
            leave(session, now)
        record_all(acts)


def leave(session: Session, now: dt.datetime) -> None:
    """Asks nobody's leave: callers do."""
    activity, others = session.activity, Session.objects.filter(activity=session.activity_id).exclude(pk=session.pk)
    days = sorted(others.values_list("held_on", flat=True))
    if session.was_planned:
        Attendance.objects.filter(session=session).delete()
        Tally.objects.filter(session=session).delete()
        session.attendance, session.origin, session.was_planned = Session.Attendance.NOT_RECORDED, "", False
        session.mended_at = None
        session.revision += 1
        session.save()
    elif not days and activity.origin == session.origin:
        activity.delete()
    else:
        session.delete()
        if days:
            Activity.objects.filter(pk=activity.pk).update(
                starts_on=days[0], ends_on=days[-1], revision=activity.revision + 1, updated_at=now
            )
