"""Somebody who is in the lists of two partners, and agreed at both to be counted across: a pair for the steward."""

from __future__ import annotations

import datetime as dt

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.across.operations import compare
from samaki.ground.people.identities import opened
from samaki.ground.people.models import Consent, Gender, Person
from samaki.ground.people.operations import GivenConsent, Identity, NewPerson, correct_person, give_consent
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo.people import TEXT_VERSION
from samaki.kernel.actors import System

BY = System("example data")
AGREED_ON = dt.date(2024, 1, 15)
ENTERED_AGAIN = 2  # each partner's first two are candidates of its own


def load(programme: Programme, one: Organisation, other: Organisation) -> None:
    """Gives a woman of `other` the name of a woman of `one` born in the same year, lets both agree, and compares.
    Nothing where somebody agreed already. No count changes but that of open pairs."""
    purpose = Consent.Purpose.BE_COUNTED_ACROSS
    if Consent.objects.filter(purpose=purpose, person__organisation__in=[one, other]).exists():
        return
    mine, hers = _of_one_year(programme, one, other)
    names = opened([mine.pk])[mine.pk]
    correct_person(
        hers.pk,
        NewPerson(
            Identity(names.family_km, names.given_km, names.family_latin, names.given_latin),
            gender=hers.gender,
            birth_year=hers.birth_year,
            place_id=hers.place_id,
        ),
        revision=hers.revision,
        by=BY,
    )
    given = GivenConsent(purpose, TEXT_VERSION, "km", Consent.How.SPOKEN, AGREED_ON)
    for person in (mine, hers):
        give_consent(person.pk, given, by=BY)
    compare(programme.pk, by=BY)


def _of_one_year(programme: Programme, one: Organisation, other: Organisation) -> tuple[Person, Person]:
    there = Person.objects.filter(
        gender=Gender.WOMAN, birth_year__isnull=False, attendances__session__activity__programme=programme
    )
    firsts = list(there.filter(organisation=one).distinct().order_by("pk"))[ENTERED_AGAIN:]
    seconds = list(there.filter(organisation=other).distinct().order_by("pk"))[ENTERED_AGAIN:]
    return next((mine, hers) for mine in firsts for hers in seconds if mine.birth_year == hers.birth_year)
