"""The results of a programme: every indicator of its framework, its value against target and baseline, its run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from samaki.engines.reports.queries import period_report
from samaki.engines.results.frameworks import NodeResults, Tracked
from samaki.engines.results.frameworks import programme_results as results_of
from samaki.engines.results.models import Target
from samaki.ground.periods.rules import Kind, Period, period_of
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import own_programmes, programme, programmes
from samaki.interfaces.figures.cells import at_most, length, shown, trend_of
from samaki.interfaces.figures.opening import why_closed
from samaki.interfaces.web.requests import ActorRequest, page
from samaki.ui.charts import Bullet, Chart, bullets

YEARS = 8  # offered at most


@dataclass(frozen=True)
class Line:
    """One indicator as the page shows it."""

    tracked: Tracked
    href: str
    rows: str
    trend: Chart | None


@require_GET
def results(request: ActorRequest) -> HttpResponse:
    """Straight to the results of one's programme; to choose where there are several."""
    own = list(own_programmes(request.actor))
    if len(own) == 1:
        return redirect("programme_results", own[0].key)
    return page(request, "figures/results.html", {"programmes": own or list(programmes(request.actor))})


@require_GET
def programme_results(request: ActorRequest, key: str) -> HttpResponse:
    where = programme(request.actor, key)
    asked = request.GET.get("period", "")[:10] or None
    found = results_of(request.actor, where.key, asked)
    closed = cache(lambda measure: bool(why_closed(request.actor, where, measure)))
    lines = {
        node.key: [
            _line(where, one, one.definition.is_released or closed(one.definition.measure)) for one in node.indicators
        ]
        for node in found.nodes
    }
    context = {
        "programme": where,
        "found": found,
        "nodes": [(node, lines[node.key]) for node in _in_order(found.nodes)],
        "summary": _summary({line.tracked.definition.key: line for of_node in lines.values() for line in of_node}),
        "aimed_at": _aimed_at(where) if found.period is None else [],
        "periods": years_of(where, timezone.localdate()),
    }
    return page(request, "figures/programme_results.html", context)


@require_GET
def programme_report(request: ActorRequest, key: str, period: str, format: str) -> HttpResponse:
    """The report of a period as a file: what may be published, whoever takes it; who took it is written down."""
    made = period_report(request.actor, programme(request.actor, key).key, period, format)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return HttpResponse(made.content, content_type=made.content_type, headers=headers)


def years_of(where: Programme, today: dt.date) -> list[Period]:
    """The fiscal years of the programme so far, the latest first."""
    last = min(where.ends_on, today) if where.ends_on else today
    first = where.starts_on or dt.date(last.year - 2, 1, 1)
    starts_in = where.fiscal_year_starts_in
    found = [period_of(last, Kind.YEAR, fiscal_year_starts_in=starts_in)]
    while found[-1].first > first and len(found) < YEARS:
        found.append(period_of(found[-1].first - dt.timedelta(days=1), Kind.YEAR, fiscal_year_starts_in=starts_in))
    return found


def _aimed_at(where: Programme) -> list[str]:
    """Periods for which the programme has targets, the latest first; none for all time."""
    aims = Target.objects.filter(placement__node__framework__programme=where).exclude(period="")
    return list(aims.order_by("-period").values_list("period", flat=True).distinct()[:YEARS])


def _in_order(nodes: tuple[NodeResults, ...]) -> list[NodeResults]:
    """Each node followed by those below it."""
    below: dict[str | None, list[NodeResults]] = {}
    for node in nodes:
        below.setdefault(node.parent, []).append(node)
    ordered: list[NodeResults] = []

    def walk(parent: str | None) -> None:
        for node in below.get(parent, ()):
            ordered.append(node)
            walk(node.key)

    walk(None)
    return ordered


def _line(where: Programme, one: Tracked, closed: bool) -> Line:
    """Where the rows do not open, the number leads to the indicator, which says why."""
    period = f"?period={one.figure.period}" if one.figure.period else ""
    names = [where.key, one.definition.key]
    return Line(
        tracked=one,
        href=reverse("indicator", args=names) + period,
        rows=reverse("indicator" if closed else "figure_records", args=names) + period,
        trend=trend_of([(f.period or "", f) for f in one.trend], one.definition.label) if one.trend else None,
    )


def _summary(lines: Mapping[str, Line]) -> Chart | None:
    """Every indicator once, as a bar against what was aimed at."""
    once = {key: line.tracked for key, line in lines.items()}
    rows = [
        Bullet(
            one.definition.label,
            length(one.figure),
            target=float(one.target) if one.target is not None else None,
            baseline=float(one.baseline) if one.baseline is not None else None,
            suppressed=one.figure.suppressed,
            shown=shown(one.figure),
            href=lines[one.definition.key].rows,
            high=at_most(one.figure),
        )
        for one in once.values()
        if one.target is not None or one.baseline is not None
    ]
    if not rows:
        return None
    aimed = [one for one in once.values() if one.target is not None and length(one.figure) is not None]
    reached = sum((length(one.figure) or 0) >= float(one.target or 0) for one in aimed)
    if not aimed:
        finding = _("No target is set for this time.")
    else:
        finding = ngettext(
            "%(reached)s of %(n)s target is reached.", "%(reached)s of %(n)s targets are reached.", len(aimed)
        ) % {"reached": reached, "n": len(aimed)}
    return bullets(rows, finding=finding, caption=_("Value, target and baseline"))
