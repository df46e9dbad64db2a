"""Series with sessions, who came and who led, written by the operations themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from samaki.ground.activities.models import Activity, Session
from samaki.ground.activities.operations import create_activity, record_attendance
from samaki.ground.activities.rules import SessionPlan
from samaki.ground.groups.models import Group, Membership
from samaki.ground.people.models import Person
from samaki.strands.learning.models import Assessment, Certification, Series
from samaki.strands.learning.operations.certification import assess, certify
from samaki.strands.learning.operations.series import add_activity, create_series, end_series
from tests.factories.field import NOW, Field, a_consenting_person, a_group

FIRST = dt.date(2023, 3, 6)


def people(field: Field, how_many: int) -> list[Person]:
    return [a_consenting_person(field.ours) for _number in range(how_many)]


def working_group(field: Field, *members: Person, since: dt.date = dt.date(2023, 1, 10)) -> Group:
    group = a_group(field.programme, field.ours, "working", kind=Group.Kind.WORKING_GROUP)
    for person in members:
        Membership.objects.create(group=group, person=person, since=since)
    return group


def a_series(
    field: Field,
    came: Sequence[Sequence[Person]],
    *,
    key: str = "series",
    kind: Series.Kind = Series.Kind.TRAINING_OF_TRAINERS,
    first: dt.date = FIRST,
    ended: bool = True,
) -> Series:
    """A session a day from `first` on, with those who came to each."""
    days = [first + dt.timedelta(days=number) for number in range(len(came))]
    activity = an_activity_of(field, days, key=f"{key}-activity")
    for session, there in zip(sessions_of(activity), came, strict=True):
        attend(field, session, there)
    series = create_series(
        programme=field.programme,
        organisation=field.ours,
        kind=kind,
        title_km="ស៊េរី",
        title_en=key.title(),
        starts_on=first,
        key=key,
        by=field.me,
        at=NOW,
    )
    add_activity(series=series, activity=activity, by=field.me, at=NOW)
    series.refresh_from_db()
    if ended:
        end_series(series=series, revision=series.revision, ends_on=days[-1], by=field.me, at=NOW)
        series.refresh_from_db()
    return series


def an_activity_of(field: Field, days: Sequence[dt.date], *, key: str) -> Activity:
    return create_activity(
        programme=field.programme,
        organisation=field.ours,
        kind=Activity.Kind.TRAINING,
        title_km="វគ្គ",
        title_en="Training",
        place=field.place,
        starts_on=days[0],
        ends_on=days[-1],
        sessions=[SessionPlan(day) for day in days],
        key=key,
        by=field.me,
        at=NOW,
    )


def sessions_of(activity: Activity) -> list[Session]:
    return list(Session.objects.filter(activity=activity).select_related("activity").order_by("number"))


def attend(field: Field, session: Session, there: Sequence[Person]) -> Session:
    return record_attendance(
        session=session, revision=session.revision, person_ids=[one.pk for one in there], by=field.me, at=NOW
    )


def certified(field: Field, person: Person, *, key: str = "tot", first: dt.date = FIRST) -> Certification:
    """Somebody who attended a series of one day, passed and was certified that day."""
    series = a_series(field, [[person]], key=key, first=first)
    passed = Assessment.Result.PASSED
    assess(series=series, person_id=person.pk, result=passed, assessed_on=first, by=field.me, at=NOW)
    return certify(series=series, person_id=person.pk, certified_on=first, by=field.me, at=NOW)
