from __future__ import annotations

import datetime as dt

import pytest

from samaki.engines.results.operations import load_catalogue
from samaki.engines.results.queries import figure
from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Activity, Session
from samaki.ground.people.models import Person
from samaki.ground.people.operations import withdraw
from samaki.kernel.actors import PUBLIC, Actor, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, NotFound
from samaki.kernel.figures import FigureQuery
from samaki.kernel.form_handlers import Entry
from samaki.strands.learning.form_handlers import LEARNING_FOLLOW_UP
from samaki.strands.learning.models import FollowUp
from samaki.strands.learning.queries import evidence, follow_ups
from samaki.strands.learning.rules import in_window
from tests.factories.entries import an_entry, faults_of, handling
from tests.factories.field import HELD, NOW, TOMORROW, Field, a_consenting_person, a_field, an_activity, lock
from tests.factories.people import SETUP, a_person
from tests.factories.series import attend, sessions_of

pytestmark = pytest.mark.django_db
ASKED = dt.date(2024, 6, 10)


def _entry(field: Field, person: Person, origin: str = "submission:1", **values: object) -> Entry:
    said = {"person": person.pk, "activity": "meeting", "followed_up_on": ASKED, "applied": "yes", **values}
    by = said.pop("by", None) or field.me
    return an_entry(field, origin, by=by, **said)  # type: ignore[arg-type]  # an actor


def _take(field: Field, *entries: Entry) -> None:
    LEARNING_FOLLOW_UP.take(entries, handling(field))


def _field() -> tuple[Field, Person]:
    field = a_field()
    an_activity(field)
    return field, a_consenting_person(field.ours)


@pytest.mark.parametrize(
    "trained, on, expected",
    [
        (HELD, dt.date(2024, 6, 4), False),
        (HELD, dt.date(2024, 6, 5), True),
        (HELD, dt.date(2024, 9, 5), True),
        (HELD, dt.date(2024, 9, 6), False),
        (dt.date(2023, 11, 30), dt.date(2024, 2, 29), True),
    ],
)
def test_a_follow_up_counts_at_three_to_six_months(trained: dt.date, on: dt.date, expected: bool) -> None:
    assert in_window(trained, on) is expected


def test_a_form_becomes_a_follow_up_with_its_evidence_sealed() -> None:
    field, person = _field()
    _take(field, _entry(field, person, evidence="ចែករំលែកការងារផ្ទះ"))
    found = FollowUp.objects.get()
    assert (found.person, found.trained_on, found.followed_up_on, found.in_window, found.applied) == (
        person,
        HELD,
        ASKED,
        True,
        "yes",
    )
    assert "ចែក".encode() not in bytes(found.evidence)
    assert evidence(field.me, found.pk) == "ចែករំលែកការងារផ្ទះ"
    assert AuditEntry.objects.filter(action="learning.read_evidence", object_id=str(found.pk)).count() == 1


def test_what_was_seen_goes_with_the_person() -> None:
    field, person = _field()
    _take(field, _entry(field, person, evidence="ទឹក"))
    withdraw(person.pk, by=SETUP, at=NOW)
    assert evidence(field.me, FollowUp.objects.get().pk) == ""


def test_the_same_again_writes_nothing_and_a_correction_keeps_the_key() -> None:
    field, person = _field()
    _take(field, _entry(field, person, evidence="ទឹក"))
    before = (list(FollowUp.objects.values()), AuditEntry.objects.count())
    _take(field, _entry(field, person, evidence="ទឹក"))
    assert (list(FollowUp.objects.values()), AuditEntry.objects.count()) == before
    _take(field, _entry(field, person, applied="partly"))
    found = FollowUp.objects.get()
    assert (found.pk, found.applied, bytes(found.evidence), found.revision) == (before[0][0]["id"], "partly", b"", 2)


def test_nobody_else_sees_or_writes_them() -> None:
    field, person = _field()
    _take(field, _entry(field, person))
    found = FollowUp.objects.get()
    assert list(follow_ups(field.me, field.programme)) == [found]
    for name, stranger in {**field.strangers(), "the public": PUBLIC, "the officer": field.officer}.items():
        assert list(follow_ups(stranger)) == [], name
        with pytest.raises(NotFound):
            evidence(stranger, found.pk)
        assert faults_of(LEARNING_FOLLOW_UP, field, _entry(field, person, by=stranger)) == [(0, "refused", None)], name


def test_a_facilitator_follows_up_the_trainings_she_led_and_no_other() -> None:
    field, person = _field()
    user = User.objects.create(username="facilitator")
    grants = field.actor(Role.FACILITATOR).grants
    leader = Actor(user.pk, "facilitator", grants)
    assert faults_of(LEARNING_FOLLOW_UP, field, _entry(field, person, by=leader)) == [(0, "refused", None)]
    Activity.objects.update(facilitator=user)
    assert faults_of(LEARNING_FOLLOW_UP, field, _entry(field, person, by=leader)) == []


