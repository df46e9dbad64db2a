"""The gate before leading: who may, who may not and what is told of it."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.activities.models import Activity
from samaki.ground.clearances.models import Clearance
from samaki.ground.people.models import Person
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Invalid
from samaki.strands.learning.models import Lead
from samaki.strands.learning.operations.leads import add_lead, take_back_lead
from samaki.strands.learning.queries import practice
from tests.factories.field import NOW, a_consenting_person, a_field, lock
from tests.factories.series import FIRST, attend, certified, people, working_group
from tests.strands.learning.series_world import LATER, a_session, lead_code, merged

pytestmark = pytest.mark.django_db


def test_the_working_group_leads_first_and_nobody_else_who_is_not_certified() -> None:
    field = a_field()
    member, other = people(field, 2)
    working_group(field, member)
    session = a_session(field)
    assert lead_code(field, session, other) == "not_certified"
    add_lead(session=session, person_id=member.pk, by=field.me, at=NOW)
    assert lead_code(field, session, member) == "already_leads"
    assert [lead.person_id for lead in practice.led_by(field.me, session)] == [member.pk]


def test_who_joined_the_working_group_later_may_not_have_led_before() -> None:
    field = a_field()
    (member,) = people(field, 1)
    working_group(field, member, since=LATER + dt.timedelta(days=1))
    assert lead_code(field, a_session(field), member) == "not_certified"


def test_a_certificate_lapses_after_six_months_without_leading_and_leading_keeps_it() -> None:
    field = a_field()
    (person,) = people(field, 1)
    certified(field, person)  # 6 March 2023
    late = a_session(field, dt.date(2023, 9, 7), "late")
    assert lead_code(field, late, person) == "certificate_lapsed"
    add_lead(session=a_session(field, dt.date(2023, 9, 6), "in time"), person_id=person.pk, by=field.me, at=NOW)
    add_lead(session=late, person_id=person.pk, by=field.me, at=NOW)
    assert [one.stand.until for one in practice.practice_of(field.me, [person.pk], on=dt.date(2023, 10, 1))] == [
        dt.date(2024, 3, 7)
    ]


def test_a_suspended_or_barred_person_may_not_lead_and_the_answer_does_not_say_why() -> None:
    field = a_field()
    person, double = people(field, 2)
    certified(field, person)
    Clearance.objects.create(
        person=double, programme=field.other, organisation=field.ours, status=Clearance.Status.BARRED, since=FIRST
    )
    session = a_session(field)
    merged(field, person, double)
    standing = person if Person.objects.get(pk=person.pk).merged_into_id is None else double
    with pytest.raises(Invalid) as refused:
        add_lead(session=session, person_id=standing.pk, by=field.me, at=NOW)
    assert (refused.value.code, "barred" in refused.value.message) == ("stopped", False)


def test_somebody_not_yet_born_or_on_the_attendance_list_does_not_lead() -> None:
    field = a_field()
    unborn = a_consenting_person(field.ours, birth_year=2024)
    (there,) = people(field, 1)
    certified(field, there)
    session = a_session(field)
    attend(field, session, [there])
    assert lead_code(field, session, unborn) == "not_yet_born"
    assert lead_code(field, session, there) == "attends"


def test_nobody_is_written_down_for_what_has_not_taken_place_or_is_locked() -> None:
    field = a_field()
    (member,) = people(field, 1)
    working_group(field, member)
    session = a_session(field)
    Activity.objects.filter(pk=session.activity_id).update(state=Activity.State.PLANNED)
    assert lead_code(field, session, member) == "not_held"
    Activity.objects.filter(pk=session.activity_id).update(state=Activity.State.HELD)
    lock(field.programme, "2023-06")
    assert lead_code(field, session, member) == "period_locked"


def test_a_lead_of_another_organisation_s_person_is_nobody() -> None:
    field = a_field()
    assert lead_code(field, a_session(field), a_consenting_person(field.theirs)) == "no_such_person"


def test_a_lead_taken_back_is_gone() -> None:
    field = a_field()
    (member,) = people(field, 1)
    working_group(field, member)
    lead = add_lead(session=a_session(field), person_id=member.pk, by=field.me, at=NOW)
    take_back_lead(lead=lead, by=field.me, at=NOW)
    assert (Lead.objects.count(), AuditEntry.objects.filter(action="take_back_lead").count()) == (0, 1)
