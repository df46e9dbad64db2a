"""How likely two records are one person, 0–100. Pure.

Names are compared as written in the script both share and by sound across scripts, in both orders; birth year, phone,
gender and place then speak for or against. The weights are our own, tuned on the labelled set of the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from samaki.ground.people.rules import Traits

PROPOSED_FROM = 70
YEARS_THAT_ASK = 2  # birth years further apart than this want a second question before a merge

_SAME_NAME = 100
SOUND_SAME_SCRIPT = 0.88  # the same sound spelt otherwise is less than the same spelling
SOUND_ACROSS = 0.97
# Birth years are often told roughly, so a few years apart speak against, and a generation apart nearly settles it.
_A_GENERATION = 6
_BY_YEARS_APART = (0, -5, -9, -20, -20, -20, -40)  # the last for a generation and more
_YEAR_UNKNOWN = -8
_SAME_PHONE = 15
_OTHER_GENDER = -15
_SAME_PLACE = 3
TOLD_GENDERS = frozenset({"woman", "man"})
_NONE = -1
_Name = tuple[str, str]  # family, given
Indexes = NDArray[np.int64]


class Facts(Protocol):
    """What is known of a person without opening her name."""

    @property
    def birth_year(self) -> int | None: ...

    @property
    def gender(self) -> str: ...

    @property
    def place_id(self) -> int | None: ...


def likeness(one: Traits, other: Traits) -> int:
    points = 0
    if one.birth_year is None or other.birth_year is None:
        points += _YEAR_UNKNOWN
    else:
        points += _BY_YEARS_APART[min(abs(one.birth_year - other.birth_year), _A_GENERATION)]
    if one.phone and one.phone == other.phone:
        points += _SAME_PHONE
    if {one.gender, other.gender} == TOLD_GENDERS:
        points += _OTHER_GENDER
    if one.place_id is not None and one.place_id == other.place_id:
        points += _SAME_PLACE
    score = round(min(100.0, max(0.0, _name(one, other) + points)))
    return min(score, PROPOSED_FROM - 1) if _hangs_on_one_part(one, other) else score


def _hangs_on_one_part(one: Traits, other: Traits) -> bool:
    """A name of one part is a given name as many have it: without a birth year or a phone that agrees, it tells nobody
    from her namesakes."""
    shared = [pair for pair in ((one.km, other.km), (one.latin, other.latin)) if any(pair[0]) and any(pair[1])]
    if not shared:
        shared = [(one.sound_km, other.sound_latin), (one.sound_latin, other.sound_km)]
    if any(all(mine) and all(theirs) for mine, theirs in shared):
        return False
    same_year = one.birth_year is not None and one.birth_year == other.birth_year
    return not same_year and not (one.phone and one.phone == other.phone)


class Bounds:
    """How alike people can be at most, whatever their names: whom that keeps apart, no name needs to be opened for."""

    def __init__(self, people: Sequence[Facts]) -> None:
        self._years = np.array([_NONE if one.birth_year is None else one.birth_year for one in people], dtype=np.int64)
        self._places = np.array([_NONE if one.place_id is None else one.place_id for one in people], dtype=np.int64)
        self._women = np.array([one.gender == "woman" for one in people], dtype=bool)
        self._men = np.array([one.gender == "man" for one in people], dtype=bool)

    def of(self, ones: Indexes, others: Indexes, same_phone: NDArray[np.bool_]) -> NDArray[np.int64]:
        """The bound of each pair, given by the places of the two among the people."""
        bounds: NDArray[np.int64] = np.clip(_SAME_NAME + self.points(ones, others, same_phone), 0, 100)
        return bounds

    def same_year(self, ones: Indexes, others: Indexes) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = (self._years[ones] == self._years[others]) & (self._years[ones] != _NONE)
        return same

    def points(self, ones: Indexes, others: Indexes, same_phone: NDArray[np.bool_]) -> NDArray[np.int64]:
        """What birth year, phone, gender and place add to the likeness of the names or take from it."""
        years, places = self._years, self._places
        apart = np.minimum(np.abs(years[ones] - years[others]), _A_GENERATION)
        points: NDArray[np.int64] = np.array(_BY_YEARS_APART, dtype=np.int64)[apart]
        points[(years[ones] == _NONE) | (years[others] == _NONE)] = _YEAR_UNKNOWN
        points += _SAME_PHONE * same_phone
        women, men = self._women, self._men
        points += _OTHER_GENDER * ((women[ones] & men[others]) | (men[ones] & women[others]))
        points += _SAME_PLACE * ((places[ones] == places[others]) & (places[ones] != _NONE))
        return points


def years_ask(one: int | None, other: int | None) -> bool:
    """Whether the birth years are too far apart for a merge without a second question."""
    return one is not None and other is not None and abs(one - other) > YEARS_THAT_ASK


def _name(one: Traits, other: Traits) -> float:
    scores = []
    if any(one.km) and any(other.km):
        scores.append(_in_one_script(one.km, other.km, one.sound_km, other.sound_km))
    if any(one.latin) and any(other.latin):
        scores.append(_in_one_script(one.latin, other.latin, one.sound_latin, other.sound_latin))
    if scores:
        return sum(scores) / len(scores)  # two scripts that disagree lower each other
    across = [
        _either_order(mine, theirs)
        for mine, theirs in ((one.sound_km, other.sound_latin), (one.sound_latin, other.sound_km))
        if any(mine) and any(theirs)
    ]
    return SOUND_ACROSS * max(across, default=0.0)


def _in_one_script(one: _Name, other: _Name, sound: _Name, other_sound: _Name) -> float:
    spelt = _either_order(one, other)
    if spelt >= SOUND_SAME_SCRIPT * _SAME_NAME:  # the sound cannot raise it
        return spelt
    return max(spelt, SOUND_SAME_SCRIPT * _either_order(sound, other_sound))


def _either_order(one: _Name, other: _Name) -> float:
    """Likeness of family and given name, the weaker of the two weighing most: a shared family name is no likeness."""
    if one == other:
        return 100.0
    (family, given), (other_family, other_given) = one, other
    whole = max(
        ratio(family + given, other_family + other_given),
        ratio(family + given, other_given + other_family),
        ratio(given + family, other_family + other_given),
    )
    # A name written into one field has no second part to compare.
    if not (family and given and other_family and other_given):
        return whole
    straight = min(ratio(family, other_family), ratio(given, other_given))
    swapped = min(ratio(family, other_given), ratio(given, other_family))
    return (whole + 2 * max(straight, swapped)) / 3
