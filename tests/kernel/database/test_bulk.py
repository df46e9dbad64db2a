"""Many rows at once: keys of one's own, defaults where nothing is given, and no row overwritten that somebody saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from django.db import IntegrityError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from samaki.ground.people.models import Person
from samaki.kernel.database.bulk import MANY, ROWS_AT_ONCE, among, insert_columns, reserve_ids, update_columns
from tests.factories.people import an_organisation

pytestmark = pytest.mark.django_db


def _people(number: int) -> list[int]:
    ids, now = reserve_ids(Person, number), timezone.now()
    own: dict[str, Sequence[object]] = {
        "id": ids,
        "organisation_id": [an_organisation().pk] * number,
        "origin": ["a test"] * number,
    }
    insert_columns(Person, {**own, "created_at": [now] * number, "updated_at": [now] * number})
    return ids


def test_reserved_keys_are_given_to_nobody_else() -> None:
    first = _people(3)
    between = Person.objects.create(organisation_id=Person.objects.get(pk=first[0]).organisation_id).pk
    second = reserve_ids(Person, 2)
    assert len({*first, between, *second}) == 6


def test_a_column_left_out_has_its_default_and_unknown_stays_unknown() -> None:
    [person_id] = _people(1)
    person = Person.objects.get(pk=person_id)
    assert (person.revision, person.gender, person.birth_year, person.is_example) == (1, "not_recorded", None, False)


def test_where_somebody_saved_a_row_meanwhile_none_is_changed_and_hers_is_named() -> None:
    ids = _people(3)
    Person.objects.filter(pk=ids[1]).update(revision=2, birth_year=1970)
    columns = {"birth_year": [1980, 1981, None], "age_band_on": [dt.date(2024, 1, 1), None, None]}
    rows = Person.objects.filter(pk__in=ids).order_by("pk").values_list("birth_year", "age_band_on", "revision")
    assert update_columns(Person, ids, [1, 1, 1], columns) == frozenset({ids[1]})
    assert list(rows.all()) == [(None, None, 1), (1970, None, 2), (None, None, 1)]
    assert update_columns(Person, ids, [1, 2, 1], columns) == frozenset()
    assert list(rows.all()) == [(1980, dt.date(2024, 1, 1), 2), (1981, None, 3), (None, None, 2)]


def test_any_number_of_values_is_one_question(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ids = _people(2)
    with django_assert_num_queries(1):
        found = Person.objects.filter(among("pk", [*ids, *range(10**9, 10**9 + 50_000)])).values_list("pk", flat=True)
        assert sorted(found) == sorted(ids)
    assert list(Person.objects.filter(among("origin", {"a test", "it's ខ្មែរ"})).values_list("pk", flat=True)) == ids
    assert not Person.objects.filter(among("pk", [])).exists()


@pytest.mark.parametrize("number", [MANY, MANY + 1, 2 * ROWS_AT_ONCE + 3])
def test_few_rows_and_many_are_written_alike(number: int) -> None:
    organisation, now = an_organisation().pk, timezone.now()
    ids = reserve_ids(Person, number)
    years = [1980 + at % 7 if at % 3 else None for at in range(number)]
    told = [dt.date(2024, 1, 1 + at % 28) if at % 2 else None for at in range(number)]
    columns: dict[str, Sequence[object]] = {
        "id": ids,
        "organisation_id": [organisation] * number,
        "birth_year": years,
        "age_band_on": told,
        "is_example": [True] * number,
        "place_id": [None] * number,
        "origin": ["it's ? or %s ខ្មែរ"] * number,
        "created_at": [now] * number,
        "updated_at": [now] * number,
    }
    insert_columns(Person, columns)
    read = Person.objects.order_by("pk").values_list(
        "pk", "organisation_id", "birth_year", "age_band_on", "is_example", "place_id", "origin", "created_at", "gender"
    )
    shared: tuple[object, ...] = (True, None, "it's ? or %s ខ្មែរ", now, "not_recorded")
    wanted: list[tuple[object, ...]] = [
        (pk, organisation, year, on, *shared) for pk, year, on in zip(ids, years, told, strict=True)
    ]
    assert [tuple(row) for row in read] == wanted


def test_many_rows_that_break_a_rule_of_the_table_are_an_integrity_error() -> None:
    number, now = MANY + 1, timezone.now()
    ids = reserve_ids(Person, number)
    columns: dict[str, Sequence[object]] = {"id": ids, "organisation_id": [an_organisation().pk] * number}
    columns |= {"created_at": [now] * number, "updated_at": [now] * number, "birth_year": [1] * number}
    with pytest.raises(IntegrityError):
        insert_columns(Person, columns)
