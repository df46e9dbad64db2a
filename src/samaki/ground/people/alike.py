"""Likeness of many pairs at once, in columns: what `likeness.likeness` says of each, at the price of a list. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cpdist

from samaki.ground.people.likeness import PROPOSED_FROM, SOUND_ACROSS, SOUND_SAME_SCRIPT, Bounds, Indexes
from samaki.ground.people.rules import Traits

_FULL = 100.0
Scores = NDArray[np.float64]
Texts = NDArray[np.object_]


class Alike:
    """Names and facts of some people in columns. Keep one for a batch and let it go: it holds names."""

    def __init__(self, people: Sequence[Traits]) -> None:
        self._bounds = Bounds(people)
        texts: dict[str, int] = {"": 0}
        self._km = _Names([one.km for one in people], texts)
        self._latin = _Names([one.latin for one in people], texts)
        self._sound_km = _Names([one.sound_km for one in people], texts)
        self._sound_latin = _Names([one.sound_latin for one in people], texts)
        self._phones = np.array([texts.setdefault(one.phone, len(texts)) for one in people], dtype=np.int64)
        self._parts = _Parts(list(texts))

    def likeness(self, ones: Indexes, others: Indexes) -> NDArray[np.int64]:
        """The likeness 0–100 of each pair, given by the places of the two; 0 for every pair below PROPOSED_FROM."""
        same_phone = (self._phones[ones] == self._phones[others]) & (self._phones[ones] != 0)
        points = self._bounds.points(ones, others, same_phone)
        least = (PROPOSED_FROM - 0.5 - points).astype(np.float64)
        names = self._name(ones, others, least)
        found: NDArray[np.int64] = np.rint(np.clip(names + points, 0, _FULL)).astype(np.int64)
        found[found < PROPOSED_FROM] = 0
        found[self._hangs_on_one_part(ones, others) & ~same_phone & ~self._bounds.same_year(ones, others)] = 0
        return found

    def _hangs_on_one_part(self, ones: Indexes, others: Indexes) -> NDArray[np.bool_]:
        """Where the two share no way of writing in which both names have two parts."""
        whole = np.zeros(len(ones), dtype=bool)
        told = np.zeros(len(ones), dtype=bool)
        for script in (self._km, self._latin):
            told |= script.told[ones] & script.told[others]
            whole |= script.whole[ones] & script.whole[others]
        for mine, theirs in ((self._sound_km, self._sound_latin), (self._sound_latin, self._sound_km)):
            whole |= ~told & mine.whole[ones] & theirs.whole[others]
        return ~whole

    def _name(self, ones: Indexes, others: Indexes, least: Scores) -> Scores:
        """Likeness of the names; where it cannot reach `least`, perhaps less than it is."""
        khmer = self._km.told[ones] & self._km.told[others]
        latin = self._latin.told[ones] & self._latin.told[others]
        both = khmer & latin
        wanted = np.where(both, 2 * least - _FULL, least)  # the other script may be the same throughout
        names = np.zeros(len(ones), dtype=np.float64)
        for script, sound, here in ((self._km, self._sound_km, khmer), (self._latin, self._sound_latin, latin)):
            at = np.flatnonzero(here)
            names[at] += self._in_one_script(script, sound, ones[at], others[at], wanted[at])
        names[both] /= 2  # two scripts that disagree lower each other
        best = np.zeros(len(ones), dtype=np.float64)
        for mine, theirs in ((self._sound_km, self._sound_latin), (self._sound_latin, self._sound_km)):
            at = np.flatnonzero(~khmer & ~latin & mine.told[ones] & theirs.told[others])
            some = self._parts.either_order(mine, theirs, ones[at], others[at], least[at] / SOUND_ACROSS)
            best[at] = np.maximum(best[at], some)
        across = ~khmer & ~latin
        names[across] = SOUND_ACROSS * best[across]
        return names

    def _in_one_script(self, script: _Names, sound: _Names, ones: Indexes, others: Indexes, least: Scores) -> Scores:
        spelt = self._parts.either_order(script, script, ones, others, least)
        rest = np.flatnonzero(spelt < SOUND_SAME_SCRIPT * _FULL)  # the sound cannot raise the others
        sounds = self._parts.either_order(sound, sound, ones[rest], others[rest], least[rest] / SOUND_SAME_SCRIPT)
        spelt[rest] = np.maximum(spelt[rest], SOUND_SAME_SCRIPT * sounds)
        return spelt


class _Names:
    """Family and given names of everyone in one way of writing, as numbers of texts, and joined in both orders."""

    def __init__(self, names: Sequence[tuple[str, str]], texts: dict[str, int]) -> None:
        parts = [texts.setdefault(part, len(texts)) for name in names for part in name]
        self.family, self.given = np.array(parts, dtype=np.int64).reshape(-1, 2).T
        self.straight = np.array([family + given for family, given in names], dtype=object)
        self.swapped = np.array([given + family for family, given in names], dtype=object)
        self.told = (self.family != 0) | (self.given != 0)
        self.whole = (self.family != 0) & (self.given != 0)


class _Parts:
    """Parts of names by number: a list has few different ones, so each two are compared once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = np.array(texts, dtype=object)

    def either_order(self, mine: _Names, theirs: _Names, ones: Indexes, others: Indexes, least: Scores) -> Scores:
        """As `likeness` has it, whichever part comes first; where it cannot reach `least`, perhaps less than it is."""
        family, given, other_family, other_given = (
            mine.family[ones], mine.given[ones], theirs.family[others], theirs.given[others]
        )  # fmt: skip
        same = (family == other_family) & (given == other_given)
        parted = mine.whole[ones] & theirs.whole[others] & ~same
        weaker = np.full(len(ones), _FULL)
        at = np.flatnonzero(parted)
        straight = np.minimum(self._ratio(family[at], other_family[at]), self._ratio(given[at], other_given[at]))
        crossed = np.minimum(self._ratio(family[at], other_given[at]), self._ratio(given[at], other_family[at]))
        weaker[at] = np.maximum(straight, crossed)
        found = np.where(same, _FULL, 0.0)
        at = np.flatnonzero(~same & ((_FULL + 2 * weaker) / 3 >= least))
        i, j = ones[at], others[at]
        whole = _ratios(mine.straight[i], theirs.straight[j])
        for first, second in ((mine.straight[i], theirs.swapped[j]), (mine.swapped[i], theirs.straight[j])):
            whole = np.maximum(whole, _ratios(first, second))
        # A name written into one field has no second part to compare.
        found[at] = np.where(parted[at], (whole + 2 * weaker[at]) / 3, whole)
        return found

    def _ratio(self, ones: Indexes, others: Indexes) -> Scores:
        pairs, place = np.unique(ones * len(self._texts) + others, return_inverse=True)
        found: Scores = _ratios(self._texts[pairs // len(self._texts)], self._texts[pairs % len(self._texts)])[place]
        return found


def _ratios(ones: Texts, others: Texts) -> Scores:
    found: Scores = cpdist(ones.tolist(), others.tolist(), scorer=ratio, dtype=np.float64)
    return found
