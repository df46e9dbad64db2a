"""People with invented names, and actors who may or may not see them."""

from __future__ import annotations

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.people.operations import Identity, NewPerson, add_person
from samaki.kernel.actors import Actor, Grant, Role, System

SETUP = System("tests set up people")
NAMES = Identity(
    family_km="ទេព", given_km="រស្មីពេជ្រ", family_latin="Tep", given_latin="Raksmeypich", phone="012 345 678"
)


def an_organisation(key: str = "ours") -> Organisation:
    organisation, _new = Organisation.objects.get_or_create(
        key=key, defaults={"name_latin": key.title(), "kind": Organisation.Kind.LOCAL_NGO}
    )
    return organisation


def an_actor(role: Role, organisation: Organisation | None, *, second_factor: bool = True, user_id: int = 7) -> Actor:
    grant = Grant(role, organisation.pk if organisation else None, None)
    return Actor(user_id=user_id, name=f"{role}-{user_id}", grants=(grant,), second_factor=second_factor)


def an_me_officer(organisation: Organisation, *, second_factor: bool = True) -> Actor:
    return an_actor(Role.PARTNER_ME, organisation, second_factor=second_factor)


def a_facilitator(organisation: Organisation) -> Actor:
    return an_actor(Role.FACILITATOR, organisation, second_factor=False, user_id=8)


def a_person(
    organisation: Organisation | None = None,
    identity: Identity = NAMES,
    *,
    gender: str = "woman",
    birth_year: int | None = 1990,
    place_id: int | None = None,
) -> Person:
    new = NewPerson(identity, gender=gender, birth_year=birth_year, place_id=place_id)
    return add_person(new, organisation_id=(organisation or an_organisation()).pk, by=SETUP)


def named(khmer: str = "", latin: str = "", phone: str = "") -> Identity:
    """An identity from "family given" in either script."""
    family_km, _space, given_km = khmer.partition(" ")
    family_latin, _space, given_latin = latin.partition(" ")
    return Identity(family_km, given_km, family_latin, given_latin, phone)
