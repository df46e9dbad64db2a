from __future__ import annotations

import pytest

from samaki.ground.people import queries
from samaki.kernel.actors import Actor, Grant, Role
from samaki.kernel.errors import Invalid
from tests.factories.people import SETUP, a_person, an_me_officer, an_organisation, named

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    hits = queries.search(an_me_officer(an_organisation()), text)
    return [hit.identity.full_latin or hit.identity.full_km for hit in hits]


@pytest.fixture
def people() -> None:
    ours = an_organisation()
    a_person(ours, named("សុខ ស្ត្រីនាថ", "Sok Streyneath", "012 345 678"))
    a_person(ours, named("", "Heng Kosal", "+855 96 555 20 21"))
    a_person(ours, named("ចាន់ បុប្ផា", ""))


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "text, names",
    [
        ("Sok Streyneath", ["Sok Streyneath"]),
        ("streyneath sok", ["Sok Streyneath"]),
        ("Streyneath", ["Sok Streyneath"]),
        ("Streyn", ["Sok Streyneath"]),
        ("Sokh Streyneat", ["Sok Streyneath"]),
        ("ស្រ្តីនាថ", ["Sok Streyneath"]),
        ("ស្ត្រី\u200bនាថ សុខ", ["Sok Streyneath"]),
        ("Chan Bopha", ["ចាន់ បុប្ផា"]),
        ("ហេង កុសល", ["Heng Kosal"]),
        ("012345678", ["Sok Streyneath"]),
        ("០១២ ៣៤៥", ["Sok Streyneath"]),
        ("096 555 2021", ["Heng Kosal"]),
        ("Xuzq", []),
        ("", []),
    ],
)
def test_a_name_is_found_as_people_type_it(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.usefixtures("people")
def test_a_name_added_corrected_or_gone_shows_in_the_next_search() -> None:
    assert found("Nhem Sreypov") == []
    person = a_person(identity=named(latin="Nhem Sreypov"))
    assert found("Nhem Sreypov") == ["Nhem Sreypov"]
    person.delete()
    assert found("Nhem Sreypov") == []


def test_an_empty_list_finds_nobody() -> None:
    assert found("Sok") == []


def test_whoever_reaches_every_organisation_names_one() -> None:
    a_person()
    with pytest.raises(Invalid) as raised:
        queries.search(SETUP, "Tep")
    assert raised.value.code == "organisation_wanted"


def test_someone_of_two_organisations_searches_both_and_knows_whose_each_is() -> None:
    one, two, three = (an_organisation(key) for key in ("one", "two", "three"))
    people = {a_person(each).pk: each.pk for each in (one, two, three)}
    grants = tuple(Grant(Role.PARTNER_ME, each.pk, None) for each in (one, two))
    hits = queries.search(Actor(3, "of two", grants, second_factor=True), "Tep Raksmeypich")
    assert [(hit.person_id, hit.organisation_id) for hit in hits] == [
        (pk, of) for pk, of in people.items() if of != three.pk
    ]


def test_more_organisations_than_are_kept_in_memory_are_still_told_apart() -> None:
    organisations = [an_organisation(f"org-{at}") for at in range(7)]
    people = [a_person(each).pk for each in organisations]
    for _round in range(2):
        hits = [queries.search(an_me_officer(each), "Tep Raksmeypich") for each in organisations]
        assert [[hit.person_id for hit in each] for each in hits] == [[pk] for pk in people]
