from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from samaki.ground.activities import operations, queries
from samaki.ground.activities.models import Activity
from samaki.ground.activities.rules import ALL, SessionPlan
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, DomainError, Invalid
from tests.factories.field import HELD, NOW, TOMORROW, Field, a_consenting_person, a_field, a_group, an_activity, lock
from tests.factories.people import an_organisation

pytestmark = pytest.mark.django_db
NEXT = HELD + dt.timedelta(days=1)


def _create(field: Field, **changes: Any) -> Activity:
    given: dict[str, Any] = {
        "programme": field.programme,
        "organisation": field.ours,
        "kind": Activity.Kind.TRAINING,
        "title_km": "វគ្គបណ្តុះបណ្តាល",
        "title_en": "Training",
        "place": field.place,
        "starts_on": HELD,
        "ends_on": NEXT,
        "sessions": [SessionPlan(HELD), SessionPlan(NEXT)],
        "by": field.me,
        "at": NOW,
    }
    return operations.create_activity(**given | changes)


def test_an_activity_opens_with_its_sessions_and_who_took_part() -> None:
    field = a_field()
    made = _create(field, took_part=[field.theirs, field.ours])
    found = queries.activity(field.me, made.key)
    assert (
        [(session.number, session.held_on, session.attendance) for session in found.sessions.all()],
        [one.organisation.key for one in found.participations.all()],
    ) == ([(1, HELD, "not_recorded"), (2, NEXT, "not_recorded")], ["ours", "theirs"])
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.organisation_id, entry.programme_id) == (
        "create_activity",
        field.ours.pk,
        field.programme.pk,
    )


def test_what_cannot_have_been_is_not_taken() -> None:
    field = a_field()
    elsewhere = a_group(field.programme, field.theirs, "elsewhere")
    lock(field.programme, "2024-02")
    codes = []
    impossible: tuple[dict[str, Any], ...] = (
        {"ends_on": TOMORROW},
        {"sessions": []},
        {"group": elsewhere},
        {
            "organisation": an_organisation("stranger"),
            "by": field.actor(field.me.grants[0].role, an_organisation("stranger")),
        },
        {"starts_on": dt.date(2024, 2, 29), "sessions": [SessionPlan(HELD)]},
        {"key": _create(field).key},
    )
    for changes in impossible:
        with pytest.raises(DomainError) as refused:
            _create(field, **changes)
        codes.append(refused.value.code)
    assert codes == [
        "date_in_future",
        "session_wanted",
        "not_a_group_here",
        "not_in_programme",
        "period_locked",
        "key_in_use",
    ]
    assert Activity.objects.count() == 1


def test_a_plan_may_lie_ahead_and_is_held_only_once_its_days_are_over() -> None:
    field = a_field()
    plan = _create(
        field,
        state=Activity.State.PLANNED,
        starts_on=TOMORROW,
        ends_on=TOMORROW,
        sessions=[SessionPlan(TOMORROW)],
    )
    with pytest.raises(Invalid) as early:
        operations.hold_activity(activity=plan, revision=1, by=field.me, at=NOW)
    held = operations.hold_activity(activity=plan, revision=1, by=field.me, at=NOW + dt.timedelta(days=1))
    with pytest.raises(Conflict) as again:
        operations.hold_activity(activity=held, revision=2, by=field.me, at=NOW + dt.timedelta(days=1))
    assert (early.value.code, held.state, again.value.code) == ("date_in_future", Activity.State.HELD, "not_planned")


def test_an_activity_at_which_people_were_counted_took_place_and_is_not_cancelled() -> None:
    field = a_field()
    empty, counted = an_activity(field, "empty"), an_activity(field, "counted")
    operations.record_tallies(session=counted.sessions.get(), revision=1, counts={ALL: 0}, by=field.me, at=NOW)
    assert operations.cancel_activity(activity=empty, revision=1, by=field.me, at=NOW).state == "cancelled"
    with pytest.raises(Conflict) as refused:
        operations.cancel_activity(activity=counted, revision=1, by=field.me, at=NOW)
    assert refused.value.code == "attendance_recorded"


def test_an_activity_with_names_does_not_become_sensitive() -> None:
    field = a_field()
    activity = an_activity(field)
    operations.record_attendance(
        session=activity.sessions.get(),
        revision=1,
        person_ids=[a_consenting_person(field.ours).pk],
        by=field.me,
        at=NOW,
    )
    with pytest.raises(Invalid) as refused:
        operations.edit_activity(activity=activity, revision=1, changes={"is_sensitive": True}, by=field.me, at=NOW)
    assert refused.value.code == "names_recorded"


def test_the_second_of_two_people_saving_an_activity_sees_both() -> None:
    field = a_field()
    activity = an_activity(field)
    operations.edit_activity(activity=activity, revision=1, changes={"title_en": "First"}, by=field.me, at=NOW)
    with pytest.raises(Conflict) as second:
        operations.edit_activity(activity=activity, revision=1, changes={"title_en": "Second"}, by=field.me, at=NOW)
    assert (second.value.params["theirs"], second.value.params["yours"]) == (
        {"title_en": "First"},
        {"title_en": "Second"},
    )


def test_whose_activity_it_is_cannot_be_changed() -> None:
    field = a_field()
    with pytest.raises(Invalid) as refused:
        operations.edit_activity(
            activity=an_activity(field), revision=1, changes={"organisation": field.theirs}, by=field.me, at=NOW
        )
    assert refused.value.code == "not_editable"


def test_a_session_moves_with_its_activity_but_neither_out_of_nor_into_a_locked_month() -> None:
    field = a_field()
    activity = an_activity(field)
    session = operations.move_session(
        session=activity.sessions.get(), revision=1, held_on=dt.date(2024, 4, 2), by=field.me, at=NOW
    )
    activity.refresh_from_db()
    assert (activity.starts_on, activity.ends_on, session.revision) == (dt.date(2024, 4, 2), dt.date(2024, 4, 2), 2)
    lock(field.programme, "2024-05")
    with pytest.raises(Conflict) as into:
        operations.move_session(session=session, revision=2, held_on=dt.date(2024, 5, 2), by=field.me, at=NOW)
    lock(field.programme, "2024-04")
    with pytest.raises(Conflict) as out_of:
        operations.move_session(session=session, revision=2, held_on=HELD, by=field.me, at=NOW)
    assert (into.value.params["period"], out_of.value.params["period"]) == ("2024-05", "2024-04")
