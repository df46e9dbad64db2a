"""How likely two records are one person, 0–100. Pure.

Names are compared as written in the script both share and by sound across scripts, in both orders; birth year, phone,
gender and place then speak for or against. The weights are our own, tuned on the labelled set of the tests.
"""

from __future__ import annotations

from typing import Protocol

from rapidfuzz import fuzz

from samaki.ground.people.rules import Traits

PROPOSED_FROM = 70
YEARS_THAT_ASK = 2  # birth years further apart than this want a second question before a merge

_SAME_NAME = 100
_SOUND_SAME_SCRIPT = 0.88  # the same sound spelt otherwise is less than the same spelling
_SOUND_ACROSS = 0.97
# Birth years are often told roughly, so a few years apart speak against, and a generation apart nearly settles it.
_BY_YEARS_APART = (0, -5, -9, -20, -20, -20)
_A_GENERATION_APART, _YEAR_UNKNOWN = -40, -8
_SAME_PHONE = 15
_OTHER_GENDER = -15
_SAME_PLACE = 3
_TOLD_GENDERS = frozenset({"woman", "man"})


class Facts(Protocol):
    """What is known of a person without opening her name."""

    @property
    def birth_year(self) -> int | None: ...

    @property
    def gender(self) -> str: ...

    @property
    def place_id(self) -> int | None: ...


def likeness(one: Traits, other: Traits) -> int:
    same_phone = bool(one.phone) and one.phone == other.phone
    return _within_bounds(_name(one, other) + _besides_name(one, other, same_phone=same_phone))


def at_most(one: Facts, other: Facts, *, same_phone: bool) -> int:
    """What the likeness would be if the names were the same: whom it keeps apart, no name needs to be opened for."""
    return _within_bounds(_SAME_NAME + _besides_name(one, other, same_phone=same_phone))


def _besides_name(one: Facts, other: Facts, *, same_phone: bool) -> int:
    if one.birth_year is None or other.birth_year is None:
        points = _YEAR_UNKNOWN
    else:
        apart = abs(one.birth_year - other.birth_year)
        points = _BY_YEARS_APART[apart] if apart < len(_BY_YEARS_APART) else _A_GENERATION_APART
    if same_phone:
        points += _SAME_PHONE
    if one.gender != other.gender and one.gender in _TOLD_GENDERS and other.gender in _TOLD_GENDERS:
        points += _OTHER_GENDER
    if one.place_id is not None and one.place_id == other.place_id:
        points += _SAME_PLACE
    return points


def _within_bounds(score: float) -> int:
    return round(min(100.0, max(0.0, score)))


def years_ask(one: int | None, other: int | None) -> bool:
    """Whether the birth years are too far apart for a merge without a second question."""
    return one is not None and other is not None and abs(one - other) > YEARS_THAT_ASK


def _name(one: Traits, other: Traits) -> float:
    scores = []
    if any(one.km) and any(other.km):
        spelt = _either_order(one.km, other.km)
        scores.append(max(spelt, _SOUND_SAME_SCRIPT * _either_order(one.sound_km, other.sound_km)))
    if any(one.latin) and any(other.latin):
        spelt = _either_order(one.latin, other.latin)
        scores.append(max(spelt, _SOUND_SAME_SCRIPT * _either_order(one.sound_latin, other.sound_latin)))
    if scores:
        return sum(scores) / len(scores)  # two scripts that disagree lower each other
    across = [
        _either_order(mine, theirs)
        for mine, theirs in ((one.sound_km, other.sound_latin), (one.sound_latin, other.sound_km))
        if any(mine) and any(theirs)
    ]
    return _SOUND_ACROSS * max(across, default=0.0)


def _either_order(one: tuple[str, str], other: tuple[str, str]) -> float:
    """Likeness of family and given name, the weaker of the two weighing most: a shared family name is no likeness."""
    straight = (fuzz.ratio(one[0], other[0]), fuzz.ratio(one[1], other[1]))
    swapped = (fuzz.ratio(one[0], other[1]), fuzz.ratio(one[1], other[0]))
    orders = ((one, other), (one, other[::-1]), (one[::-1], other))
    whole = max(fuzz.ratio("".join(mine), "".join(theirs)) for mine, theirs in orders)
    best = max(min(straight), min(swapped))
    # A name written into one field has no second part to compare.
    return whole if not (all(one) and all(other)) else (whole + 2 * best) / 3
