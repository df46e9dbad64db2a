"""Series and their sessions are T2; who attended and completed is T3, for the own organisation."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, may, reach, require
from samaki.kernel.records import Scope
from samaki.strands.learning.models import Assessment, Certification, CoachingVisit, Lead, Series
from samaki.strands.learning.rules.practice import Completion, completion

CANONICAL = Coalesce("person__merged_into_id", "person_id")


def scope_of(record: Series | Certification | CoachingVisit | Activity) -> Scope:
    return Scope(organisation_id=record.organisation_id, programme_id=record.programme_id)


def series_list(actor: AnyActor, programme: Programme | None = None) -> QuerySet[Series]:
    """Series within the actor's sight, the latest first, with `sessions_held` and `certified` (certificates given)."""
    found = Series.objects.filter(reach(actor, Action.SEE_PROGRAMME).q())
    if programme is not None:
        found = found.filter(programme=programme)
    held = Q(activities__activity__state=Activity.State.HELD)
    return (
        found.select_related("programme", "organisation", "version__curriculum")
        .annotate(
            sessions_held=Count("activities__activity__sessions", filter=held, distinct=True),
            certified=Count("certifications", distinct=True),
        )
        .order_by("-starts_on", "-pk")
    )


def series(actor: AnyActor, key: str) -> Series:
    """Raises NotFound, saying the same whether it exists."""
    found = series_list(actor).filter(key=key).first()
    if found is None:
        raise NotFound("no_such_series", _("There is no such series."))
    return found


@dataclass(frozen=True)
class Sitting:
    """A session of a series: how many came by name (None: not written down by name) and how many led it."""

    session: Session
    came: int | None
    led_by: int


def sittings(actor: AnyActor, series: Series) -> list[Sitting]:
    """The sessions of a series that was found, by their days; of activities not cancelled."""
    found = (
        Session.objects.filter(activity__in=_activities(series))
        .exclude(activity__state=Activity.State.CANCELLED)
        .select_related("activity__place__parent__parent")
        .annotate(came=Count("attendances"))
        .order_by("held_on", "activity_id", "number")
    )
    rows = list(found)
    leads = Lead.objects.filter(session__in=rows).values_list("session_id").annotate(n=Count("pk"))
    by_session = dict(leads)
    return [
        Sitting(one, one.came if one.attendance == Session.Attendance.NAMED else None, by_session.get(one.pk, 0))
        for one in rows
    ]


def activities_to_add(actor: AnyActor, series: Series) -> QuerySet[Activity]:
    """Activities of the same organisation and programme that belong to no series yet, the latest first."""
    found = Activity.objects.filter(reach(actor, Action.SEE_PROGRAMME).q(group="group_id"), **scope_of(series))
    return (
        found.exclude(state=Activity.State.CANCELLED)
        .filter(in_series__isnull=True, ends_on__gte=series.starts_on)
        .order_by("-starts_on", "-pk")
    )


def activities_in(actor: AnyActor, series: Series) -> QuerySet[Activity]:
    """The activities of a series that was found."""
    return _activities(series).order_by("starts_on", "pk")


def sees_people(actor: AnyActor, series: Series) -> bool:
    return may(actor, Action.SEE_PEOPLE, **scope_of(series))


@dataclass(frozen=True)
class Attended:
    """One person in a series, counted once after merges. `sessions` are those held, `unrecorded` those of which nobody
    wrote down by name who came."""

    person_id: int
    attended: int
    sessions: int
    unrecorded: int
    completed: Completion
    assessment: Assessment | None = None
    certification: Certification | None = None


@dataclass(frozen=True)
class _Counted:
    sessions: int = 0
    unrecorded: int = 0
    people: dict[int, int] = field(default_factory=dict)


