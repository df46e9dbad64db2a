"""Who is known in a running programme, by whatever, is named there, though one she came to once is long over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from samaki.engines.retention import operations as retention
from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.clearances.models import Clearance
from samaki.ground.people.models import PersonIdentity
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import System
from samaki.strands.learning.models import Certification, CoachingVisit, FollowUp, Lead
from samaki.strands.vetting.models import CandidacyKey
from tests.factories.field import a_programme
from tests.strands.vetting.test_operations import Vetting

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 3, 5)
LATER = dt.datetime(2026, 8, 1, 3, tzinfo=dt.UTC)
EVERYBODY = System("a test lets go")


@pytest.fixture
def its() -> Vetting:
    """Somebody who came once to a programme that ended more than two years ago."""
    its = Vetting()
    old = a_programme("old", its.setting.ours)
    old.ends_on = dt.date(2024, 3, 31)
    old.save()
    Attendance.objects.create(session=a_session(its, old), person=its.person)
    return its


def a_session(its: Vetting, programme: Programme) -> Session:
    activity = Activity.objects.create(
        key=f"meeting-{programme.pk}",
        programme=programme,
        organisation=its.setting.ours,
        kind=Activity.Kind.MEETING,
        title_km="កិច្ចប្រជុំ",
        title_en="Meeting",
        place=its.setting.place("040601"),
        starts_on=DAY,
        ends_on=DAY,
        state=Activity.State.HELD,
    )
    return Session.objects.create(activity=activity, number=1, held_on=DAY)


def is_named(its: Vetting) -> bool:
    return PersonIdentity.objects.filter(pk=its.person.pk).exists()


def test_who_is_known_nowhere_else_is_named_no_more(its: Vetting) -> None:
    retention.run(by=EVERYBODY, at=LATER)
    assert not is_named(its)


def test_whose_vetting_goes_on_keeps_his_name_and_what_was_said(its: Vetting) -> None:
    candidacy = its.ripe()
    went = [one.went for one in retention.run(by=EVERYBODY, at=LATER)]
    assert (went, is_named(its)) == ([{"parted": 1, "attendances": 1}], True)
    assert CandidacyKey.objects.filter(pk=candidacy.pk).exists()
    assert retention.run(by=EVERYBODY, at=LATER) == []


def leads(its: Vetting, programme: Programme) -> None:
    Lead.objects.create(session=a_session(its, programme), person=its.person)


def is_certified(its: Vetting, programme: Programme) -> None:
    kind = Certification.Kind.values[0]
    Certification.objects.create(
        programme=programme, organisation=its.setting.ours, person=its.person, kind=kind, certified_on=DAY
    )


def was_coached(its: Vetting, programme: Programme) -> None:
    CoachingVisit.objects.create(programme=programme, organisation=its.setting.ours, person=its.person, visited_on=DAY)


def was_followed_up(its: Vetting, programme: Programme) -> None:
    FollowUp.objects.create(
        programme=programme,
        organisation=its.setting.ours,
        person=its.person,
        activity=a_session(its, programme).activity,
        trained_on=DAY,
        followed_up_on=DAY,
        in_window=False,
        applied=FollowUp.Applied.YES,
    )


def is_cleared(its: Vetting, programme: Programme) -> None:
    Clearance.objects.create(
        programme=programme, organisation=its.setting.ours, person=its.person, status="cleared", since=DAY
    )


@pytest.mark.parametrize("known", [leads, is_certified, was_coached, was_followed_up, is_cleared])
def test_who_works_or_learned_in_a_running_programme_keeps_his_name(
    its: Vetting, known: Callable[[Vetting, Programme], None]
) -> None:
    known(its, its.setting.programme)
    retention.run(by=EVERYBODY, at=LATER)
    assert is_named(its)
