from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.groups.models import Group
from samaki.ground.people.models import Person, PersonKey
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Refused
from samaki.kernel.records import Written
from samaki.strands.learning.models import Instrument, InstrumentVersion, Response
from samaki.strands.learning.operations.responses import take_back_responses
from samaki.strands.learning.sealing import opened_answers
from tests.factories.field import HELD, TOMORROW, Field, a_consenting_person, a_field, a_group, an_activity, lock
from tests.factories.instruments import (
    AFTER,
    GEM,
    HEALTH,
    TEST,
    an_instrument,
    faults,
    right_answers,
    same_answers,
    take,
    told,
)
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db


def _field() -> tuple[Field, Person]:
    field = a_field()
    an_activity(field)
    return field, a_consenting_person(field.ours)


def test_answers_are_scored_and_sealed_under_the_persons_own_key() -> None:
    field, person = _field()
    version = an_instrument()
    answers = right_answers(version, 4)
    assert take(field, told(field, person, version, answers)) == Written(created=1)
    found = Response.objects.get()
    assert (found.answered, found.points, found.least, found.most, found.scaled) == (10, 4, 0, 10, 40_000)
    assert b'"1"' not in bytes(found.answers)
    assert opened_answers(found, PersonKey.objects.get(pk=person.pk)) == answers
    assert AuditEntry.objects.filter(action="record_response", object_id=str(found.pk)).count() == 1


def test_the_same_again_changes_nothing_and_a_correction_must_say_so() -> None:
    field, person = _field()
    version = an_instrument()
    row = told(field, person, version, right_answers(version, 4))
    other = told(field, person, version, right_answers(version, 6), origin="import:2")
    take(field, row)
    assert take(field, row) == Written(unchanged=1)
    assert faults(field, other) == [(0, "already_answered", "person")]
    assert take(field, other, corrections=True) == Written(changed=1)
    assert Response.objects.get().points == 6


@pytest.mark.parametrize(
    "answers, expected",
    [
        ({1: 0}, [(0, "answer_out_of_range", "item1")]),
        ({1: 4}, [(0, "answer_out_of_range", "item1")]),
        ({25: 1}, [(0, "answer_out_of_range", "item25")]),
        ({}, [(0, "nothing_answered", "answers")]),
    ],
)
def test_an_answer_outside_the_range_is_refused(
    answers: dict[int, int], expected: list[tuple[int, str, str | None]]
) -> None:
    field, person = _field()
    assert faults(field, told(field, person, an_instrument(GEM), answers)) == expected
    assert Response.objects.count() == 0


def test_one_person_twice_in_a_sheet_is_refused() -> None:
    field, person = _field()
    version = an_instrument()
    rows = [told(field, person, version, right_answers(version, n)) for n in (4, 5)]
    assert faults(field, *rows) == [(1, "answered_twice", "person")]


def test_a_merged_person_twice_in_a_sheet_is_one_person() -> None:
    field, person = _field()
    double = a_consenting_person(field.ours)
    double.merged_into = person
    double.save()
    version = an_instrument()
    rows = [told(field, who, version, right_answers(version, 4)) for who in (person, double)]
    assert faults(field, *rows) == [(1, "answered_twice", "person")]


def test_a_post_test_before_its_pre_test_is_taken_and_left_to_the_pairing() -> None:
    field, person = _field()
    version = an_instrument()
    take(field, told(field, person, version, right_answers(version, 4), "pre", AFTER))
    take(field, told(field, person, version, right_answers(version, 8), "post", HELD))
    assert Response.objects.count() == 2


def test_a_post_test_before_the_training_is_refused_and_a_pre_test_is_not() -> None:
    field, person = _field()
    version = an_instrument()
    day = HELD - dt.timedelta(days=1)
    row = told(field, person, version, right_answers(version, 4), "post", day)
    assert faults(field, row) == [(0, "before_training", "answered_on")]
    assert faults(field, told(field, person, version, right_answers(version, 4), "pre", day)) == []


def test_a_version_that_is_not_published_or_of_another_programme_takes_no_answers() -> None:
    field, person = _field()
    version = an_instrument()
    draft = InstrumentVersion.objects.create(
        instrument=version.instrument, number=9, wording_km="own_wording", wording_en="own_wording"
    )
    theirs = Instrument.objects.create(
        key="theirs", scoring="likert", title_km="ក", title_en="T", programme=field.other
    )
    published = InstrumentVersion.objects.create(
        instrument=theirs, number=1, wording_km="own_wording", wording_en="own_wording", is_published=True
    )
    for one in (draft, published):
        assert faults(field, told(field, person, one, {1: 1})) == [(0, "no_such_instrument", "instrument")]


