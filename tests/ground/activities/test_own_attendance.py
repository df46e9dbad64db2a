"""Names of an activity's people: its own facilitator sees them without ceremony, another facilitator not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.activities.queries import facilitates, names, sheets
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Refused
from tests.factories.field import Field, a_consenting_person, a_field, an_activity
from tests.factories.people import NAMES

pytestmark = pytest.mark.django_db


@pytest.fixture
def field() -> Field:
    return a_field()


@pytest.fixture
def activity(field: Field) -> Activity:
    found = an_activity(field)
    found.facilitator = User.objects.create(username="hers")
    found.save()
    session = found.sessions.order_by("number")[0]
    Session.objects.filter(pk=session.pk).update(attendance=Session.Attendance.NAMED)
    Attendance.objects.create(session=session, person=a_consenting_person(field.ours))
    return found


def test_another_facilitator_of_the_organisation_sees_counts_only(field: Field, activity: Activity) -> None:
    other = field.actor(Role.FACILITATOR)
    assert not facilitates(other, activity)
    assert [sheet.people for sheet in sheets(other, activity)][:1] == [None]
    with pytest.raises(Refused):
        names(other, activity)
    assert AuditEntry.objects.filter(refused=True, action="see_own_attendance").count() == 1


def test_the_same_user_without_the_role_sees_no_name(field: Field, activity: Activity) -> None:
    officer = replace(field.actor(Role.PROGRAMME_OFFICER), user_id=activity.facilitator_id)
    with pytest.raises(Refused):
        names(officer, activity)


def test_its_own_facilitator_sees_the_names_without_a_second_factor_and_it_is_written_down(
    field: Field, activity: Activity
) -> None:
    own = replace(field.actor(Role.FACILITATOR, second_factor=False), user_id=activity.facilitator_id)
    assert list(names(own, activity).values()) == [NAMES]
    assert AuditEntry.objects.filter(action="people.reveal", refused=False).count() == 1
