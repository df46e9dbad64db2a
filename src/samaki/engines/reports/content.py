"""What a programme's report holds, before any format: every figure as its reader may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from samaki.engines.reports import labels
from samaki.engines.results.frameworks import Described, NodeResults, Tracked, catalogue, programme_results
from samaki.engines.results.queries import figures, programme_named
from samaki.engines.results.unpublishable import may_be_parted
from samaki.ground.periods.rules import Period, parse
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import PUBLIC, AnyActor
from samaki.kernel.figures import Cell, Figure, FigureQuery
from samaki.kernel.report_sections import SectionTable, report_sections
from samaki.ui import words

BROKEN_DOWN_BY = ("area", "gender", "age_band", "channel", "kind", "province")
UNDIVIDED = "undivided"


@dataclass(frozen=True)
class Said:
    """What a source stated, beside the figure."""

    text: str
    value: str
    approximate: bool
    source: str


@dataclass(frozen=True)
class Line:
    """One indicator. `shown` is the figure in words; the numbers stand beside for a workbook."""

    definition: Described
    figure: Figure
    shown: str
    target: Decimal | None
    baseline: Decimal | None
    stated: tuple[Said, ...]
    breakdowns: tuple[Breakdown, ...]


@dataclass(frozen=True)
class Row:
    label: str
    cell: Cell
    shown: str


@dataclass(frozen=True)
class Breakdown:
    """One dimension of one indicator; a part that is unknown or hidden says so in a word."""

    dimension: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Node:
    level: int
    level_name: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Report:
    programme: Programme
    title: str
    period: Period
    period_shown: str
    span_shown: str
    lock: str
    made_at: dt.datetime
    nodes: tuple[Node, ...]
    sections: tuple[SectionTable, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every indicator once, in the order of the framework."""
        once = {line.definition.key: line for node in self.nodes for line in node.lines}
        return tuple(once.values())


def gather(programme: str, period: str) -> Report:
    """What may be published of the period, whoever asks: a file leaves the house (domain.md section 5, rule 6).
    Raises NotFound, Invalid, Refused as figures do."""
    actor = PUBLIC
    where = programme_named(programme)
    span = parse(period, fiscal_year_starts_in=where.fiscal_year_starts_in)
    nodes = programme_results(actor, programme, span.key, trend=1).nodes or (_all(actor, programme, span),)
    tracked = list({one.definition.key: one for node in nodes for one in node.indicators}.values())
    broken_down = _broken_down(actor, programme, span, [one.definition for one in tracked])
    lines = {one.definition.key: _line(one, broken_down[one.definition.key]) for one in tracked}
    first = tracked[0].figure if tracked else None
    published = first.published if first else None
    return Report(
        programme=where,
        title=words.in_language({"km": where.name_km, "en": where.name_en}),
        period=span,
        period_shown=words.period(span.key),
        span_shown=words.days(span.first, span.last),
        lock=_("Locked on %(day)s, version %(version)s.")
        % {"day": words.day(published.locked_at), "version": published.version}
        if published
        else _("This period is not locked: the figures are those of today and may still change."),
        made_at=timezone.now(),
        nodes=tuple(
            Node(
                level=node.level,
                level_name=level_name(node.level),
                title=node.title,
                lines=tuple(lines[one.definition.key] for one in node.indicators),
            )
            for node in nodes
        ),
        sections=tuple(table for section in report_sections for table in section.write(actor, programme, span.key)),
    )


def level_name(level: int) -> str:
    return {1: _("Goal"), 2: _("Outcome"), 3: _("Output")}.get(level, "")


def _all(actor: AnyActor, programme: str, span: Period) -> NodeResults:
    """For a programme without a framework: every indicator of which something is known."""
    described = catalogue(actor, programme)
    found = figures(actor, [FigureQuery(programme, one.key, period=span.key) for one in described])
    tracked = [
        Tracked(one, figure, (), (), ())
        for one, figure in zip(described, found, strict=True)
        if figure.value or figure.unknown or figure.high or figure.suppressed
    ]
    return NodeResults("all", 0, None, _("Figures"), tuple(tracked))


def _broken_down(
    actor: AnyActor, programme: str, span: Period, definitions: Sequence[Described]
) -> dict[str, tuple[Breakdown, ...]]:
    parted = [one for one in definitions if may_be_parted(one.unit, span)]
    asked = [(one, name) for one in parted for name in BROKEN_DOWN_BY if name in one.dimensions]
    queries = [FigureQuery(programme, one.key, period=span.key, by=(name,)) for one, name in asked]
    found: dict[str, tuple[Breakdown, ...]] = {one.key: () for one in definitions}
    for (one, name), figure in zip(asked, figures(actor, queries), strict=True):
        keys = [cell.dimensions[name] for cell in figure.by]
        if not keys or keys == [UNDIVIDED]:
            continue
        named = labels.values(name, one.measure, keys)
        rows = tuple(Row(named[cell.dimensions[name]], cell, shown(cell)) for cell in figure.by)
        found[one.key] += (Breakdown(labels.dimension(name, one.measure), rows),)
    return found


def _line(one: Tracked, breakdowns: tuple[Breakdown, ...]) -> Line:
    km = get_language() == "km"
    return Line(
        definition=one.definition,
        figure=one.figure,
        shown=shown(one.figure),
        target=one.target,
        baseline=one.baseline,
        stated=tuple(
            Said(
                said.text_km if km else said.text_en,
                said.value,
                said.approximate,
                (km and said.source_km) or said.source,
            )
            for said in one.figure.stated
        ),
        breakdowns=breakdowns,
    )


def shown(part: Figure | Cell) -> str:
    """The number in words: both numbers of a ratio, a range with its ends, unknown and hidden as words."""
    if part.suppressed:
        return part.reason or pgettext("figure", "Not shown")
    if part.low is not None and part.high is not None:
        return words.span(part.low, part.high)
    if part.scale is not None:
        return words.mean(part.value, part.denominator)
    if part.denominator is not None or part.numerator is not None:
        return words.ratio(part.numerator, part.denominator)
    return words.number(part.value)
