"""Writing what figures are held against: frameworks, baselines, targets, and what sources stated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from samaki.engines.results.definitions import canonical
from samaki.engines.results.loading import load_catalogue
from samaki.engines.results.models import (
    Baseline,
    Framework,
    Indicator,
    IndicatorVersion,
    Node,
    Placement,
    Statement,
    Target,
)
from samaki.ground.periods.rules import parse
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Invalid, NotFound
from samaki.kernel.policy import Action

__all__ = ["NodeWritten", "keep_statement", "load_catalogue", "set_baseline", "set_framework", "set_target"]

Cell = Mapping[str, str]  # {} for all, {"area": "old"} for a part
WHOLE: Cell = {}


@dataclass(frozen=True)
class NodeWritten:
    """A goal, outcome or output; `parent` is the key of the node above, `indicators` those that tell of it."""

    key: str
    level: Node.Level
    title_en: str
    title_km: str
    parent: str | None = None
    indicators: tuple[str, ...] = ()


def set_framework(
    *,
    programme: Programme,
    title_en: str,
    title_km: str,
    nodes: Sequence[NodeWritten],
    by: AnyActor,
    key: str = "main",
    is_example: bool = False,
) -> Framework:
    """Write the whole framework, a node after its parent. The same again changes nothing; nodes and indicators no
    longer listed are taken out, with their targets. Raises Invalid("node_out_of_place"), NotFound for an indicator."""
    with acting(by, Action.EDIT_PROGRAMME, programme, organisation_id=None, programme_id=programme.pk):
        titles = {"title_en": title_en, "title_km": title_km, "is_example": is_example}
        framework, _new = Framework.objects.update_or_create(programme=programme, key=key, defaults=titles)
        indicators = _indicators({name for node in nodes for name in node.indicators})
        written: dict[str, Node] = {}
        for position, one in enumerate(nodes):
            parent = written.get(one.parent) if one.parent else None
            if (parent is None) != (one.level is Node.Level.GOAL) or (parent and parent.level != one.level - 1):
                raise Invalid(
                    "node_out_of_place", _("An outcome stands below a goal, an output below an outcome."), field=one.key
                )
            written[one.key], _new = Node.objects.update_or_create(
                framework=framework,
                key=one.key,
                defaults={
                    "parent": parent,
                    "level": one.level,
                    "position": position,
                    "title_en": one.title_en,
                    "title_km": one.title_km,
                },
            )
            _place(written[one.key], [indicators[name] for name in one.indicators])
        framework.nodes.exclude(key__in=written).delete()
        record(by, "framework.set", framework, programme_id=programme.pk, details={"nodes": sorted(written)})
        return framework


def _place(node: Node, indicators: Sequence[Indicator]) -> None:
    node.placements.exclude(indicator__in=indicators).delete()
    for position, indicator in enumerate(indicators):
        Placement.objects.update_or_create(node=node, indicator=indicator, defaults={"position": position})


def _indicators(keys: set[str]) -> dict[str, Indicator]:
    found = {indicator.key: indicator for indicator in Indicator.objects.filter(key__in=keys)}
    for missing in sorted(keys - found.keys()):
        raise NotFound("no_such_indicator", _("There is no indicator %(name)s."), field="indicator", name=missing)
    return found


def set_target(
    *, programme: Programme, indicator: str, period: str, value: Decimal | int, by: AnyActor, cell: Cell = WHOLE
) -> Target:
    """What is to be reached in a period, for all or for a part; a ratio in percent."""
    with acting(by, Action.EDIT_PROGRAMME, programme, organisation_id=None, programme_id=programme.pk):
        placement, version = _placement(programme, indicator)
        span = parse(period, fiscal_year_starts_in=programme.fiscal_year_starts_in)
        _check_value(version, Decimal(value))
        target, _new = Target.objects.update_or_create(
            placement=placement,
            period=span.key,
            cell_key=_cell_key(version, cell),
            defaults={"cell": dict(cell), "value": value},
        )
        details = {"indicator": indicator, "period": span.key, "cell": dict(cell), "value": str(value)}
        record(by, "target.set", target, programme_id=programme.pk, details=details)
        return target


def set_baseline(
    *,
    programme: Programme,
    indicator: str,
    at: str,
    value: Decimal | int | None,
    source: str,
    by: AnyActor,
    source_km: str = "",
    cell: Cell = WHOLE,
) -> Baseline:
    """Where it stood before; None where it was asked for and is unknown."""
    with acting(by, Action.EDIT_PROGRAMME, programme, organisation_id=None, programme_id=programme.pk):
        placement, version = _placement(programme, indicator)
        if value is not None:
            _check_value(version, Decimal(value))
        baseline, _new = Baseline.objects.update_or_create(
            placement=placement,
            cell_key=_cell_key(version, cell),
            defaults={"cell": dict(cell), "value": value, "at": at, "source": source, "source_km": source_km},
        )
        details = {"indicator": indicator, "at": at, "cell": dict(cell), "value": None if value is None else str(value)}
        record(by, "baseline.set", baseline, programme_id=programme.pk, details=details)
        return baseline


def keep_statement(
    *,
    programme: Programme,
    indicator: str,
    value: str,
    text_en: str,
    text_km: str,
    approximate: bool,
    source: str,
    by: AnyActor,
    source_km: str = "",
    period: str | None = None,
    cell: Cell = WHOLE,
    is_example: bool = False,
) -> Statement:
    """Keep what a source said ("65 per cent", "about half") beside the computed figure, never instead of it."""
    with acting(by, Action.EDIT_PROGRAMME, programme, organisation_id=None, programme_id=programme.pk):
        found = _indicators({indicator})[indicator]
        version = found.versions.latest("number")
        span = parse(period, fiscal_year_starts_in=programme.fiscal_year_starts_in) if period else None
        statement, _new = Statement.objects.update_or_create(
            programme=programme,
            indicator=found,
            period=span.key if span else None,
            cell_key=_cell_key(version, cell),
            value=value,
            defaults={
                "cell": dict(cell),
                "text_en": text_en,
                "text_km": text_km,
                "approximate": approximate,
                "source": source,
                "source_km": source_km,
                "is_example": is_example,
            },
        )
        record(by, "statement.keep", statement, programme_id=programme.pk, details={"indicator": indicator})
        return statement


def _placement(programme: Programme, indicator: str) -> tuple[Placement, IndicatorVersion]:
    found = Placement.objects.filter(node__framework__programme=programme, indicator__key=indicator).order_by("pk")
    placement = found.select_related("indicator").first()
    if placement is None:
        raise NotFound(
            "not_in_framework",
            _("%(name)s is not in the results framework of this programme."),
            field="indicator",
            name=indicator,
        )
    return placement, placement.indicator.versions.latest("number")


def _check_value(version: IndicatorVersion, value: Decimal) -> None:
    if value < 0 or (version.counts["narrowed"] is not None and value > 100):
        raise Invalid("value_out_of_range", _("A count is 0 or more, a ratio 0 to 100 percent."), field="value")


def _cell_key(version: IndicatorVersion, cell: Cell) -> str:
    if foreign := sorted(cell.keys() - set(version.dimensions)):
        raise Invalid(
            "no_such_dimension", _("%(name)s is no dimension of this indicator."), field="cell", name=foreign[0]
        )
    return canonical(dict(cell)) if cell else ""
