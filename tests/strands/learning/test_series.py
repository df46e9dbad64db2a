"""Series filled, ended and read, and the list of who came to a session."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.people.operations import undo_merge
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, NotFound, Refused
from samaki.strands.learning.models import Series
from samaki.strands.learning.operations import attendance as taking
from samaki.strands.learning.operations import series as operations
from samaki.strands.learning.operations.certification import certify
from samaki.strands.learning.operations.leads import add_lead
from samaki.strands.learning.queries import practice
from samaki.strands.learning.queries import series as queries
from samaki.strands.learning.rules.practice import Completion
from tests.factories.field import NOW, TODAY, TOMORROW, a_field
from tests.factories.people import a_person
from tests.factories.series import FIRST, a_series, an_activity_of, people, working_group
from tests.strands.learning.series_world import LATER, a_session, code_of, merged

pytestmark = pytest.mark.django_db


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
    answer = code_of(certify, series=series, person_id=person.pk, certified_on=TODAY, by=field.me, at=NOW)
    assert answer == "completion_unknown"


def test_two_records_of_one_person_at_one_session_are_one_and_an_undo_brings_them_back() -> None:
    field = a_field()
    first, second = people(field, 2)
    series = a_series(field, [[first, second], [first], [second], [first], [second]])
    before = [(one.person_id, one.attended) for one in queries.attended(field.me, series)]
    pair = merged(field, first, second)
    together = [(one.attended, one.completed) for one in queries.attended(field.me, series)]
    undo_merge(pair.pk, by=field.me, at=NOW)
    after = [(one.person_id, one.attended) for one in queries.attended(field.me, series)]
    assert (together, after) == ([(5, Completion.YES)], before)


def test_an_activity_belongs_to_one_series_of_its_own_organisation_and_not_to_one_that_has_ended() -> None:
    field = a_field()
    (person,) = people(field, 1)
    series = a_series(field, [[person]])
    other = an_activity_of(field, [LATER], key="other")
    assert code_of(operations.add_activity, series=series, activity=other, by=field.me, at=NOW) == "series_ended"
    operations.reopen_series(series=series, revision=series.revision, by=field.me, at=NOW)
    again = Activity.objects.get(key="series-activity")
    assert code_of(operations.add_activity, series=series, activity=again, by=field.me, at=NOW) == "in_a_series"
    before = an_activity_of(field, [FIRST - dt.timedelta(days=9)], key="before")
    assert code_of(operations.add_activity, series=series, activity=before, by=field.me, at=NOW) == "before_series"
    Activity.objects.filter(pk=other.pk).update(organisation=field.theirs)
    other.refresh_from_db()
    assert code_of(operations.add_activity, series=series, activity=other, by=field.me, at=NOW) == "not_of_this_series"


def test_a_series_ends_on_its_last_session_or_later_and_tells_the_second_of_two_who_end_it() -> None:
    field = a_field()
    (person,) = people(field, 1)
    series = a_series(field, [[person], [person]], ended=False)
    ending = {"series": series, "by": field.me, "at": NOW}
    assert code_of(operations.end_series, **ending, revision=series.revision, ends_on=FIRST) == "before_last_session"
    assert code_of(operations.end_series, **ending, revision=series.revision, ends_on=TOMORROW) == "date_in_future"
    operations.end_series(series=series, revision=series.revision, ends_on=LATER, by=field.me, at=NOW)
    assert code_of(operations.end_series, **ending, revision=series.revision, ends_on=LATER) == "series_ended"
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


def test_two_people_at_one_list_are_told_of_each_other_and_both_lists_are_kept() -> None:
    field = a_field()
    mine, theirs = people(field, 2)
    session = a_session(field)
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
    session = a_session(field)
    add_lead(session=session, person_id=member.pk, by=field.me, at=NOW)
    about = {"session": session, "revision": session.revision, "by": field.me, "at": NOW}
    assert code_of(taking.add_to_list, **about, listed=[there.pk], person_id=there.pk) == "already_attends"
    assert code_of(taking.add_to_list, **about, listed=[], person_id=member.pk) == "leads"
    assert code_of(taking.add_to_list, **about, listed=[], person_id=a_person(field.theirs).pk) == "not_found"
