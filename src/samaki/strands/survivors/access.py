"""Who comes to her side: a women's-service worker of the organisation, with her second factor, and nobody else.

Whoever also works on his side, oversees it or keeps the users is shut out although she may hold the role. What the
audit trail keeps of this side names no programme, so that nobody who reads a programme's trail finds it there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models
from django.utils.translation import gettext_lazy as _

from samaki.kernel import policy
from samaki.kernel.actors import AnyActor, Role, System
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import Refused
from samaki.kernel.policy import Action, Reach

SHUT_OUT = frozenset(
    {
        Role.COUNSELLOR,
        Role.CASE_SUPERVISOR,
        Role.GROUP_COORDINATOR,
        Role.SAFEGUARDING_FOCAL,
        Role.PROGRAMME_OFFICER,
        Role.ADMINISTRATOR,
        Role.AUDITOR,
        Role.DONOR,
        Role.AUTHORITY,
        Role.STEWARD,
    }
)
On = models.Model | tuple[str, object]


@contextmanager
def writing(actor: AnyActor, on: On, *, organisation_id: int, programme_id: int) -> Iterator[None]:
    """One transaction on her side; raises Refused, audited, where the actor may not write there."""
    with keeping_refusals(actor, Action.RECORD_SURVIVOR, on, organisation_id=organisation_id):
        _expect_not_shut_out(actor)
        policy.require(actor, Action.RECORD_SURVIVOR, organisation_id=organisation_id, programme_id=programme_id)
        yield


@contextmanager
def reading(actor: AnyActor, kind: str) -> Iterator[Reach]:
    """One transaction of a read, and how far it goes. Raises Refused, audited: without the right, or a reason."""
    with keeping_refusals(actor, Action.SEE_SURVIVOR, (kind, ""), organisation_id=None):
        _expect_not_shut_out(actor)
        within = policy.reach(actor, Action.SEE_SURVIVOR)
        if not within:
            raise policy.refusal(actor, Action.SEE_SURVIVOR)
        if not isinstance(actor, System) and not actor.reason.strip():
            raise Refused("reason_wanted", _("Please say why you open this. The reason is kept."))
        yield within


def is_on_her_side(actor: AnyActor) -> bool:
    """Whether anything of her side is for this actor at all; asks for no reason and is kept nowhere."""
    return not is_shut_out(actor) and bool(policy.reach(actor, Action.SEE_SURVIVOR))


def keep(actor: AnyActor, action: str, on: On, *, organisation_id: int | None) -> None:
    """One act of her side in the trail: no code, no case, no programme."""
    record(actor, action, on, organisation_id=organisation_id)


def keep_read(actor: AnyActor, action: str, kind: str, within: Reach) -> None:
    """The read of a list, in the trail of each organisation it went through."""
    for organisation_id in sorted(within.organisations() or ()) or (None,):
        keep(actor, action, (kind, ""), organisation_id=organisation_id)


def is_shut_out(actor: AnyActor) -> bool:
    """Whether a role of the actor's keeps her from this side, the worker's beside it or not."""
    return not isinstance(actor, System) and bool(actor.roles() & SHUT_OUT)


def _expect_not_shut_out(actor: AnyActor) -> None:
    if is_shut_out(actor):
        raise Refused("refused", _("You do not have permission to see this"))
