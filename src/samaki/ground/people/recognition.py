"""Recognising people of a list among those an organisation has: the same list again must add nobody.

Same is who bears the same name and shares a birth year or a phone, or all that is said, and whom nothing tells apart.
Who only bears the same name is added, and proposed to the organisation's own staff as perhaps the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from samaki.ground.people.identities import opened, stripped, traits_of
from samaki.ground.people.models import AgeBand, BlockingKey, Gender, Person
from samaki.ground.people.operations.recording import NewPerson
from samaki.ground.people.rules import Forms, Traits, blocks
from samaki.kernel import sealed

_CHUNK = 900  # SQLite takes 999 parameters


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


def recognise(organisation_id: int, entries: Sequence[NewPerson]) -> Recognised:
    """Opens the names of people who may be meant: the caller has asked leave, and keeps it in the audit trail."""
    forms = Forms()
    position: dict[tuple[object, ...], int] = {}
    first_of = [position.setdefault(_exact(entry), at) for at, entry in enumerate(entries)]
    faces = {at: _face(-1 - at, entries[at], forms) for at in position.values()}
    stored = _stored(organisation_id, faces.values(), forms)
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
    person = Person(gender=entry.gender, birth_year=entry.birth_year, place_id=entry.place_id)
    traits = traits_of(person, stripped(entry.identity), forms)
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


def _stored(
    organisation_id: int, faces: Iterable[_Face], forms: Forms
) -> defaultdict[tuple[str, tuple[str, str]], list[_Face]]:
    """People of the organisation who share a blocking key with any entry, by their names."""
    keys = {
        sealed.blocking_key(text, purpose=purpose)
        for face in faces
        for purpose, text in blocks(face.traits)
        if purpose in ("khmer", "sound")
    }
    near: set[int] = set()
    for chunk in _chunks(sorted(keys)):
        found = BlockingKey.objects.filter(organisation_id=organisation_id, key__in=chunk)
        near.update(found.values_list("person_id", flat=True))
    by_name: defaultdict[tuple[str, tuple[str, str]], list[_Face]] = defaultdict(list)
    for chunk in _chunks(sorted(near)):
        people = Person.objects.filter(organisation_id=organisation_id, withdrawn_at__isnull=True).in_bulk(list(chunk))
        for person_id, identity in opened(people).items():
            person = people[person_id]
            traits = traits_of(person, identity, forms)
            exact = _of_face(traits, person.gender, person.birth_year, person.age_band, person.place_id)
            face = _Face(person.merged_into_id or person_id, traits, person.age_band, exact)
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


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
