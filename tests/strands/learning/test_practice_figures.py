"""Who completed and who leads, as figures: merges, missing lists, the six months' edge, and the rows behind."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.engines.results.operations import load_catalogue
from samaki.engines.results.queries import figure
from samaki.engines.results.rows import records
from samaki.ground.activities.models import Session
from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.people.operations import confirm_same, undo_merge, withdraw
from samaki.kernel.figures import Figure, FigureQuery
from samaki.strands.learning.models import Series
from samaki.strands.learning.operations.certification import withdraw_certificates
from samaki.strands.learning.operations.leads import add_lead
from tests.factories.field import NOW, Field, a_field
from tests.factories.people import SETUP
from tests.factories.series import FIRST, a_series, an_activity_of, certified, people, sessions_of

pytestmark = pytest.mark.django_db
MARCH = "2023-03"


@pytest.fixture(autouse=True)
def definitions(db: None) -> None:
    load_catalogue(by=SETUP)


def _completion(field: Field, by: tuple[str, ...] = ()) -> Figure:
    return figure(field.me, FigureQuery(field.programme.key, "tot_completion", period=MARCH, by=by))


def _active(field: Field, on: dt.date) -> tuple[int | None, int | None]:
    found = figure(field.me, FigureQuery(field.programme.key, "active_facilitators", as_of=on))
    return found.numerator, found.denominator


def _same(field: Field, first: Person, second: Person) -> MatchCandidate:
    pair, _new = MatchCandidate.objects.get_or_create(
        first=first, second=second, defaults={"organisation": field.ours, "likeness": 99}
    )
    confirm_same(pair.pk, by=field.me, at=NOW)
    return pair


def test_completion_counts_a_person_once_of_series_of_trainers_that_ended_in_the_period() -> None:
    field = a_field()
    done, half, other = people(field, 3)
    a_series(field, [[done, half], [done]])
    a_series(field, [[done]], key="again")
    a_series(field, [[other]], key="village", kind=Series.Kind.COMMUNITY)
    a_series(field, [[other]], key="open", ended=False)
    a_series(field, [[other]], key="later", first=dt.date(2023, 4, 3))
    found = _completion(field)
    assert (found.numerator, found.denominator) == (1, 2)


def test_a_merge_joins_what_two_records_attended_and_an_undo_restores_it() -> None:
    field = a_field()
    first, second = people(field, 2)
    a_series(field, [[first], [second]])
    before = _completion(field)
    pair = _same(field, first, second)
    merged = _completion(field)
    undo_merge(pair.pk, by=field.me, at=NOW)
    after = _completion(field)
    assert [(one.numerator, one.denominator) for one in (before, merged, after)] == [(0, 2), (1, 1), (0, 2)]


def test_a_missing_list_leaves_unknown_who_completed() -> None:
    field = a_field()
    sure, perhaps = people(field, 2)
    a_series(field, [[sure, perhaps], [sure], [sure], [sure], []])
    Session.objects.filter(number=5).update(attendance=Session.Attendance.NOT_RECORDED)
    known = _completion(field)
    assert (known.numerator, known.denominator) == (1, 2)
    Session.objects.filter(number=2).update(attendance=Session.Attendance.NOT_RECORDED)
    assert _completion(field).unknown is not None


def test_who_led_in_the_six_months_up_to_the_day_is_active_and_a_withdrawn_certificate_does_not_count() -> None:
    field = a_field()
    leads, idle = people(field, 2)
    certified(field, leads)
    other = certified(field, idle, key="second")
    session = sessions_of(an_activity_of(field, [dt.date(2023, 4, 10)], key="taught"))[0]
    add_lead(session=session, person_id=leads.pk, by=field.me, at=NOW)
    days = [FIRST - dt.timedelta(days=1), FIRST, dt.date(2023, 4, 10), dt.date(2023, 10, 10), dt.date(2023, 10, 11)]
    assert [_active(field, day) for day in days[1:]] == [(0, 2), (1, 2), (1, 2), (0, 2)]
    withdraw_certificates(
        certification=other, revision=other.revision, on=dt.date(2023, 5, 1), because="so", by=field.me, at=NOW
    )
    assert [_active(field, dt.date(2023, month, 1)) for month in (4, 5)] == [(0, 2), (1, 1)]


def test_the_rows_behind_open_with_numbers_and_without_a_code() -> None:
    field = a_field()
    (person,) = people(field, 1)
    made = certified(field, person)
    completed = records(field.me, FigureQuery(field.programme.key, "tot_completion", period=MARCH))
    active = records(field.me, FigureQuery(field.programme.key, "active_facilitators", as_of=dt.date(2023, 4, 1)))
    assert (completed.total, active.total, made.code in str(completed) + str(active)) == (1, 1, False)


def test_who_withdrew_is_in_neither_figure() -> None:
    field = a_field()
    (person,) = people(field, 1)
    certified(field, person)
    withdraw(person.pk, by=field.me, at=NOW)
    assert _completion(field).denominator in (0, None)
    assert _active(field, dt.date(2023, 4, 1))[1] in (0, None)
