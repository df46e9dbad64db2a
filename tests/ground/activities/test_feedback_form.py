from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.activities.feedback import feedback
from samaki.ground.activities.form_handlers import FEEDBACK
from samaki.ground.activities.models import Activity, Feedback
from samaki.kernel.actors import PUBLIC, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict
from samaki.kernel.form_handlers import Entry
from tests.factories.entries import an_entry, faults_of, handling
from tests.factories.field import HELD, TOMORROW, Field, a_field, an_activity, lock
from tests.factories.places import load_few_places

pytestmark = pytest.mark.django_db


def _entry(field: Field, origin: str = "submission:1", **values: object) -> Entry:
    return an_entry(field, origin, **{"given_on": HELD, "felt_heard": "yes", **values})


def _take(field: Field, *entries: Entry) -> None:
    FEEDBACK.take(entries, handling(field))


def test_a_form_becomes_what_was_said_about_an_activity_at_a_place() -> None:
    field = a_field()
    load_few_places()
    activity = an_activity(field)
    _take(field, _entry(field, activity=activity.key, place="០៤០៦០១", asked_for="ច្បាប់ដីធ្លី", felt_heard=None))
    said = Feedback.objects.select_related("place").get()
    assert (said.activity, said.place and said.place.code, said.given_on, said.felt_heard, said.asked_for) == (
        activity,
        "040601",
        HELD,
        "not_recorded",
        "ច្បាប់ដីធ្លី",
    )


def test_the_same_again_writes_nothing_and_a_correction_keeps_the_key() -> None:
    field = a_field()
    _take(field, _entry(field))
    before = (list(Feedback.objects.values()), AuditEntry.objects.count())
    _take(field, _entry(field))
    assert (list(Feedback.objects.values()), AuditEntry.objects.count()) == before
    _take(field, _entry(field, felt_heard="partly", given_on=dt.date(2024, 3, 6)))
    said = Feedback.objects.get()
    assert (said.pk, said.felt_heard, said.given_on, said.revision) == (
        before[0][0]["id"],
        "partly",
        dt.date(2024, 3, 6),
        2,
    )


def test_what_was_said_is_read_by_the_organisation_it_was_said_to_and_no_other() -> None:
    field = a_field()
    _take(field, _entry(field, asked_for="ទឹក"))
    assert [said.asked_for for said in feedback(field.me, field.programme)] == ["ទឹក"]
    for name, stranger in {**field.strangers(), "the public": PUBLIC, "the officer": field.officer}.items():
        assert list(feedback(stranger, field.programme)) == [], name


def test_whoever_may_not_record_here_is_refused() -> None:
    field = a_field()
    for name, stranger in field.strangers().items():
        found = faults_of(FEEDBACK, field, _entry(field), _entry(field, "submission:2", by=stranger))
        assert found == [(1, "refused", None)], name
    coordinator = field.actor(Role.GROUP_COORDINATOR, group=field.group)
    assert faults_of(FEEDBACK, field, _entry(field, by=coordinator)) == [(0, "refused", None)]


def test_good_among_faulty_is_not_written_alone() -> None:
    field = a_field()
    foreign = an_activity(field)
    Activity.objects.filter(pk=foreign.pk).update(organisation=field.theirs)
    found = faults_of(
        FEEDBACK,
        field,
        _entry(field, "submission:1"),
        _entry(field, "submission:2", given_on=TOMORROW),
        _entry(field, "submission:3", felt_heard=None),
        _entry(field, "submission:4", activity=foreign.key),
        _entry(field, "submission:5", activity="nothing"),
        _entry(field, "submission:6", place="Prey Vengand"),
    )
    assert found == [
        (1, "date_in_future", "given_on"),
        (2, "nothing_said", "felt_heard"),
        (3, "no_such_activity", "activity"),
        (4, "no_such_activity", "activity"),
        (5, "place_unknown", "place"),
    ]
    assert Feedback.objects.count() == 0
    assert faults_of(FEEDBACK, field, _entry(field, given_on=None)) == [(0, "value_missing", "given_on")]


def test_a_locked_period_takes_nothing_new_changed_or_back() -> None:
    field = a_field()
    _take(field, _entry(field))
    lock(field.programme, "2024-03")
    assert faults_of(FEEDBACK, field, _entry(field)) == []
    assert faults_of(FEEDBACK, field, _entry(field, felt_heard="no")) == [(0, "period_locked", None)]
    assert faults_of(FEEDBACK, field, _entry(field, "submission:2")) == [(0, "period_locked", None)]
    with pytest.raises(Conflict):
        FEEDBACK.take_back(["submission:1"], handling(field), field.me)
    assert Feedback.objects.get().felt_heard == "yes"


def test_what_was_said_is_found_and_taken_back() -> None:
    field = a_field()
    _take(field, _entry(field, "submission:1"), _entry(field, "submission:2"))
    found = FEEDBACK.find(["submission:1", "submission:2", "submission:3"])
    assert {origin: record.id for origin, record in found.items()} == dict(Feedback.objects.values_list("origin", "pk"))
    FEEDBACK.take_back(["submission:1"], handling(field), field.me)
    assert list(Feedback.objects.values_list("origin", flat=True)) == ["submission:2"]
