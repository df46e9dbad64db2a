"""Series filled and ended, the gate before leading, certificates, visits, and what a merge does to them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.clearances.models import Clearance
from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.people.operations import confirm_same, undo_merge, withdraw
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, DomainError, Invalid, NotFound, Refused
from samaki.strands.learning.models import Assessment, Certification, CoachingVisit, Lead, Series
from samaki.strands.learning.operations import attendance as taking
from samaki.strands.learning.operations import series as operations
from samaki.strands.learning.operations.certification import (
    assess,
    certify,
    record_visit,
    withdraw_certificates,
)
from samaki.strands.learning.operations.leads import add_lead, take_back_lead
from samaki.strands.learning.queries import certificates, due, pathway, practice
from samaki.strands.learning.queries import series as queries
from samaki.strands.learning.rules.practice import Completion, Standing
from tests.factories.field import NOW, TODAY, TOMORROW, Field, a_consenting_person, a_field, lock
from tests.factories.people import a_person
from tests.factories.series import (
    FIRST,
    a_series,
    an_activity_of,
    attend,
    certified,
    people,
    sessions_of,
    working_group,
)

pytestmark = pytest.mark.django_db
LATER = dt.date(2023, 6, 1)


def _session(field: Field, on: dt.date = LATER, key: str = "taught") -> Session:
    return sessions_of(an_activity_of(field, [on], key=key))[0]


def _code(call: object, **keywords: object) -> str:
    with pytest.raises(DomainError) as refused:
        call(**keywords)  # type: ignore[operator]  # an operation
    return refused.value.code


def _lead_code(field: Field, session: Session, person: Person) -> str:
    return _code(add_lead, session=session, person_id=person.pk, by=field.me, at=NOW)


def _merged(field: Field, first: Person, second: Person) -> MatchCandidate:
    low, high = sorted([first, second], key=lambda one: one.pk)
    pair, _new = MatchCandidate.objects.get_or_create(
        first=low, second=high, defaults={"organisation": field.ours, "likeness": 99}
    )
    confirm_same(pair.pk, by=field.me, at=NOW)
    return pair


def test_who_attended_four_of_five_sessions_completed_and_who_attended_three_did_not() -> None:
    field = a_field()
    four, three = people(field, 2)
    series = a_series(field, [[four, three], [four, three], [four, three], [four], []])
    told = {one.person_id: (one.attended, one.completed) for one in queries.attended(field.me, series)}
    assert told == {four.pk: (4, Completion.YES), three.pk: (3, Completion.NO)}


def test_a_session_nobody_wrote_down_leaves_completion_unknown_where_it_decides() -> None:
    field = a_field()
    (person,) = people(field, 1)
    series = a_series(field, [[person], [person], [person], []])
    Session.objects.filter(activity__in_series__series=series, number=4).update(
        attendance=Session.Attendance.NOT_RECORDED
    )
    assert [one.completed for one in queries.attended(field.me, series)] == [Completion.UNKNOWN]
    answer = _code(certify, series=series, person_id=person.pk, certified_on=TODAY, by=field.me, at=NOW)
    assert answer == "completion_unknown"


def test_two_records_of_one_person_at_one_session_are_one_and_an_undo_brings_them_back() -> None:
    field = a_field()
    first, second = people(field, 2)
    series = a_series(field, [[first, second], [first], [second], [first], [second]])
    before = [(one.person_id, one.attended) for one in queries.attended(field.me, series)]
    pair = _merged(field, first, second)
    together = [(one.attended, one.completed) for one in queries.attended(field.me, series)]
    undo_merge(pair.pk, by=field.me, at=NOW)
    after = [(one.person_id, one.attended) for one in queries.attended(field.me, series)]
    assert (together, after) == ([(5, Completion.YES)], before)


def test_an_activity_belongs_to_one_series_of_its_own_organisation_and_not_to_one_that_has_ended() -> None:
    field = a_field()
    (person,) = people(field, 1)
    series = a_series(field, [[person]])
    other = an_activity_of(field, [LATER], key="other")
    assert _code(operations.add_activity, series=series, activity=other, by=field.me, at=NOW) == "series_ended"
    operations.reopen_series(series=series, revision=series.revision, by=field.me, at=NOW)
    again = Activity.objects.get(key="series-activity")
    assert _code(operations.add_activity, series=series, activity=again, by=field.me, at=NOW) == "in_a_series"
    before = an_activity_of(field, [FIRST - dt.timedelta(days=9)], key="before")
    assert _code(operations.add_activity, series=series, activity=before, by=field.me, at=NOW) == "before_series"
    Activity.objects.filter(pk=other.pk).update(organisation=field.theirs)
    other.refresh_from_db()
    assert _code(operations.add_activity, series=series, activity=other, by=field.me, at=NOW) == "not_of_this_series"


def test_a_series_ends_on_its_last_session_or_later_and_tells_the_second_of_two_who_end_it() -> None:
    field = a_field()
    (person,) = people(field, 1)
    series = a_series(field, [[person], [person]], ended=False)
    ending = {"series": series, "by": field.me, "at": NOW}
    assert _code(operations.end_series, **ending, revision=series.revision, ends_on=FIRST) == "before_last_session"
    assert _code(operations.end_series, **ending, revision=series.revision, ends_on=TOMORROW) == "date_in_future"
    operations.end_series(series=series, revision=series.revision, ends_on=LATER, by=field.me, at=NOW)
    assert _code(operations.end_series, **ending, revision=series.revision, ends_on=LATER) == "series_ended"
    assert Series.objects.get().ends_on == LATER


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICER, Role.DONOR, Role.ADMINISTRATOR, Role.GROUP_COORDINATOR])
def test_who_may_not_run_a_series_is_refused_and_that_stays_in_the_trail(role: Role) -> None:
    field = a_field()
    series = a_series(field, [people(field, 1)], ended=False)
    with pytest.raises(Refused):
        operations.end_series(series=series, revision=series.revision, ends_on=LATER, by=field.actor(role), at=NOW)
    assert AuditEntry.objects.filter(refused=True, action="run_series").count() == 1


def test_strangers_find_no_series_and_no_names_of_it() -> None:
    field = a_field()
    series = a_series(field, [people(field, 1)])
    for who, stranger in field.strangers().items():
        with pytest.raises((NotFound, Refused)):
            queries.series(stranger, series.key)
        with pytest.raises(Refused):
            queries.attended(stranger, series)
        assert practice.practices(stranger, on=TODAY) == [], who


def test_the_working_group_leads_first_and_nobody_else_who_is_not_certified() -> None:
    field = a_field()
    member, other = people(field, 2)
    working_group(field, member)
    session = _session(field)
    assert _lead_code(field, session, other) == "not_certified"
    add_lead(session=session, person_id=member.pk, by=field.me, at=NOW)
    assert _lead_code(field, session, member) == "already_leads"
    assert [lead.person_id for lead in practice.led_by(field.me, session)] == [member.pk]


def test_who_joined_the_working_group_later_may_not_have_led_before() -> None:
    field = a_field()
    (member,) = people(field, 1)
    working_group(field, member, since=LATER + dt.timedelta(days=1))
    assert _lead_code(field, _session(field), member) == "not_certified"


def test_a_certificate_lapses_after_six_months_without_leading_and_leading_keeps_it() -> None:
    field = a_field()
    (person,) = people(field, 1)
    certified(field, person)  # 6 March 2023
    late = _session(field, dt.date(2023, 9, 7), "late")
    assert _lead_code(field, late, person) == "certificate_lapsed"
    add_lead(session=_session(field, dt.date(2023, 9, 6), "in time"), person_id=person.pk, by=field.me, at=NOW)
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
    session = _session(field)
    _merged(field, person, double)
    standing = person if Person.objects.get(pk=person.pk).merged_into_id is None else double
    with pytest.raises(Invalid) as refused:
        add_lead(session=session, person_id=standing.pk, by=field.me, at=NOW)
    assert (refused.value.code, "barred" in refused.value.message) == ("stopped", False)


def test_somebody_not_yet_born_or_on_the_attendance_list_does_not_lead() -> None:
    field = a_field()
    unborn = a_consenting_person(field.ours, birth_year=2024)
    (there,) = people(field, 1)
    certified(field, there)
    session = _session(field)
    attend(field, session, [there])
    assert _lead_code(field, session, unborn) == "not_yet_born"
    assert _lead_code(field, session, there) == "attends"


def test_nobody_is_written_down_for_what_has_not_taken_place_or_is_locked() -> None:
    field = a_field()
    (member,) = people(field, 1)
    working_group(field, member)
    session = _session(field)
    Activity.objects.filter(pk=session.activity_id).update(state=Activity.State.PLANNED)
    assert _lead_code(field, session, member) == "not_held"
    Activity.objects.filter(pk=session.activity_id).update(state=Activity.State.HELD)
    lock(field.programme, "2023-06")
    assert _lead_code(field, session, member) == "period_locked"


def test_a_lead_of_another_organisation_s_person_is_nobody() -> None:
    field = a_field()
    assert _lead_code(field, _session(field), a_consenting_person(field.theirs)) == "no_such_person"


def test_a_lead_taken_back_is_gone() -> None:
    field = a_field()
    (member,) = people(field, 1)
    working_group(field, member)
    lead = add_lead(session=_session(field), person_id=member.pk, by=field.me, at=NOW)
    take_back_lead(lead=lead, by=field.me, at=NOW)
    assert (Lead.objects.count(), AuditEntry.objects.filter(action="take_back_lead").count()) == (0, 1)


def test_only_who_completed_and_passed_is_certified() -> None:
    field = a_field()
    done, half = people(field, 2)
    series = a_series(field, [[done, half], [done]])
    about = {"series": series, "certified_on": LATER, "by": field.me, "at": NOW}
    assert _code(certify, **about, person_id=half.pk) == "not_completed"
    assert _code(certify, **about, person_id=done.pk) == "not_passed"
    judging = {"series": series, "person_id": done.pk, "assessed_on": FIRST, "by": field.me, "at": NOW}
    assess(result=Assessment.Result.NOT_YET, **judging)
    assert _code(certify, **about, person_id=done.pk) == "not_passed"
    assess(result=Assessment.Result.PASSED, **judging)
    assert Assessment.objects.count() == 1
    made = certify(series=series, person_id=done.pk, certified_on=LATER, by=field.me, at=NOW)
    assert (made.kind, _code(certify, **about, person_id=done.pk)) == ("first", "already_certified")
    outsider = people(field, 1)[0]
    assert _code(certify, **about, person_id=outsider.pk) == "did_not_attend"


def test_an_open_series_certifies_nobody_and_no_day_before_its_end() -> None:
    field = a_field()
    (person,) = people(field, 1)
    series = a_series(field, [[person], [person]], ended=False)
    about = {"series": series, "person_id": person.pk, "by": field.me, "at": NOW}
    assert _code(certify, **about, certified_on=LATER) == "not_ended"
    operations.end_series(series=series, revision=series.revision, ends_on=LATER, by=field.me, at=NOW)
    assess(**about, assessed_on=FIRST, result=Assessment.Result.PASSED)
    series.refresh_from_db()
    assert _code(certify, **about, certified_on=FIRST) == "before_end"


def test_a_refresher_renews_who_was_certified_and_nobody_else() -> None:
    field = a_field()
    person, never = people(field, 2)
    certified(field, person)
    when = dt.date(2024, 1, 10)
    refresher = a_series(field, [[person, never]], key="refresher", kind=Series.Kind.REFRESHER, first=when)
    about = {"series": refresher, "certified_on": when, "by": field.me, "at": NOW}
    assert _code(certify, **about, person_id=never.pk) == "never_certified"
    before = practice.stands(field.programme.pk, [person.pk], on=when)[person.pk].standing
    renewed = certify(series=refresher, person_id=person.pk, certified_on=when, by=field.me, at=NOW)
    after = practice.stands(field.programme.pk, [person.pk], on=when)[person.pk].standing
    assert (before, renewed.kind, after) == (Standing.LAPSED, "renewed", Standing.STANDS)


def test_a_withdrawn_certificate_ends_with_its_renewals_and_leads_nobody() -> None:
    field = a_field()
    (person,) = people(field, 1)
    first = certified(field, person)
    withdrawing = {"certification": first, "by": field.me, "at": NOW, "on": dt.date(2023, 5, 1)}
    assert _code(withdraw_certificates, **withdrawing, revision=first.revision, because=" ") == "reason_wanted"
    assert _code(withdraw_certificates, **withdrawing, revision=9, because="so") == "changed_meanwhile"
    withdraw_certificates(**withdrawing, revision=first.revision, because="so")  # type: ignore[arg-type]  # as named
    assert Certification.objects.filter(withdrawn_on__isnull=True).count() == 0
    assert _lead_code(field, _session(field), person) == "certificate_withdrawn"
    assert _code(withdraw_certificates, **withdrawing, revision=2, because="so") == "already_withdrawn"


def test_certificates_and_leads_follow_a_merge_and_an_undo() -> None:
    field = a_field()
    first, second = people(field, 2)
    certified(field, first)
    session = _session(field)
    assert _lead_code(field, session, second) == "not_certified"
    pair = _merged(field, first, second)
    lead = add_lead(session=session, person_id=second.pk, by=field.me, at=NOW)
    assert [one.last_led for one in practice.practices(field.me, on=TODAY)] == [LATER]
    take_back_lead(lead=lead, by=field.me, at=NOW)
    undo_merge(pair.pk, by=field.me, at=NOW)
    assert _lead_code(field, session, second) == "not_certified"


def test_a_code_shows_whether_it_stands_and_costs_the_same_unknown() -> None:
    field = a_field()
    (person,) = people(field, 1)
    made = certified(field, person)
    costs = []
    for code in (made.code, "A" * 24, "no code at all", ""):
        with CaptureQueriesContext(connection) as asked:
            certificates.shown_by_code(field.me, code, on=LATER)
        costs.append(len(asked))
    assert len(set(costs)) == 1
    shown = certificates.shown_by_code(field.me, made.code, on=LATER)
    assert shown is not None
    assert (shown.standing, shown.certified_on, shown.title_en) == (Standing.STANDS, FIRST, "")
    assert certificates.shown_by_code(field.me, "A" * 24, on=LATER) is None


def test_who_withdrew_has_no_certificate_no_pathway_and_leaves_the_lists() -> None:
    field = a_field()
    (person,) = people(field, 1)
    made = certified(field, person)
    visit = _visit(field, person)
    withdraw(person.pk, by=field.me, at=NOW)
    assert certificates.shown_by_code(field.me, made.code, on=LATER) is None
    assert pathway.pathway(field.me, person.pk)[1] == []
    assert (practice.practices(field.me, on=TODAY), due.refreshers_due(field.me, on=TODAY)) == ([], [])
    assert certificates.notes_of(field.me, visit.pk)[1] == ""


def _visit(field: Field, person: Person) -> CoachingVisit:
    return record_visit(
        programme=field.programme,
        organisation=field.ours,
        person_id=person.pk,
        visited_on=LATER,
        notes="speaks calmly",
        by=field.me,
        at=NOW,
    )


def test_what_was_noted_at_a_visit_is_sealed_and_each_reading_is_written_down() -> None:
    field = a_field()
    person, other = people(field, 2)
    certified(field, person)
    visit = _visit(field, person)
    assert b"calmly" not in bytes(visit.notes)
    assert certificates.notes_of(field.me, visit.pk)[1] == "speaks calmly"
    assert AuditEntry.objects.filter(action="learning.read_visit").count() == 1
    with pytest.raises(Invalid):
        _visit(field, other)
    for stranger in field.strangers().values():
        with pytest.raises(NotFound):
            certificates.notes_of(stranger, visit.pk)


def test_a_pathway_tells_everything_in_order_and_nothing_of_another_programme() -> None:
    field = a_field()
    (person,) = people(field, 1)
    certified(field, person)
    working_group(field, person, since=LATER)
    add_lead(session=_session(field), person_id=person.pk, by=field.me, at=NOW)
    _visit(field, person)
    kinds = [step.kind.value for step in pathway.pathway(field.me, person.pk)[1]]
    assert kinds == ["attended", "completed", "assessed", "certified", "joined", "led", "coached"]
    elsewhere = field.actor(Role.PARTNER_ME, programme=field.other)
    assert pathway.pathway(elsewhere, person.pk)[1] == []


def test_whose_refresher_and_whose_follow_up_is_due() -> None:
    field = a_field()
    (person,) = people(field, 1)
    certified(field, person)  # stands until 6 September 2023
    days = [dt.date(2023, 6, 5), dt.date(2023, 6, 6), dt.date(2023, 9, 6), dt.date(2023, 9, 7)]
    assert [len(due.follow_ups_due(field.me, on=day)) for day in days] == [0, 1, 1, 0]
    assert [len(due.refreshers_due(field.me, on=day)) for day in (days[0], dt.date(2023, 7, 23), days[3])] == [0, 1, 1]


def test_two_people_at_one_list_are_told_of_each_other_and_both_lists_are_kept() -> None:
    field = a_field()
    mine, theirs = people(field, 2)
    session = _session(field)
    adding = {"revision": session.revision, "listed": [], "by": field.me, "at": NOW}
    taking.add_to_list(session=session, person_id=theirs.pk, **adding)  # type: ignore[arg-type]  # as named
    with pytest.raises(Conflict) as conflict:
        taking.add_to_list(session=session, person_id=mine.pk, **adding)  # type: ignore[arg-type]  # as named
    told = conflict.value.params
    assert (conflict.value.code, told["theirs"], told["yours"]) == (
        "changed_meanwhile",
        {"person_ids": [theirs.pk]},
        {"person_ids": [mine.pk]},
    )
    assert list(Attendance.objects.values_list("person_id", flat=True)) == [theirs.pk]


def test_the_same_person_twice_and_a_leader_on_the_list_are_refused() -> None:
    field = a_field()
    there, member = people(field, 2)
    working_group(field, member)
    session = _session(field)
    add_lead(session=session, person_id=member.pk, by=field.me, at=NOW)
    about = {"session": session, "revision": session.revision, "by": field.me, "at": NOW}
    assert _code(taking.add_to_list, **about, listed=[there.pk], person_id=there.pk) == "already_attends"
    assert _code(taking.add_to_list, **about, listed=[], person_id=member.pk) == "leads"
    assert _code(taking.add_to_list, **about, listed=[], person_id=a_person(field.theirs).pk) == "not_found"
