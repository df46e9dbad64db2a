from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samaki.ground.activities import operations
from samaki.ground.activities.form_handlers import SESSION
from samaki.ground.activities.models import Activity, Attendance, Session, Tally
from samaki.ground.people.models import Person
from samaki.ground.people.operations import withdraw
from samaki.ground.programmes.models import RightsholderGroup
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.form_handlers import Entry
from tests.factories.entries import an_entry, faults_of, handling
from tests.factories.field import (
    HELD,
    NOW,
    TOMORROW,
    Field,
    a_consenting_person,
    a_field,
    a_group,
    an_activity,
    lock,
)
from tests.factories.people import SETUP, a_person
from tests.factories.places import load_few_places

pytestmark = pytest.mark.django_db


def _entry(field: Field, origin: str = "submission:1", **values: object) -> Entry:
    return an_entry(field, origin, **{"held_on": HELD, "kind": "training", **values})


def _people(*people: Person) -> dict[str, list[dict[str, object]]]:
    return {"people": [{"person": person.pk} for person in people]}


def _take(field: Field, *entries: Entry) -> None:
    SESSION.take(entries, handling(field))


def _attending(session: Session) -> list[int]:
    return list(Attendance.objects.filter(session=session).order_by("person_id").values_list("person_id", flat=True))


def _counts(session: Session) -> dict[tuple[str, str], int]:
    return {(tally.dimension, tally.value): tally.count for tally in Tally.objects.filter(session=session)}


def _state() -> list[object]:
    """Everything a taking may write."""
    return [
        list(Activity.objects.order_by("pk").values_list()),
        list(Session.objects.order_by("pk").values_list()),
        list(Attendance.objects.order_by("pk").values_list()),
        list(Tally.objects.order_by("pk").values_list()),
        AuditEntry.objects.count(),
    ]


def test_a_form_with_numbers_of_people_becomes_an_activity_with_its_attendance() -> None:
    field = a_field()
    people = [a_consenting_person(field.ours) for _number in range(3)]
    _take(field, _entry(field, title="ច្បាប់ 2005", group="first", repeats=_people(*people)))
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
    assert _attending(session) == [person.pk for person in people]


