"""A person's names and phone: typed as given, sealed as one text under a key of her own, opened only for who may."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter

from samaki.ground.people import rules
from samaki.ground.people.likeness import Facts
from samaki.ground.people.models import BlockingKey, PersonIdentity
from samaki.ground.people.rules import Forms, Traits
from samaki.kernel import sealed
from samaki.kernel.database.bulk import among, insert_columns


@dataclass(frozen=True)
class Identity:
    """Names as typed, family name first; phone as typed; the person's own word for her gender. Kept out of repr, so
    that no log shows them."""

    family_km: str = field(default="", repr=False)
    given_km: str = field(default="", repr=False)
    family_latin: str = field(default="", repr=False)
    given_latin: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    gender_term: str = field(default="", repr=False)

    @property
    def full_km(self) -> str:
        return f"{self.family_km} {self.given_km}".strip()

    @property
    def full_latin(self) -> str:
        return f"{self.family_latin} {self.given_latin}".strip()

    def name(self, language: str) -> str:
        """The full name in the script of the language, or in the one there is."""
        if language.startswith("km"):
            return self.full_km or self.full_latin
        return self.full_latin or self.full_km


def of_whole_name(name: str, *, phone: str = "") -> Identity:
    """A name written in one piece: its first word is the family name, its letters tell the script."""
    family, _space, given = name.strip().partition(" ")
    if any("\u1780" <= sign <= "\u17d3" for sign in name):
        return Identity(family_km=family, given_km=given, phone=phone)
    return Identity(family_latin=family, given_latin=given, phone=phone)


BLOCK = 256  # bytes
_PARTS = tuple(part.name for part in fields(Identity))
_parts_of = attrgetter(*_PARTS)
_JSON = json.JSONEncoder(ensure_ascii=False)


def stripped(identity: Identity) -> Identity:
    parts = _parts_of(identity)
    bare = [part.strip() for part in parts]
    return identity if bare == [*parts] else Identity(*bare)


def seal(person_id: int, identity: Identity, salt: bytes) -> bytes:
    """All of one length, or nearly: beside keys that group names, how long one is would help to guess it."""
    told = {name: value for name, value in zip(_PARTS, _parts_of(identity), strict=True) if value}
    text = sealed.filled(_JSON.encode(told), BLOCK, sign=" ")
    return sealed.seal(text, salt=salt, context=f"person:{person_id}")


def unseal(person_id: int, text: bytes | memoryview, salt: bytes | memoryview) -> Identity:
    """Raises SealBroken where the master key is another or the text was altered or moved."""
    return Identity(**json.loads(sealed.unseal(bytes(text), salt=bytes(salt), context=f"person:{person_id}")))


def opened(person_ids: Iterable[int]) -> dict[int, Identity]:
    """Identities by person; who has withdrawn has none, nor whose secret was lost with an older vault: she is a number,
    as all are whose key is gone, and holds up nobody else. Asks nobody's leave: callers do. Raises SealBroken."""
    wanted = frozenset(person_ids)
    if not wanted:
        return {}
    rows = PersonIdentity.objects.filter(among("person_id", wanted))
    found = rows.values_list("person_id", "sealed", "person__key__salt")
    names = {}
    for pk, text, salt in found:
        if salt is not None:
            try:
                names[pk] = unseal(pk, text, salt)
            except sealed.SealBroken:
                if sealed.opens(salt):
                    raise
    return names


def traits_of(person: Facts, identity: Identity, forms: Forms) -> Traits:
    return rules.traits(
        forms,
        family_km=identity.family_km,
        given_km=identity.given_km,
        family_latin=identity.family_latin,
        given_latin=identity.given_latin,
        phone=identity.phone,
        birth_year=person.birth_year,
        gender=person.gender,
        place_id=person.place_id,
    )


class Keys:
    """Blocking keys of many people, each worked out once. Keep one for a batch and let it go: it holds names."""

    def __init__(self) -> None:
        self.of = cache(lambda use, text: sealed.blocking_key(text, purpose=use))


def write_blocking_keys(organisation_id: int, traits: Mapping[int, Traits], keys: Keys) -> None:
    """The keys of people who have none. Fifty thousand at a time are usual, so without the ORM."""
    rows = [
        (person_id, key)
        for person_id, names in traits.items()
        for key in sorted({keys.of(use, text) for use, text in rules.blocks(names)})
    ]
    if rows:
        people_ids, written = zip(*rows, strict=True)
        columns = {"person_id": people_ids, "organisation_id": [organisation_id] * len(rows), "key": written}
        insert_columns(BlockingKey, columns)
