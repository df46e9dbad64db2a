"""What one sitting comes to: the activity and session it makes or fills, and what changes by it. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from uuid import uuid4

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Session
from samaki.ground.activities.rules import Counts
from samaki.ground.activities.sittings.looking import Looked
from samaki.ground.activities.sittings.sitting import Sitting, with_withdrawn
from samaki.ground.groups.models import Group
from samaki.kernel.errors import Conflict
from samaki.kernel.policy import Action
from samaki.kernel.records import Record

ACTIVITY_FIELDS = (
    "kind",
    "title_km",
    "title_en",
    "place_id",
    "group_id",
    "is_sensitive",
    "starts_on",
    "ends_on",
    "state",
)
SESSION_FIELDS = ("held_on", "attendance", "origin", "was_planned")
_NOT_RECORDED = Session.Attendance.NOT_RECORDED
Values = tuple[object, ...]


@dataclass(frozen=True)
class Plan:
    """`session` as it should stand, with its activity; either has no key where it is new. `counts` None leaves what is
    stored. `asked` are the people whose consent it takes, `days` those whose figures move. `left` is what the same
    form made before it spoke of another activity."""

    sitting: Sitting
    session: Session
    added: Collection[int]
    removed: Collection[int]  # keys of attendances
    asked: Collection[int]
    counts: Counts | None
    left: Session | None
    days: tuple[dt.date, ...]
    changes: bool


def is_new(record: Record) -> bool:
    """Whether it stands in no table yet."""
    return record._state.adding


class Planner:
    """Plans the sittings of a batch one after the other: what one fills is not there for the next.

    `sessions` and `activities` are those stored that it may have altered, with their values before.
    """

    def __init__(self, looked: Looked) -> None:
        self.looked = looked
        self.sessions: dict[int, tuple[Session, Values]] = {}
        self.activities: dict[int, tuple[Activity, Values]] = {}

    def is_outdated(self, sitting: Sitting) -> bool:
        """Whether a page changed what it had made, after it was received."""
        before = self.looked.sessions.get(sitting.origin)
        return before is not None and before.mended_at is not None and before.mended_at > sitting.received_at

    def plan(self, sitting: Sitting, people: set[int]) -> Plan:
        """Raises Conflict("session_recorded")."""
        looked = self.looked
        before = looked.sessions.get(sitting.origin)
        left = before if before is not None and not self._still_speaks_of(before, sitting) else None
        session = self._slot(sitting) if before is None or left is not None else before
        gone = sum(number in looked.people.withdrawn for number in sitting.numbers) if looked.people.withdrawn else 0
        counts: Counts | None = with_withdrawn(sitting.counts, gone)
        if is_new(session):
            self._fill(session, sitting, people)
            return Plan(sitting, session, people, (), people, counts, left, (sitting.held_on,), True)
        stood, was_held_on, stored = self._watch(session), session.held_on, looked.stored[session.pk]
        noted = looked.people.standing(stored.attendances.values())
        kept = people | sitting.numbers  # who withdrew stays in a period that was locked before
        removed = [
            pk
            for pk, number in stored.attendances.items()
            if number not in kept and not looked.people.standing([number]) & people
        ]
        added = people - noted
        # Who withdrew was counted without a name at that moment: those counts stand.
        if counts == stored.counts or (gone and session is before):
            counts = None
        self._fill(session, sitting, people)
        alters = left is not None or bool(added or removed) or counts is not None or stood != _values(session)
        asked = added if was_held_on == session.held_on else people
        return Plan(sitting, session, added, removed, asked, counts, left, (was_held_on, session.held_on), alters)

    def _still_speaks_of(self, before: Session, sitting: Sitting) -> bool:
        if sitting.activity:
            return before.activity.key == sitting.activity.strip()
        return before.activity.origin == sitting.origin

    def _slot(self, sitting: Sitting) -> Session:
        """The session to fill: planned for that day, the only one of a planned activity, or a new one."""
        looked = self.looked
        if not sitting.activity:
            return Session(activity=self._activity(sitting), number=1, is_example=looked.standing.is_example)
        activity = looked.activities[sitting.activity.strip()]
        beside = looked.beside[activity.pk]
        that_day = [session for session in beside if session.held_on == sitting.held_on]
        waiting = [session for session in that_day if session.attendance == _NOT_RECORDED]
        put_off = activity.state == Activity.State.PLANNED and len(beside) == 1 and not that_day
        if put_off:
            waiting = [session for session in beside if session.attendance == _NOT_RECORDED]
        if waiting:
            session = waiting[0]
            self._watch(session)
            session.was_planned = True
            if put_off:
                activity.starts_on = activity.ends_on = sitting.held_on
            return session
        if that_day:
            words = _("Attendance at this activity on that day is recorded already. Please correct that record.")
            raise Conflict("session_recorded", words, field="activity")
        self._watch_activity(activity)
        session = Session(activity=activity, is_example=looked.standing.is_example)
        beside.append(session)
        return session

    def _activity(self, sitting: Sitting) -> Activity:
        """A new one, led by whoever sends it where she is a facilitator."""
        looked, by = self.looked, sitting.by
        group = looked.group(sitting)
        group_id = group.pk if isinstance(group, Group) else None
        leads = by.user_id in looked.users and looked.leave.may(by, Action.SEE_OWN_ATTENDANCE, group_id)
        return Activity(
            key=f"{looked.standing.programme_key}-{uuid4().hex[:10]}",
            programme_id=looked.standing.programme_id,
            organisation_id=looked.standing.organisation_id,
            facilitator_id=by.user_id if leads else None,
            is_example=looked.standing.is_example,
            origin=sitting.origin,
        )

    def _fill(self, session: Session, sitting: Sitting, people: set[int]) -> None:
        activity = session.activity
        session.held_on, session.origin = sitting.held_on, sitting.origin
        if people or sitting.numbers or sitting.listed:
            session.attendance = Session.Attendance.NAMED
        else:
            session.attendance = Session.Attendance.TALLY if sitting.counts else _NOT_RECORDED
        if activity.state == Activity.State.PLANNED:
            activity.state = Activity.State.HELD
        if activity.origin == sitting.origin and not sitting.activity:
            place, group = self.looked.place(sitting), self.looked.group(sitting)
            activity.kind = sitting.kind
            activity.title_km, activity.title_en = (sitting.title,) * 2 if sitting.title else _title(sitting.kind)
            activity.place_id = place if isinstance(place, int) else None
            activity.group_id = group.pk if isinstance(group, Group) else None
            activity.is_sensitive = sitting.is_sensitive
        days = [sitting.held_on]
        if not is_new(activity):
            days = [one.held_on for one in self.looked.beside[activity.pk]]
            if activity.origin != sitting.origin:
                days += [activity.starts_on, activity.ends_on]
        activity.starts_on, activity.ends_on = min(days), max(days)

    def _watch(self, session: Session) -> Values:
        values = _values(session)
        self.sessions.setdefault(session.pk, (session, values[: len(SESSION_FIELDS)]))
        self.activities.setdefault(session.activity.pk, (session.activity, values[len(SESSION_FIELDS) :]))
        return values

    def _watch_activity(self, activity: Activity) -> None:
        self.activities.setdefault(activity.pk, (activity, tuple(getattr(activity, name) for name in ACTIVITY_FIELDS)))


def _values(session: Session) -> Values:
    return (
        *(getattr(session, name) for name in SESSION_FIELDS),
        *(getattr(session.activity, name) for name in ACTIVITY_FIELDS),
    )


@cache
def _title(kind: str) -> tuple[str, str]:
    """An activity without a title is called by its kind: in Khmer and in English."""
    words = []
    for language in ("km", "en"):
        with translation.override(language):
            words.append(str(Activity.Kind(kind).label))
    return words[0], words[1]
