from __future__ import annotations

import pytest

from samaki.kernel.actors import Role
from samaki.kernel.form_handlers import Entry
from samaki.strands.learning.form_handlers import LEARNING_RESPONSES
from samaki.strands.learning.models import Response
from tests.factories.entries import an_entry, faults_of, handling
from tests.factories.field import HELD, Field, a_consenting_person, a_field, an_activity
from tests.factories.instruments import HEALTH, TEST, an_instrument, right_answers

pytestmark = pytest.mark.django_db


def _entry(field: Field, person_id: object, origin: str = "submission:1", **more: object) -> Entry:
    items = {f"item{number}": value for number, value in right_answers(an_instrument(), 7).items()}
    said = {"person": person_id, "instrument": TEST, "moment": "pre", "answered_on": HELD, "activity": "meeting"}
    return an_entry(field, origin, **{"by": field.me, **said, **items, **more})


def test_a_form_becomes_scored_answers_once_and_is_taken_back_whole() -> None:
    field = a_field()
    an_activity(field)
    person = a_consenting_person(field.ours)
    for _again in range(2):
        LEARNING_RESPONSES.take([_entry(field, person.pk)], handling(field))
    one = Response.objects.get()
    assert (one.person, one.points, one.activity and one.activity.key) == (person, 7, "meeting")
    assert LEARNING_RESPONSES.find(["submission:1"])["submission:1"].id == one.pk
    LEARNING_RESPONSES.take_back(["submission:1"], handling(field), field.me)
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    "more, code, where",
    [
        ({"instrument": "nothing"}, "no_such_instrument", "instrument"),
        ({"instrument": HEALTH}, "instrument_by_no_form", "instrument"),
        ({"person": None}, "value_missing", "person"),
        ({"answered_on": None}, "value_missing", "answered_on"),
        ({"item3": 9}, "answer_out_of_range", "item3"),
        ({"item11": 1}, "answer_out_of_range", "item11"),
        ({"moment": "some day"}, "not_a_moment", "moment"),
    ],
)
def test_each_fault_names_its_question(more: dict[str, object], code: str, where: str) -> None:
    field = a_field()
    an_activity(field)
    person = a_consenting_person(field.ours)
    assert faults_of(LEARNING_RESPONSES, field, _entry(field, person.pk, **more)) == [(0, code, where)]


def test_a_facilitator_sends_answers_of_her_own_training_alone() -> None:
    field = a_field()
    activity = an_activity(field)
    person = a_consenting_person(field.ours)
    facilitator = field.actor(Role.FACILITATOR, second_factor=False)
    assert faults_of(LEARNING_RESPONSES, field, _entry(field, person.pk, by=facilitator)) == [(0, "refused", None)]
    assert activity.facilitator_id is None
