"""Reads of counselling: cases (T4, each read with a reason and logged), and the groups' monthly reports (T2)."""

from samaki.strands.counselling.queries.cases import CaseFile, CaseLine, CasePage, case, cases
from samaki.strands.counselling.queries.group_months import Cell, GroupRow, Matrix, group_month_versions, group_months

__all__ = [
    "CaseFile",
    "CaseLine",
    "CasePage",
    "Cell",
    "GroupRow",
    "Matrix",
    "case",
    "cases",
    "group_month_versions",
    "group_months",
]
