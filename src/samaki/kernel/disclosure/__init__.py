"""Disclosure control (domain.md §5): pure functions between the figures and whoever reads them.

One door: `publish(table, policy)` takes a `CountTable` or a `RatioTable` and a `DisclosurePolicy` and answers what
may leave, as a `PublishedTable` or `PublishedRatios`. Cells are tuples with one category per dimension, `TOTAL`
where a dimension is not broken down; the grand total of a table of two dimensions is `(TOTAL, TOTAL)`.

    table = CountTable.of((Dimension("area", ("old", "new")),), {("old",): 36, ("new",): 40})
    published = publish(table, DisclosurePolicy(unit="case", fixed_period=True))
    published[("old",)].value          # 36
    published.total.value              # 76

A dimension over which one person may stand twice (place of activity, period, activity) is `additive=False`, and its
margins are given, never added. Print `suppressed` and `reason`; nothing else about why a cell is hidden may leave.

Beneath the door, for those who need them: `protect` and `audit` (rule 2), `protect_ratio` and `may_show` (rule 3),
`is_fixed_period`, `is_fixed_day`, `must_wait`, `count_to_show` (rule 4), `refused_levels` (rule 5); `Known`, `Kept`,
`Relation`, `named` and `elsewhere` to state what other tables and earlier releases give away.
No ORM, no clock, no files: the same question always has the same answer.
"""

from samaki.kernel.disclosure.door import (
    DisclosurePolicy,
    PublishedCell,
    PublishedRatio,
    PublishedRatios,
    PublishedTable,
    Reason,
    publish,
)
from samaki.kernel.disclosure.layers import Kept, Known, elsewhere, named
from samaki.kernel.disclosure.outsider import Bounds
from samaki.kernel.disclosure.ratios import RatioProtection, may_show, protect_ratio
from samaki.kernel.disclosure.release import count_to_show, is_fixed_day, is_fixed_period, must_wait, refused_levels
from samaki.kernel.disclosure.suppression import Protection, audit, protect
from samaki.kernel.disclosure.table import (
    TOTAL,
    Cell,
    ContradictoryFigures,
    CountTable,
    Dimension,
    Name,
    RatioTable,
    Relation,
)
from samaki.kernel.disclosure.thresholds import in_scope, is_small, threshold

__all__ = [
    "TOTAL",
    "Bounds",
    "Cell",
    "ContradictoryFigures",
    "CountTable",
    "Dimension",
    "DisclosurePolicy",
    "Kept",
    "Known",
    "Name",
    "Protection",
    "PublishedCell",
    "PublishedRatio",
    "PublishedRatios",
    "PublishedTable",
    "RatioProtection",
    "RatioTable",
    "Reason",
    "Relation",
    "audit",
    "count_to_show",
    "elsewhere",
    "in_scope",
    "is_fixed_day",
    "is_fixed_period",
    "is_small",
    "may_show",
    "must_wait",
    "named",
    "protect",
    "protect_ratio",
    "publish",
    "refused_levels",
    "threshold",
]
