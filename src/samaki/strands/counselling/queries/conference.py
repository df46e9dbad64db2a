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
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, Reach, reach, refusal
from samaki.kernel.records import Scope
from samaki.strands.counselling.course import RUNNING, locks_out
from samaki.strands.counselling.models import Case, CaseRequest, Conference, Declaration, EmergencyAccess
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
class Desk:
    """`unassigned` are the first fifty of `unassigned_total` running cases that nobody counsels."""

    meetings: tuple[Meeting, ...]
    unassigned: tuple[Case, ...]
    unassigned_total: int
    neighbours: tuple[Declaration, ...]
    emergencies: tuple[EmergencyAccess, ...]

    @property
    def tasks(self) -> int:
        open_requests = sum(len(one.requests) for one in self.meetings if one.is_open)
        return open_requests + self.unassigned_total + len(self.neighbours)


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
        tuple(
            Meeting(one, tuple(answerable(one, actor)), one.meets_on <= today)
            for one in Conference.objects.filter(within.q(), closed_at__isnull=True).order_by("meets_on")
        ),
        tuple(nobodys[:LONGEST]),
        nobodys.count(),
        tuple(_neighbours(actor, Declaration.objects.filter(of_cases).exclude(case__in=shut).order_by("pk"))),
        tuple(told.select_related("case", "user", "second").order_by("-asked_at")),
    )


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
