"""What waits for the supervisor: requests for the conference, cases nobody counsels, ties to look at, emergencies."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import Actor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import NotFound, Refused
from samaki.kernel.policy import Action, Reach, reach, refusal
from samaki.kernel.records import Scope
from samaki.strands.counselling.course import RUNNING, Assessed, holding, locks_out
from samaki.strands.counselling.models import (
    Case,
    CaseRequest,
    Conference,
    Declaration,
    EmergencyAccess,
    Risk,
    Routing,
)
from samaki.strands.counselling.queries.own import OwnFile, file_of
from samaki.strands.counselling.sight import answerable, locked_out

TOLD_FOR = dt.timedelta(days=30)
LONGEST = 50


@dataclass(frozen=True)
class Meeting:
    """A conference that has not ended; `is_open` from the day it meets."""

    conference: Conference
    requests: tuple[CaseRequest, ...]
    is_open: bool


@dataclass(frozen=True)
class HighRisk:
    """A running case whose risk is high as it holds; `routed` is the specialist called in since the last assessment."""

    case: Case
    assessed_at: dt.datetime
    routed: Routing | None


@dataclass(frozen=True)
class Desk:
    """`high_risk` first those for whom no specialist was called in. `unassigned` are the first fifty of
    `unassigned_total` running cases that nobody counsels."""

    high_risk: tuple[HighRisk, ...]
    meetings: tuple[Meeting, ...]
    unassigned: tuple[Case, ...]
    unassigned_total: int
    neighbours: tuple[Declaration, ...]
    emergencies: tuple[EmergencyAccess, ...]

    @property
    def tasks(self) -> int:
        open_requests = sum(len(one.requests) for one in self.meetings if one.is_open)
        to_route = sum(one.routed is None for one in self.high_risk)
        return to_route + open_requests + self.unassigned_total + len(self.neighbours)


def desk(actor: Actor, *, at: dt.datetime) -> Desk:
    """By code alone, and of no man the supervisor is tied to. Raises Refused, audited."""
    nothing = Scope(organisation_id=None, programme_id=None)
    with keeping_refusals(actor, Action.DECIDE_REQUEST, ("counselling.conference", ""), **nothing):
        within = reach(actor, Action.DECIDE_REQUEST)
        if not within:
            raise refusal(actor, Action.DECIDE_REQUEST)
        found = _desk(actor, within, at)
        record(actor, "see_conference", ("counselling.conference", ""), **nothing, details={"tasks": found.tasks})
    return found


def conference_of(actor: Actor, conference_id: int) -> Conference:
    """Raises Refused, or NotFound out of reach."""
    within = reach(actor, Action.DECIDE_REQUEST)
    if not within:
        raise refusal(actor, Action.DECIDE_REQUEST)
    found = Conference.objects.filter(within.q(), pk=conference_id).first()
    if found is None:
        raise NotFound("not_found", _("This is not in your list."))
    return found


def case_on_desk(actor: Actor, case_id: int) -> Case:
    """A case of the supervisor's, to be acted on. Raises Refused, or NotFound alike for what is not there, is out of
    reach, or is of a man she is tied to."""
    within = reach(actor, Action.DECIDE_REQUEST)
    if not within:
        raise refusal(actor, Action.DECIDE_REQUEST)
    found = Case.objects.filter(within.q(), pk=case_id).exclude(pk__in=locked_out(actor)).first()
    if found is None:
        raise NotFound("no_such_case", _("There is no such case."))
    return found


@dataclass(frozen=True)
class WholeCase:
    """All that stands in his file, for the supervisor; `ties` are those declared, the last of each user."""

    file: OwnFile
    ties: tuple[Declaration, ...]


def whole_case(actor: Actor, case_id: int, *, at: dt.datetime) -> WholeCase:
    """One case with its notes and markers, running or over. Raises as `case_on_desk`, and Refused("reason_wanted");
    every reading is logged with its reason."""
    nothing = Scope(organisation_id=None, programme_id=None)
    with keeping_refusals(actor, Action.DECIDE_REQUEST, ("counselling.case", case_id), **nothing):
        case_on_desk(actor, case_id)
        if not actor.reason.strip():
            raise Refused("reason_wanted", _("Please say why you open these cases. The reason is kept."))
        wanted = ("group", "place__parent__parent", "programme", "womens_service", "counsellor")
        case = Case.objects.select_related(*wanted).get(pk=case_id)
        scope = Scope(organisation_id=case.organisation_id, programme_id=case.programme_id)
        record(actor, "see_cases", case, **scope, reason=actor.reason)
        last = {one.user_id: one for one in case.declarations.select_related("user").order_by("declared_at", "pk")}
        return WholeCase(file_of(case, on=timezone.localdate(at)), tuple(last.values()))


def tie_on_desk(actor: Actor, declaration_id: int) -> Declaration:
    """Raises as `case_on_desk`."""
    found = Declaration.objects.select_related("case").filter(pk=declaration_id).first()
    case_on_desk(actor, found.case_id if found else 0)
    if found is None:
        raise NotFound("no_such_case", _("There is no such case."))
    return found


def _desk(actor: Actor, within: Reach, at: dt.datetime) -> Desk:
    shut, today = locked_out(actor), timezone.localdate(at)
    of_cases = within.q(organisation="case__organisation_id", programme="case__programme_id")
    running = Case.objects.filter(within.q(), state__in=[state.value for state in RUNNING]).exclude(pk__in=shut)
    nobodys = running.filter(counsellor__isnull=True).select_related("group", "place").order_by("pk")
    told = EmergencyAccess.objects.filter(of_cases, asked_at__gte=at - TOLD_FOR).exclude(case__in=shut)
    return Desk(
        _high_risk(running),
        tuple(
            Meeting(one, tuple(answerable(one, actor)), one.meets_on <= today)
            for one in Conference.objects.filter(within.q(), closed_at__isnull=True).order_by("meets_on")
        ),
        tuple(nobodys[:LONGEST]),
        nobodys.count(),
        tuple(_neighbours(actor, Declaration.objects.filter(of_cases).exclude(case__in=shut).order_by("pk"))),
        tuple(told.select_related("case", "user", "second").order_by("-asked_at")),
    )


def _high_risk(running: QuerySet[Case]) -> tuple[HighRisk, ...]:
    once_high = running.filter(risks__level=Risk.Level.HIGH).distinct().select_related("counsellor").order_by("pk")
    cases = {case.pk: case for case in once_high}
    risks: dict[int, list[Risk]] = {key: [] for key in cases}
    for risk in Risk.objects.filter(case__in=cases).order_by("pk"):
        risks[risk.case_id].append(risk)
    routed = {
        (one.case_id, one.after_id): one
        for one in Routing.objects.filter(case__in=cases).select_related("service").order_by("pk")
    }
    found = []
    for key, of_case in risks.items():
        held = holding([Assessed(one.pk, one.after_id, one.level == Risk.Level.HIGH) for one in of_case])
        if held.is_high:
            last = of_case[-1]
            found.append(HighRisk(cases[key], last.assessed_at, routed.get((key, last.pk))))
    return tuple(sorted(found, key=lambda one: (one.routed is not None, one.assessed_at, one.case.pk)))


def _neighbours(actor: Actor, declarations: QuerySet[Declaration]) -> list[Declaration]:
    last: dict[tuple[int, int], Declaration] = {}
    for one in declarations.select_related("case", "user"):
        last[one.case_id, one.user_id] = one
    return [
        one
        for one in last.values()
        if one.tie == "neighbour"
        and locks_out(one.tie, is_approved=one.approved_at is not None)
        and one.user_id != actor.user_id
        and one.case.counsellor_id == one.user_id
    ]
