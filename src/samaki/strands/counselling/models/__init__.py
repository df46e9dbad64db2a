"""His file alone: cases by code, what stands between asking and doing, and the groups' monthly reports."""

from samaki.strands.counselling.models.cases import Case, CaseKey, CaseSession, Outcome
from samaki.strands.counselling.models.group_months import GroupMonth
from samaki.strands.counselling.models.safeguards import (
    AuthorityResponse,
    CaseRequest,
    Conference,
    Declaration,
    EmergencyAccess,
    Risk,
    Routing,
    Tie,
)

__all__ = [
    "AuthorityResponse",
    "Case",
    "CaseKey",
    "CaseRequest",
    "CaseSession",
    "Conference",
    "Declaration",
    "EmergencyAccess",
    "GroupMonth",
    "Outcome",
    "Risk",
    "Routing",
    "Tie",
]
