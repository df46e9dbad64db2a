"""A counsellor who wants more than his own file: another's closed file, her service turned away, her list flooded; and
a worker of her side who also stands on his."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest

from samaki.engines.retention import operations as retention
from samaki.engines.retention import queries as due_queries
from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import ProgrammeRole
from samaki.ground.services.events import ThreatHeard
from samaki.kernel.actors import Role
from samaki.kernel.errors import Refused
from samaki.strands.counselling.course import State
from samaki.strands.counselling.models import Case, Risk, Tie
from samaki.strands.counselling.operations import asking, intake
from samaki.strands.counselling.queries import own_case
from samaki.strands.survivors import operations as hers
from samaki.strands.survivors import queries
from samaki.strands.survivors.access import SHUT_OUT
from samaki.strands.survivors.models import ServiceFile
from samaki.strands.survivors.operations.warnings import warn
from tests.strands.counselling.casework_world import AT, DAY, KIND, WEDNESDAY, Work, fresh, refused_with
from tests.strands.survivors.world import World

pytestmark = pytest.mark.django_db
FLOOD = 210
DUE = dt.datetime(2026, 5, 20, 3, tzinfo=dt.UTC)


def _ended(its: Work) -> Case:
    case = its.counselled()
    its.assess(case, Risk.Moment.CLOSURE)
    its.answered(its.asked(case, KIND.CLOSE, outcome=State.LOST))
    return fresh(case)


def test_typing_the_code_of_a_closed_case_opens_no_file_of_another_counsellor() -> None:
    its = Work()
    case = _ended(its)
    its.opened(case.code, by=its.second)
    assert fresh(case).state == State.OPENED
    assert refused_with(lambda: own_case(its.second, case.pk, at=WEDNESDAY)) == (404, "no_such_case")
    tied = refused_with(lambda: intake.declare(case=fresh(case), tie=Tie.NONE, by=its.second, at=WEDNESDAY))
    assert tied == (403, "refused")
    asking.assign(case=fresh(case), counsellor=its.user(its.second), by=its.supervisor, at=WEDNESDAY)
    assert own_case(its.second, case.pk, at=WEDNESDAY).case.code == case.code


def test_who_counselled_him_before_goes_on_with_him() -> None:
    its = Work()
    case = _ended(its)
    its.opened(case.code)
    assert (fresh(case).counsellor_id, fresh(case).state) == (its.counsellor.user_id, State.OPENED)


def test_a_counsellor_does_not_turn_warnings_to_another_service_than_the_one_that_was_named() -> None:
    its = Work()
    case = its.screened()
    friends = Organisation.objects.create(key="friends", name_latin="Friends", kind="local_ngo")
    ProgrammeRole.objects.create(programme=its.setting.programme, organisation=friends, part=ProgrammeRole.Part.PARTNER)
    its.worker_at(friends)
    turned = refused_with(lambda: intake.name_service(case=case, service=friends, by=its.counsellor, at=AT))
    assert turned == (409, "service_named_already")
    assert fresh(case).womens_service_id == its.service.pk
    intake.name_service(case=case, service=friends, by=its.supervisor, at=AT)
    assert fresh(case).womens_service_id == friends.pk


def test_where_nobody_reads_of_threats_is_no_womens_service() -> None:
    its = Work()
    case = its.opened()
    its.declared(case)
    worker = User.objects.get(username=f"worker-{its.service.key}")
    for closed in ({"is_active": False}, {"is_active": True}):
        User.objects.filter(pk=worker.pk).update(**closed)
        if closed["is_active"]:
            RoleGrant.objects.filter(user=worker).update(until=DAY - dt.timedelta(days=1))
        for who in (its.counsellor, its.supervisor):
            named = refused_with(partial(intake.name_service, case=case, service=its.service, by=who, at=AT))
            assert named == (422, "service_not_independent")
    RoleGrant.objects.filter(user=worker).update(until=None)
    intake.name_service(case=case, service=its.service, by=its.counsellor, at=AT)


def test_no_number_of_warnings_hides_one_that_waits() -> None:
    world = World()
    programme, house = world.setting.programme.pk, world.house.pk
    for minutes in range(FLOOD):
        warn(ThreatHeard(programme, house, "M-1", "x", AT + dt.timedelta(minutes=minutes), world.worker))
    last = warn(ThreatHeard(programme, house, "M-2", "x", AT + dt.timedelta(days=1), world.worker))
    assert last.pk in {one.pk for one in queries.warnings(world.worker)}


@pytest.mark.parametrize("role", sorted(SHUT_OUT))
def test_who_also_stands_on_his_side_is_told_nothing_of_hers_by_what_is_due_to_go(role: Role) -> None:
    world = World()
    hers.close_file(file=world.file(), on=dt.date(2024, 5, 20), by=world.worker, at=AT)
    both = world.with_also(role)
    try:
        assert [one for one in due_queries.plan(both, DUE.date()) if one.rule.key.startswith("her_")] == []
        assert [one.rule for one in retention.run(by=both, at=DUE)] == []
    except Refused:
        pass
    assert ServiceFile.objects.count() == 1
    retention.run(by=world.worker, at=DUE)
    try:
        assert list(due_queries.receipts(both)) == []
        assert [one for one in due_queries.seen(both) if one.key.startswith("her_")] == []
    except Refused:
        pass
