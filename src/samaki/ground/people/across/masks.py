"""What a steward is told of two people: where they agree and where they differ, and nothing that names either. Pure."""

from __future__ import annotations

import base64
from enum import StrEnum

from samaki.ground.people.likeness import TOLD_GENDERS, YEARS_THAT_ASK
from samaki.ground.people.rules import Traits
from samaki.kernel.sealed import keyed_digest


class Mask(StrEnum):
    SAME = "same"
    SWAPPED = "swapped"
    ALIKE = "alike"
    NEAR = "near"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


KHMER, LATIN, SOUND, BIRTH_YEAR, GENDER, PHONE, PLACE = (
    "name_km",
    "name_latin",
    "name_sound",
    "birth_year",
    "gender",
    "phone",
    "place",
)
TRAITS = (KHMER, LATIN, SOUND, BIRTH_YEAR, GENDER, PHONE, PLACE)
_Name = tuple[str, str]
_CODE_LENGTH = 8


def agreement(one: Traits, other: Traits) -> dict[str, str]:
    """Trait → mask, the same whichever of the two comes first."""
    return {
        KHMER: _names(one.km, other.km, one.sound_km, other.sound_km),
        LATIN: _names(one.latin, other.latin, one.sound_latin, other.sound_latin),
        SOUND: _sounds(one, other),
        BIRTH_YEAR: _years(one.birth_year, other.birth_year),
        GENDER: _told(*(t.gender if t.gender in TOLD_GENDERS else None for t in (one, other))),
        PHONE: _told(one.phone or None, other.phone or None),
        PLACE: _told(one.place_id, other.place_id),
    }


def code(person_id: int) -> str:
    """What a steward and the person's own organisation both call her by, such as K7QF-4MXA. It tells nobody who she is:
    only her own organisation's page shows which record has it."""
    digest = keyed_digest(str(person_id), purpose="across-code")
    text = base64.b32encode(digest).decode()[:_CODE_LENGTH]
    return f"{text[:4]}-{text[4:]}"


def _names(one: _Name, other: _Name, sound: _Name, other_sound: _Name) -> str:
    if not any(one) or not any(other):
        return Mask.UNKNOWN.value
    if one == other:
        return Mask.SAME.value
    if one == other[::-1]:
        return Mask.SWAPPED.value
    return (Mask.ALIKE if sound in (other_sound, other_sound[::-1]) else Mask.DIFFERENT).value


def _sounds(one: Traits, other: Traits) -> str:
    """Across scripts, which is asked only where the two share none."""
    if (any(one.km) and any(other.km)) or (any(one.latin) and any(other.latin)):
        return Mask.UNKNOWN.value
    mine, theirs = (one.sound_km, other.sound_latin) if any(one.km) else (one.sound_latin, other.sound_km)
    return (Mask.ALIKE if mine in (theirs, theirs[::-1]) else Mask.DIFFERENT).value


def _years(one: int | None, other: int | None) -> str:
    if one is None or other is None:
        return Mask.UNKNOWN.value
    if one == other:
        return Mask.SAME.value
    return (Mask.NEAR if abs(one - other) <= YEARS_THAT_ASK else Mask.DIFFERENT).value


def _told(one: object, other: object) -> str:
    if one is None or other is None:
        return Mask.UNKNOWN.value
    return (Mask.SAME if one == other else Mask.DIFFERENT).value
