"""A small programme of its own, and the things that happen to it: added, corrected, moved, deleted, merged, undone."""

from __future__ import annotations

import datetime as dt
import itertools
from random import Random

from django.utils import timezone

from samaki.ground.activities.models import Activity, Attendance, Session, Tally
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import AgeBand, Gender, Person
from samaki.ground.places.models import Level, Place
from samaki.ground.programmes.models import Programme, ProgrammePlace
from samaki.strands.counselling.models import Case, CaseSession, GroupMonth, Outcome
from samaki.strands.outreach.models import OutreachTally

_number = itertools.count()
FIRST, LAST = dt.date(2022, 1, 1), dt.date(2024, 12, 31)


def _name(kind: str) -> str:
    return f"{kind}-{next(_number)}"


def places() -> list[Place]:
    """Two provinces of two districts of two communes of one village, the same in every world."""
    found = list(Place.objects.filter(country="xx").order_by("code"))
    if found:
        return found
    above: dict[str, Place] = {}
    for province in ("91", "92"):
        for tail, level in (
            ("", 1),
            ("01", 2),
            ("02", 2),
            ("0101", 3),
            ("0102", 3),
            ("0201", 3),
            ("0202", 3),
            ("010101", 4),
        ):
            code = province + tail
            above[code] = Place.objects.create(
                code=code,
                level=Level(level),
                kind="place",
                name_km=code,
                name_latin=code,
                parent=above.get(code[:-2]),
                country="xx",
            )
    return list(above.values())