def test_faulty_ones_are_named_and_nothing_is_written() -> None:
    field, person = _field()
    foreign = an_activity(field, "foreign")
    Activity.objects.filter(pk=foreign.pk).update(organisation=field.theirs)
    silent = a_person(field.ours)
    found = faults_of(
        LEARNING_FOLLOW_UP,
        field,
        _entry(field, person, "submission:1"),
        _entry(field, a_consenting_person(field.theirs), "submission:2"),
        _entry(field, person, "submission:3", activity="foreign"),
        _entry(field, person, "submission:4", followed_up_on=TOMORROW),
        _entry(field, person, "submission:5", followed_up_on=dt.date(2024, 3, 1)),
        _entry(field, silent, "submission:6"),
        _entry(field, person, "submission:7", applied=""),
    )
    assert found == [
        (1, "no_such_person", "person"),
        (2, "no_such_activity", "activity"),
        (3, "date_in_future", "followed_up_on"),
        (4, "before_training", "followed_up_on"),
        (5, "consent_wanted", "person"),
        (6, "not_an_answer", "applied"),
    ]
    assert FollowUp.objects.count() == 0


def test_who_is_on_no_list_of_the_training_is_told_by_her_row_and_the_others_are_kept_out_with_her() -> None:
    field = a_field()
    came, stayed, merged = (a_consenting_person(field.ours) for _number in range(3))
    activity = an_activity(field)
    first, second = sessions_of(activity)[0], Session.objects.create(activity=activity, number=2, held_on=HELD)
    attend(field, first, [came, merged])
    entries = (_entry(field, came), _entry(field, stayed, "submission:2"))
    assert faults_of(LEARNING_FOLLOW_UP, field, *entries) == []  # of the second day no list is there: she may have come
    FollowUp.objects.all().delete()
    attend(field, second, [])
    assert faults_of(LEARNING_FOLLOW_UP, field, *entries) == [(1, "did_not_attend", "person")]
    assert FollowUp.objects.count() == 0
    merged.merged_into = stayed
    merged.save()
    assert faults_of(LEARNING_FOLLOW_UP, field, *entries) == []


def test_a_sensitive_activity_keeps_nobodys_follow_up() -> None:
    field, person = _field()
    Activity.objects.update(is_sensitive=True)
    assert faults_of(LEARNING_FOLLOW_UP, field, _entry(field, person)) == [(0, "tallies_only", "activity")]


def test_the_same_told_by_two_forms_is_asked_about() -> None:
    field, person = _field()
    _take(field, _entry(field, person))
    again = _entry(field, person, "submission:2", applied="no")
    assert faults_of(LEARNING_FOLLOW_UP, field, again) == [(0, "already_followed_up", "person")]


def test_a_locked_period_takes_nothing_new_changed_or_back() -> None:
    field, person = _field()
    _take(field, _entry(field, person))
    lock(field.programme, "2024-06")
    assert faults_of(LEARNING_FOLLOW_UP, field, _entry(field, person)) == []
    assert faults_of(LEARNING_FOLLOW_UP, field, _entry(field, person, applied="no")) == [(0, "period_locked", None)]
    with pytest.raises(Conflict):
        LEARNING_FOLLOW_UP.take_back(["submission:1"], handling(field), field.me)
    assert FollowUp.objects.get().applied == "yes"


def test_what_forms_made_is_found_and_taken_back() -> None:
    field, person = _field()
    _take(field, _entry(field, person))
    found = LEARNING_FOLLOW_UP.find(["submission:1", "submission:2"])
    assert {origin: record.id for origin, record in found.items()} == {"submission:1": FollowUp.objects.get().pk}
    LEARNING_FOLLOW_UP.take_back(["submission:1"], handling(field), field.me)
    assert FollowUp.objects.count() == 0


def test_who_applies_it_is_counted_of_those_asked_in_time() -> None:
    field, person = _field()
    load_catalogue(by=SETUP)
    others = [a_consenting_person(field.ours) for _number in range(4)]
    answers = ("no", "partly", "unknown", "yes")
    _take(
        field,
        _entry(field, person),
        *(
            _entry(field, other, f"submission:{number}", applied=applied)
            for number, (other, applied) in enumerate(zip(others, answers, strict=True), start=2)
        ),
        _entry(field, person, "submission:9", followed_up_on=dt.date(2024, 4, 1)),
    )
    query = FigureQuery(field.programme.key, "behaviour_applied")
    found = figure(field.me, query)
    assert (found.numerator, found.denominator, found.unknown) == (2, 5, 1)
