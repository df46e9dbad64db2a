"""Invented people: family and given names are drawn at random and put together; no name is anybody's in particular."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Consent, Gender, Person
from samaki.ground.people.operations import GivenConsent, Identity, NewPerson, add_people
from samaki.ground.places.models import Place
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.kernel.actors import System

Pair = tuple[str, str]
FAMILY: tuple[Pair, ...] = (
    ("Sok", "សុខ"), ("Chan", "ចាន់"), ("Kim", "គឹម"), ("Heng", "ហេង"), ("Ly", "លី"), ("Nhem", "ញ៉ែម"), ("Keo", "កែវ"),
    ("Mao", "ម៉ៅ"), ("Prak", "ប្រាក់"), ("Seng", "សេង"), ("Pich", "ពេជ្រ"), ("Chea", "ជា"), ("Ros", "រស់"), ("Meas", "មាស"),
    ("Noun", "នួន"), ("Yim", "យឹម"), ("Touch", "ទូច"), ("Phan", "ផាន"), ("Long", "ឡុង"), ("Oum", "អ៊ុំ"), ("Sam", "សំ"),
    ("Tep", "ទេព"), ("Hou", "ហ៊ូ"), ("Khun", "ឃុន"),
)  # fmt: skip
WOMEN: tuple[Pair, ...] = (
    ("Bopha", "បុប្ផា"), ("Sreymom", "ស្រីមុំ"), ("Chanthou", "ចាន់ធូ"), ("Kunthea", "គន្ធា"), ("Thida", "ធីតា"),
    ("Malis", "ម្លិះ"), ("Chenda", "ចិន្តា"), ("Sreyneang", "ស្រីនាង"), ("Kolab", "កុលាប"), ("Rachana", "រចនា"),
    ("Devi", "ទេវី"), ("Phally", "ផល្លី"), ("Socheata", "សុជាតា"), ("Channary", "ចាន់ណារី"), ("Nimol", "និមល"),
)  # fmt: skip
MEN: tuple[Pair, ...] = (
    ("Rithy", "រិទ្ធី"), ("Kosal", "កុសល"), ("Vannak", "វណ្ណៈ"), ("Samnang", "សំណាង"), ("Bunthoeun", "ប៊ុនធឿន"),
    ("Vichet", "វិចិត្រ"), ("Narith", "ណារិទ្ធ"), ("Piseth", "ពិសិដ្ឋ"), ("Chamroeun", "ចម្រើន"), ("Sarath", "សារ៉ាត់"),
    ("Borey", "បុរី"), ("Makara", "មករា"), ("Visal", "វិសាល"), ("Rotha", "រដ្ឋា"), ("Chhay", "ឆាយ"),
)  # fmt: skip
ANYONE: tuple[Pair, ...] = (
    ("Sophea", "សុភា"), ("Dara", "តារា"), ("Sokha", "សុខា"), ("Ratana", "រតនា"), ("Veasna", "វាសនា"), ("Phearun", "ភារុណ"),
    ("Sina", "ស៊ីណា"), ("Sovann", "សុវណ្ណ"), ("Sothea", "សុធា"), ("Chantha", "ចាន់ថា"),
)  # fmt: skip
GIVEN = {Gender.WOMAN: WOMEN + ANYONE, Gender.MAN: MEN + ANYONE}
TEXT_VERSION = "2023-1"
NOBODY_ELSE_S_PHONE = "000 {number}"  # no Cambodian number begins with 000


@dataclass(frozen=True)
class Casting:
    """Whom to invent: a gender answer each, born between the years, living at one of the places."""

    genders: Sequence[Gender]
    born: tuple[int, int]
    places: Sequence[Place]
    consent_on: dt.date
    gender_term: str = ""


def invent(
    casting: Casting, organisation: Organisation, rng: Random, taken: set[tuple[str, str]] | None = None
) -> list[Person]:
    """People of one organisation, in the order of the genders asked for. No two have one name, nor a name of `taken`,
    which grows."""
    taken = set() if taken is None else taken
    return _add([_one(casting, gender, taken, rng) for gender in casting.genders], organisation)


def enter_twice(rows: Sequence[NewPerson], organisation: Organisation) -> list[Person]:
    """People entered a second time, as happens at a busy door."""
    return _add(list(rows), organisation)


def _add(rows: list[NewPerson], organisation: Organisation) -> list[Person]:
    return add_people(rows, organisation_id=organisation.pk, by=System("example data"), origin=ORIGIN, is_example=True)


def _one(casting: Casting, gender: Gender, taken: set[tuple[str, str]], rng: Random) -> NewPerson:
    while True:
        family, given = rng.choice(FAMILY), rng.choice(GIVEN.get(gender, ANYONE))
        if (family[0], given[0]) not in taken:
            break
    taken.add((family[0], given[0]))
    return NewPerson(
        identity=Identity(
            family_km=family[1],
            given_km=given[1],
            family_latin=family[0],
            given_latin=given[0],
            phone=NOBODY_ELSE_S_PHONE.format(number=rng.randint(100_000, 999_999)) if rng.random() < 0.5 else "",
            gender_term=casting.gender_term if gender == Gender.ANOTHER_TERM else "",
        ),
        gender=gender,
        birth_year=rng.randint(*casting.born) if rng.random() < 0.9 else None,
        place_id=rng.choice(casting.places).pk,
        consents=(consented(casting.consent_on, rng),),
    )


def consented(on: dt.date, rng: Random) -> GivenConsent:
    how = rng.choice((Consent.How.SIGNATURE, Consent.How.SIGNATURE, Consent.How.THUMBPRINT, Consent.How.SPOKEN))
    return GivenConsent(Consent.Purpose.TAKE_PART, TEXT_VERSION, "km", how, on)
