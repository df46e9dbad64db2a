"""Who is on a session's form: people by number and by name, and with their consent alone."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.accounts.models import User
from samaki.ground.activities.form_handlers import SESSION
from samaki.ground.activities.models import Activity, Session
from samaki.ground.people.models import Person
from samaki.ground.people.operations import withdraw
from samaki.kernel.actors import Role
from tests.factories.entries import faults_of
from tests.factories.field import HELD, NOW, a_consenting_person, a_field, a_group, an_activity
from tests.factories.people import SETUP, a_person
from tests.ground.activities.session_forms import attending, counts, filled, rows_of, state, take

pytestmark = pytest.mark.django_db


def test_names_want_leave_to_see_people_or_to_lead_the_activity() -> None:
    field = a_field()
    person = a_consenting_person(field.ours)
    activity = an_activity(field)
    officer = field.actor(Role.PARTNER_ME, second_factor=False)
    assert faults_of(SESSION, field, filled(field, by=officer, repeats=rows_of(person))) == [
        (0, "second_factor_wanted", None)
    ]
    assert faults_of(SESSION, field, filled(field, by=field.me, repeats=rows_of(person))) == []
    Activity.objects.filter(pk=activity.pk).update(facilitator=User.objects.create(username="another"))
    named = filled(field, "submission:2", activity=activity.key, repeats=rows_of(person))
    assert faults_of(SESSION, field, named) == [(0, "refused", None)]
    assert faults_of(SESSION, field, filled(field, "submission:3", activity=activity.key, all=3)) == []


def test_another_organisations_person_is_answered_like_one_who_does_not_exist() -> None:
    field = a_field()
    answers = []
    for number in (a_consenting_person(field.theirs).pk, 10**9):
        answers.append(faults_of(SESSION, field, filled(field, repeats={"people": [{"person": number}]})))
    assert answers == [[(0, "no_such_person", "people")]] * 2


def test_who_has_not_consented_on_that_day_is_not_named() -> None:
    field = a_field()
    silent, child = a_person(field.ours), a_consenting_person(field.ours, birth_year=2008)
    good = a_consenting_person(field.ours)
    found = faults_of(
        SESSION,
        field,
        filled(field, "submission:1", repeats=rows_of(silent, good)),
        filled(field, "submission:2", repeats=rows_of(good)),
        filled(field, "submission:3", repeats=rows_of(child)),
        filled(field, "submission:4", held_on=dt.date(2019, 1, 1), repeats=rows_of(good)),
    )
    assert found == [(index, "consent_wanted", "people") for index in (0, 2, 3)]
    assert Session.objects.count() == 0


@pytest.mark.parametrize("keeps_names, is_sensitive", [(True, True), (False, False)])
def test_where_names_would_expose_only_counts_are_taken(keeps_names: bool, is_sensitive: bool) -> None:
    field = a_field()
    a_group(field.programme, field.ours, "circle", keeps_names=keeps_names)
    values = {"group": "circle", "is_sensitive": is_sensitive}
    named = filled(field, **values, repeats=rows_of(a_consenting_person(field.ours)))
    assert faults_of(SESSION, field, named) == [(0, "tallies_only", "people")]
    listed = filled(field, by=field.me, **values, repeats={"people": [{"name": "ទេព រស្មី"}]})
    assert faults_of(SESSION, field, listed) == [(0, "tallies_only", "people")]
    assert faults_of(SESSION, field, filled(field, **values, all=9)) == []


def test_people_by_name_are_added_once_with_their_consent() -> None:
    field = a_field()
    row = {"name": "ទេព រស្មី", "gender": "woman", "birth_year": 1990, "consent": "thumbprint"}
    entry = filled(field, by=field.me, repeats={"people": [row, dict(row)]})
    take(field, entry)
    person = Person.objects.get()
    assert (person.gender, person.birth_year, person.origin) == ("woman", 1990, "submission:1")
    assert attending(Session.objects.get()) == [person.pk]
    consents = person.consents.values_list("purpose", "how", "given_on", "given_by")
    assert list(consents) == [("take_part", "thumbprint", HELD, "own")]
    take(field, entry)
    assert (Person.objects.count(), Session.objects.get().revision) == (1, 1)


def test_a_facilitator_adds_nobody_by_name() -> None:
    field = a_field()
    entry = filled(field, repeats={"people": [{"name": "ទេព រស្មី", "consent": "spoken"}]})
    assert faults_of(SESSION, field, filled(field, "submission:2", all=1), entry) == [(1, "refused", None)]
    assert Person.objects.count() == 0


def test_a_person_by_name_without_consent_is_not_kept() -> None:
    field = a_field()
    entry = filled(field, by=field.me, repeats={"people": [{"name": "ទេព រស្មី"}]})
    assert faults_of(SESSION, field, entry) == [(0, "consent_wanted", "people")]
    assert Person.objects.count() == 0


def test_a_merged_person_attends_once_and_the_same_form_changes_nothing() -> None:
    field = a_field()
    person, twin = a_consenting_person(field.ours), a_consenting_person(field.ours)
    entry = filled(field, repeats=rows_of(twin))
    take(field, entry)
    Person.objects.filter(pk=twin.pk).update(merged_into=person)
    before = state()
    take(field, entry)
    assert state() == before
    take(field, filled(field, "submission:2", repeats=rows_of(person, twin)))
    assert attending(Session.objects.get(origin="submission:2")) == [person.pk]


def test_who_withdrew_is_not_brought_back_and_stays_counted() -> None:
    field = a_field()
    stays, leaves = a_consenting_person(field.ours), a_consenting_person(field.ours)
    entry = filled(field, repeats=rows_of(stays, leaves))
    take(field, entry)
    withdraw(leaves.pk, by=SETUP, at=NOW)
    before = state()
    take(field, entry)
    assert state() == before
    take(field, filled(field, "submission:2", repeats=rows_of(stays, leaves)))
    session = Session.objects.get(origin="submission:2")
    assert (attending(session), counts(session)) == (
        [stays.pk],
        {("all", "all"): 1, ("gender", "not_recorded"): 1, ("age_band", "not_recorded"): 1},
    )
