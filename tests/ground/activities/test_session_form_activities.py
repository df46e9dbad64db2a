"""The activity that a session's form belongs to: planned, moved, led, taken by another form, or not there."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.accounts.models import User
from samaki.ground.activities import operations
from samaki.ground.activities.form_handlers import SESSION
from samaki.ground.activities.models import Activity, Session
from samaki.kernel.actors import Role
from tests.factories.entries import faults_of, handling
from tests.factories.field import HELD, NOW, a_field, a_group, an_activity
from tests.ground.activities.session_forms import counts, filled, take

pytestmark = pytest.mark.django_db


def test_a_facilitator_leads_what_she_records() -> None:
    field = a_field()
    user = User.objects.create(username="sender")
    by = field.actor(Role.FACILITATOR, second_factor=False)
    own = type(by)(user.pk, by.name, by.grants)
    take(field, filled(field, "submission:1", by=own, all=1), filled(field, "submission:2", all=1))
    led = dict(Activity.objects.values_list("origin", "facilitator_id"))
    assert led == {"submission:1": user.pk, "submission:2": None}


def test_another_organisations_group_and_activity_are_not_there() -> None:
    field = a_field()
    a_group(field.programme, field.theirs, "foreign")
    activity = an_activity(field)
    Activity.objects.filter(pk=activity.pk).update(organisation=field.theirs)
    found = faults_of(
        SESSION,
        field,
        filled(field, "submission:1", group="foreign", all=1),
        filled(field, "submission:2", group="nowhere", all=1),
        filled(field, "submission:3", activity=activity.key, all=1),
        filled(field, "submission:4", activity="nothing", all=1),
    )
    assert found == [
        (0, "no_such_group", "group"),
        (1, "no_such_group", "group"),
        (2, "no_such_activity", "activity"),
        (3, "no_such_activity", "activity"),
    ]


def test_a_planned_activity_is_held_by_its_form_and_its_session_stands_unfilled_when_that_is_taken_back() -> None:
    field = a_field()
    activity = an_activity(field, state=Activity.State.PLANNED)
    take(field, filled(field, activity=activity.key, kind="", all=6))
    session = Session.objects.select_related("activity").get()
    assert (session.activity.state, session.attendance, session.origin, session.revision) == (
        "held",
        "tally",
        "submission:1",
        2,
    )
    SESSION.take_back(["submission:1"], handling(field), field.me)
    session.refresh_from_db()
    assert (session.attendance, session.origin, counts(session)) == ("not_recorded", "", {})


def test_a_planned_activity_that_was_put_off_moves_to_its_day() -> None:
    field = a_field()
    activity = an_activity(field, state=Activity.State.PLANNED)
    later = dt.date(2024, 3, 9)
    take(field, filled(field, activity=activity.key, held_on=later, all=6))
    activity.refresh_from_db()
    assert (activity.starts_on, activity.ends_on, [one.held_on for one in activity.sessions.all()]) == (
        later,
        later,
        [later],
    )


def test_sessions_are_added_to_an_activity_in_the_order_of_their_days() -> None:
    field = a_field()
    activity = an_activity(field)
    operations.record_tallies(
        session=activity.sessions.get(), revision=1, counts={("all", "all"): 2}, by=field.me, at=NOW
    )
    days = [dt.date(2024, 3, 7), dt.date(2024, 3, 1), dt.date(2024, 3, 6)]
    take(
        field,
        *(
            filled(field, f"submission:{number}", activity=activity.key, held_on=day, all=1)
            for number, day in enumerate(days)
        ),
    )
    activity.refresh_from_db()
    found = list(activity.sessions.order_by("number").values_list("number", "held_on"))
    assert found == list(enumerate(sorted([*days, HELD]), start=1))
    assert (activity.starts_on, activity.ends_on) == (dt.date(2024, 3, 1), dt.date(2024, 3, 7))


def test_a_day_that_another_form_recorded_already_is_asked_about() -> None:
    field = a_field()
    activity = an_activity(field)
    entries = [filled(field, f"submission:{number}", activity=activity.key, all=number) for number in (1, 2)]
    assert faults_of(SESSION, field, *entries) == [(1, "session_recorded", "activity")]
    assert faults_of(SESSION, field, entries[0]) == []
    assert faults_of(SESSION, field, entries[1]) == [(0, "session_recorded", "activity")]


def test_a_correction_that_names_another_activity_leaves_the_first() -> None:
    field = a_field()
    activity = an_activity(field)
    take(field, filled(field, all=2))
    take(field, filled(field, activity=activity.key, all=2))
    assert list(Activity.objects.values_list("key", flat=True)) == [activity.key]
    assert [(one.origin, one.attendance) for one in Session.objects.all()] == [("submission:1", "tally")]


def test_a_cancelled_activity_takes_no_form() -> None:
    field = a_field()
    activity = an_activity(field, state=Activity.State.CANCELLED)
    assert faults_of(SESSION, field, filled(field, activity=activity.key, all=1)) == [(0, "not_held", "activity")]
