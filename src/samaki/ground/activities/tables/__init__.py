"""Tables of the ground that can come from a workbook: rosters of people."""

from samaki.ground.activities.tables.roster import ROSTER
from samaki.kernel.tables import table_kinds

table_kinds.register(ROSTER)

__all__ = ["ROSTER"]
