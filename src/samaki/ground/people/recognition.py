"""Recognising people of a list among those an organisation has: the same list again must add nobody.

Same is who bears the same name and shares a birth year or a phone, or all that is said, and whom nothing tells apart.
Who only bears the same name is added, and proposed to the organisation's own staff as perhaps the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from samaki.ground.people.identities import Keys, stripped, traits_of, unseal
from samaki.ground.people.models import AgeBand, BlockingKey, Gender, PersonIdentity
from samaki.ground.people.operations.recording import NewPerson
from samaki.ground.people.rules import Forms, Traits, name_blocks
from samaki.kernel.database.bulk import among
from samaki.kernel.sealed import SealBroken, opens


@dataclass(frozen=True)
class Recognised:
    """For each entry: `known` is the person's key, or None; then `new` says which of `added` she is. `unclear` entries
    fit several people."""

    known: list[int | None]
    new: list[int | None]
    added: list[NewPerson]
    unclear: frozenset[int]


@dataclass(frozen=True)
class _Face:
    """What tells one person from another; `number` is a stored person's key, or -1 - position of a new one."""

    number: int
    traits: Traits
    age_band: str
    exact: tuple[object, ...]


def recognise(
    organisation_id: int, entries: Sequence[NewPerson], forms: Forms | None = None, keys: Keys | None = None
) -> Recognised:
    """Opens the names of people who may be meant: the caller has asked leave, and keeps it in the audit trail. `forms`
    and `keys` may be shared with the addition of those who are new."""
    forms, keys = forms or Forms(), keys or Keys()
    position: dict[tuple[object, ...], int] = {}
    first_told: dict[int, int] = {}  # the same entry again, as a roster has it, is looked at once
    first_of = [
        first_told.get(id(entry)) or first_told.setdefault(id(entry), position.setdefault(_exact(entry), at))
        for at, entry in enumerate(entries)
    ]
    faces = {at: _face(-1 - at, entries[at], forms) for at in position.values()}
    stored = _stored(organisation_id, faces.values(), forms, keys)
    answers: dict[int, int | None] = {}
    for at, face in faces.items():
        found = _meant(face, stored)
        answers[at] = None if len(found) > 1 else next(iter(found), face.number)
        if not found:
            for name in _names(face.traits):
                stored[name].append(face)
    added: list[NewPerson] = []
    number_of: dict[int, int] = {}
    known: list[int | None] = []
    new: list[int | None] = []
    for first in first_of:
        answer = answers[first]
        if answer is not None and answer < 0 and answer not in number_of:
            number_of[answer] = len(added)
            added.append(entries[-1 - answer])
        known.append(answer if answer is not None and answer >= 0 else None)
        new.append(number_of.get(answer) if answer is not None and answer < 0 else None)
    unclear = frozenset(at for at, first in enumerate(first_of) if answers[first] is None)
    return Recognised(known, new, added, unclear)


def _exact(entry: NewPerson) -> tuple[object, ...]:
    return (entry.identity, entry.gender, entry.birth_year, entry.age_band, entry.place_id)


def _face(number: int, entry: NewPerson, forms: Forms) -> _Face:
    traits = traits_of(entry, stripped(entry.identity), forms)
    band = entry.age_band if entry.birth_year is None else AgeBand.NOT_RECORDED
    return _Face(number, traits, band, _of_face(traits, entry.gender, entry.birth_year, band, entry.place_id))


def _of_face(
    traits: Traits, gender: str, birth_year: int | None, band: str, place_id: int | None
) -> tuple[object, ...]:
    return (traits.km, traits.latin, traits.phone, gender, birth_year, band, place_id)


def _names(traits: Traits) -> Iterator[tuple[str, tuple[str, str]]]:
    if any(traits.km):
        yield "km", traits.km
    if any(traits.latin):
        yield "latin", traits.latin


class _Kept(NamedTuple):
    """A stored person without her name."""

    id: int
    merged_into_id: int | None
    gender: str
    birth_year: int | None
    age_band: str
    place_id: int | None


def _stored(
    organisation_id: int, faces: Iterable[_Face], forms: Forms, keys: Keys
) -> defaultdict[tuple[str, tuple[str, str]], list[_Face]]:
    """People of the organisation who may bear the name of any entry, by their names."""
    by_name: defaultdict[tuple[str, tuple[str, str]], list[_Face]] = defaultdict(list)
    wanted = {keys.of(*block) for face in faces for block in name_blocks(face.traits)}
    if not wanted:
        return by_name
    sharing = BlockingKey.objects.filter(among("key", wanted), organisation_id=organisation_id)
    near = frozenset(sharing.values_list("person_id", flat=True))
    standing = PersonIdentity.objects.filter(
        person__organisation=organisation_id, person__withdrawn_at__isnull=True, person__key__isnull=False
    )
    rows = standing.filter(among("person_id", near)).order_by("person_id")
    told = (f"person__{name}" for name in _Kept._fields)
    for text, salt, *facts in rows.values_list("sealed", "person__key__salt", *told):
        person = _Kept(*facts)
        try:
            traits = traits_of(person, unseal(person.id, text, salt), forms)
        except SealBroken:
            if opens(salt):
                raise
            continue  # her secret was lost with an older vault: nobody can say that it is she
        exact = _of_face(traits, person.gender, person.birth_year, person.age_band, person.place_id)
        face = _Face(person.merged_into_id or person.id, traits, person.age_band, exact)
        for name in _names(traits):
            by_name[name].append(face)
    return by_name


def _meant(face: _Face, stored: defaultdict[tuple[str, tuple[str, str]], list[_Face]]) -> set[int]:
    """Keys of the people the entry may mean; one of whom all is the same settles it."""
    namesakes = [other for name in _names(face.traits) if name in stored for other in stored[name]]
    exact = {other.number for other in namesakes if other.exact == face.exact}
    if len(exact) == 1:
        return exact
    return {other.number for other in namesakes if _same(face, other)}


def _same(one: _Face, other: _Face) -> bool:
    if one.exact == other.exact:
        return True
    a, b = one.traits, other.traits
    if any(a.km) and any(b.km) and a.km != b.km:
        return False
    years = (a.birth_year, b.birth_year)
    phones = (a.phone, b.phone)
    genders = {a.gender, b.gender} - {Gender.NOT_RECORDED}
    if (None not in years and years[0] != years[1]) or (all(phones) and phones[0] != phones[1]) or len(genders) > 1:
        return False
    return (years[0] is not None and years[0] == years[1]) or (bool(phones[0]) and phones[0] == phones[1])
