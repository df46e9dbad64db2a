from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samaki.ground.people import operations, queries
from samaki.ground.people.models import AgeBand, Gender, Person
from samaki.ground.people.operations import Identity, NewPerson
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Invalid, RowsInvalid
from tests.factories.people import NAMES, SETUP, a_person, an_me_officer, an_organisation, named
from tests.factories.places import a_commune

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2024, 6, 1, 9, tzinfo=dt.UTC)


def test_names_stay_as_typed() -> None:
    typed = Identity("ស្រ្តី", "ដា\u200bរ៉ា", "SOK", "dara-Sophea", "០១២ ៣៤៥ ៦៧៨", "")
    person = a_person(identity=typed)
    assert queries.reveal(SETUP, person.pk) == typed


def test_space_around_a_name_is_not_part_of_it() -> None:
    assert queries.reveal(SETUP, a_person(identity=Identity(" សុខ ", "\tដារ៉ា\n")).pk) == Identity("សុខ", "ដារ៉ា")


@pytest.mark.parametrize("gender", Gender.values)
def test_the_five_answers_about_gender_are_kept_apart(gender: str) -> None:
    assert Person.objects.get(pk=a_person(gender=gender).pk).gender == gender


def test_a_persons_own_term_is_sealed_with_her_name() -> None:
    identity = dataclasses.replace(NAMES, gender_term="ពាក្យរបស់ខ្ញុំ")
    person = a_person(identity=identity, gender=Gender.ANOTHER_TERM)
    assert queries.reveal(SETUP, person.pk).gender_term == "ពាក្យរបស់ខ្ញុំ"


@pytest.mark.parametrize(
    "new, code, field",
    [
        (NewPerson(Identity()), "name_wanted", "family_km"),
        (NewPerson(Identity(phone="012 345 678")), "name_wanted", "family_km"),
        (NewPerson(NAMES, gender="female"), "gender_unknown", "gender"),
        (NewPerson(dataclasses.replace(NAMES, gender_term="x"), gender="woman"), "term_without_choice", "gender_term"),
        (NewPerson(NAMES, birth_year=1899), "birth_year_implausible", "birth_year"),
        (NewPerson(NAMES, birth_year=2025), "birth_year_implausible", "birth_year"),
        (NewPerson(NAMES, age_band="young"), "age_band_unknown", "age_band"),
        (NewPerson(dataclasses.replace(NAMES, phone="012")), "phone_too_short", "phone"),
    ],
)
def test_what_cannot_be_taken_names_the_field(new: NewPerson, code: str, field: str) -> None:
    with pytest.raises(Invalid) as raised:
        operations.add_person(new, organisation_id=an_organisation().pk, by=SETUP, at=NOW)
    assert (raised.value.code, raised.value.field) == (code, field)
    assert Person.objects.count() == 0


def test_of_many_rows_all_come_in_or_none_and_each_faulty_row_is_named() -> None:
    rows = [NewPerson(NAMES), NewPerson(Identity()), NewPerson(NAMES, birth_year=1800)]
    with pytest.raises(RowsInvalid) as raised:
        operations.add_people(rows, organisation_id=an_organisation().pk, by=SETUP, at=NOW)
    assert [(row, fault.code) for row, fault in raised.value.faults] == [
        (1, "name_wanted"),
        (2, "birth_year_implausible"),
    ]
    assert Person.objects.count() == 0


def test_many_people_come_back_in_the_order_of_their_rows() -> None:
    rows = [NewPerson(named(latin=f"Fam{at} Giv{at}"), birth_year=1950 + at, origin=f"row {at}") for at in range(40)]
    people = operations.add_people(rows, organisation_id=an_organisation().pk, by=SETUP, origin="import 1")
    assert [person.birth_year for person in people] == [row.birth_year for row in rows]
    assert [person.origin for person in people] == [row.origin for row in rows]
    names = queries.reveal_many(SETUP, [person.pk for person in people])
    assert [names[person.pk] for person in people] == [row.identity for row in rows]
    entry = AuditEntry.objects.get(action="people.add_many")
    assert (entry.details["count"], entry.details["first"], entry.details["origin"]) == (40, people[0].pk, "import 1")


def test_no_rows_write_nothing() -> None:
    assert operations.add_people([], organisation_id=an_organisation().pk, by=SETUP) == []
    assert AuditEntry.objects.filter(action__startswith="people").count() == 0


