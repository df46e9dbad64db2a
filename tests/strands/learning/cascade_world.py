"""A small programme in which people teach people, what happens to it, and its cascade counted in plain SQL."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from samaki.ground.activities.models import Activity, Attendance, Session, Tally
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme
from samaki.strands.learning.models import Lead

_number = itertools.count(1)
FIRST = dt.date(2024, 1, 1)
DAYS = 12  # few, so that much falls on one day


class World:
    """`random` decides everything, so that a failing world can be made again."""

    def __init__(self, random: Random, people: int = 10) -> None:
        self.random = random
        self.programme = Programme.objects.create(key=f"cascade-{next(_number)}", name_km="ក", name_en="p")
        self.organisation = Organisation.objects.create(key=f"co-{next(_number)}", name_latin="o", kind="local_ngo")
        self.group = Group.objects.create(
            key=f"cg-{next(_number)}",
            programme=self.programme,
            organisation=self.organisation,
            kind=Group.Kind.WORKING_GROUP,
            name_km="ក",
            name_latin="g",
        )
        self.people = [Person.objects.create(organisation=self.organisation, gender="woman") for _ in range(people)]
        self.join()

    def day(self) -> dt.date:
        return FIRST + dt.timedelta(days=self.random.randrange(DAYS))

    def some(self, most: int) -> list[Person]:
        return self.random.sample(self.people, self.random.randrange(most + 1))

    def happen(self) -> None:
        happenings: list[Callable[[], object]] = [self.teach, self.teach, self.teach, self.move, self.cancel]
        happenings += [self.lose, self.lead, self.join, self.leave, self.meet, self.merge, self.undo_merge]
        happenings += [self.withdraw, self.count]
        self.random.choice(happenings)()

    def teach(self, on: dt.date | None = None, leaders: list[Person] | None = None) -> Session:
        day = on or self.day()
        activity = Activity.objects.create(
            key=f"ca-{next(_number)}",
            programme=self.programme,
            organisation=self.organisation,
            kind=self.random.choice([Activity.Kind.TRAINING, Activity.Kind.MEETING]),
            title_km="ក",
            title_en="a",
            starts_on=day,
            ends_on=day,
        )
        named = self.random.random() < 0.8
        session = Session.objects.create(
            activity=activity,
            number=1,
            held_on=day,
            attendance=Session.Attendance.NAMED if named else Session.Attendance.NOT_RECORDED,
        )
        led = self.some(2) if leaders is None else leaders
        Lead.objects.bulk_create(Lead(session=session, person=person) for person in led)
        if named:
            Attendance.objects.bulk_create(Attendance(session=session, person=person) for person in self.some(5))
        return session

    def _session(self) -> Session | None:
        return self.random.choice([None, *Session.objects.filter(activity__programme=self.programme).order_by("pk")])

    def move(self) -> None:
        if session := self._session():
            Session.objects.filter(pk=session.pk).update(held_on=self.day())

    def cancel(self) -> None:
        if session := self._session():
            state = self.random.choice([Activity.State.HELD, Activity.State.CANCELLED])
            Activity.objects.filter(pk=session.activity_id).update(state=state)

    def lose(self) -> None:
        if session := self._session():
            what = self.random.choice(["session", "lead", "attendance"])
            if what == "session":
                session.delete()
            elif what == "lead":
                led = Lead.objects.filter(session=session).order_by("pk").values_list("pk", flat=True)
                Lead.objects.filter(pk__in=list(led[:1])).delete()
            else:
                gone = Attendance.objects.filter(session=session).order_by("pk").values_list("pk", flat=True)
                Attendance.objects.filter(pk__in=list(gone[:1])).delete()

    def lead(self) -> None:
        if session := self._session():
            kept = self.random.choice([None, None, 0, 2])
            person = self.random.choice(self.people)
            Lead.objects.get_or_create(session=session, person=person, defaults={"kept_generation": kept})

    def join(self) -> None:
        since = self.day()
        until = self.random.choice([None, since + dt.timedelta(days=self.random.randrange(1, 6))])
        person = self.random.choice(self.people)
        Membership.objects.get_or_create(group=self.group, person=person, since=since, defaults={"until": until})

    def leave(self) -> None:
        for one in Membership.objects.filter(group=self.group).order_by("pk")[:1]:
            one.delete()

    def meet(self) -> None:
        self.people.append(Person.objects.create(organisation=self.organisation, gender="man"))

    def merge(self) -> None:
        standing = list(
            Person.objects.filter(pk__in=[p.pk for p in self.people], merged_into=None, withdrawn_at=None).order_by(
                "pk"
            )
        )
        if len(standing) >= 2:
            kept, gone = self.random.sample(standing, 2)
            Person.objects.filter(merged_into=gone).update(merged_into=kept)
            Person.objects.filter(pk=gone.pk).update(merged_into=kept)

    def undo_merge(self) -> None:
        merged = Person.objects.filter(pk__in=[p.pk for p in self.people], merged_into__isnull=False).order_by("pk")
        for person in merged[:1]:
            Person.objects.filter(pk=person.pk).update(merged_into=None)

    def withdraw(self) -> None:
        person = self.random.choice(self.people)
        of_hers = Person.objects.filter(pk=person.pk) | Person.objects.filter(merged_into=person.pk)
        if person.merged_into_id is None and self.random.random() < 0.5:
            of_hers.update(withdrawn_at=timezone.now())

    def count(self) -> None:
        if session := self._session():
            Tally.objects.get_or_create(
                session=session, dimension="all", value="all", defaults={"count": self.random.randrange(9)}
            )


_RECURSIVE = """
WITH RECURSIVE
held AS (SELECT s.id, s.held_on AS day FROM activities_session s JOIN activities_activity a ON a.id = s.activity_id
    WHERE a.programme_id = %(programme)s AND a.state = 'held'),
