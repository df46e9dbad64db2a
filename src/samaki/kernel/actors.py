"""Who acts. Every query and operation takes an actor; none takes None."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    FACILITATOR = "facilitator"
    GROUP_COORDINATOR = "group_coordinator"
    COUNSELLOR = "counsellor"
    WOMENS_SERVICE_WORKER = "womens_service_worker"
    CASE_SUPERVISOR = "case_supervisor"
    SAFEGUARDING_FOCAL = "safeguarding_focal"
    PARTNER_ME = "partner_me"
    PARTNER_FINANCE = "partner_finance"
    PROGRAMME_OFFICER = "programme_officer"
    STEWARD = "steward"  # says who is one person across organisations, without seeing anybody
    AUDITOR = "auditor"
    DONOR = "donor"
    AUTHORITY = "authority"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Grant:
    """A role held at an organisation in a programme; programme None means every programme of that organisation,
    group None every group."""

    role: Role
    organisation_id: int | None
    programme_id: int | None
    group_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """A person acting, with the grants valid today. `reason` is why T4 is read, written to the audit trail."""

    user_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    second_factor: bool = False
    reason: str = ""

    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)


@dataclass(frozen=True)
class System:
    """The system itself at work (migration, demo, timer); says why."""

    reason: str
    name: str = field(default="system", init=False)
    user_id: None = field(default=None, init=False)


PUBLIC = Actor(user_id=None, name="public")
AnyActor = Actor | System
