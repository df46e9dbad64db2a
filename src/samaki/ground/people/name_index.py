"""The names of one organisation in memory, for search by likeness.

A process keeps the few organisations it searched last, never mixed. Before each search it compares the seals' nonces
with the database (a name sealed anew has a new one), so an added, corrected or withdrawn name shows at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from threading import Lock

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from samaki.ground.people import rules
from samaki.ground.people.identities import Identity, opened
from samaki.ground.people.models import Person, PersonIdentity, PersonKey
from samaki.ground.people.romanisation import of_khmer, of_latin
from samaki.ground.places.rules import folded
from samaki.kernel.sealed import NONCE_BYTES

ORGANISATIONS_KEPT = 4
FOUND_FROM = 70
_SOUND, _PART = 0.92, 0.9  # the same sound, and a part of a name, are less than the same spelling
_SHORTEST_PART = 3
_FEWEST_DIGITS = 4
_FULL = 100.0

Scores = NDArray[np.float32]  # one likeness 0–100 a person


@dataclass(frozen=True)
class _Entry:
    mark: bytes
    stands: int  # the person this record stands for after merges
    identity: Identity = field(repr=False)


class _Column:
    """Strings to compare with, and whose each is."""

    def __init__(self, entries: Sequence[_Entry], strings: Sequence[Sequence[str]]) -> None:
        self.texts = [text for texts in strings for text in texts if text]
        owners = [at for at, texts in enumerate(strings) for text in texts if text]
        self.owners = np.array(owners, dtype=np.int64)
        self.size = len(entries)

    def scores(self, wanted: str, scorer: Callable[..., float]) -> Scores:
        best = np.zeros(self.size, dtype=np.float32)
        if wanted and self.texts:
            row = process.cdist([wanted], self.texts, scorer=scorer, score_cutoff=FOUND_FROM)[0]
            np.maximum.at(best, self.owners, row)
        return best


class _Script:
    """The names of everyone in one script."""

    def __init__(self, people: Sequence[_Entry], names: Sequence[tuple[str, str, str]]) -> None:
        self._worded = _Column(people, [[worded] for worded, _family, _given in names])
        self._joined = _Column(people, [[family + given] for _worded, family, given in names])
        self._swapped = _Column(people, [[given + family] for _worded, family, given in names])

    def kinds(self, text: str) -> list[Scores]:
        whole = folded(text)
        kinds = [
            self._worded.scores(" ".join(folded(word) for word in text.split()), fuzz.token_set_ratio),
            self._joined.scores(whole, fuzz.ratio),
            self._swapped.scores(whole, fuzz.ratio),
        ]
        if len(whole) >= _SHORTEST_PART:
            kinds.append(_PART * self._joined.scores(whole, fuzz.partial_ratio))
        return kinds


class NameIndex:
    """All opened names of one organisation."""

    def __init__(self, entries: Mapping[int, _Entry]) -> None:
        self.entries = entries
        self._people = people = list(entries.values())
        names = [entry.identity for entry in people]
        forms, fold = rules.Forms(), cache(folded)
        khmer = [(forms.khmer(name.family_km), forms.khmer(name.given_km)) for name in names]
        latin = [(forms.latin(name.family_latin), forms.latin(name.given_latin)) for name in names]
        self._khmer = _Script(
            people,
            [(_worded(n.full_km, fold), f.folded, g.folded) for n, (f, g) in zip(names, khmer, strict=True)],
        )
        self._latin = _Script(
            people,
            [(_worded(n.full_latin, fold), f.folded, g.folded) for n, (f, g) in zip(names, latin, strict=True)],
        )
        sounds = zip(khmer, latin, strict=True)
        self._sound = _Column(
            people, [[f.sound + g.sound for pair in both for f, g in (pair, pair[::-1])] for both in sounds]
        )
        self._phones = [rules.phone_digits(name.phone) for name in names]

    def search(self, text: str, limit: int) -> list[tuple[int, Identity, int]]:
        """(person, name, likeness 0–100), the likeliest first; a merged person once."""
        if not self._people:
            return []
        best = self._scores(text)
        found: dict[int, tuple[int, Identity, int]] = {}
        for at in np.argsort(-best, kind="stable"):
            if best[at] < FOUND_FROM or len(found) == limit:
                break
            entry = self._people[at]
            found.setdefault(entry.stands, (entry.stands, entry.identity, round(float(best[at]))))
        return list(found.values())

    def _scores(self, text: str) -> Scores:
        digits = rules.phone_digits(text)
        if len(digits) >= _FEWEST_DIGITS and not any(sign.isalpha() for sign in text):
            return np.array([_FULL if digits in phone else 0.0 for phone in self._phones], dtype=np.float32)
        sound = of_khmer(text)
        kinds = (self._khmer if sound else self._latin).kinds(text)
        kinds.append(_SOUND * self._sound.scores(sound or of_latin(text), fuzz.ratio))
        best: Scores = np.max(kinds, axis=0)
        return best


_held: OrderedDict[int, NameIndex] = OrderedDict()
_turn = Lock()


def name_index(organisation_id: int) -> NameIndex:
    """The organisation's names as they stand in the database now."""
    with _turn:
        held = _held.pop(organisation_id, None)
        known = held.entries if held is not None else {}
        marks = _marks(organisation_id)
        if held is None or {pk: (entry.mark, entry.stands) for pk, entry in known.items()} != marks:
            held = NameIndex(_entries(marks, known))
        _held[organisation_id] = held
        while len(_held) > ORGANISATIONS_KEPT:
            _held.popitem(last=False)
        return held


def _entries(marks: Mapping[int, tuple[bytes, int]], known: Mapping[int, _Entry]) -> dict[int, _Entry]:
    stale = [pk for pk, (mark, _stands) in marks.items() if pk not in known or known[pk].mark != mark]
    fresh, stale_ids = opened(stale), frozenset(stale)
    entries = {}
    for pk, (mark, stands) in marks.items():
        # Whose secret was lost has an empty name: found by nothing, and no reason to open all the others each time.
        identity = fresh.get(pk) or (Identity() if pk in stale_ids else known[pk].identity)
        entries[pk] = _Entry(mark, stands, identity)
    return entries


def _marks(organisation_id: int) -> dict[int, tuple[bytes, int]]:
    identity, person, key = (model._meta.db_table for model in (PersonIdentity, Person, PersonKey))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT i.person_id, substr(i.sealed, 1, {NONCE_BYTES}), coalesce(p.merged_into_id, p.id) "  # noqa: S608  # a number
            f"FROM {identity} i JOIN {person} p ON p.id = i.person_id JOIN {key} k ON k.person_id = i.person_id "
            "WHERE p.organisation_id = %s AND p.withdrawn_at IS NULL ORDER BY i.person_id",
            [organisation_id],
        )
        return {pk: (bytes(mark), stands) for pk, mark, stands in cursor.fetchall()}


def _worded(full: str, fold: Callable[[str], str]) -> str:
    return " ".join(fold(word) for word in full.split())
