"""Two at the same moment: real threads with a connection each, on either database. One wins, the other is told."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence

import pytest
from django.db import connections

from samaki.ground.accounts.models import User
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import DomainError
from samaki.strands.counselling.course import Marker
from samaki.strands.counselling.models import EmergencyAccess, Risk
from samaki.strands.counselling.operations import asking, emergency
from samaki.strands.counselling.operations.work import assess_risk
from samaki.strands.vetting.models import Candidacy, Decision
from tests.strands.counselling.casework_world import AT, KIND, WEDNESDAY, Work, fresh
from tests.strands.vetting.test_operations import Vetting

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 30.0  # seconds after which a wait has failed
TURNS = 4


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """What each came to, "done" or the code it was refused with, all begun at the same moment."""
    gate, came_to = threading.Barrier(len(acts), timeout=SOON), ["" for _act in acts]

    def run(index: int) -> None:
        try:
            gate.wait()
            acts[index]()
            came_to[index] = "done"
        except DomainError as error:
            came_to[index] = error.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[index]) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    return sorted(came_to)


def test_two_supervisors_who_hold_one_conference_answer_it_once() -> None:
    its = Work()
    for turn in range(TURNS):
        case = its.screened(f"M-{turn}")
        request = its.asked(case, KIND.START)

        def hold(by: object, granted: bool, request: object = request) -> None:
            asking.hold_conference(
                conference=request.conference,  # type: ignore[attr-defined]  # a request
                answers={request.pk: granted},  # type: ignore[attr-defined]  # as above
                by=by,  # type: ignore[arg-type]  # an actor
                at=WEDNESDAY,
            )

        came_to = at_once([lambda: hold(its.supervisor, True), lambda: hold(its.other_supervisor, False)])
        request.refresh_from_db()
        assert came_to == ["answers_wanted", "done"]
        assert AuditEntry.objects.filter(action="answer_request", object_id=str(request.pk)).count() == 1
        assert fresh(case).state == ("counselling" if request.answer == "granted" else "screened")
        type(request.conference).objects.update(closed_at=None)


def test_two_who_open_one_emergency_open_it_once() -> None:
    its = Work()
    case = its.counselled()
    for _turn in range(TURNS):
        access = emergency.ask_emergency(case=case, reason="now", by=its.second, at=AT)
        came_to = at_once(
            [
                lambda access=access: emergency.open_emergency(access=access, by=its.focal, at=AT),  # type: ignore[misc]
                lambda access=access: emergency.open_emergency(access=access, by=its.supervisor, at=AT),  # type: ignore[misc]
            ]
        )
        assert came_to == ["done", "opened_already"]
        opened = EmergencyAccess.objects.get(pk=access.pk)
        assert opened.closes_at == AT + dt.timedelta(minutes=60)


def test_two_deciders_at_once_each_count_once_and_he_is_cleared_once() -> None:
    its = Vetting()
    candidacy = its.ripe()
    came_to = at_once([lambda: its.decide(candidacy, its.focal), lambda: its.decide(candidacy, its.supervisor)])
    assert came_to == ["done", "done"]
    assert Candidacy.objects.get(pk=candidacy.pk).state == "active"
    assert (Decision.objects.count(), AuditEntry.objects.filter(action="decide_vetting").count()) == (2, 2)
    assert its.is_cleared()


def test_one_decider_twice_at_once_gives_one_word() -> None:
    its = Vetting()
    candidacy = its.ripe()
    came_to = at_once([lambda: its.decide(candidacy, its.focal)] * 3)
    assert came_to == ["decided_already", "decided_already", "done"]
    assert (Decision.objects.count(), Candidacy.objects.get(pk=candidacy.pk).state) == (1, "probation")


def test_a_suspension_and_a_session_at_once_leave_no_case_with_the_suspended() -> None:
    its = Work()
    case = its.counselled()
    at_once([lambda: its.stop(its.counsellor), lambda: its.log(case)])
    assert fresh(case).counsellor is None
    assert User.objects.get(pk=its.counsellor.user_id).is_active


def test_two_who_assess_one_risk_at_once_are_both_kept() -> None:
    its = Work()
    case = its.counselled()
    seen = Risk.objects.filter(case=case).order_by("-pk").values_list("pk", flat=True)[0]

    def assess(*markers: Marker) -> None:
        assess_risk(
            case=case,
            moment=Risk.Moment.CLOSURE,
            markers=markers,
            after_id=seen,
            by=its.counsellor,
            at=WEDNESDAY,
        )

    before = Risk.objects.filter(case=case).count()
    assert at_once([assess, lambda: assess(Marker.WEAPON)]) == ["done", "done"]
    made = Risk.objects.filter(case=case).order_by("-pk")[:2]
    assert sorted(one.level for one in made) == ["high", "standard"]
    assert ({one.after_id for one in made}, Risk.objects.filter(case=case).count()) == ({seen}, before + 2)
