"""The one door through which figures leave: rules 1–5 of domain.md §5 in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, overload

from samaki.kernel.disclosure.layers import Known
from samaki.kernel.disclosure.ratios import protect_ratio
from samaki.kernel.disclosure.release import must_wait, refused_levels
from samaki.kernel.disclosure.suppression import protect
from samaki.kernel.disclosure.table import TOTAL, Cell, CountTable, Dimension, RatioTable
from samaki.kernel.disclosure.thresholds import in_scope, is_sensitive_cell, is_sensitive_subject, threshold

Reason = Literal["protected", "place", "period", "correction"]
"""Safe to print. "protected" covers small, complementary and ratio alike: to tell them apart would say 1…k−1."""


@dataclass(frozen=True)
class DisclosurePolicy:
    """What the rules need to know of a figure.

    `unit`: person, case, household … or an open unit (contact, organisation …). `fixed_period`: rule 4, see
    `is_fixed_period`. `subjects`: what the figure is about ("counselling", "idpoor", "disability" …).
    `filters`: (dimension, category) pairs that the question is limited to, such as ("province", "14").
    """

    unit: str
    fixed_period: bool
    subjects: frozenset[str] = frozenset()
    filters: tuple[tuple[str, str], ...] = ()

    @property
    def is_counselling(self) -> bool:
        """Whether rule 5 limits its places."""
        return self.unit == "case" or "counselling" in self.subjects

    @property
    def is_sensitive(self) -> bool:
        """Whether k = 10 throughout."""
        return is_sensitive_subject(self.unit, self.subjects, self.filters)


@dataclass(frozen=True)
class PublishedCell:
    """A count as it may be printed. Not suppressed and None: unknown, which is not 0."""

    value: int | None
    suppressed: bool = False
    reason: Reason | None = None


@dataclass(frozen=True)
class PublishedRatio:
    """A ratio as it may be printed: both numbers or neither. `unknown` may be hidden alone."""

    numerator: int | None
    denominator: int | None
    unknown: int | None = None
    suppressed: bool = False
    unknown_suppressed: bool = False
    reason: Reason | None = None


@dataclass(frozen=True)
class PublishedTable:
    """A table of counts that may leave. `waiting`: a correction waits, so these are the counts published earlier."""

    dimensions: tuple[Dimension, ...]
    cells: Mapping[Cell, PublishedCell]
    waiting: bool = False

    def __getitem__(self, cell: Cell) -> PublishedCell:
        return self.cells[cell]

    @property
    def total(self) -> PublishedCell:
        """The cell that breaks nothing down."""
        return self.cells[(TOTAL,) * len(self.dimensions)]


@dataclass(frozen=True)
class PublishedRatios:
    """A table of ratios that may leave; as `PublishedTable`."""

    dimensions: tuple[Dimension, ...]
    cells: Mapping[Cell, PublishedRatio]
    waiting: bool = False

    def __getitem__(self, cell: Cell) -> PublishedRatio:
        return self.cells[cell]

    @property
    def total(self) -> PublishedRatio:
        """The cell that breaks nothing down."""
        return self.cells[(TOTAL,) * len(self.dimensions)]


@overload
def publish(
    table: CountTable,
    policy: DisclosurePolicy,
    *,
    earlier: PublishedTable | None = None,
    new_release: bool = False,
    known: Known | None = None,
    communes: Mapping[Cell, int] | None = None,
) -> PublishedTable: ...


@overload
def publish(
    table: RatioTable,
    policy: DisclosurePolicy,
    *,
    earlier: PublishedRatios | None = None,
    new_release: bool = False,
    known: Known | None = None,
    communes: Mapping[Cell, int] | None = None,
) -> PublishedRatios: ...


def publish(
    table: CountTable | RatioTable,
    policy: DisclosurePolicy,
    *,
    earlier: PublishedTable | PublishedRatios | None = None,
    new_release: bool = False,
    known: Known | None = None,
    communes: Mapping[Cell, int] | None = None,
) -> PublishedTable | PublishedRatios:
    """What of a table may be published.

    `earlier`: this table as last published; small corrections wait unless this is the `new_release`, and what was
    hidden stays hidden. `known`: facts from linked tables. `communes`: communes contributing to each cell, needed
    for crossings about counselling. Raises ContradictoryFigures where `known` contradicts the counts.
    """
    if isinstance(table, RatioTable):
        before = earlier if isinstance(earlier, PublishedRatios) else None
        return _publish_ratios(table, policy, before, new_release, known, communes or {})
    return _publish_counts(
        table, policy, earlier if isinstance(earlier, PublishedTable) else None, new_release, known, communes or {}
    )


def _publish_counts(
    table: CountTable,
    policy: DisclosurePolicy,
    earlier: PublishedTable | None,
    new_release: bool,
    known: Known | None,
    communes: Mapping[Cell, int],
) -> PublishedTable:
    k, withheld = _thresholds(table, policy), _withheld(table, policy, communes)
    scoped = in_scope(policy.unit)
    before = dict(earlier.cells) if earlier else {}
    if scoped and not policy.fixed_period:
        return PublishedTable(table.dimensions, {c: PublishedCell(None, True, "period") for c in table.cells()})
    if scoped and not new_release and any(must_wait(b.value, table.counts[c], k(c)) for c, b in _both(table, before)):
        new = PublishedCell(None, True, "correction")
        return PublishedTable(table.dimensions, {c: before.get(c, new) for c in table.cells()}, waiting=True)
    hidden: frozenset[Cell] = frozenset()
    if scoped:
        also = [cell for cell, b in _both(table, before) if b.reason == "protected"]
        hidden = protect(table, k, also=also, withheld=withheld, known=known).hidden
    cells = {c: _cell(table.counts[c], c in hidden, c in withheld) for c in table.cells()}
    return PublishedTable(table.dimensions, cells)


def _publish_ratios(
    table: RatioTable,
    policy: DisclosurePolicy,
    earlier: PublishedRatios | None,
    new_release: bool,
    known: Known | None,
    communes: Mapping[Cell, int],
) -> PublishedRatios:
    whole = table.denominator
    k, withheld = _thresholds(whole, policy), _withheld(whole, policy, communes)
    scoped = in_scope(policy.unit)
    before = dict(earlier.cells) if earlier else {}
    if scoped and not policy.fixed_period:
        return PublishedRatios(whole.dimensions, {c: _hidden_ratio("period") for c in whole.cells()})
    if scoped and not new_release and any(_ratio_waits(b, table, c, k(c)) for c, b in _both(whole, before)):
        new = _hidden_ratio("correction")
        return PublishedRatios(whole.dimensions, {c: before.get(c, new) for c in whole.cells()}, waiting=True)
    hidden: frozenset[Cell] = frozenset()
    unsaid: frozenset[Cell] = frozenset()
    if scoped:
        found = protect_ratio(
            table,
            k,
            hide_extremes=lambda cell: _hides_extremes(whole, policy, cell),
            also=[cell for cell, b in _both(whole, before) if b.reason == "protected"],
            withheld=withheld,
            known=known,
        )
        hidden, unsaid = found.hidden, found.unknown
    cells = {}
    for cell in whole.cells():
        if cell in withheld or cell in hidden:
            cells[cell] = _hidden_ratio("place" if cell in withheld else "protected")
            continue
        unknown = table.unknown.counts[cell] if table.unknown else None
        quiet = cell in unsaid
        cells[cell] = PublishedRatio(
            numerator=table.numerator.counts[cell],
            denominator=whole.counts[cell],
            unknown=None if quiet else unknown,
            unknown_suppressed=quiet,
        )
    return PublishedRatios(whole.dimensions, cells)


Shown = TypeVar("Shown", PublishedCell, PublishedRatio)


def _both(table: CountTable, before: Mapping[Cell, Shown]) -> Iterator[tuple[Cell, Shown]]:
    return ((cell, before[cell]) for cell in table.cells() if cell in before)


def _thresholds(table: CountTable, policy: DisclosurePolicy) -> Callable[[Cell], int]:
    sensitive = policy.is_sensitive
    return lambda cell: threshold(table, cell, sensitive_subject=sensitive)


def _withheld(table: CountTable, policy: DisclosurePolicy, communes: Mapping[Cell, int]) -> frozenset[Cell]:
    if not policy.is_counselling:
        return frozenset()
    refused = refused_levels(table, communes, policy.filters)
    return frozenset(cell for cell in table.cells() if table.level(cell) in refused)


def _hides_extremes(table: CountTable, policy: DisclosurePolicy, cell: Cell) -> bool:
    """Rule 3: sensitive, and below programme level, which is any cell or question that breaks the programme down."""
    below = bool(table.level(cell) or policy.filters)
    return below and (policy.is_sensitive or is_sensitive_cell(table, cell))


def _cell(count: int | None, hidden: bool, withheld: bool) -> PublishedCell:
    if withheld:
        return PublishedCell(None, True, "place")
    if hidden:
        return PublishedCell(None, True, "protected")
    return PublishedCell(count)


def _hidden_ratio(reason: Reason) -> PublishedRatio:
    return PublishedRatio(None, None, suppressed=True, unknown_suppressed=True, reason=reason)


def _ratio_waits(before: PublishedRatio, table: RatioTable, cell: Cell, k: int) -> bool:
    n, d = table.numerator.counts[cell], table.denominator.counts[cell]
    unknown = table.unknown.counts[cell] if table.unknown else None
    changes = [
        (before.numerator, n),
        (before.denominator, d),
        (before.unknown, unknown),
        (_less(before.denominator, before.numerator), _less(d, n)),
    ]
    return any(must_wait(was, now, k) for was, now in changes)


def _less(whole: int | None, part: int | None) -> int | None:
    return None if whole is None or part is None else whole - part