def test_what_is_not_to_be_recorded_by_name_is_refused() -> None:
    field, person = _field()
    an_activity(field, "sensitive", is_sensitive=True)
    hidden = a_group(field.programme, field.ours, "hidden", kind=Group.Kind.NETWORK, keeps_names=False)
    an_activity(field, "of-a-hidden-group", group=hidden)
    version = an_instrument()
    answers = right_answers(version, 4)
    for key in ("sensitive", "of-a-hidden-group"):
        row = told(field, person, version, answers, activity=key)
        assert faults(field, row) == [(0, "tallies_only", "activity")]


def test_people_and_activities_of_others_are_not_there() -> None:
    field, person = _field()
    version = an_instrument()
    answers = right_answers(version, 4)
    stranger = a_consenting_person(field.theirs)
    assert faults(field, told(field, stranger, version, answers)) == [(0, "no_such_person", "person")]
    row = told(field, person, version, answers, activity="nowhere")
    assert faults(field, row) == [(0, "no_such_activity", "activity")]


def test_nobody_is_named_without_consent_nor_on_a_day_to_come() -> None:
    field, person = _field()
    version = an_instrument()
    answers = right_answers(version, 4)
    without = a_person(field.ours)
    assert faults(field, told(field, without, version, answers)) == [(0, "consent_wanted", "person")]
    assert faults(field, told(field, person, version, answers, on=TOMORROW)) == [(0, "date_in_future", "answered_on")]


def test_a_locked_period_takes_no_answers() -> None:
    field, person = _field()
    lock(field.programme, "2024-03")
    version = an_instrument()
    row = told(field, person, version, right_answers(version, 4))
    assert [code for _index, code, _field in faults(field, row)] == ["period_locked"]


def test_strangers_record_nothing_and_a_facilitator_only_what_is_hers() -> None:
    field, person = _field()
    version = an_instrument()
    answers = right_answers(version, 4)
    strangers = {**field.strangers(), "a facilitator of another's training": field.actor(Role.FACILITATOR)}
    for name, who in strangers.items():
        row = told(field, person, version, answers, by=who)
        assert [code for _index, code, _field in faults(field, row)] in (["refused"], ["second_factor_wanted"]), name
    assert Response.objects.count() == 0


def test_the_washington_groups_answers_leave_no_trace_beside_the_person() -> None:
    field, person = _field()
    version = an_instrument(HEALTH)
    take(field, told(field, person, version, same_answers(version, 4)))
    found = Response.objects.get()
    assert (found.answered, found.points, found.least, found.most, found.scaled) == (None,) * 5


def test_children_under_five_are_not_asked_the_washington_groups_questions() -> None:
    field, _person = _field()
    child = a_consenting_person(field.ours, birth_year=2020)
    version = an_instrument(HEALTH)
    row = told(field, child, version, same_answers(version, 1))
    assert (0, "too_young", "person") in faults(field, row)


def test_answers_too_few_for_a_scale_are_kept_unscored() -> None:
    field, person = _field()
    version = an_instrument(GEM)
    take(field, told(field, person, version, dict.fromkeys(range(1, 20), 2)))
    found = Response.objects.get()
    assert (found.answered, found.points, found.scaled) == (19, None, None)


def test_a_submission_taken_back_takes_its_answers_with_it() -> None:
    field, person = _field()
    version = an_instrument(TEST)
    take(field, told(field, person, version, right_answers(version, 4), origin="submission:3"))
    scope = {"programme_id": field.programme.pk, "organisation_id": field.ours.pk}
    with pytest.raises(Refused):
        take_back_responses(["submission:3"], **scope, by=field.actor(Role.DONOR))
    locked = lock(field.programme, "2024-03")
    with pytest.raises(Conflict):
        take_back_responses(["submission:3"], **scope, by=field.me)
    locked.delete()
    take_back_responses(["submission:3"], **scope, by=field.me)
    assert Response.objects.count() == 0


def test_a_form_corrected_replaces_what_it_told_even_of_another_day() -> None:
    field, person = _field()
    version = an_instrument(TEST)
    take(field, told(field, person, version, right_answers(version, 4), origin="submission:3"))
    take(field, told(field, person, version, right_answers(version, 5), on=AFTER, origin="submission:3"))
    assert [(one.points, one.answered_on) for one in Response.objects.all()] == [(5, AFTER)]


def test_two_forms_about_one_person_and_day_are_not_both_taken() -> None:
    field, person = _field()
    version = an_instrument(TEST)
    take(field, told(field, person, version, right_answers(version, 4), origin="submission:3"))
    row = told(field, person, version, right_answers(version, 5), origin="submission:4")
    assert faults(field, row) == [(0, "already_answered", "person")]
