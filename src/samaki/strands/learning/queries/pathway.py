"""What one person learned, led and became, in order (T3): her own page, and nobody else's data on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Max, Min, Model, Q, QuerySet

from samaki.ground.activities.models import Activity, Attendance
from samaki.ground.groups.models import Membership
from samaki.ground.people.access import person_within
from samaki.ground.people.models import Person
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action, reach
from samaki.strands.learning.models import Assessment, Certification, CoachingVisit, FollowUp, Lead, Series
from samaki.strands.learning.queries.series import completions
from samaki.strands.learning.rules.practice import Completion


class Kind(StrEnum):
    """In the order in which those of one day stand."""

    JOINED = "joined"
    ATTENDED = "attended"
    COMPLETED = "completed"
    ASSESSED = "assessed"
    CERTIFIED = "certified"
    LED = "led"
    COACHED = "coached"
    FOLLOWED_UP = "followed_up"
    WITHDRAWN = "withdrawn"
    LEFT = "left"


@dataclass(frozen=True)
class Step:
    """`about` is the activity, series or group it tells of; `n` of `of` counts sessions; `detail` is the key of an
    answer, a role, or the record itself for what opens further."""

    on: dt.date
    kind: Kind
    about: Model | None = None
    until: dt.date | None = None
    n: int = 0
    of: int = 0
    detail: str = ""
    record: Model | None = None


_ORDER = {kind: place for place, kind in enumerate(Kind)}


def pathway(actor: AnyActor, person_id: int) -> tuple[Person, list[Step]]:
    """The record that stands for the person, and her steps, the first first. Raises Refused or NotFound, audited. What
    other organisations or programmes out of the actor's reach recorded is not in it."""
    found = person_within(actor, Action.SEE_PEOPLE, person_id)
    person = Person.objects.get(pk=found.merged_into_id) if found.merged_into_id else found
    if person.withdrawn_at is not None:
        return person, []
    records = [person.pk, *Person.objects.filter(merged_into=person).values_list("pk", flat=True)]
    within = reach(actor, Action.SEE_PEOPLE)
    own = within.q()
    of_session = within.q(
        organisation="session__activity__organisation_id", programme="session__activity__programme_id"
    )
    of_group = within.q(organisation="group__organisation_id", programme="group__programme_id")
    of_series = within.q(organisation="series__organisation_id", programme="series__programme_id")
    steps = [
        *_sessions(Kind.ATTENDED, Attendance.objects.filter(of_session, person__in=records)),
        *_sessions(Kind.LED, Lead.objects.filter(of_session, person__in=records)),
        *_completed(person.pk, records, own),
        *_judged(Assessment.objects.filter(of_series, person__in=records).select_related("series")),
        *_certified(Certification.objects.filter(own, person__in=records).select_related("series")),
        *_visited(CoachingVisit.objects.filter(own, person__in=records).select_related("session__activity")),
        *_followed(FollowUp.objects.filter(own, person__in=records).select_related("activity")),
        *_belonged(Membership.objects.filter(of_group, person__in=records).select_related("group")),
    ]
    return person, sorted(steps, key=lambda step: (step.on, _ORDER[step.kind]))


def trainings_of(actor: AnyActor, person_id: int) -> list[Activity]:
    """Activities that she attended by name, the latest first, within the actor's sight. Raises as `pathway`."""
    person_within(actor, Action.SEE_PEOPLE, person_id)
    own = Q(sessions__attendances__person=person_id) | Q(sessions__attendances__person__merged_into=person_id)
    found = Activity.objects.filter(reach(actor, Action.SEE_PEOPLE).q(), own, state=Activity.State.HELD)
    return list(found.distinct().order_by("-ends_on", "-pk"))


def _sessions(kind: Kind, found: QuerySet[Attendance] | QuerySet[Lead]) -> Iterator[Step]:
    held = found.filter(session__activity__state=Activity.State.HELD)
    rows = list(
        held.values("session__activity_id").annotate(
            n=Count("session", distinct=True), first=Min("session__held_on"), last=Max("session__held_on")
        )
    )
    ids = [row["session__activity_id"] for row in rows]
    activities = Activity.objects.filter(pk__in=ids).annotate(held=Count("sessions")).in_bulk()
    for row in rows:
        activity = activities[row["session__activity_id"]]
        yield Step(row["first"], kind, activity, until=row["last"], n=row["n"], of=activity.held)


def _completed(person_id: int, records: list[int], own: Q) -> Iterator[Step]:
    ended = Series.objects.filter(own, ends_on__isnull=False)
    came = {
        series.pk: series
        for series in ended.filter(activities__activity__sessions__attendances__person__in=records).distinct()
    }
    for (series_id, _whose), told in completions(came, [person_id]).items():
        series = came[series_id]
        if told.completed is Completion.YES and series.ends_on is not None:
            yield Step(series.ends_on, Kind.COMPLETED, series, n=told.attended, of=told.sessions)


def _judged(found: QuerySet[Assessment]) -> Iterator[Step]:
    for one in found:
        yield Step(one.assessed_on, Kind.ASSESSED, one.series, detail=one.result)


def _certified(found: QuerySet[Certification]) -> Iterator[Step]:
    for one in found:
        yield Step(one.certified_on, Kind.CERTIFIED, one.series, detail=one.kind, record=one)
        if one.withdrawn_on is not None:
            yield Step(one.withdrawn_on, Kind.WITHDRAWN, one.series, record=one)


def _visited(found: QuerySet[CoachingVisit]) -> Iterator[Step]:
    for one in found:
        yield Step(one.visited_on, Kind.COACHED, one.session.activity if one.session else None, record=one)


def _followed(found: QuerySet[FollowUp]) -> Iterator[Step]:
    for one in found:
        yield Step(one.followed_up_on, Kind.FOLLOWED_UP, one.activity, detail=one.applied, record=one)


def _belonged(found: QuerySet[Membership]) -> Iterator[Step]:
    for one in found:
        yield Step(one.since, Kind.JOINED, one.group, detail=one.role_label)
        if one.until is not None:
            yield Step(one.until, Kind.LEFT, one.group, detail=one.role_label)
