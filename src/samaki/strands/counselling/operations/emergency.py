"""Access in an emergency: sixty minutes' reading of one case, with a reason and a second person."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from samaki.kernel import policy
from samaki.kernel.actors import Actor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting, keeping_refusals
from samaki.kernel.errors import Conflict, Invalid, Refused
from samaki.kernel.policy import Action
from samaki.strands.counselling.course import EMERGENCY
from samaki.strands.counselling.models import Case, EmergencyAccess
from samaki.strands.counselling.operations.moving import no_such_case, scope_of
from samaki.strands.counselling.sight import MAY_ASK, locked_out


def ask_emergency(*, case: Case, reason: str, by: Actor, at: dt.datetime) -> EmergencyAccess:
    """Asked by whoever works with cases at that organisation. Raises NotFound for one tied to the man: an emergency
    opens nothing to her."""
    with keeping_refusals(by, Action.OPEN_EMERGENCY, case, **scope_of(case)):
        if not any(policy.may(by, action, **scope_of(case), group_id=case.group_id) for action in MAY_ASK):
            raise policy.refusal(by, Action.OPEN_EMERGENCY)
        if by.user_id is None or case.pk in locked_out(by):
            raise no_such_case()
        if not reason.strip():
            raise Invalid("reason_wanted", _("Please say why. The reason is kept."), field="reason")
        access = EmergencyAccess.objects.create(
            case=case, user_id=by.user_id, reason=reason.strip(), asked_at=at, is_example=case.is_example
        )
        record(by, "ask_emergency", access, **scope_of(case), reason=reason.strip())
    return access


def open_emergency(*, access: EmergencyAccess, by: Actor, at: dt.datetime) -> EmergencyAccess:
    """The second person opens it, for sixty minutes. Raises Refused("same_person"), NotFound for one tied to the man,
    Conflict where it was opened already."""
    case = access.case
    with acting(by, Action.OPEN_EMERGENCY, case, **scope_of(case)):
        access = EmergencyAccess.objects.select_for_update().get(pk=access.pk)
        if case.pk in locked_out(by):
            raise no_such_case()
        if by.user_id is None or access.user_id == by.user_id:
            raise Refused("same_person", _("A second person opens it."))
        if access.opened_at is not None:
            raise Conflict("opened_already", _("This was opened already."))
        access.second_id, access.opened_at, access.closes_at = by.user_id, at, at + EMERGENCY
        access.revision += 1
        access.save()
        record(by, "open_emergency", access, **scope_of(case))
    return access