def test_a_form_with_counts_becomes_tallies_and_their_total() -> None:
    field = a_field()
    _take(field, _entry(field, women=7, men=0, age_18_24=7))
    session = Session.objects.get()
    assert (session.attendance, _counts(session)) == (
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
    _take(field, _entry(field, repeats={"people": rows}))
    assert _counts(Session.objects.get()) == {
        ("all", "all"): 3,
        ("gender", "woman"): 2,
        ("gender", "man"): 1,
        ("age_band", "18_24"): 1,
        ("age_band", "65_up"): 1,
        ("age_band", "not_recorded"): 1,
    }


def test_nothing_said_of_who_came_is_unknown_and_0_is_nobody() -> None:
    field = a_field()
    _take(field, _entry(field, "submission:1"), _entry(field, "submission:2", all=0))
    found = [(one.attendance, _counts(one)) for one in Session.objects.order_by("origin")]
    assert found == [("not_recorded", {}), ("tally", {("all", "all"): 0})]


def test_an_activity_without_a_title_is_called_by_its_kind_in_both_languages() -> None:
    field = a_field()
    _take(field, _entry(field, kind="meeting"))
    activity = Activity.objects.get()
    assert (activity.title_km, activity.title_en) == ("កិច្ចប្រជុំ", "Meeting")


def test_the_same_entries_again_write_nothing() -> None:
    field = a_field()
    people = [a_consenting_person(field.ours) for _number in range(2)]
    entries = [
        _entry(field, "submission:1", repeats=_people(*people)),
        _entry(field, "submission:2", all=4, women=4),
        _entry(field, "submission:3"),
    ]
    _take(field, *entries)
    before = _state()
    _take(field, *reversed(entries))
    assert _state() == before


def test_a_correction_replaces_attendance_and_keeps_the_keys() -> None:
    field = a_field()
    first, second, third = (a_consenting_person(field.ours) for _number in range(3))
    _take(field, _entry(field, repeats=_people(first, second)))
    session = Session.objects.get()
    kept = Attendance.objects.get(person=second)
    _take(field, _entry(field, kind="meeting", held_on=dt.date(2024, 3, 6), repeats=_people(second, third)))
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
    assert _attending(corrected) == [second.pk, third.pk]
    assert Attendance.objects.get(person=second).pk == kept.pk


def test_a_correction_from_names_to_counts_takes_the_names_out() -> None:
    field = a_field()
    _take(field, _entry(field, repeats=_people(a_consenting_person(field.ours))))
    _take(field, _entry(field, all=5))
    session = Session.objects.get()
    assert (session.attendance, _attending(session), _counts(session)) == ("tally", [], {("all", "all"): 5})
    _take(field, _entry(field))
    session.refresh_from_db()
    assert (session.attendance, _counts(session), session.revision) == ("not_recorded", {}, 3)


def test_each_record_has_its_row_in_the_trail() -> None:
    field = a_field()
    person = a_consenting_person(field.ours)
    _take(field, _entry(field, "submission:1", repeats=_people(person)), _entry(field, "submission:2", all=2))
    sessions = {session.origin: str(session.pk) for session in Session.objects.all()}
    rows = AuditEntry.objects.filter(action="record_session").order_by("pk")
    assert [(row.object_id, row.actor_id, row.details["origin"], row.details["added"]) for row in rows] == [
        (sessions["submission:1"], 7, "submission:1", 1),
        (sessions["submission:2"], 7, "submission:2", 0),
    ]


def test_whoever_may_not_record_here_is_refused_by_name_of_the_entry() -> None:
    field = a_field()
    for name, stranger in field.strangers().items():
        found = faults_of(SESSION, field, _entry(field, "submission:2", all=1), _entry(field, by=stranger, all=1))
        assert found == [(1, "refused", None)], name
    assert Session.objects.count() == 0


def test_names_want_leave_to_see_people_or_to_lead_the_activity() -> None:
    field = a_field()
    person = a_consenting_person(field.ours)
    activity = an_activity(field)
    officer = field.actor(Role.PARTNER_ME, second_factor=False)
    assert faults_of(SESSION, field, _entry(field, by=officer, repeats=_people(person))) == [
        (0, "second_factor_wanted", None)
    ]
    assert faults_of(SESSION, field, _entry(field, by=field.me, repeats=_people(person))) == []
    Activity.objects.filter(pk=activity.pk).update(facilitator=_a_user("another"))
    named = _entry(field, "submission:2", activity=activity.key, repeats=_people(person))
    assert faults_of(SESSION, field, named) == [(0, "refused", None)]
    assert faults_of(SESSION, field, _entry(field, "submission:3", activity=activity.key, all=3)) == []


def _a_user(name: str) -> object:
    from samaki.ground.accounts.models import User

    return User.objects.create(username=name)


def test_a_facilitator_leads_what_she_records() -> None:
    field = a_field()
    user = _a_user("sender")
    by = field.actor(Role.FACILITATOR, second_factor=False)
    own = type(by)(user.pk, by.name, by.grants)  # type: ignore[attr-defined]
    _take(field, _entry(field, "submission:1", by=own, all=1), _entry(field, "submission:2", all=1))
    led = dict(Activity.objects.values_list("origin", "facilitator_id"))
    assert led == {"submission:1": user.pk, "submission:2": None}  # type: ignore[attr-defined]


def test_another_organisations_person_is_answered_like_one_who_does_not_exist() -> None:
    field = a_field()
    answers = []
    for number in (a_consenting_person(field.theirs).pk, 10**9):
        answers.append(faults_of(SESSION, field, _entry(field, repeats={"people": [{"person": number}]})))
    assert answers == [[(0, "no_such_person", "people")]] * 2


def test_another_organisations_group_and_activity_are_not_there() -> None:
    field = a_field()
    a_group(field.programme, field.theirs, "foreign")
    activity = an_activity(field)
    Activity.objects.filter(pk=activity.pk).update(organisation=field.theirs)
    found = faults_of(
        SESSION,
        field,
        _entry(field, "submission:1", group="foreign", all=1),
        _entry(field, "submission:2", group="nowhere", all=1),
        _entry(field, "submission:3", activity=activity.key, all=1),
        _entry(field, "submission:4", activity="nothing", all=1),
    )
    assert found == [
        (0, "no_such_group", "group"),
        (1, "no_such_group", "group"),
        (2, "no_such_activity", "activity"),
        (3, "no_such_activity", "activity"),
    ]


def test_who_has_not_consented_on_that_day_is_not_named() -> None:
    field = a_field()
    silent, child = a_person(field.ours), a_consenting_person(field.ours, birth_year=2008)
    good = a_consenting_person(field.ours)
    found = faults_of(
        SESSION,
        field,
        _entry(field, "submission:1", repeats=_people(silent, good)),
        _entry(field, "submission:2", repeats=_people(good)),
        _entry(field, "submission:3", repeats=_people(child)),
        _entry(field, "submission:4", held_on=dt.date(2019, 1, 1), repeats=_people(good)),
    )
    assert found == [(index, "consent_wanted", "people") for index in (0, 2, 3)]
    assert Session.objects.count() == 0


@pytest.mark.parametrize("keeps_names, is_sensitive", [(True, True), (False, False)])
def test_where_names_would_expose_only_counts_are_taken(keeps_names: bool, is_sensitive: bool) -> None:
    field = a_field()
    a_group(field.programme, field.ours, "circle", keeps_names=keeps_names)
    values = {"group": "circle", "is_sensitive": is_sensitive}
    named = _entry(field, **values, repeats=_people(a_consenting_person(field.ours)))
    assert faults_of(SESSION, field, named) == [(0, "tallies_only", "people")]
    listed = _entry(field, by=field.me, **values, repeats={"people": [{"name": "ទេព រស្មី"}]})
    assert faults_of(SESSION, field, listed) == [(0, "tallies_only", "people")]
    assert faults_of(SESSION, field, _entry(field, **values, all=9)) == []


def test_a_locked_period_takes_nothing_new_and_nothing_changed() -> None:
    field = a_field()
    entry = _entry(field, all=3)
    _take(field, entry)
    lock(field.programme, "2024-03")
    before = _state()
    assert faults_of(SESSION, field, entry) == []
    assert faults_of(SESSION, field, _entry(field, all=4)) == [(0, "period_locked", None)]
    moved = _entry(field, held_on=dt.date(2024, 4, 1), all=3)
    assert faults_of(SESSION, field, moved) == [(0, "period_locked", None)]
    assert faults_of(SESSION, field, _entry(field, "submission:2", all=3)) == [(0, "period_locked", None)]
    assert _state() == before


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
    good = _entry(field, "submission:2", all=1)
    assert faults_of(SESSION, field, good, _entry(field, by=field.me, **values)) == [(1, code, which)]
    assert Session.objects.count() == 0


def test_a_place_is_found_by_khmer_digits_and_asked_back_where_it_is_not_one() -> None:
    field = a_field()
    load_few_places()
    found = faults_of(
        SESSION,
        field,
        _entry(field, "submission:1", place="Prey Veng", all=1),
        _entry(field, "submission:2", place="Prey Vengand", all=1),
    )
    assert found == [(0, "place_ambiguous", "place"), (1, "place_unknown", "place")]
    _take(field, _entry(field, place="០៤០៦០១", all=1))
    place = Activity.objects.select_related("place").get().place
    assert place is not None and place.code == "040601"


def test_rightsholder_groups_are_counted_beside_the_total() -> None:
    field = a_field()
    RightsholderGroup.objects.create(programme=field.programme, key="youth", name_km="យុវជន", name_en="Youth")
    _take(field, _entry(field, all=9, repeats={"rightsholders": [{"rightsholder_group": "youth", "count": 4}]}))
    assert _counts(Session.objects.get()) == {("all", "all"): 9, ("rightsholder_group", "youth"): 4}


def test_a_planned_activity_is_held_by_its_form_and_its_session_stands_unfilled_when_that_is_taken_back() -> None:
    field = a_field()
    activity = an_activity(field, state=Activity.State.PLANNED)
    _take(field, _entry(field, activity=activity.key, kind="", all=6))
    session = Session.objects.select_related("activity").get()
    assert (session.activity.state, session.attendance, session.origin, session.revision) == (
        "held",
        "tally",
        "submission:1",
        2,
    )
    SESSION.take_back(["submission:1"], handling(field), field.me)
    session.refresh_from_db()
    assert (session.attendance, session.origin, _counts(session)) == ("not_recorded", "", {})


def test_a_planned_activity_that_was_put_off_moves_to_its_day() -> None:
    field = a_field()
    activity = an_activity(field, state=Activity.State.PLANNED)
    later = dt.date(2024, 3, 9)
    _take(field, _entry(field, activity=activity.key, held_on=later, all=6))
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
    _take(
        field,
        *(
            _entry(field, f"submission:{number}", activity=activity.key, held_on=day, all=1)
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
    entries = [_entry(field, f"submission:{number}", activity=activity.key, all=number) for number in (1, 2)]
    assert faults_of(SESSION, field, *entries) == [(1, "session_recorded", "activity")]
    assert faults_of(SESSION, field, entries[0]) == []
    assert faults_of(SESSION, field, entries[1]) == [(0, "session_recorded", "activity")]


def test_a_correction_that_names_another_activity_leaves_the_first() -> None:
    field = a_field()
    activity = an_activity(field)
    _take(field, _entry(field, all=2))
    _take(field, _entry(field, activity=activity.key, all=2))
    assert list(Activity.objects.values_list("key", flat=True)) == [activity.key]
    assert [(one.origin, one.attendance) for one in Session.objects.all()] == [("submission:1", "tally")]


def test_a_cancelled_activity_takes_no_form() -> None:
    field = a_field()
    activity = an_activity(field, state=Activity.State.CANCELLED)
    assert faults_of(SESSION, field, _entry(field, activity=activity.key, all=1)) == [(0, "not_held", "activity")]


def test_people_by_name_are_added_once_with_their_consent() -> None:
    field = a_field()
    row = {"name": "ទេព រស្មី", "gender": "woman", "birth_year": 1990, "consent": "thumbprint"}
    entry = _entry(field, by=field.me, repeats={"people": [row, dict(row)]})
    _take(field, entry)
    person = Person.objects.get()
    assert (person.gender, person.birth_year, person.origin) == ("woman", 1990, "submission:1")
    assert _attending(Session.objects.get()) == [person.pk]
    consents = person.consents.values_list("purpose", "how", "given_on", "given_by")
    assert list(consents) == [("take_part", "thumbprint", HELD, "own")]
    _take(field, entry)
    assert (Person.objects.count(), Session.objects.get().revision) == (1, 1)


def test_a_facilitator_adds_nobody_by_name() -> None:
    field = a_field()
    entry = _entry(field, repeats={"people": [{"name": "ទេព រស្មី", "consent": "spoken"}]})
    assert faults_of(SESSION, field, _entry(field, "submission:2", all=1), entry) == [(1, "refused", None)]
    assert Person.objects.count() == 0


def test_a_person_by_name_without_consent_is_not_kept() -> None:
    field = a_field()
    entry = _entry(field, by=field.me, repeats={"people": [{"name": "ទេព រស្មី"}]})
    assert faults_of(SESSION, field, entry) == [(0, "consent_wanted", "people")]
    assert Person.objects.count() == 0


def test_a_merged_person_attends_once_and_the_same_form_changes_nothing() -> None:
    field = a_field()
    person, twin = a_consenting_person(field.ours), a_consenting_person(field.ours)
    entry = _entry(field, repeats=_people(twin))
    _take(field, entry)
    Person.objects.filter(pk=twin.pk).update(merged_into=person)
    before = _state()
    _take(field, entry)
    assert _state() == before
    _take(field, _entry(field, "submission:2", repeats=_people(person, twin)))
    assert _attending(Session.objects.get(origin="submission:2")) == [person.pk]


def test_who_withdrew_is_not_brought_back_and_stays_counted() -> None:
    field = a_field()
    stays, leaves = a_consenting_person(field.ours), a_consenting_person(field.ours)
    entry = _entry(field, repeats=_people(stays, leaves))
    _take(field, entry)
    withdraw(leaves.pk, by=SETUP, at=NOW)
    before = _state()
    _take(field, entry)
    assert _state() == before
    _take(field, _entry(field, "submission:2", repeats=_people(stays, leaves)))
    session = Session.objects.get(origin="submission:2")
    assert (_attending(session), _counts(session)) == (
        [stays.pk],
        {("all", "all"): 1, ("gender", "not_recorded"): 1, ("age_band", "not_recorded"): 1},
    )


def test_what_forms_made_is_found_and_taken_back() -> None:
    field = a_field()
    _take(field, _entry(field, "submission:1", all=1), _entry(field, "submission:2", all=1))
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
        entries = [_entry(field, f"submission:{first + n}", repeats=_people(*people)) for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            _take(field, *entries)
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_what_a_page_changed_after_the_form_came_stands_until_a_later_word() -> None:
    field = a_field()
    first, second = (a_consenting_person(field.ours) for _number in range(2))
    sent = _entry(field, repeats=_people(first))
    _take(field, sent)
    session = Session.objects.get()
    later = NOW + dt.timedelta(hours=1)
    operations.record_attendance(
        session=session, revision=session.revision, person_ids=[second.pk], by=field.me, at=later
    )
    activity = Activity.objects.get()
    operations.edit_activity(
        activity=activity, revision=activity.revision, changes={"title_en": "Mended"}, by=field.me, at=later
    )
    stood = _state()
    _take(field, sent)
    assert _state() == stood
    assert (_attending(session), Activity.objects.get().title_en) == ([second.pk], "Mended")
    _take(field, dataclasses.replace(sent, received_at=later + dt.timedelta(hours=1)))
    assert _attending(session) == [first.pk]
