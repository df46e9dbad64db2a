"""Tables of counselling that can come from a workbook: registers of cases, and groups' monthly reports."""

from samaki.kernel.tables import table_kinds
from samaki.strands.counselling.tables.cases import CASES
from samaki.strands.counselling.tables.group_months import GROUP_REPORTS

table_kinds.register(CASES)
table_kinds.register(GROUP_REPORTS)

__all__ = ["CASES", "GROUP_REPORTS"]