def test_the_number_of_queries_does_not_grow_with_the_rows() -> None:
    def reads_of(count: int, first: int) -> int:
        rows = [NewPerson(named(latin=f"Q{'abcdefghkl'[at % 10]}x{at + first} W{at + first}z")) for at in range(count)]
        with CaptureQueriesContext(connection) as context:
            operations.add_people(rows, organisation_id=an_organisation().pk, by=SETUP)
        return len([each for each in context if not each["sql"].startswith("-- ")])

    reads_of(1, 0)
    counts = {count: reads_of(count, 1000 * count) for count in (3, 60)}
    assert counts[60] - counts[3] <= 2  # a block of candidates may want a second read


def test_the_age_band_follows_the_birth_year_and_a_told_band_stays() -> None:
    born = a_person(birth_year=2000)
    new = NewPerson(NAMES, age_band=AgeBand.AGE_25_34, age_band_on=dt.date(2020, 1, 1))
    told = operations.add_person(new, organisation_id=born.organisation_id, by=SETUP, at=NOW)
    both = NewPerson(NAMES, birth_year=2000, age_band=AgeBand.AGE_65_UP)
    derived = operations.add_person(both, organisation_id=born.organisation_id, by=SETUP, at=NOW)
    on = {row.id: row.age_band for row in queries.people(SETUP, on=dt.date(2024, 6, 1)).rows}
    assert on == {born.pk: "18_24", told.pk: "25_34", derived.pk: "18_24"}
    assert (derived.age_band, derived.age_band_on, told.age_band_on) == ("not_recorded", None, dt.date(2020, 1, 1))


def test_a_correction_changes_name_and_facts_and_what_is_found() -> None:
    ours = an_organisation()
    officer = an_me_officer(ours)
    commune = a_commune()
    person = a_person(ours)
    changed = NewPerson(named("កែវ ធីតា", "Keo Thida"), gender="man", birth_year=1970, place_id=commune.id)
    assert [hit.person_id for hit in queries.search(officer, "Raksmeypich")] == [person.pk]
    corrected = operations.correct_person(person.pk, changed, revision=1, by=officer)
    assert (corrected.revision, corrected.gender, corrected.birth_year, corrected.place_id) == (
        2,
        "man",
        1970,
        commune.id,
    )
    assert queries.reveal(officer, person.pk, "check") == changed.identity
    assert queries.search(officer, "Raksmeypich") == []
    assert [hit.person_id for hit in queries.search(officer, "Keo Thida")] == [person.pk]
    fields = AuditEntry.objects.get(action="people.correct").details
    assert fields == {"fields": ["birth_year", "gender", "identity", "place_id"]}


def test_the_second_of_two_people_saving_sees_both_versions() -> None:
    person = a_person()
    mine = NewPerson(named(latin="Keo Thida"), gender="woman", birth_year=1990)
    theirs = NewPerson(named(latin="Keo Thidar"), gender="woman", birth_year=1991)
    operations.correct_person(person.pk, theirs, revision=1, by=SETUP)
    with pytest.raises(Conflict) as raised:
        operations.correct_person(person.pk, mine, revision=1, by=SETUP)
    assert (raised.value.code, raised.value.params["revision"]) == ("changed_meanwhile", 2)
    seen, wanted = raised.value.params["theirs"], raised.value.params["yours"]
    assert isinstance(seen, dict)
    assert isinstance(wanted, dict)
    assert (seen["identity"], seen["birth_year"]) == (theirs.identity, 1991)
    assert (wanted["identity"], wanted["birth_year"]) == (mine.identity, 1990)
    assert "Thida" not in repr(raised.value.params)  # a log of the error shows no name
    assert queries.reveal(SETUP, person.pk) == theirs.identity


def test_a_page_of_people_goes_on_where_the_last_ended() -> None:
    ids = [a_person(identity=named(latin=f"Fam{at} Giv{at}")).pk for at in range(5)]
    on = dt.date(2024, 1, 1)
    first = queries.people(SETUP, on=on, limit=2)
    second = queries.people(SETUP, on=on, limit=2, after=first.next_after or 0)
    last = queries.people(SETUP, on=on, limit=2, after=second.next_after or 0)
    assert [row.id for page in (first, second, last) for row in page.rows] == ids
    assert [(page.total, page.next_after) for page in (first, second, last)] == [(5, ids[1]), (5, ids[3]), (5, None)]


@pytest.mark.parametrize("people", [1, 3])
def test_a_page_takes_two_queries_whatever_its_length(people: int) -> None:
    for at in range(people):
        a_person(identity=named(latin=f"Fam{at} Giv{at}"))
    with CaptureQueriesContext(connection) as context:
        queries.people(SETUP, on=dt.date(2024, 1, 1))
    assert len(context) == 2
