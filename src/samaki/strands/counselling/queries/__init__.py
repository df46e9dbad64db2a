"""Reads of counselling: cases (T4, each read with a reason and logged), and the groups' monthly reports (T2)."""

from samaki.strands.counselling.queries.cases import CaseFile, CaseLine, CasePage, case, cases
from samaki.strands.counselling.queries.conference import Desk, Meeting, desk
from samaki.strands.counselling.queries.emergency import emergency_file
from samaki.strands.counselling.queries.group_months import Cell, GroupRow, Matrix, group_month_versions, group_months
from samaki.strands.counselling.queries.own import OwnFile, OwnLine, own_calendar, own_case, own_cases
from samaki.strands.counselling.queries.started import Started, started_cases

__all__ = [
    "CaseFile",
    "CaseLine",
    "CasePage",
    "Cell",
    "Desk",
    "GroupRow",
    "Matrix",
    "Meeting",
    "OwnFile",
    "OwnLine",
    "Started",
    "case",
    "cases",
    "desk",
    "emergency_file",
    "group_month_versions",
    "group_months",
    "own_calendar",
    "own_case",
    "own_cases",
    "started_cases",
]
