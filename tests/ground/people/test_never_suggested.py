"""Who is never proposed: people whose only shared trait is a place or a common given name."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.ground.people import operations, rules
from samaki.ground.people.alike import Alike
from samaki.ground.people.likeness import PROPOSED_FROM, likeness
from samaki.ground.people.models import MatchCandidate
from samaki.ground.people.operations import NewPerson
from samaki.ground.people.rules import Forms, Traits
from tests.factories.people import SETUP, an_organisation, named
from tests.factories.programmes import a_place

FAMILIES = ("Sok", "Chan", "Heng", "Prak", "Vong", "Tep", "Mao", "Lim")
KHMER_FAMILIES = ("សុខ", "ចាន់", "ហេង", "ប្រាក់", "វង្ស", "ទេព", "ម៉ៅ", "លឹម")
GIVEN = ("Sophea", "Dara", "Sreymom", "Bopha", "Vanna")
KHMER_GIVEN = ("សុភា", "ដារ៉ា", "ស្រីមុំ", "បុប្ផា", "វណ្ណា")
A_VILLAGE = 7


def traits(khmer: str = "", latin: str = "", year: int | None = None, place: int | None = A_VILLAGE) -> Traits:
    name = named(khmer, latin)
    return rules.traits(
        Forms(),
        family_km=name.family_km,
        given_km=name.given_km,
        family_latin=name.family_latin,
        given_latin=name.given_latin,
        birth_year=year,
        gender="woman",
        place_id=place,
    )


@pytest.mark.once
@given(
    families=st.permutations(range(len(FAMILIES))),
    shared=st.integers(0, len(GIVEN) - 1),
    scripts=st.sampled_from([(True, True), (False, False), (True, False)]),
    years=st.sampled_from([(None, None), (1990, None), (1990, 1970)]),
)
def test_a_given_name_a_place_and_a_gender_shared_are_not_enough(
    families: list[int], shared: int, scripts: tuple[bool, bool], years: tuple[int | None, int | None]
) -> None:
    def one(family: int, khmer: bool, year: int | None) -> Traits:
        if khmer:
            return traits(khmer=f"{KHMER_FAMILIES[family]} {KHMER_GIVEN[shared]}", year=year)
        return traits(latin=f"{FAMILIES[family]} {GIVEN[shared]}", year=year)

    first, second = (one(*each) for each in zip(families, scripts, years, strict=False))
    assert likeness(first, second) < PROPOSED_FROM


@pytest.mark.once
@pytest.mark.parametrize("year", [None, 1990])
@pytest.mark.parametrize("other", ["Sophea", "Sok Sophea", "Sophea Sok"])
def test_a_name_of_one_part_is_nobodys_alone(other: str, year: int | None) -> None:
    first, second = traits(latin="Sophea", year=year), traits(latin=other, year=None)
    assert likeness(first, second) < PROPOSED_FROM
    assert Alike([first, second]).likeness(np.array([0]), np.array([1])).tolist() == [0]


@pytest.mark.once
def test_a_name_of_one_part_with_the_same_birth_year_is_asked_about() -> None:
    assert likeness(traits(latin="Sophea", year=1990), traits(latin="Sok Sophea", year=1990)) >= PROPOSED_FROM


@pytest.mark.django_db
def test_a_whole_village_with_one_common_name_is_proposed_to_nobody() -> None:
    village = a_place("04010101").pk
    rows = [
        NewPerson(named(latin=f"{family} {name}"), gender="woman", place_id=village)
        for family, name in itertools.product(FAMILIES, ("Sophea",))
    ]
    rows += [NewPerson(named(khmer=f"{family} សុភា"), gender="woman", place_id=village) for family in KHMER_FAMILIES]
    people = operations.add_people(rows, organisation_id=an_organisation().pk, by=SETUP)
    proposed = set(MatchCandidate.objects.values_list("first_id", "second_id"))
    same = {(people[n].pk, people[n + len(FAMILIES)].pk) for n in range(len(FAMILIES))}  # one name in two scripts
    assert proposed - same == set()


@pytest.mark.django_db
def test_people_of_one_place_who_share_nothing_else_are_proposed_to_nobody() -> None:
    village = a_place("04010101").pk
    names = [f"{family} {name}" for family, name in zip(FAMILIES, GIVEN, strict=False)]
    rows = [NewPerson(named(latin=name), gender="woman", birth_year=1990, place_id=village) for name in names]
    operations.add_people(rows, organisation_id=an_organisation().pk, by=SETUP)
    assert MatchCandidate.objects.count() == 0
