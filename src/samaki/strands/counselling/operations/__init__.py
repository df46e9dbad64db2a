"""Writes of counselling: cases by code, and the groups' monthly reports."""

from samaki.strands.counselling.operations.cases import (
    add_session,
    correct_case,
    open_case,
    record_cases,
    record_judgement,
)
from samaki.strands.counselling.operations.group_months import (
    correct_group_month,
    receive_group_month,
    receive_group_months,
)

__all__ = [
    "add_session",
    "correct_case",
    "correct_group_month",
    "open_case",
    "receive_group_month",
    "receive_group_months",
    "record_cases",
    "record_judgement",
]
