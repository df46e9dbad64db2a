"""A training of trainers in a programme that vets is led by the cleared alone, in whatever order it is written down."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.clearances import operations as clearances
from samaki.ground.clearances.models import Clearance
from samaki.ground.clearances.operations import Whom
from samaki.ground.people.models import Person
from samaki.kernel.errors import Invalid
from samaki.strands.learning.models import Lead, Series, SeriesActivity
from samaki.strands.learning.operations.leads import add_lead
from samaki.strands.learning.operations.series import add_activity
from samaki.strands.learning.queries.practice import may_lead
from tests.factories.field import NOW, Field, a_field
from tests.factories.people import SETUP
from tests.factories.series import FIRST, a_series, an_activity_of, people, sessions_of, working_group

pytestmark = pytest.mark.django_db
LATER = dt.date(2030, 1, 1)


def clear(field: Field, person: Person, since: dt.date = dt.date(2023, 1, 1)) -> None:
    clearances.clear(Whom(person, field.programme, field.ours), until=LATER, by=SETUP, at=NOW)
    Clearance.objects.filter(person=person).update(since=since)


def lead_code(field: Field, series: Series, person: Person) -> str | None:
    [activity] = [one.activity for one in SeriesActivity.objects.filter(series=series).select_related("activity")]
    session = sessions_of(activity)[0]
    listed = person.pk in may_lead(field.me, session)
    try:
        add_lead(session=session, person_id=person.pk, by=field.me, at=NOW)
    except Invalid as error:
        assert not listed
        return error.code
    assert listed
    return None


@pytest.mark.parametrize(
    ("kind", "code"),
    [(Series.Kind.TRAINING_OF_TRAINERS, "not_cleared"), (Series.Kind.COMMUNITY, None)],
)
def test_an_uncleared_person_leads_no_training_of_trainers_where_the_programme_vets(
    kind: Series.Kind, code: str | None
) -> None:
    field = a_field()
    leader, learner, other = people(field, 3)
    working_group(field, leader)
    clear(field, other)
    assert lead_code(field, a_series(field, [[learner]], kind=kind, ended=False), leader) == code


def test_a_cleared_person_leads_it_and_where_nobody_is_vetted_nobody_waits() -> None:
    field = a_field()
    leader, learner = people(field, 2)
    working_group(field, leader)
    series = a_series(field, [[learner]], ended=False)
    clear(field, leader, since=FIRST + dt.timedelta(days=1))  # not yet on the day of the session
    assert lead_code(field, series, leader) == "not_cleared"
    Clearance.objects.update(since=FIRST)
    assert lead_code(field, series, leader) is None
    Clearance.objects.all().delete()
    Lead.objects.all().delete()
    assert lead_code(field, series, leader) is None


def test_what_an_uncleared_person_led_becomes_no_training_of_trainers_afterwards() -> None:
    field = a_field()
    leader, learner, other = people(field, 3)
    working_group(field, leader)
    clear(field, other)
    activity = an_activity_of(field, [FIRST], key="loose")
    add_lead(session=sessions_of(activity)[0], person_id=leader.pk, by=field.me, at=NOW)
    series = a_series(field, [[learner]], ended=False)
    with pytest.raises(Invalid) as error:
        add_activity(series=series, activity=activity, by=field.me, at=NOW)
    assert error.value.code == "not_cleared"
    clear(field, leader)
    assert add_activity(series=series, activity=activity, by=field.me, at=NOW).series_id == series.pk