def attended(actor: AnyActor, series: Series) -> list[Attended]:
    """Everyone who attended a session of a series that was found, by number; who withdrew is left out. Raises Refused
    for who does not see the organisation's people."""
    require(actor, Action.SEE_PEOPLE, **scope_of(series))
    counted = _counted([series.pk])[series.pk]
    assessments = latest_assessments(series)
    certificates = {
        person_id: one
        for one in Certification.objects.filter(series=series).annotate(whose=CANONICAL).order_by("certified_on", "pk")
        if (person_id := one.whose)
    }
    return [
        _attended(person_id, n, counted, assessments.get(person_id), certificates.get(person_id))
        for person_id, n in sorted(counted.people.items())
    ]


def attended_by(actor: AnyActor, series: Series, person_ids: Iterable[int]) -> dict[int, Attended]:
    """As `attended`, for these people alone, by number; who attended nothing is left out."""
    require(actor, Action.SEE_PEOPLE, **scope_of(series))
    counted = _counted([series.pk], person_ids)[series.pk]
    return {pk: _attended(pk, n, counted, None, None) for pk, n in counted.people.items()}


def completions(series_ids: Iterable[int], person_ids: Iterable[int] | None = None) -> dict[tuple[int, int], Attended]:
    """By series and person (None: everyone). Asks nobody's leave."""
    found = _counted(series_ids, person_ids)
    return {
        (series_id, person_id): _attended(person_id, n, counted, None, None)
        for series_id, counted in found.items()
        for person_id, n in counted.people.items()
    }


def latest_assessments(series: Series) -> Mapping[int, Assessment]:
    """The last assessment of each person, after merges. Asks nobody's leave."""
    found = Assessment.objects.filter(series=series).annotate(whose=CANONICAL).order_by("assessed_on", "pk")
    return {one.whose: one for one in found}


def certificate_in(actor: AnyActor, series: Series, person_id: int) -> Certification | None:
    """The certificate this person was given for the series. Raises Refused for who does not see the people."""
    require(actor, Action.SEE_PEOPLE, **scope_of(series))
    given = Certification.objects.filter(series=series).annotate(whose=CANONICAL).filter(whose=person_id)
    return given.order_by("-certified_on", "-pk").first()


def last_session_on(series: Series) -> dt.date | None:
    held = Session.objects.filter(activity__in=_activities(series)).exclude(activity__state=Activity.State.CANCELLED)
    return held.order_by("-held_on").values_list("held_on", flat=True).first()


def _attended(
    person_id: int, n: int, counted: _Counted, assessment: Assessment | None, certification: Certification | None
) -> Attended:
    done = completion(n, counted.sessions, unrecorded=counted.unrecorded)
    return Attended(person_id, n, counted.sessions, counted.unrecorded, done, assessment, certification)


def _counted(series_ids: Iterable[int], person_ids: Iterable[int] | None = None) -> dict[int, _Counted]:
    """Sessions held and whom each person's attendances stand for, by series, in two statements."""
    ids = list(series_ids)
    found: dict[int, _Counted] = {one: _Counted() for one in ids}
    held = Session.objects.filter(activity__state=Activity.State.HELD, activity__in_series__series__in=ids)
    recorded: dict[int, int] = defaultdict(int)
    sessions: dict[int, int] = defaultdict(int)
    rows = held.values_list("activity__in_series__series_id", "attendance").annotate(n=Count("pk"))
    for series_id, state, n in rows:
        sessions[series_id] += n
        recorded[series_id] += n if state == Session.Attendance.NAMED else 0
    came = Attendance.objects.filter(session__in=held, session__attendance=Session.Attendance.NAMED)
    came = came.filter(person__withdrawn_at__isnull=True).annotate(whose=CANONICAL)
    if person_ids is not None:
        came = came.filter(whose__in=list(person_ids))
    by_person = came.values_list("session__activity__in_series__series_id", "whose")
    for series_id in ids:
        found[series_id] = _Counted(sessions[series_id], sessions[series_id] - recorded[series_id], {})
    for series_id, person_id, n in by_person.annotate(n=Count("session", distinct=True)):
        found[series_id].people[person_id] = n
    return found


def _activities(series: Series) -> QuerySet[Activity]:
    return Activity.objects.filter(in_series__series=series)
