"""A counsellor's own running cases, and one of them with what is sealed in it. No role opens another's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import Actor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import NotFound, Refused
from samaki.kernel.policy import Action, reach, refusal
from samaki.kernel.records import Scope
from samaki.strands.counselling import sealing
from samaki.strands.counselling.course import (
    RUNNING,
    Assessed,
    Holding,
    Marker,
    Stand,
    State,
    Window,
    holding,
    windows,
)
from samaki.strands.counselling.models import Case, CaseKey, CaseRequest, Outcome, Risk, Routing
from samaki.strands.counselling.queries.cases import HIS_FILE
from samaki.strands.counselling.sight import is_cleared, locked_out, may_counsel

WHY = "counsels this case"
NOT_ASSESSED = Holding(None, ())
TO_ASK = frozenset({Stand.DUE, Stand.LATE})


@dataclass(frozen=True)
class OwnLine:
    """A case in the counsellor's list; `window` is the follow-up to be asked now or, where none is, the next."""

    case: Case
    sessions: int
    last_session_on: dt.date | None
    window: Window | None
    risk: Holding

    @property
    def is_to_ask(self) -> bool:
        return self.window is not None and self.window.stand in TO_ASK


@dataclass(frozen=True)
class SessionTold:
    id: int
    number: int
    held_on: dt.date | None
    minutes: int | None
    notes: str


@dataclass(frozen=True)
class RiskTold:
    id: int
    moment: str
    assessed_at: dt.datetime
    is_high: bool
    markers: tuple[Marker, ...]
    stands: bool


@dataclass(frozen=True)
class OwnFile:
    """`is_declared` False: he has not said yet whether anything ties him to the man, and nothing else is told."""

    case: Case
    is_declared: bool
    sessions: tuple[SessionTold, ...] = ()
    risks: tuple[RiskTold, ...] = ()
    risk: Holding = NOT_ASSESSED
    outcomes: tuple[Outcome, ...] = ()
    windows: tuple[Window, ...] = ()
    requests: tuple[CaseRequest, ...] = ()
    routings: tuple[Routing, ...] = ()

    @property
    def last_risk(self) -> int | None:
        return max((risk.id for risk in self.risks), default=None)


def own_cases(actor: Actor, *, at: dt.datetime) -> tuple[OwnLine, ...]:
    """The late and due first, then by the next date. Raises Refused, audited, to who counsels nobody or is not
    cleared today."""
    nothing = Scope(organisation_id=None, programme_id=None)
    with keeping_refusals(actor, Action.COUNSEL, ("counselling.case", ""), **nothing):
        on = timezone.localdate(at)
        found = list(_own(actor, on).annotate(held=Count("sessions"), last_on=Max("sessions__held_on")))
        risks = _by_case(Risk.objects.filter(case__in=found).order_by("pk"))
        answers = _by_case(Outcome.objects.filter(case__in=found, informant__in=HIS_FILE))
        lines = [
            OwnLine(
                case,
                case.held,
                case.last_on,
                _next(_windows(case, case.last_on, answers.get(case.pk, ()), on)),
                _holding(risks.get(case.pk, ())),
            )
            for case in found
        ]
        record(actor, "see_cases", ("counselling.case", ""), **nothing, reason=WHY, details={"shown": len(lines)})
    return tuple(sorted(lines, key=_order))


def own_calendar(actor: Actor, *, at: dt.datetime) -> tuple[tuple[Case, Window], ...]:
    """Every window of his cases that is still to be asked: the late first, then by the day it is due. Raises as
    `own_cases`."""
    nothing = Scope(organisation_id=None, programme_id=None)
    with keeping_refusals(actor, Action.COUNSEL, ("counselling.case", ""), **nothing):
        on = timezone.localdate(at)
        found = list(_own(actor, on).filter(state=State.FOLLOW_UP.value).annotate(last_on=Max("sessions__held_on")))
        answers = _by_case(Outcome.objects.filter(case__in=found, informant__in=HIS_FILE))
        record(actor, "see_cases", ("counselling.case", ""), **nothing, reason=WHY, details={"shown": len(found)})
    waiting = [
        (case, window)
        for case in found
        for window in _windows(case, case.last_on, answers.get(case.pk, ()), on)
        if window.stand in TO_ASK | {Stand.COMING}
    ]
    return tuple(sorted(waiting, key=lambda one: (one[1].stand is not Stand.LATE, one[1].due_on, one[0].pk)))


