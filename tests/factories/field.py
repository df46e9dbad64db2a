"""A programme with two organisations that must not see each other's records, and actors of every relation to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from samaki.ground.activities.models import Activity, Session
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Consent, Person
from samaki.ground.people.operations import GivenConsent, NewPerson, add_person
from samaki.ground.periods.models import PeriodLock
from samaki.ground.periods.rules import parse
from samaki.ground.places.models import Level, Place
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole
from samaki.kernel.actors import PUBLIC, Actor, Grant, Role
from tests.factories.people import NAMES, SETUP, an_organisation

NOW = dt.datetime(2024, 6, 15, 3, 0, tzinfo=dt.UTC)
TODAY = dt.date(2024, 6, 15)
TOMORROW = dt.date(2024, 6, 16)
HELD = dt.date(2024, 3, 5)
FORMED = dt.date(2023, 1, 10)
COMMUNE = "040601"


@dataclass
class Field:
    """`other` is a programme in which neither organisation has a part."""

    programme: Programme
    other: Programme
    ours: Organisation
    theirs: Organisation
    place: Place
    group: Group
    second_group: Group

    def actor(
        self,
        role: Role,
        organisation: Organisation | None = None,
        *,
        programme: Programme | None = None,
        group: Group | None = None,
        second_factor: bool = True,
        reason: str = "a test asks",
    ) -> Actor:
        """By default at our own organisation and in its programme."""
        grant = Grant(
            role,
            (organisation or self.ours).pk,
            (programme or self.programme).pk,
            group.pk if group else None,
        )
        return Actor(7, f"{role.value} of a test", (grant,), second_factor, reason)

    @property
    def me(self) -> Actor:
        return self.actor(Role.PARTNER_ME)

    @property
    def officer(self) -> Actor:
        return self.actor(Role.PROGRAMME_OFFICER)

    @property
    def supervisor(self) -> Actor:
        return self.actor(Role.CASE_SUPERVISOR)

    def strangers(self) -> dict[str, Actor]:
        """Whoever has no business with our organisation's records, however high elsewhere."""
        everyone = {f"{role.value} of another organisation": self.actor(role, self.theirs) for role in _OWN_ONLY}
        everyone |= {f"{role.value} of another programme": self.actor(role, programme=self.other) for role in Role}
        return {
            **everyone,
            "the public": PUBLIC,
            "a donor": self.actor(Role.DONOR),
            "an authority": self.actor(Role.AUTHORITY),
        }


# Roles that reach no further than their own organisation.
_OWN_ONLY = tuple(role for role in Role if role not in {Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR})


def a_field(kind: Group.Kind = Group.Kind.MENS_GROUP) -> Field:
    ours, theirs = an_organisation("ours"), an_organisation("theirs")
    programme, other = a_programme("ours", ours, theirs), a_programme("other")
    place = a_place(COMMUNE)
    ProgrammePlace.objects.create(programme=programme, place=place, area=ProgrammePlace.Area.OLD)
    return Field(
        programme,
        other,
        ours,
        theirs,
        place,
        a_group(programme, ours, "first", kind=kind, place=place),
        a_group(programme, ours, "second", kind=kind, place=place),
    )


def a_programme(key: str, *partners: Organisation) -> Programme:
    programme = Programme.objects.create(
        key=key, name_km="កម្មវិធី", name_en=key.title(), starts_on=dt.date(2023, 1, 1), ends_on=None
    )
    for organisation in partners:
        ProgrammeRole.objects.create(programme=programme, organisation=organisation, part=ProgrammeRole.Part.PARTNER)
    return programme


def a_place(code: str) -> Place:
    """The place and those above it, made of its code."""
    above = a_place(code[:-2]) if len(code) > 2 else None
    kind = ("province", "district", "commune", "village")[len(code) // 2 - 1]
    place, _new = Place.objects.get_or_create(
        code=code,
        defaults={
            "level": Level(len(code) // 2),
            "kind": kind,
            "name_km": "ទីកន្លែង",
            "name_latin": f"Place {code}",
            "parent": above,
        },
    )
    return place


def a_group(
    programme: Programme,
    organisation: Organisation,
    key: str,
    *,
    kind: Group.Kind = Group.Kind.MENS_GROUP,
    place: Place | None = None,
    formed_on: dt.date | None = FORMED,
    keeps_names: bool = True,
) -> Group:
    return Group.objects.create(
        key=key,
        programme=programme,
        organisation=organisation,
        kind=kind,
        name_km="ក្រុម",
        name_latin=key.title(),
        place=place,
        formed_on=formed_on,
        keeps_names=keeps_names,
    )


def an_activity(
    field: Field,
    key: str = "meeting",
    *,
    held_on: dt.date = HELD,
    group: Group | None = None,
    is_sensitive: bool = False,
    state: Activity.State = Activity.State.HELD,
) -> Activity:
    """An activity of one session, attendance not recorded."""
    activity = Activity.objects.create(
        key=key,
        programme=field.programme,
        organisation=field.ours,
        group=group,
        kind=Activity.Kind.MEETING,
        title_km="កិច្ចប្រជុំ",
        title_en="Meeting",
        place=field.place,
        starts_on=held_on,
        ends_on=held_on,
        state=state,
        is_sensitive=is_sensitive,
    )
    Session.objects.create(activity=activity, number=1, held_on=held_on)
    return activity


def a_consenting_person(organisation: Organisation, *, gender: str = "woman", birth_year: int | None = 1990) -> Person:
    consent = GivenConsent(Consent.Purpose.TAKE_PART, "1", "km", Consent.How.SPOKEN, dt.date(2020, 1, 1))
    new = NewPerson(NAMES, gender=gender, birth_year=birth_year, consents=(consent,))
    return add_person(new, organisation_id=organisation.pk, by=SETUP)


def lock(programme: Programme, period: str) -> PeriodLock:
    """The period as locked, without what its figures would be."""
    span = parse(period, fiscal_year_starts_in=programme.fiscal_year_starts_in)
    return PeriodLock.objects.create(
        programme=programme,
        period=period,
        first=span.first,
        last=span.last,
        version=1,
        locked_at=NOW,
        locked_by="tests",
    )
