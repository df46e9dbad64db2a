"""A programme’s results page: its framework with values, targets, baselines and trends, by a fixed number of reads."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import get_language

from samaki.engines.results.models import Baseline, IndicatorVersion, Node, Placement, Target
from samaki.engines.results.queries import figures, programme_named
from samaki.ground.periods.rules import parse, run_of
from samaki.kernel.actors import AnyActor
from samaki.kernel.figures import Figure, FigureQuery

TREND = 6  # periods shown, the last being the one asked


@dataclass(frozen=True)
class Described:
    """A definition in the reader's language. `placed` says that the programme's framework uses it, `is_released` that
    it is told at fixed days alone and opens to no rows (`kernel.releases`)."""

    key: str
    version: int
    measure: str
    label: str
    why: str
    numerator: str
    denominator: str
    sources: str
    unit: str
    dedupe_key: str
    dimensions: tuple[str, ...]
    is_ratio: bool
    is_released: bool
    author: str
    checker: str
    review_on: dt.date
    digest: str
    placed: bool


@dataclass(frozen=True)
class Aim:
    """A target or baseline for all (`cell` empty) or a part; `value` None is unknown. `at` is its period, `source` is
    named in the reader's language where it has a name in it."""

    value: Decimal | None
    at: str
    cell: Mapping[str, str]
    source: str = ""


@dataclass(frozen=True)
class Tracked:
    """One indicator under a node. `trend` holds the periods before and the one asked, the oldest first."""

    definition: Described
    figure: Figure
    targets: tuple[Aim, ...]
    baselines: tuple[Aim, ...]
    trend: tuple[Figure, ...]

    @property
    def target(self) -> Decimal | None:
        return next((aim.value for aim in self.targets if not aim.cell), None)

    @property
    def baseline(self) -> Decimal | None:
        return next((aim.value for aim in self.baselines if not aim.cell), None)


@dataclass(frozen=True)
class NodeResults:
    """A goal (level 1), outcome (2) or output (3) with what tells of it."""

    key: str
    level: int
    parent: str | None
    title: str
    indicators: tuple[Tracked, ...]


@dataclass(frozen=True)
class ProgrammeResults:
    programme: str
    period: str | None
    nodes: tuple[NodeResults, ...]


def catalogue(actor: AnyActor, programme: str | None = None) -> list[Described]:
    """Every definition, latest version (T1: everyone), those of the programme's framework marked and first."""
    placed: set[int] = set()
    if programme is not None:
        found = Placement.objects.filter(node__framework__programme=programme_named(programme))
        placed = set(found.values_list("indicator_id", flat=True))
    described = [
        _described(version, placed=version.indicator_id in placed)
        for version in _latest(IndicatorVersion.objects.all())
    ]
    return sorted(described, key=lambda one: (not one.placed, one.key))


def _latest(versions: QuerySet[IndicatorVersion]) -> list[IndicatorVersion]:
    """The last version of each indicator among these."""
    found: dict[int, IndicatorVersion] = {}
    for version in versions.select_related("indicator").order_by("number"):
        found[version.indicator_id] = version
    return list(found.values())


def definition(actor: AnyActor, indicator: str, version: int | None = None) -> Described | None:
    """One definition (T1), None where there is none of that number."""
    found = IndicatorVersion.objects.filter(indicator__key=indicator).select_related("indicator").order_by("-number")
    one = found.first() if version is None else found.filter(number=version).first()
    return None if one is None else _described(one, placed=False)


def _described(version: IndicatorVersion, *, placed: bool) -> Described:
    language = "km" if get_language() == "km" else "en"
    return Described(
        key=version.indicator.key,
        version=version.number,
        measure=version.counts["measure"],
        label=getattr(version, f"label_{language}"),
        why=getattr(version, f"why_{language}"),
        numerator=getattr(version, f"numerator_{language}"),
        denominator=getattr(version, f"denominator_{language}"),
        sources=getattr(version, f"sources_{language}"),
        unit=version.unit,
        dedupe_key=version.dedupe_key,
        dimensions=tuple(version.dimensions),
        is_ratio=version.counts["narrowed"] is not None or "released" in version.counts,
        is_released="released" in version.counts,
        author=version.author,
        checker=version.checker,
        review_on=version.review_on,
        digest=version.digest,
        placed=placed,
    )


def programme_results(
    actor: AnyActor, programme: str, period: str | None = None, *, trend: int = TREND
) -> ProgrammeResults:
    """The framework of a programme with every value at one period (None: all time, and no trend)."""
    found = programme_named(programme)
    nodes = list(Node.objects.filter(framework__programme=found).select_related("parent").order_by("position", "pk"))
    placements = list(Placement.objects.filter(node__in=nodes).select_related("indicator").order_by("position", "pk"))
    periods: list[str | None] = [None]
    if period is not None:
        span = parse(period, fiscal_year_starts_in=found.fiscal_year_starts_in)
        run = run_of(span, trend, fiscal_year_starts_in=found.fiscal_year_starts_in)
        begun = [one for one in run[:-1] if found.starts_on is None or one.last >= found.starts_on]
        periods = [*(one.key for one in begun), span.key]
    keys = list(dict.fromkeys(placement.indicator.key for placement in placements))
    asked = [FigureQuery(programme, key, period=one) for key in keys for one in periods]
    answers = figures(actor, asked)
    series = {key: tuple(answers[i * len(periods) : (i + 1) * len(periods)]) for i, key in enumerate(keys)}
    versions = IndicatorVersion.objects.filter(indicator__in={placement.indicator_id for placement in placements})
    described = {version.indicator.key: _described(version, placed=True) for version in _latest(versions)}
    aims = _Aims(placements, periods[-1])
    by_node: dict[int, list[Tracked]] = defaultdict(list)
    for placement in placements:
        of = series[placement.indicator.key]
        by_node[placement.node_id].append(
            Tracked(
                definition=described[placement.indicator.key],
                figure=of[-1],
                targets=aims.targets.get(placement.pk, ()),
                baselines=aims.baselines.get(placement.pk, ()),
                trend=of if period is not None else (),
            )
        )
    language = "km" if get_language() == "km" else "en"
    return ProgrammeResults(
        programme=programme,
        period=periods[-1],
        nodes=tuple(
            NodeResults(
                key=node.key,
                level=node.level,
                parent=node.parent.key if node.parent else None,
                title=getattr(node, f"title_{language}"),
                indicators=tuple(by_node[node.pk]),
            )
            for node in nodes
        ),
    )


class _Aims:
    """Targets of the period and baselines, by placement."""

    def __init__(self, placements: list[Placement], period: str | None) -> None:
        self.targets: dict[int, tuple[Aim, ...]] = defaultdict(tuple)
        for target in Target.objects.filter(placement__in=placements, period=period or "").order_by("cell_key"):
            self.targets[target.placement_id] += (Aim(target.value, target.period, target.cell),)
        self.baselines: dict[int, tuple[Aim, ...]] = defaultdict(tuple)
        for base in Baseline.objects.filter(placement__in=placements).order_by("cell_key"):
            source = (get_language() == "km" and base.source_km) or base.source
            self.baselines[base.placement_id] += (Aim(base.value, base.at, base.cell, source),)