def own_case(actor: Actor, case_id: int, *, at: dt.datetime) -> OwnFile:
    """One of them, its notes and markers opened. Raises NotFound for any other, saying the same whether it exists."""
    nothing = Scope(organisation_id=None, programme_id=None)
    with keeping_refusals(actor, Action.COUNSEL, ("counselling.case", case_id), **nothing):
        on = timezone.localdate(at)
        case = _own(actor, on).filter(pk=case_id).first()
        if case is None:
            raise NotFound("no_such_case", _("There is no such case."))
        scope = Scope(organisation_id=case.organisation_id, programme_id=case.programme_id)
        record(actor, "see_cases", case, **scope, reason=WHY)
        if actor.user_id is None or not may_counsel(case.pk, actor.user_id):
            return OwnFile(case, is_declared=False)
        return file_of(case, on=on)


def file_of(case: Case, *, on: dt.date) -> OwnFile:
    """All that his file holds. Asks nobody's leave: callers have, and have logged it."""
    outcomes = tuple(case.outcomes.filter(informant__in=HIS_FILE).order_by("judged_on", "informant", "violence"))
    sessions = tuple(case.sessions.order_by("number"))
    key = CaseKey.objects.filter(case=case).first()
    dated = [one.held_on for one in sessions if one.held_on is not None]
    risks = tuple(case.risks.order_by("pk"))
    held = _holding(risks)
    return OwnFile(
        case,
        is_declared=True,
        sessions=tuple(
            SessionTold(
                one.pk,
                one.number,
                one.held_on,
                one.minutes,
                sealing.opened(bytes(one.notes), key, sealing.of_session(case.pk, one.number)) if key else "",
            )
            for one in sessions
        ),
        risks=tuple(
            RiskTold(
                one.pk,
                one.get_moment_display(),
                one.assessed_at,
                one.level == Risk.Level.HIGH,
                _markers(one, key),
                one.pk in held.side_by_side,
            )
            for one in risks
        ),
        risk=held,
        outcomes=outcomes,
        windows=_windows(case, max(dated, default=None), outcomes, on),
        requests=tuple(case.requests.select_related("conference").order_by("-asked_at", "-pk")),
        routings=tuple(case.routings.select_related("service").order_by("-routed_at", "-pk")),
    )


def _own(actor: Actor, on: dt.date) -> QuerySet[Case]:
    within = reach(actor, Action.COUNSEL)
    if not within:
        raise refusal(actor, Action.COUNSEL)
    running = Case.objects.filter(within.q(), counsellor=actor.user_id, state__in=[state.value for state in RUNNING])
    cleared = _cleared_in(actor, on)
    if not cleared:
        raise Refused("not_cleared", _("Only a counsellor whose vetting holds today may do this."))
    found = running.filter(programme__in=cleared).exclude(pk__in=locked_out(actor))
    return found.select_related("group", "place__parent__parent", "programme", "womens_service")


def counsels_today(actor: Actor, *, on: dt.date) -> bool:
    """Whether the actor counsels anywhere and is cleared there. Asks nobody's leave."""
    return bool(_cleared_in(actor, on))


def _cleared_in(actor: Actor, on: dt.date) -> list[int]:
    within = reach(actor, Action.COUNSEL)
    reached = within.programmes()
    if reached is None:
        reached = frozenset(
            Case.objects.filter(within.q(), counsellor=actor.user_id).values_list("programme_id", flat=True)
        )
    return [key for key in sorted(reached) if is_cleared(actor.user_id, programme_id=key, on=on)]


def _windows(case: Case, last_on: dt.date | None, answers: Sequence[Outcome], on: dt.date) -> tuple[Window, ...]:
    """Follow-up is asked once the sessions have ended; without a dated session nobody knows when."""
    if last_on is None or case.state != State.FOLLOW_UP:
        return ()
    return windows(last_on, [one.judged_on for one in answers if one.judged_on is not None], on=on)


def _next(found: tuple[Window, ...]) -> Window | None:
    wanted = [one for one in found if one.stand in TO_ASK] or [one for one in found if one.stand is Stand.COMING]
    return wanted[0] if wanted else None


def _order(line: OwnLine) -> tuple[int, dt.date, int]:
    if line.window is None:
        return (3, dt.date.max, line.case.pk)
    rank = {Stand.LATE: 0, Stand.DUE: 1}.get(line.window.stand, 2)
    return (rank, line.window.closes_on, line.case.pk)


def _holding(risks: Sequence[Risk]) -> Holding:
    return holding([Assessed(one.pk, one.after_id, one.level == Risk.Level.HIGH) for one in risks])


def _markers(risk: Risk, key: CaseKey | None) -> tuple[Marker, ...]:
    if key is None:
        return ()
    text = sealing.opened(bytes(risk.markers), key, sealing.of_risk(risk.case_id, risk.assessed_at))
    return tuple(Marker(word) for word in text.split())


def _by_case(rows: QuerySet[Risk] | QuerySet[Outcome]) -> dict[int, list]:  # type: ignore[type-arg]  # of either
    found: dict[int, list] = {}  # type: ignore[type-arg]  # as above
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found
