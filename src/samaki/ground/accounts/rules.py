"""Who may hand out which role."""

from __future__ import annotations

from samaki.kernel.actors import AnyActor, Role, System
from samaki.kernel.policy import RULES, Over

# Roles that see or do something over every organisation of a programme.
PROGRAMME_WIDE = frozenset(role for rule in RULES.values() for role, over in rule.items() if over is Over.PROGRAMME)


def may_give(actor: AnyActor, role: Role, *, programme_id: int | None) -> bool:
    """A role that reaches beyond one organisation is given only by who administers that very programme: an
    administrator of all of one organisation's programmes would otherwise open those of the others."""
    if isinstance(actor, System) or role not in PROGRAMME_WIDE:
        return True
    return programme_id is not None and any(
        grant.role is Role.ADMINISTRATOR and grant.programme_id == programme_id for grant in actor.grants
    )