stands AS (SELECT id, COALESCE(merged_into_id, id) AS person FROM people_person WHERE withdrawn_at IS NULL),
member AS (SELECT p.person, m.since, m.until FROM groups_membership m JOIN groups_group g ON g.id = m.group_id
    JOIN stands p ON p.id = m.person_id WHERE g.programme_id = %(programme)s AND g.kind = 'working_group'),
led AS (SELECT l.id, l.session_id, h.day, p.person, l.kept_generation AS kept,
        EXISTS (SELECT 1 FROM member m WHERE m.person = p.person AND m.since <= h.day
            AND (m.until IS NULL OR h.day < m.until)) AS is_member
    FROM learning_lead l JOIN held h ON h.id = l.session_id LEFT JOIN stands p ON p.id = l.person_id),
came AS (SELECT t.id, t.session_id, h.day, p.person
    FROM activities_attendance t JOIN held h ON h.id = t.session_id JOIN stands p ON p.id = t.person_id
    WHERE NOT EXISTS (SELECT 1 FROM member m WHERE m.person = p.person AND m.since <= h.day
            AND (m.until IS NULL OR h.day < m.until))
        AND NOT EXISTS (SELECT 1 FROM led l WHERE l.session_id = t.session_id AND l.person = p.person)),
qualifies(session_id, day) AS (
    SELECT session_id, day FROM led WHERE is_member OR kept IS NOT NULL
    UNION
    SELECT l.session_id, l.day FROM qualifies q JOIN came c ON c.session_id = q.session_id
        JOIN led l ON l.person = c.person AND l.day > c.day),
began AS (SELECT c.person, MIN(c.day) AS day FROM came c JOIN qualifies q ON q.session_id = c.session_id
    GROUP BY c.person),
opens AS (SELECT c.person, c.session_id, c.day FROM came c JOIN qualifies q ON q.session_id = c.session_id
    JOIN began b ON b.person = c.person AND b.day = c.day),
step(session_id, generation) AS (
    SELECT session_id, CASE WHEN is_member THEN 1 ELSE kept + 1 END FROM led WHERE is_member OR kept IS NOT NULL
    UNION
    SELECT l.session_id, s.generation + 1 FROM step s JOIN opens o ON o.session_id = s.session_id
        JOIN led l ON l.person = o.person AND l.day > o.day AND NOT l.is_member AND l.kept IS NULL),
taught AS (SELECT session_id, MIN(generation) AS generation FROM step GROUP BY session_id),
fixed AS (SELECT o.person, o.day, MIN(t.generation) AS generation FROM opens o
    JOIN taught t ON t.session_id = o.session_id GROUP BY o.person, o.day)
"""


def _rows(programme_id: int, select: str) -> list[tuple[Any, ...]]:
    sql = (_RECURSIVE + select).replace("%(programme)s", str(int(programme_id)))
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def reached(programme_id: int) -> list[tuple[int, int, int, bool]]:
    """Each attendance that taught: its id, the person, her generation, whether it was on her first day."""
    return sorted(
        (row_id, person, generation, bool(is_first))
        for row_id, person, generation, is_first in _rows(
            programme_id,
            "SELECT c.id, c.person, f.generation, c.day = f.day FROM came c"
            " JOIN taught t ON t.session_id = c.session_id JOIN fixed f ON f.person = c.person",
        )
    )


def generations(programme_id: int) -> dict[int, int]:
    """Each session that qualifies, with its generation."""
    return dict(_rows(programme_id, "SELECT session_id, generation FROM taught"))


def leaders(programme_id: int) -> dict[int, int]:
    """Each lead of somebody who has not withdrawn and had a generation that day."""
    return dict(
        _rows(
            programme_id,
            "SELECT l.id, CASE WHEN l.is_member THEN 0 ELSE COALESCE(l.kept, f.generation) END FROM led l"
            " LEFT JOIN fixed f ON f.person = l.person AND f.day < l.day"
            " WHERE l.person IS NOT NULL AND (l.is_member OR l.kept IS NOT NULL OR f.generation IS NOT NULL)",
        )
    )


def by_generation(rows: list[tuple[int, int, int, bool]]) -> dict[tuple[str], int]:
    """Unique persons by generation, as figures key them."""
    people: dict[int, set[int]] = defaultdict(set)
    for _row, person, generation, _first in rows:
        people[generation].add(person)
    return {(str(generation),): len(found) for generation, found in people.items()}
