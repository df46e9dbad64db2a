"""What a session's form writes, writes again, corrects and takes back, and what it may not."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samaki.ground.activities import operations
from samaki.ground.activities.form_handlers import SESSION
from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.programmes.models import RightsholderGroup
from samaki.kernel.audit.models import AuditEntry
from tests.factories.entries import faults_of, handling
from tests.factories.field import HELD, NOW, TOMORROW, a_consenting_person, a_field, lock
from tests.factories.places import load_few_places
from tests.ground.activities.session_forms import attending, counts, filled, rows_of, state, take

pytestmark = pytest.mark.django_db


def test_a_form_with_numbers_of_people_becomes_an_activity_with_its_attendance() -> None:
    field = a_field()
    people = [a_consenting_person(field.ours) for _number in range(3)]
    take(field, filled(field, title="ច្បាប់ 2005", group="first", repeats=rows_of(*people)))
    session = Session.objects.select_related("activity").get()
    activity = session.activity
    assert (
        activity.kind,
        activity.title_km,
        activity.state,
        activity.group,
        activity.starts_on,
        activity.ends_on,
        activity.origin,
    ) == ("training", "ច្បាប់ 2005", "held", field.group, HELD, HELD, "submission:1")
    assert (session.held_on, session.attendance, session.origin) == (HELD, "named", "submission:1")
    assert attending(session) == [person.pk for person in people]


def test_a_form_with_counts_becomes_tallies_and_their_total() -> None:
    field = a_field()
    take(field, filled(field, women=7, men=0, age_18_24=7))
    session = Session.objects.get()
    assert (session.attendance, counts(session)) == (
        "tally",
        {("all", "all"): 7, ("gender", "woman"): 7, ("gender", "man"): 0, ("age_band", "18_24"): 7},
    )


def test_people_listed_without_a_name_are_counted() -> None:
    field = a_field()
    rows = [
        {"gender": "woman", "birth_year": 2000},
        {"gender": "woman", "age_band": "65_up"},
        {"gender": "man"},
        {},
    ]
    take(field, filled(field, repeats={"people": rows}))
    assert counts(Session.objects.get()) == {
        ("all", "all"): 3,
        ("gender", "woman"): 2,
        ("gender", "man"): 1,
        ("age_band", "18_24"): 1,
        ("age_band", "65_up"): 1,
        ("age_band", "not_recorded"): 1,
    }


def test_nothing_said_of_who_came_is_unknown_and_0_is_nobody() -> None:
    field = a_field()
    take(field, filled(field, "submission:1"), filled(field, "submission:2", all=0))
    found = [(one.attendance, counts(one)) for one in Session.objects.order_by("origin")]
    assert found == [("not_recorded", {}), ("tally", {("all", "all"): 0})]


def test_an_activity_without_a_title_is_called_by_its_kind_in_both_languages() -> None:
    field = a_field()
    take(field, filled(field, kind="meeting"))
    activity = Activity.objects.get()
    assert (activity.title_km, activity.title_en) == ("កិច្ចប្រជុំ", "Meeting")


def test_the_same_entries_again_write_nothing() -> None:
    field = a_field()
    people = [a_consenting_person(field.ours) for _number in range(2)]
    entries = [
        filled(field, "submission:1", repeats=rows_of(*people)),
        filled(field, "submission:2", all=4, women=4),
        filled(field, "submission:3"),
    ]
    take(field, *entries)
    before = state()
    take(field, *reversed(entries))
    assert state() == before


def test_a_correction_replaces_attendance_and_keeps_the_keys() -> None:
    field = a_field()
    first, second, third = (a_consenting_person(field.ours) for _number in range(3))
    take(field, filled(field, repeats=rows_of(first, second)))
    session = Session.objects.get()
    kept = Attendance.objects.get(person=second)
    take(field, filled(field, kind="meeting", held_on=dt.date(2024, 3, 6), repeats=rows_of(second, third)))
    corrected = Session.objects.select_related("activity").get()
    assert (corrected.pk, corrected.activity_id, corrected.revision, corrected.held_on) == (
        session.pk,
        session.activity_id,
        2,
        dt.date(2024, 3, 6),
    )
    assert (corrected.activity.kind, corrected.activity.starts_on, corrected.activity.revision) == (
        "meeting",
        dt.date(2024, 3, 6),
        2,
    )
    assert attending(corrected) == [second.pk, third.pk]
    assert Attendance.objects.get(person=second).pk == kept.pk


def test_a_correction_from_names_to_counts_takes_the_names_out() -> None:
    field = a_field()
    take(field, filled(field, repeats=rows_of(a_consenting_person(field.ours))))
    take(field, filled(field, all=5))
    session = Session.objects.get()
    assert (session.attendance, attending(session), counts(session)) == ("tally", [], {("all", "all"): 5})
    take(field, filled(field))
    session.refresh_from_db()
    assert (session.attendance, counts(session), session.revision) == ("not_recorded", {}, 3)


def test_each_record_has_its_row_in_the_trail() -> None:
    field = a_field()
    person = a_consenting_person(field.ours)
    take(field, filled(field, "submission:1", repeats=rows_of(person)), filled(field, "submission:2", all=2))
    sessions = {session.origin: str(session.pk) for session in Session.objects.all()}
    rows = AuditEntry.objects.filter(action="record_session").order_by("pk")
    assert [(row.object_id, row.actor_id, row.details["origin"], row.details["added"]) for row in rows] == [
        (sessions["submission:1"], 7, "submission:1", 1),
        (sessions["submission:2"], 7, "submission:2", 0),
    ]


def test_whoever_may_not_record_here_is_refused_by_name_of_the_entry() -> None:
    field = a_field()
    for name, stranger in field.strangers().items():
        found = faults_of(SESSION, field, filled(field, "submission:2", all=1), filled(field, by=stranger, all=1))
        assert found == [(1, "refused", None)], name
    assert Session.objects.count() == 0


def test_a_locked_period_takes_nothing_new_and_nothing_changed() -> None:
    field = a_field()
    entry = filled(field, all=3)
    take(field, entry)
    lock(field.programme, "2024-03")
    before = state()
    assert faults_of(SESSION, field, entry) == []
    assert faults_of(SESSION, field, filled(field, all=4)) == [(0, "period_locked", None)]
    moved = filled(field, held_on=dt.date(2024, 4, 1), all=3)
    assert faults_of(SESSION, field, moved) == [(0, "period_locked", None)]
    assert faults_of(SESSION, field, filled(field, "submission:2", all=3)) == [(0, "period_locked", None)]
    assert state() == before


@pytest.mark.parametrize(
    "values, code, which",
    [
        ({"held_on": TOMORROW}, "date_in_future", "held_on"),
        ({"held_on": None}, "value_missing", "held_on"),
        ({"kind": ""}, "kind_wanted", "kind"),
        ({"all": 3, "women": 2}, "counts_do_not_add_up", "gender"),
        ({"all": 3, "repeats": {"people": [{"gender": "man"}]}}, "counted_twice", "people"),
        ({"repeats": {"people": [{"name": "ទេព រស្មី", "village": "Nowhere at all"}]}}, "place_unknown", "village"),
        (
            {"repeats": {"rightsholders": [{"rightsholder_group": "none", "count": 2}]}},
            "unknown_rightsholder_group",
            "rightsholder_group",
        ),
    ],
)
def test_what_cannot_be_is_told_by_field(values: dict[str, object], code: str, which: str) -> None:
    field = a_field()
    good = filled(field, "submission:2", all=1)
    assert faults_of(SESSION, field, good, filled(field, by=field.me, **values)) == [(1, code, which)]
    assert Session.objects.count() == 0


def test_a_place_is_found_by_khmer_digits_and_asked_back_where_it_is_not_one() -> None:
    field = a_field()
    load_few_places()
    found = faults_of(
        SESSION,
        field,
        filled(field, "submission:1", place="Prey Veng", all=1),
        filled(field, "submission:2", place="Prey Vengand", all=1),
    )
    assert found == [(0, "place_ambiguous", "place"), (1, "place_unknown", "place")]
    take(field, filled(field, place="០៤០៦០១", all=1))
    place = Activity.objects.select_related("place").get().place
    assert place is not None and place.code == "040601"


def test_rightsholder_groups_are_counted_beside_the_total() -> None:
    field = a_field()
    RightsholderGroup.objects.create(programme=field.programme, key="youth", name_km="យុវជន", name_en="Youth")
    take(field, filled(field, all=9, repeats={"rightsholders": [{"rightsholder_group": "youth", "count": 4}]}))
    assert counts(Session.objects.get()) == {("all", "all"): 9, ("rightsholder_group", "youth"): 4}


def test_what_forms_made_is_found_and_taken_back() -> None:
    field = a_field()
    take(field, filled(field, "submission:1", all=1), filled(field, "submission:2", all=1))
    kept = Session.objects.get(origin="submission:2")
    found = SESSION.find(["submission:1", "submission:2", "submission:3"])
    assert {origin: (record.kind, record.id) for origin, record in found.items()} == {
        one.origin: ("activities.session", one.pk) for one in Session.objects.all()
    }
    SESSION.take_back(["submission:1", "submission:3"], handling(field), field.me)
    assert (list(Session.objects.all()), Activity.objects.count()) == ([kept], 1)


def test_a_batch_asks_the_database_no_more_than_one_entry_does() -> None:
    field = a_field()
    people = [a_consenting_person(field.ours) for _number in range(2)]
    asked = []
    for size, first in ((1, 0), (20, 100)):
        entries = [filled(field, f"submission:{first + n}", repeats=rows_of(*people)) for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            take(field, *entries)
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_what_a_page_changed_after_the_form_came_stands_until_a_later_word() -> None:
    field = a_field()
    first, second = (a_consenting_person(field.ours) for _number in range(2))
    sent = filled(field, repeats=rows_of(first))
    take(field, sent)
    session = Session.objects.get()
    later = NOW + dt.timedelta(hours=1)
    operations.record_attendance(
        session=session, revision=session.revision, person_ids=[second.pk], by=field.me, at=later
    )
    activity = Activity.objects.get()
    operations.edit_activity(
        activity=activity, revision=activity.revision, changes={"title_en": "Mended"}, by=field.me, at=later
    )
    stood = state()
    take(field, sent)
    assert state() == stood
    assert (attending(session), Activity.objects.get().title_en) == ([second.pk], "Mended")
    take(field, dataclasses.replace(sent, received_at=later + dt.timedelta(hours=1)))
    assert attending(session) == [first.pk]
