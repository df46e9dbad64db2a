"""Ages, consent and the keys under which likely equals meet. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from samaki.ground.people.romanisation import of_folded_khmer, of_latin, skeleton
from samaki.ground.places.rules import folded

EARLIEST_BIRTH_YEAR = 1900
UNDER_18, NOT_RECORDED = "under_18", "not_recorded"
# Domain.md section 6 allows 30 days until a name is gone from copies too: a week to think again, two weeks that a copy
# of the vault may live, and the rest for a machine that stood still.
THINKS_AGAIN, COPIES_LIVE, GONE_WITHIN = dt.timedelta(days=7), dt.timedelta(days=14), dt.timedelta(days=30)
_BANDS = ((18, UNDER_18), (25, "18_24"), (35, "25_34"), (50, "35_49"), (65, "50_64"))
_OLDEST_BAND = "65_up"


def age_band(birth_year: int | None, on: dt.date, *, given: str = NOT_RECORDED) -> str:
    """The band (a key of models.AgeBand) at a date. The age is the one reached in that year: a birth year tells no
    more. Without a birth year the band is the one that was `given`, which does not grow older by itself."""
    if birth_year is None:
        return given
    age = on.year - birth_year
    return next((band for below, band in _BANDS if age < below), _OLDEST_BAND)


def erase_on(asked_on: dt.date) -> dt.date:
    """The day on which the name of somebody who asked to leave is erased."""
    return asked_on + THINKS_AGAIN


def gone_by(asked_on: dt.date) -> dt.date:
    """The day by which it is gone from every copy too."""
    return asked_on + GONE_WITHIN


def not_yet_born(birth_year: int | None, on: dt.date) -> bool:
    """True where the birth year says so; of the year itself it tells nothing."""
    return birth_year is not None and birth_year > on.year


def may_be_under_18(birth_year: int | None, on: dt.date, *, given: str = NOT_RECORDED) -> bool:
    """True where the person may be a minor at the date: the eighteenth year counts, as the birthday is not known."""
    if birth_year is None:
        return given == UNDER_18
    return on.year - birth_year <= 18


OWN, GUARDIAN = "own", "guardian"


@dataclass(frozen=True)
class StandingConsent:
    """A consent to take part that stands at the date in question. `guardian_not_asked`: asking the guardian would have
    exposed the young person, so only her own assent was asked."""

    given_by: str
    guardian_not_asked: bool = False


def lacking_to_be_named(*, minor: bool, consents: Iterable[StandingConsent]) -> frozenset[str]:
    """Whose consent is missing (OWN, GUARDIAN) before a person is recorded by name; tallies need none.

    Under 18: own assent, and the guardian's consent where asking for it does not expose the young person
    (domain.md section 6).
    """
    standing = tuple(consents)
    lacking = set()
    own = [consent for consent in standing if consent.given_by == OWN]
    if not own:
        lacking.add(OWN)
    spared = any(consent.guardian_not_asked for consent in own)
    if minor and not spared and all(consent.given_by != GUARDIAN for consent in standing):
        lacking.add(GUARDIAN)
    return frozenset(lacking)


def phone_digits(phone: str) -> str:
    """The subscriber's digits that two ways of writing one number share: no country code, no leading zero."""
    digits = phone if phone.isascii() and phone.isdigit() else re.sub(r"\D", "", folded(phone))
    return digits.removeprefix("00").removeprefix("855").lstrip("0")


@dataclass(frozen=True)
class Traits:
    """What of a person is compared. Names are folded or reduced to sound; never shown."""

    km: tuple[str, str] = field(repr=False)  # family, given, folded
    latin: tuple[str, str] = field(repr=False)
    sound_km: tuple[str, str] = field(repr=False)
    sound_latin: tuple[str, str] = field(repr=False)
    phone: str = field(repr=False)
    birth_year: int | None = None
    gender: str = NOT_RECORDED
    place_id: int | None = None


@dataclass(frozen=True)
class Part:
    """One part of a name (family or given): folded, and as it sounds."""

    folded: str = field(repr=False)
    sound: str = field(repr=False)


def khmer_part(name: str) -> Part:
    plain = folded(name)
    return Part(plain, of_folded_khmer(plain))


def latin_part(name: str) -> Part:
    return Part(folded(name), of_latin(name))


class Forms:
    """The parts of many names, each worked out once. Keep one for a batch and let it go: it holds names."""

    def __init__(self) -> None:
        self.khmer = cache(khmer_part)
        self.latin = cache(latin_part)
        self.phone = cache(phone_digits)


def traits(
    forms: Forms,
    *,
    family_km: str,
    given_km: str,
    family_latin: str,
    given_latin: str,
    phone: str = "",
    birth_year: int | None = None,
    gender: str = NOT_RECORDED,
    place_id: int | None = None,
) -> Traits:
    family, given = forms.khmer(family_km), forms.khmer(given_km)
    family_romanised, given_romanised = forms.latin(family_latin), forms.latin(given_latin)
    return Traits(
        km=(family.folded, given.folded),
        latin=(family_romanised.folded, given_romanised.folded),
        sound_km=(family.sound, given.sound),
        sound_latin=(family_romanised.sound, given_romanised.sound),
        phone=forms.phone(phone),
        birth_year=birth_year,
        gender=gender,
        place_id=place_id,
    )


def blocks(person: Traits) -> frozenset[tuple[str, str]]:
    """(purpose, text) pairs, of which two records of one person share at least one in the usual cases: the same Khmer
    spelling, the same consonants in Khmer or romanised, in either order; the longer part of the name and the birth
    year; the phone."""
    found = set(name_blocks(person))
    for sound in (person.sound_km, person.sound_latin):
        bones = _bones(sound)
        if not any(bones):
            continue
        found.add(("sound", _either_order(bones)))
        if person.birth_year is not None:
            # The longer part is mostly the given name: family names are few, and would bring half the list together.
            longest = max(len(bone) for bone in bones)
            found.update(("part_and_year", f"{bone} {person.birth_year}") for bone in bones if len(bone) == longest)
    if len(person.phone) >= 6:
        found.add(("phone", person.phone))
    return frozenset(found)


def name_blocks(person: Traits) -> Iterator[tuple[str, str]]:
    """Those of the blocks that everybody has who bears the same name in the same script."""
    if any(person.km):
        yield "khmer", _either_order(person.km)
    if any(bones := _bones(person.sound_latin)):
        yield "sound", _either_order(bones)


def _bones(sound: tuple[str, str]) -> tuple[str, ...]:
    return tuple(skeleton(part) for part in sound)


def _either_order(parts: tuple[str, ...]) -> str:
    return " ".join(sorted(part for part in parts if part))
