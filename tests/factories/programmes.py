"""A programme of two organisations, written straight into the tables, with what happens in it."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field

from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.places.models import Level, Place
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole
from samaki.kernel.actors import Actor, Grant, Role
from samaki.strands.counselling.models import Case, CaseSession, GroupMonth, Outcome
from samaki.strands.outreach.models import OutreachTally

_number = itertools.count(1)


def a_place(code: str) -> Place:
    """A place by its code and those above it."""
    found = Place.objects.filter(code=code).first()
    if found is not None:
        return found
    above = a_place(code[:-2]) if len(code) > 2 else None
    level = Level(len(code) // 2)
    return Place.objects.create(
        code=code, level=level, kind=level.name.lower(), name_km=code, name_latin=f"Place {code}", parent=above
    )


@dataclass
class Setting:
    """A programme and its partners, the first of them `ours`."""

    programme: Programme
    partners: list[Organisation]
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def ours(self) -> Organisation:
        return self.partners[0]

    @property
    def theirs(self) -> Organisation:
        return self.partners[1]

    def place(self, code: str, area: str | None = None) -> Place:
        place = a_place(code)
        if area is not None:
            ProgrammePlace.objects.get_or_create(programme=self.programme, place=place, area=area)
        return place

    def actor(
        self,
        role: Role,
        organisation: Organisation | None = None,
        *,
        group: Group | None = None,
        second_factor: bool = True,
        reason: str = "",
    ) -> Actor:
        grant = Grant(role, organisation.pk if organisation else None, self.programme.pk, group.pk if group else None)
        return Actor(user_id=1, name=role.value, grants=(grant,), second_factor=second_factor, reason=reason)

    def officer(self) -> Actor:
        return self.actor(Role.PROGRAMME_OFFICER)

    def partner(self) -> Actor:
        return self.actor(Role.PARTNER_ME, self.ours)

    def stranger(self) -> Actor:
        """Somebody who works in another programme altogether."""
        return Actor(9, "stranger", (Grant(Role.PROGRAMME_OFFICER, None, self.programme.pk + 1_000),), True)

    def mens_group(self, code: str = "040101", *, organisation: Organisation | None = None) -> Group:
        return Group.objects.create(
            key=f"group-{next(_number)}",
            programme=self.programme,
            organisation=organisation or self.ours,
            kind=Group.Kind.MENS_GROUP,
            name_km="ក្រុម",
            name_latin="Group",
            place=self.place(code),
            formed_on=dt.date(2008, 1, 1),
            ended_on=dt.date(2008, 12, 31),
        )

    def case(
        self,
        group: Group,
        *,
        on: dt.date | None = dt.date(2008, 5, 1),
        judged: str | None = None,
        physical: str | None = None,
        place: Place | None = None,
    ) -> Case:
        case = Case.objects.create(
            programme=self.programme,
            organisation=group.organisation,
            code=f"C-{next(_number):05}",
            group=group,
            place=place or group.place or self.place("040101"),
        )
        CaseSession.objects.create(case=case, number=1, held_on=on)
        for violence, value in (("any", judged), ("physical", physical)):
            if value is not None:
                Outcome.objects.create(case=case, informant="C", violence=violence, value=value, judged_on=on)
        return case

    def cases(self, count: int, group: Group, **values: object) -> list[Case]:
        return [self.case(group, **values) for _ in range(count)]  # type: ignore[arg-type]  # those of case()

    def report(self, group: Group, month: dt.date, received_on: dt.date, **counts: int) -> GroupMonth:
        return GroupMonth.objects.create(
            group=group,
            programme=self.programme,
            organisation=group.organisation,
            month=month,
            received_on=received_on,
            **counts,
        )

    def contacts(
        self,
        count: int,
        code: str = "040101",
        *,
        since: dt.date = dt.date(2008, 1, 1),
        until: dt.date = dt.date(2008, 12, 31),
        channel: str = "campaign",
        organisation: Organisation | None = None,
    ) -> OutreachTally:
        return OutreachTally.objects.create(
            programme=self.programme,
            organisation=organisation or self.ours,
            place=self.place(code),
            channel=channel,
            since=since,
            until=until,
            contacts=count,
        )

    def person(self, gender: str = "woman", *, organisation: Organisation | None = None) -> Person:
        return Person.objects.create(organisation=organisation or self.ours, gender=gender, birth_year=1980)

    def people(self, count: int, gender: str = "woman", *, organisation: Organisation | None = None) -> list[Person]:
        return [self.person(gender, organisation=organisation) for _ in range(count)]

    def session(
        self,
        *attending: Person,
        on: dt.date = dt.date(2008, 5, 1),
        code: str = "040101",
        organisation: Organisation | None = None,
        recorded: bool = True,
    ) -> Session:
        activity = Activity.objects.create(
            key=f"activity-{next(_number)}",
            programme=self.programme,
            organisation=organisation or self.ours,
            kind=Activity.Kind.MEETING,
            title_km="ប្រជុំ",
            title_en="Meeting",
            place=self.place(code),
            starts_on=on,
            ends_on=on,
        )
        taken = Session.Attendance.NAMED if recorded else Session.Attendance.NOT_RECORDED
        session = Session.objects.create(activity=activity, held_on=on, attendance=taken)
        Attendance.objects.bulk_create(Attendance(session=session, person=person) for person in attending)
        return session

    def member(self, group: Group, gender: str, since: dt.date, until: dt.date | None = None) -> Membership:
        person = self.person(gender, organisation=group.organisation)
        return Membership.objects.create(group=group, person=person, since=since, until=until)


def a_setting(*, fiscal_year_starts_in: int = 1) -> Setting:
    """A fresh programme with two partner organisations."""
    number = next(_number)
    programme = Programme.objects.create(
        key=f"programme-{number}",
        name_km="កម្មវិធី",
        name_en="Programme",
        fiscal_year_starts_in=fiscal_year_starts_in,
    )
    partners = [
        Organisation.objects.create(key=f"{name}-{number}", name_latin=name.title(), kind="local_ngo")
        for name in ("ours", "theirs")
    ]
    for partner in partners:
        ProgrammeRole.objects.create(programme=programme, organisation=partner, part=ProgrammeRole.Part.PARTNER)
    return Setting(programme, partners)
