"""People without their names."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from samaki.ground.people import rules
from samaki.ground.people.access import organisations_within, person_within
from samaki.ground.people.models import Consent, Person
from samaki.ground.people.rules import StandingConsent
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action

_CHUNK = 900  # SQLite takes 999 parameters


@dataclass(frozen=True)
class PersonRow:
    """A person without her name. `age_band` holds on the date asked; `merged_into` is the record that stands for her,
    where this one is a second entry."""

    id: int
    organisation_id: int
    gender: str
    birth_year: int | None
    age_band: str
    place_id: int | None
    merged_into: int | None
    withdrawn: bool
    revision: int
    is_example: bool


@dataclass(frozen=True)
class PeoplePage:
    """A page of people in the order of their ids; `total` counts all, `next_after` asks for the next page."""

    rows: tuple[PersonRow, ...]
    total: int
    next_after: int | None


def people(
    actor: AnyActor,
    *,
    on: dt.date,
    organisation_id: int | None = None,
    person_ids: Iterable[int] | None = None,
    place_ids: Iterable[int] | None = None,
    with_merged: bool = False,
    with_withdrawn: bool = False,
    after: int = 0,
    limit: int = 50,
) -> PeoplePage:
    """People within reach, each once unless `with_merged`. Raises Refused, audited, for who reaches nobody's."""
    within = organisations_within(actor, Action.SEE_PEOPLE)
    found = Person.objects.all()
    if within is not None:
        found = found.filter(organisation_id__in=within)
    if organisation_id is not None:
        found = found.filter(organisation_id=organisation_id)
    if person_ids is not None:
        found = found.filter(pk__in=list(person_ids))
    if place_ids is not None:
        found = found.filter(place_id__in=list(place_ids))
    if not with_merged:
        found = found.filter(merged_into__isnull=True)
    if not with_withdrawn:
        found = found.filter(withdrawn_at__isnull=True)
    rows = tuple(_row(each, on) for each in found.filter(pk__gt=after).order_by("pk")[: limit + 1])
    shown = rows[:limit]
    return PeoplePage(shown, found.count(), shown[-1].id if len(rows) > limit else None)


def person(actor: AnyActor, person_id: int, *, on: dt.date) -> PersonRow:
    """One person. Raises Refused or NotFound, audited."""
    return _row(person_within(actor, Action.SEE_PEOPLE, person_id), on)


def lacking_to_be_named(actor: AnyActor, person_ids: Iterable[int], *, on: dt.date) -> dict[int, frozenset[str]]:
    """Whose consent ("own", "guardian") each person lacks before she is recorded by name on the date; people who lack
    none, and people out of reach, are left out."""
    within = organisations_within(actor, Action.SEE_PEOPLE)
    wanted = list(dict.fromkeys(person_ids))
    lacking = {}
    for start in range(0, len(wanted), _CHUNK):
        found = Person.objects.filter(pk__in=wanted[start : start + _CHUNK])
        if within is not None:
            found = found.filter(organisation_id__in=within)
        rows = list(found)
        consents = _standing([each.pk for each in rows], on)
        for each in rows:
            minor = rules.may_be_under_18(each.birth_year, on, given=each.age_band)
            missing = rules.lacking_to_be_named(minor=minor, consents=consents[each.pk])
            if missing:
                lacking[each.pk] = missing
    return lacking


def _standing(person_ids: list[int], on: dt.date) -> dict[int, list[StandingConsent]]:
    standing: dict[int, list[StandingConsent]] = defaultdict(list)
    consents = Consent.objects.filter(
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on),
        person_id__in=person_ids,
        purpose=Consent.Purpose.TAKE_PART,
        given_on__lte=on,
    )
    for person_id, given_by, spared in consents.values_list("person_id", "given_by", "guardian_not_asked"):
        standing[person_id].append(StandingConsent(given_by, spared))
    return standing


def _row(each: Person, on: dt.date) -> PersonRow:
    return PersonRow(
        id=each.pk,
        organisation_id=each.organisation_id,
        gender=each.gender,
        birth_year=each.birth_year,
        age_band=rules.age_band(each.birth_year, on, given=each.age_band),
        place_id=each.place_id,
        merged_into=each.merged_into_id,
        withdrawn=each.withdrawn_at is not None,
        revision=each.revision,
        is_example=each.is_example,
    )
