"""What is asked waits for the supervisor's conference: all of it alike, answered at once and in the same words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.services.models import Service
from samaki.kernel.actors import Actor, AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action
from samaki.strands.counselling.course import ENDS, OVER, State, may_move, next_conference
from samaki.strands.counselling.models import Case, CaseRequest, Conference, Risk
from samaki.strands.counselling.operations.moving import (
    as_counsellor,
    as_supervisor,
    decides,
    expect_declared,
    expect_service,
    held,
    move,
    out_of_order,
    scope_of,
    touch,
)
from samaki.strands.counselling.sight import answerable, counsellors, is_cleared

Kind = CaseRequest.Kind
Answer = CaseRequest.Answer


@dataclass(frozen=True)
class Asked:
    """What is asked for a case; each kind has its own part: whom to give it to, which service, what a closure is."""

    kind: CaseRequest.Kind
    to_counsellor: User | None = None
    to_service: Service | None = None
    outcome: State | None = None


def ask(*, case: Case, asked: Asked, by: Actor, at: dt.datetime) -> CaseRequest:
    """Asked by the case's counsellor, or by a supervisor, who will not be the one to answer.

    Raises Conflict: asked_already, step_out_of_order, declaration_wanted, service_wanted, risk_wanted; Invalid where
    the counsellor, service or outcome asked for cannot be.
    """
    with _asking(case, by, at) as found:
        _expect_possible(found, asked, timezone.localdate(at))
        if found.requests.filter(kind=asked.kind.value, answer=Answer.WAITING).exists():
            raise Conflict("asked_already", _("This is asked already and waits for the conference."))
        conference, _is_new = Conference.objects.get_or_create(
            programme_id=found.programme_id,
            organisation_id=found.organisation_id,
            meets_on=next_conference(timezone.localdate(at)),
            defaults={"is_example": found.is_example},
        )
        request = CaseRequest.objects.create(
            case=found,
            kind=asked.kind.value,
            asked_by_id=by.user_id,
            asked_at=at,
            conference=conference,
            to_counsellor=asked.to_counsellor,
            to_service_id=asked.to_service.pk if asked.to_service else None,
            outcome=asked.outcome.value if asked.outcome else "",
            is_example=found.is_example,
        )
        record(by, "ask_request", request, **scope_of(found), details={"kind": asked.kind.value})
    return request


def hold_conference(
    *, conference: Conference, answers: Mapping[int, bool], by: Actor, at: dt.datetime
) -> tuple[CaseRequest, ...]:
    """The supervisor's answers to every waiting request that is hers to answer: not her own, and of no man she is tied
    to. They are given together, so that none says by its time why it came so.

    Raises Conflict: not_the_day before the conference meets, answers_wanted where one is left out or is not hers, and
    whatever keeps a granted request from being done: then nothing is answered.
    """
    scope = {"organisation_id": conference.organisation_id, "programme_id": conference.programme_id}
    with acting(by, Action.DECIDE_REQUEST, conference, **scope):
        conference = Conference.objects.select_for_update().get(pk=conference.pk)
        if timezone.localdate(at) < conference.meets_on:
            raise Conflict("not_the_day", _("The conference has not met yet."))
        waiting = list(answerable(conference, by))
        if not waiting or {one.pk for one in waiting} != set(answers):
            raise Conflict("answers_wanted", _("Please answer every request. They are told together."))
        for request in waiting:
            case = held(request.case, by)
            is_granted = answers[request.pk]
            if is_granted:
                _do(case, request, by, at)
            request.answer = Answer.GRANTED.value if is_granted else Answer.NOT_NOW.value
            request.answered_by_id, request.answered_at = by.user_id, at
            request.revision += 1
            request.save()
            record(by, "answer_request", request, **scope_of(case))
        if not conference.requests.filter(answer=Answer.WAITING).exists():
            conference.closed_at = at
            conference.save()
    return tuple(waiting)


def assign(*, case: Case, counsellor: User, by: AnyActor, at: dt.datetime) -> Case:
    """The supervisor gives a running case that nobody can counsel to somebody who may. One that is counselled is
    reassigned by the conference alone. Raises Conflict("is_counselled"), Invalid("not_a_counsellor")."""
    with as_supervisor(case, by) as found:
        if found.state in OVER:
            raise out_of_order()
        on = timezone.localdate(at)
        if found.counsellor_id is not None and found.counsellor_id in {one.pk for one in counsellors(found, on=on)}:
            raise Conflict("is_counselled", _("This case has a counsellor. Ask for it to be given to another."))
        _give(found, counsellor, by, on)
    return found


@contextmanager
def _asking(case: Case, by: Actor, at: dt.datetime) -> Iterator[Case]:
    if decides(case, by) and case.counsellor_id != by.user_id:
        with as_supervisor(case, by) as found:
            yield found
    else:
        with as_counsellor(case, by, at) as found:
            yield found


def _expect_possible(case: Case, asked: Asked, on: dt.date) -> None:
    if asked.kind is Kind.START:
        _expect_start(case, on)
    elif asked.kind is Kind.CLOSE:
        if asked.outcome not in ENDS:
            raise Invalid("outcome_wanted", _("Please say what the end is."), field="outcome")
        if not may_move(case.state, asked.outcome):
            raise out_of_order()
        _expect_risk_at_closure(case)
    elif asked.kind is Kind.REASSIGN:
        if case.state in OVER:
            raise out_of_order()
        if asked.to_counsellor is None or asked.to_counsellor.pk == case.counsellor_id:
            raise _not_a_counsellor()
        _expect_counsellor(case, asked.to_counsellor, on)
    else:
        if not may_move(case.state, State.REFERRED):
            raise out_of_order()
        service = asked.to_service
        # One whose place is kept quiet is known to nobody on his side.
        if service is None or service.programme_id != case.programme_id or service.is_closed or not service.is_public:
            raise Invalid("no_such_service", _("Please choose a service of the directory."), field="service")
        _expect_risk_at_closure(case)


def _expect_start(case: Case, on: dt.date) -> None:
    if case.state != State.SCREENED:
        raise out_of_order()
    expect_declared(case)
    expect_service(case)
    if not is_cleared(case.counsellor_id, programme_id=case.programme_id, on=on):
        raise _not_a_counsellor()
    if not _since_opening(case).filter(moment=Risk.Moment.INTAKE).exists():
        raise Conflict("risk_wanted", _("Please assess his risk first."))


def _expect_risk_at_closure(case: Case) -> None:
    """An assessment for the closure, made after that of the last session."""
    risks = _since_opening(case).filter(moment=Risk.Moment.CLOSURE)
    last = case.risks.filter(moment=Risk.Moment.SESSION).order_by("-assessed_at").first()
    if last is not None:
        risks = risks.filter(assessed_at__gte=last.assessed_at)
    if not risks.exists():
        raise Conflict("risk_wanted", _("Please assess his risk first."))


def _since_opening(case: Case) -> QuerySet[Risk]:
    """The assessments of this opening: those before the last end of the case are of another."""
    ended = case.requests.filter(kind__in=(Kind.CLOSE, Kind.REFER), answer=Answer.GRANTED)
    ended = ended.exclude(outcome=State.FOLLOW_UP.value).order_by("-answered_at")
    last = ended.first()
    return case.risks.filter(assessed_at__gt=last.answered_at) if last else case.risks.all()


def _do(case: Case, request: CaseRequest, by: Actor, at: dt.datetime) -> None:
    on = timezone.localdate(at)
    if request.kind == Kind.START:
        _expect_start(case, on)
        move(case, State.COUNSELLING, by=by, on=on)
    elif request.kind == Kind.CLOSE:
        move(case, State(request.outcome), by=by, on=on)
    elif request.kind == Kind.REFER:
        move(case, State.REFERRED, by=by, on=on)
    elif request.to_counsellor is None:
        raise _not_a_counsellor()
    else:
        _give(case, request.to_counsellor, by, on)


def _give(case: Case, counsellor: User, by: AnyActor, on: dt.date) -> None:
    _expect_counsellor(case, counsellor, on)
    case.counsellor = counsellor
    touch(case)
    record(by, "assign_case", case, **scope_of(case), details={"user": counsellor.pk})


def _expect_counsellor(case: Case, counsellor: User, on: dt.date) -> None:
    if counsellor.pk not in {one.pk for one in counsellors(case, on=on)}:
        raise _not_a_counsellor()


def _not_a_counsellor() -> Invalid:
    return Invalid("not_a_counsellor", _("Please choose a counsellor whose vetting holds."), field="counsellor")
