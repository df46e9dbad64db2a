"""Nobody attends before she was born, whichever way the list comes in."""

from __future__ import annotations

import pytest

from samaki.ground.activities.models import Attendance, Session
from samaki.ground.activities.operations import record_attendance
from samaki.ground.activities.sittings import Sitting, take_sittings
from samaki.ground.people.rules import not_yet_born
from samaki.kernel.errors import Invalid, RowsInvalid
from tests.factories.field import HELD, NOW, a_consenting_person, a_field, an_activity

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("year", "expected"), [(None, False), (2023, False), (2024, False), (2025, True)])
def test_a_birth_year_after_the_day_says_not_yet_born_and_the_year_itself_says_nothing(
    year: int | None, expected: bool
) -> None:
    assert not_yet_born(year, HELD) is expected


def test_a_list_with_somebody_not_yet_born_is_refused_whole() -> None:
    field = a_field()
    session = Session.objects.get(activity=an_activity(field))
    there, unborn = a_consenting_person(field.ours), a_consenting_person(field.ours, birth_year=2025)
    with pytest.raises(Invalid) as refused:
        record_attendance(
            session=session, revision=session.revision, person_ids=[there.pk, unborn.pk], by=field.me, at=NOW
        )
    assert (refused.value.code, refused.value.params["people"]) == ("not_yet_born", [unborn.pk])
    assert Attendance.objects.count() == 0


def test_a_form_that_numbers_somebody_not_yet_born_says_so() -> None:
    field = a_field()
    unborn = a_consenting_person(field.ours, birth_year=2025)
    activity = an_activity(field)
    sitting = Sitting(
        origin="x:1", by=field.me, received_at=NOW, held_on=HELD, activity=activity.key, numbers=frozenset({unborn.pk})
    )
    with pytest.raises(RowsInvalid) as refused:
        take_sittings([sitting], programme_id=field.programme.pk, organisation_id=field.ours.pk, at=NOW)
    assert [(index, why.code) for index, why in refused.value.faults][:1] == [(0, "not_yet_born")]