class World:
    """`random` decides everything, so that a failing world can be made again."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.places = places()
        self.programme = Programme.objects.create(
            key=_name("p"),
            name_km="ក",
            name_en="p",
            starts_on=random.choice([None, dt.date(2022, 3, 1), dt.date(2023, 5, 15)]),
            ends_on=random.choice([None, dt.date(2024, 6, 30)]),
            fiscal_year_starts_in=random.choice([1, 4, 10]),
            reports_due_on_day=random.choice([5, 10]),
        )
        self.organisations = [
            Organisation.objects.create(key=_name("o"), name_latin="o", kind="local_ngo") for _ in range(2)
        ]
        self.people: list[Person] = []
        self.groups = [self._group(), self._group()]
        for _ in range(3):
            self.divide()

    def day(self) -> dt.date:
        return FIRST + dt.timedelta(days=self.random.randrange((LAST - FIRST).days))

    def _maybe_day(self) -> dt.date | None:
        return self.day() if self.random.random() < 0.8 else None

    def _place(self) -> Place | None:
        return self.random.choice([None, *self.places])

    def _group(self) -> Group:
        return Group.objects.create(
            key=_name("g"),
            programme=self.programme,
            organisation=self.random.choice(self.organisations),
            kind=self.random.choice([Group.Kind.MENS_GROUP, Group.Kind.MENS_GROUP, Group.Kind.NETWORK]),
            name_km="ក",
            name_latin="g",
            place=self._place(),
            formed_on=self.random.choice([None, dt.date(2022, 6, 15)]),
            ended_on=self.random.choice([None, dt.date(2024, 2, 10)]),
        )

    def happen(self) -> str:
        """One thing, by its name."""
        happening = self.random.choice(
            [
                self.register,
                self.register,
                self.correct_attendance,
                self.move_session,
                self.correct_activity,
                self.delete,
                self.merge,
                self.undo_merge,
                self.withdraw,
                self.correct_person,
                self.counsel,
                self.counsel,
                self.judge,
                self.report,
                self.reach,
                self.join,
                self.divide,
                self.form_group,
                self.correct_group,
                self.tally,
            ]
        )
        happening()
        return happening.__name__

    def register(self) -> None:
        """An activity with a session and those who came, some for the first time."""
        activity = Activity.objects.create(
            key=_name("a"),
            programme=self.programme,
            organisation=self.random.choice(self.organisations),
            group=self.random.choice([None, *self.groups]),
            kind=self.random.choice([Activity.Kind.TRAINING, Activity.Kind.DIALOGUE]),
            title_km="ក",
            title_en="a",
            place=self._place(),
            starts_on=(day := self.day()),
            ends_on=day,
            state=self.random.choice([Activity.State.HELD, Activity.State.HELD, Activity.State.CANCELLED]),
        )
        for number in range(self.random.randrange(3)):
            session = Session.objects.create(
                activity=activity,
                number=number,
                held_on=self.day(),
                attendance=self.random.choice(Session.Attendance.values),
            )
            if session.attendance == Session.Attendance.NAMED:
                people = self.random.sample(self.people, min(len(self.people), 3)) + [
                    self._person() for _ in range(self.random.randrange(3))
                ]
                Attendance.objects.bulk_create([Attendance(session=session, person=person) for person in people])

    def _person(self) -> Person:
        person = Person.objects.create(
            organisation=self.random.choice(self.organisations),
            gender=self.random.choice(Gender.values),
            birth_year=self.random.choice([None, 1960, 1989, 1999, 2006]),
            age_band=self.random.choice(AgeBand.values),
        )
        self.people.append(person)
        return person

    def _attendances(self) -> list[Attendance]:
        return list(Attendance.objects.filter(session__activity__programme=self.programme).order_by("pk"))

    def _sessions(self) -> list[Session]:
        return list(Session.objects.filter(activity__programme=self.programme).order_by("pk"))

    def correct_attendance(self) -> None:
        for attendance in self._attendances()[:1]:
            person = self._person()
            Attendance.objects.filter(pk=attendance.pk).update(person=person)

    def move_session(self) -> None:
        sessions = self._sessions()
        if sessions:
            session = self.random.choice(sessions)
            activity = Activity.objects.create(
                key=_name("a"),
                programme=self.programme,
                organisation=self.random.choice(self.organisations),
                kind=Activity.Kind.WORKSHOP,
                title_km="ក",
                title_en="a",
                place=self._place(),
                starts_on=session.held_on,
                ends_on=session.held_on,
            )
            Session.objects.filter(pk=session.pk).update(activity=activity, held_on=self.day())

    def correct_activity(self) -> None:
        activity = Activity.objects.filter(programme=self.programme).order_by("?").first()
        if activity:
            activity.place, activity.kind = self._place(), self.random.choice(Activity.Kind.values)
            activity.state = self.random.choice(Activity.State.values)
            activity.organisation = self.random.choice(self.organisations)
            activity.save()

    def delete(self) -> None:
        kind = self.random.choice(["attendance", "session", "case", "report", "tally", "outcome", "membership"])
        if kind == "attendance":
            Attendance.objects.filter(pk__in=[row.pk for row in self._attendances()[::3]]).delete()
        elif kind == "session":
            for session in self._sessions()[:1]:
                session.delete()
        elif kind == "case":
            Case.objects.filter(programme=self.programme).order_by("pk")[:1].get().delete() if Case.objects.filter(
                programme=self.programme
            ) else None
        elif kind == "report":
            for report in GroupMonth.objects.filter(programme=self.programme).order_by("pk")[:1]:
                report.delete()
        elif kind == "tally":
            for tally in OutreachTally.objects.filter(programme=self.programme).order_by("pk")[:1]:
                tally.delete()
        elif kind == "outcome":
            for outcome in Outcome.objects.filter(case__programme=self.programme).order_by("pk")[:1]:
                outcome.delete()
        else:
            for membership in Membership.objects.filter(group__programme=self.programme).order_by("pk")[:1]:
                membership.delete()

    def merge(self) -> None:
        standing = list(Person.objects.filter(pk__in=[p.pk for p in self.people], merged_into=None).order_by("pk"))
        if len(standing) >= 2:
            kept, gone = self.random.sample(standing, 2)
            Person.objects.filter(merged_into=gone).update(merged_into=kept)
            Person.objects.filter(pk=gone.pk).update(merged_into=kept)

    def undo_merge(self) -> None:
        merged = Person.objects.filter(pk__in=[p.pk for p in self.people], merged_into__isnull=False).order_by("pk")
        for person in merged[:2]:
            Person.objects.filter(pk=person.pk).update(merged_into=None)

    def withdraw(self) -> None:
        if self.people:
            person = self.random.choice(self.people)
            at = timezone.now() if self.random.random() < 0.7 else None
            Person.objects.filter(pk=person.pk).update(withdrawn_at=at)

    def correct_person(self) -> None:
        if self.people:
            Person.objects.filter(pk=self.random.choice(self.people).pk).update(
                gender=self.random.choice(Gender.values), birth_year=self.random.choice([None, 1950, 2010])
            )

    def counsel(self) -> None:
        """A case with sessions, or one more session of a case that is there."""
        case = Case.objects.filter(programme=self.programme).order_by("-pk").first()
        if case is None or self.random.random() < 0.7:
            group = self.random.choice(self.groups)
            case = Case.objects.create(
                programme=self.programme,
                organisation=group.organisation,
                code=_name("c"),
                group=group,
                place=self.random.choice(self.places),
                opened_on=self._maybe_day(),
            )
        number = case.sessions.count() + next(_number) % 20_000
        if self.random.random() < 0.9:
            CaseSession.objects.create(case=case, number=number, held_on=self._maybe_day())

    def judge(self) -> None:
        for case in Case.objects.filter(programme=self.programme).order_by("?")[:2]:
            Outcome.objects.update_or_create(
                case=case,
                informant=self.random.choice(["A", "C", "C", "C"]),
                instrument="group_judgement",
                violence=self.random.choice(["any", "any", "physical", "sexual"]),
                judged_on=self._maybe_day(),
                defaults={"value": self.random.choice(Outcome.Value.values)},
            )

    def report(self) -> None:
        """A group's month, or a new version of it."""
        group = self.random.choice(self.groups)
        month = self.day().replace(day=1)
        versions = GroupMonth.objects.filter(group=group, month=month)
        counselled = self.random.choice([None, 0, 3, 7])
        versions.filter(is_current=True).update(is_current=False)
        GroupMonth.objects.create(
            group=group,
            programme=self.programme,
            organisation=group.organisation,
            month=month,
            version=versions.count() + 1 + next(_number) % 20_000,
            received_on=month + dt.timedelta(days=self.random.randrange(20, 60)),
            men_counselled=counselled,
            men_success=None if counselled is None else self.random.choice([None, 0, counselled]),
        )

    def reach(self) -> None:
        since = self.day()
        OutreachTally.objects.create(
            programme=self.programme,
            organisation=self.random.choice(self.organisations),
            place=self.random.choice(self.places),
            channel=self.random.choice(OutreachTally.Channel.values),
            since=since,
            until=since + dt.timedelta(days=self.random.choice([0, 0, 20, 200]) + next(_number) % 3),
            contacts=self.random.randrange(50),
        )

    def join(self) -> None:
        since = self.day()
        person = self._person() if not self.people else self.random.choice(self.people)
        Membership.objects.get_or_create(
            group=self.random.choice(self.groups),
            person=person,
            since=since,
            defaults={"until": self.random.choice([None, since + dt.timedelta(days=100)]), "role": _name("role")},
        )

    def divide(self) -> None:
        """Old and new areas, moved about."""
        ProgrammePlace.objects.update_or_create(
            programme=self.programme,
            place=self.random.choice(self.places),
            since=self.random.choice([None, dt.date(2023, 1, 1), dt.date(2024, 1, 1)]),
            defaults={"area": self.random.choice(ProgrammePlace.Area.values)},
        )

    def form_group(self) -> None:
        self.groups.append(self._group())

    def correct_group(self) -> None:
        group = self.random.choice(self.groups)
        Group.objects.filter(pk=group.pk).update(place=self._place(), ended_on=None, kind=Group.Kind.MENS_GROUP)

    def tally(self) -> None:
        sessions = self._sessions()
        if sessions:
            session = self.random.choice(sessions)
            Tally.objects.update_or_create(
                session=session,
                dimension=self.random.choice(["all", "gender", "rightsholder_group"]),
                value=self.random.choice(["woman", "man", "all"]),
                defaults={"count": self.random.randrange(30)},
            )
