"""Answers from a workbook, as the import reads them; through `run`, as the command line does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.utils import translation

from samaki.ground.people.models import Person
from samaki.interfaces.imports.operations import run
from samaki.interfaces.imports.outcome import Outcome
from samaki.strands.learning.models import Response
from tests.factories.field import NOW, Field, a_consenting_person, a_field, an_activity
from tests.factories.instruments import HEALTH, TEST, an_instrument
from tests.interfaces.imports.conftest import separated

pytestmark = pytest.mark.django_db
HEAD = ("Number of the person", "Instrument", "When", "Date", "Activity", *(f"Question {n}" for n in range(1, 11)))
RIGHT = (2, 3, 1, 2, 1, 3, 2, 1, 3, 1)


def _field() -> tuple[Field, Person]:
    field = a_field()
    an_activity(field)
    an_instrument()
    return field, a_consenting_person(field.ours)


def _row(who: Person, *answers: object, **more: object) -> Sequence[object]:
    said = {
        "person": f"P{who.pk:06}",
        "instrument": TEST,
        "when": "Before",
        "on": "2024-03-05",
        "activity": "meeting",
    }
    return (*{**said, **more}.values(), *(answers or RIGHT))


def _take(field: Field, *rows: Sequence[object], **options: object) -> Outcome:
    with translation.override("en"):
        return run(
            "responses",
            separated([HEAD, *rows]),
            replace(field.me, user_id=None),  # the command line
            at=NOW,
            programme=field.programme.key,
            organisation=field.ours.key,
            **options,
        )


def _codes(outcome: Outcome) -> list[tuple[int | None, str, str]]:
    return [(fault.row, fault.column, fault.code) for fault in outcome.faults()]


def test_a_row_is_a_persons_answers_with_khmer_digits_and_words_as_people_write_them() -> None:
    field, person = _field()
    answers = ("២", "3", 1, 2, "Taking away what the other has earned", 3, 2, 1, 3, "")
    found = _take(field, _row(person, *answers, when="តេស្តមុនវគ្គ", on="ថ្ងៃទី 5 ខែមីនា ឆ្នាំ 2024"))
    assert _codes(found) == []
    one = Response.objects.get()
    assert (one.person, one.moment, one.answered_on) == (person, "pre", dt.date(2024, 3, 5))
    assert (one.answered, one.points, one.most) == (9, 9, 10)


@pytest.mark.parametrize(
    "written, day",
    [
        ("31/12/2023", dt.date(2023, 12, 31)),
        ("12-31-23", dt.date(2023, 12, 31)),
        ("31 ធ្នូ 2023", dt.date(2023, 12, 31)),
        ("៣១/១២/២០២៣", dt.date(2023, 12, 31)),
    ],
)
def test_a_day_is_read_in_every_habit(written: str, day: dt.date) -> None:
    field, person = _field()
    assert _codes(_take(field, _row(person, on=written))) == []
    assert Response.objects.get().answered_on == day


@pytest.mark.parametrize(
    "written, code",
    [("5/3/2024", "date_in_two_ways"), ("5-3-24", "date_in_two_ways"), ("2567-03-05", "another_era")],
)
def test_a_day_that_can_be_read_in_two_ways_or_in_none_is_asked_about(written: str, code: str) -> None:
    field, person = _field()
    assert _codes(_take(field, _row(person, on=written))) == [(2, "date", code)]
    assert Response.objects.count() == 0


def test_each_fault_says_its_row_its_question_and_what_may_stand_there() -> None:
    field, person = _field()
    found = _take(field, _row(person, 2, 9, *RIGHT[2:]), _row(a_consenting_person(field.ours), "x", *RIGHT[1:]))
    assert _codes(found) == [(2, "item2", "answer_not_of_question"), (3, "item1", "answer_not_of_question")]
    assert Response.objects.count() == 0


def test_one_person_twice_in_a_sheet_is_told_with_the_row_she_stands_in() -> None:
    field, person = _field()
    found = _take(field, _row(person), _row(person, *RIGHT[:-1], 2))
    assert _codes(found) == [(3, "person", "row_twice")]


@pytest.mark.parametrize(
    "more, column, code",
    [
        ({"instrument": "no-such-test"}, "instrument", "instrument_unknown"),
        ({"instrument": "curriculum-test 9"}, "instrument", "instrument_unknown"),
        ({"instrument": HEALTH}, "instrument", "instrument_in_no_file"),
        ({"activity": "nowhere"}, "activity", "activity_unknown"),
        ({"person": "Sok Dara"}, "person", "not_a_number_of_a_person"),
        ({"person": "999999"}, "person", "no_such_person"),
        ({"when": "sometime"}, "moment", "not_an_answer"),
    ],
)
def test_what_a_row_names_must_be_there(more: dict[str, object], column: str, code: str) -> None:
    field, person = _field()
    assert _codes(_take(field, _row(person, **more))) == [(2, column, code)]


def test_the_same_file_again_changes_nothing_and_another_answer_wants_a_correction() -> None:
    field, person = _field()
    _take(field, _row(person))
    assert _codes(_take(field, _row(person))) == []
    assert _codes(_take(field, _row(person, *RIGHT[:-1], 2))) == [(2, "person", "already_answered")]
    assert Response.objects.get().points == 10


def test_a_version_may_be_named() -> None:
    field, person = _field()
    assert _codes(_take(field, _row(person, instrument="curriculum-test 1"))) == []
    assert Response.objects.get().version.number == 1
