"""Reading one case in an emergency: who asked, who opened it, and the file while its sixty minutes last."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import Actor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach, refusal
from samaki.kernel.records import Scope
from samaki.strands.counselling.models import Case, EmergencyAccess
from samaki.strands.counselling.queries.own import OwnFile, file_of
from samaki.strands.counselling.sight import MAY_ASK, locked_out

LONGEST = 20


def case_coded(actor: Actor, code: str) -> Case:
    """The case an emergency is asked for. Raises Refused, or NotFound alike for what is not there, is out of reach, or
    is of a man the actor is tied to."""
    within = _near(actor)
    found = Case.objects.filter(within, code="".join(code.split()).upper()).exclude(pk__in=locked_out(actor)).first()
    if found is None:
        raise NotFound("no_such_case", _("There is no such case."))
    return found


def emergencies(actor: Actor, *, at: dt.datetime) -> tuple[tuple[EmergencyAccess, ...], tuple[EmergencyAccess, ...]]:
    """The actor's own of the last day, and those of others that wait for a second person. Raises Refused."""
    _near(actor)
    recent = EmergencyAccess.objects.filter(asked_at__gte=at - dt.timedelta(days=1))
    recent = recent.exclude(case__in=locked_out(actor)).select_related("case", "user", "second").order_by("-asked_at")
    opens = reach(actor, Action.OPEN_EMERGENCY).q(
        organisation="case__organisation_id", programme="case__programme_id", group="case__group_id"
    )
    waiting = recent.filter(opens, opened_at__isnull=True).exclude(user=actor.user_id)
    return tuple(recent.filter(user=actor.user_id)[:LONGEST]), tuple(waiting[:LONGEST])


def waiting_emergency(actor: Actor, access_id: int, *, at: dt.datetime) -> EmergencyAccess:
    """One that waits for this second person. Raises Refused, NotFound."""
    _own, waiting = emergencies(actor, at=at)
    for one in waiting:
        if one.pk == access_id:
            return one
    raise NotFound("no_such_case", _("There is no such case."))


def emergency_file(actor: Actor, access_id: int, *, at: dt.datetime) -> tuple[EmergencyAccess, OwnFile]:
    """The one case, while the sixty minutes last, for whom they were opened. Each reading is logged with the reason
    that was given. Raises NotFound otherwise."""
    nothing = Scope(organisation_id=None, programme_id=None)
    with keeping_refusals(actor, Action.OPEN_EMERGENCY, ("counselling.emergencyaccess", access_id), **nothing):
        found = EmergencyAccess.objects.select_related("case__group", "case__place__parent__parent").filter(
            pk=access_id, user=actor.user_id, opened_at__isnull=False, closes_at__gt=at
        )
        access = found.exclude(case__in=locked_out(actor)).first()
        if access is None or not actor.second_factor:
            raise NotFound("no_such_case", _("There is no such case."))
        scope = Scope(organisation_id=access.case.organisation_id, programme_id=access.case.programme_id)
        record(actor, "read_emergency", access, **scope, reason=access.reason)
        return access, file_of(access.case, on=timezone.localdate(at))


def _near(actor: Actor) -> Q:
    found = Q(pk__in=[])
    for action in MAY_ASK:
        found |= reach(actor, action).q(group="group_id")
    if not any(reach(actor, action) for action in MAY_ASK):
        raise refusal(actor, Action.OPEN_EMERGENCY)
    return found
