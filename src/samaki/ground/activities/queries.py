"""Activities and their counts are T2; who was there is T3, for the own organisation and its facilitators."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Attendance, Participation, Session, Tally
from samaki.ground.people.identities import Identity, opened
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, may, reach, refusal
from samaki.kernel.records import Scope


@dataclass(frozen=True)
class Sheet:
    """Who was at a session. `people` are person ids in the order they were entered, None where the reader may not see
    them; `count` is then all she learns. Attendance not recorded is `recorded` False, and no number."""

    session: Session
    recorded: bool
    count: int | None
    people: tuple[int, ...] | None
    tallies: tuple[Tally, ...]


def activities(
    actor: AnyActor,
    programme: Programme | None = None,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> QuerySet[Activity]:
    """Activities within the actor's sight, the latest first, touching the days `first` … `last`."""
    found = Activity.objects.filter(reach(actor, Action.SEE_PROGRAMME).q(group="group_id"))
    if programme is not None:
        found = found.filter(programme=programme)
    if first is not None:
        found = found.filter(ends_on__gte=first)
    if last is not None:
        found = found.filter(starts_on__lte=last)
    return found.select_related("programme", "organisation", "group", "place__parent__parent").order_by(
        "-starts_on", "-pk"
    )


def activities_with_counts(
    actor: AnyActor,
    programme: Programme | None = None,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> QuerySet[Activity]:
    """`activities` with `sessions_held`, `sessions_recorded` and `attended` (session attendances by name)."""
    recorded = ~Q(sessions__attendance=Session.Attendance.NOT_RECORDED)
    return activities(actor, programme, first=first, last=last).annotate(
        sessions_held=Count("sessions", distinct=True),
        sessions_recorded=Count("sessions", filter=recorded, distinct=True),
        attended=Count("sessions__attendances", distinct=True),
    )


def activity(actor: AnyActor, key: str) -> Activity:
    """With its sessions and the organisations that took part. Raises NotFound, saying the same whether it exists."""
    found = (
        activities(actor)
        .filter(key=key)
        .prefetch_related(
            Prefetch("sessions", Session.objects.order_by("number")),
            Prefetch(
                "participations",
                Participation.objects.select_related("organisation").order_by("organisation__name_latin", "pk"),
            ),
        )
        .first()
    )
    if found is None:
        raise NotFound("no_such_activity", _("There is no such activity."))
    return found


def sheets(actor: AnyActor, activity: Activity) -> tuple[Sheet, ...]:
    """The attendance of each session, in order. Raises NotFound where the activity is out of sight."""
    if not activities(actor).filter(pk=activity.pk).exists():
        raise NotFound("no_such_activity", _("There is no such activity."))
    sees_people = _may_over(actor, Action.SEE_PEOPLE, activity) or facilitates(actor, activity)
    found = Session.objects.filter(activity=activity).order_by("number")
    found = found.prefetch_related(
        Prefetch("attendances", Attendance.objects.order_by("pk")),
        Prefetch("tallies", Tally.objects.order_by("dimension", "value")),
    )
    return tuple(_sheet(session, sees_people) for session in found)


def facilitates(actor: AnyActor, activity: Activity) -> bool:
    """Whether this is the facilitator of that activity, who sees its names without ceremony."""
    own = actor.user_id is not None and actor.user_id == activity.facilitator_id
    return own and _may_over(actor, Action.SEE_OWN_ATTENDANCE, activity)


def names(actor: AnyActor, activity: Activity) -> dict[int, Identity]:
    """The people of an activity by name, for its own facilitator; who has withdrawn is left out. Raises Refused,
    audited, for everyone else: they open names one by one, with a reason."""
    scope = Scope(organisation_id=activity.organisation_id, programme_id=activity.programme_id)
    with keeping_refusals(actor, Action.SEE_OWN_ATTENDANCE, activity, **scope):
        if not facilitates(actor, activity):
            raise refusal(actor, Action.SEE_OWN_ATTENDANCE)
        ids = list(Attendance.objects.filter(session__activity=activity).values_list("person_id", flat=True).distinct())
        record(actor, "people.reveal", activity, **scope, details={"people": sorted(ids)})
        return opened(ids)


def _may_over(actor: AnyActor, action: Action, activity: Activity) -> bool:
    return may(
        actor,
        action,
        organisation_id=activity.organisation_id,
        programme_id=activity.programme_id,
        group_id=activity.group_id,
    )


def _sheet(session: Session, sees_people: bool) -> Sheet:
    people = tuple(attendance.person_id for attendance in session.attendances.all())
    named = session.attendance == Session.Attendance.NAMED
    return Sheet(
        session=session,
        recorded=session.attendance != Session.Attendance.NOT_RECORDED,
        count=len(people) if named else None,
        people=people if named and sees_people else None,
        tallies=tuple(session.tallies.all()),
    )
