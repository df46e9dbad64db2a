"""Writing the example's activities, sessions and attendance in a few statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Activity, Attendance, Participation, Session, Tally
from samaki.ground.activities.rules import Counts
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo.organisations import ORIGIN


@dataclass(frozen=True)
class Sitting:
    """One session. `people` None: not by name; `counts` empty: not by count; neither: attendance is not recorded."""

    held_on: dt.date
    title_km: str = ""
    title_en: str = ""
    people: Sequence[Person] | None = None
    counts: Counts = field(default_factory=dict)

    @property
    def attendance(self) -> Session.Attendance:
        if self.people is not None:
            return Session.Attendance.NAMED
        return Session.Attendance.TALLY if self.counts else Session.Attendance.NOT_RECORDED


@dataclass(frozen=True)
class Happening:
    key: str
    organisation: Organisation
    kind: Activity.Kind
    title_km: str
    title_en: str
    sittings: Sequence[Sitting]
    place: Place | None = None
    group: Group | None = None
    is_sensitive: bool = False
    childcare_offered: bool | None = None
    time_of_day: str = ""
    took_part: Mapping[str, Organisation] = field(default_factory=dict)  # by their part
    facilitator: User | None = None


def write(programme: Programme, happenings: Sequence[Happening]) -> None:
    activities = Activity.objects.bulk_create(
        Activity(
            key=happening.key,
            programme=programme,
            organisation=happening.organisation,
            group=happening.group,
            kind=happening.kind,
            title_km=happening.title_km,
            title_en=happening.title_en,
            place=happening.place,
            starts_on=happening.sittings[0].held_on,
            ends_on=happening.sittings[-1].held_on,
            is_sensitive=happening.is_sensitive,
            childcare_offered=happening.childcare_offered,
            time_of_day=happening.time_of_day,
            facilitator=happening.facilitator,
            is_example=True,
            origin=ORIGIN,
        )
        for happening in happenings
    )
    pairs = [
        (activity, number, sitting)
        for activity, happening in zip(activities, happenings, strict=True)
        for number, sitting in enumerate(happening.sittings, start=1)
    ]
    sessions = Session.objects.bulk_create(
        Session(
            activity=activity,
            number=number,
            held_on=sitting.held_on,
            title_km=sitting.title_km,
            title_en=sitting.title_en,
            attendance=sitting.attendance,
            is_example=True,
            origin=ORIGIN,
        )
        for activity, number, sitting in pairs
    )
    filled = [(session, sitting) for session, (_activity, _number, sitting) in zip(sessions, pairs, strict=True)]
    Attendance.objects.bulk_create(
        [Attendance(session=session, person=person) for session, sitting in filled for person in sitting.people or ()],
        batch_size=500,
    )
    Tally.objects.bulk_create(
        Tally(session=session, dimension=dimension, value=value, count=count)
        for session, sitting in filled
        for (dimension, value), count in sitting.counts.items()
    )
    Participation.objects.bulk_create(
        Participation(activity=activity, organisation=organisation, part=part)
        for activity, happening in zip(activities, happenings, strict=True)
        for part, organisation in happening.took_part.items()
    )
