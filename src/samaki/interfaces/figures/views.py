"""One indicator of a programme: its number, its parts, its run over time, its definition; and the rows behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from samaki.engines.reports import labels
from samaki.engines.results import queries as results
from samaki.engines.results.frameworks import Described, definition
from samaki.engines.results.queries import series
from samaki.engines.results.released import ROWS as NO_ROWS
from samaki.engines.results.rows import records
from samaki.ground.periods.rules import parse, run_of
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import partners, programme
from samaki.interfaces.figures.asking import Question, address_of, cell_of
from samaki.interfaces.figures.cells import Breakdown, as_csv, trend_of
from samaki.interfaces.figures.opening import why_closed
from samaki.interfaces.figures.rows import table as rows_table
from samaki.interfaces.web import idle
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.kernel.actors import PUBLIC
from samaki.kernel.errors import DomainError, Invalid, NotFound, Refused
from samaki.kernel.evidence import row_sources
from samaki.kernel.figures import Cell, Figure, FigureQuery, Source
from samaki.kernel.policy import WANTS_REASON, Action, may

PERIODS = 8  # of a trend
ROWS = 50
MARK = re.compile(r"-?[0-9]{1,17}")


class Reason(forms.Form):
    reason = forms.CharField(label=_("Why do you open these records?"), max_length=300)


@require_GET
def indicator(request: ActorRequest, key: str, indicator: str) -> HttpResponse:
    where, defined = programme(request.actor, key), _defined(request, indicator)
    form = _question(request, where, defined)
    query = form.query(key, indicator)
    found, now = None, None
    with told_in(form):
        found = results.figure(request.actor, query)
        if found.published is not None and found.audience == "inside":
            now = results.figure(request.actor, replace(query, source=Source.CURRENT))
    closed = str(NO_ROWS) if defined.is_released else why_closed(request.actor, where, defined.measure)
    context: dict[str, object] = {
        "programme": where,
        "defined": defined,
        "form": form,
        "query": query,
        "closed": closed,
    }
    if found is not None:
        rows_of = _nowhere if closed else partial(_rows_of, query)
        context |= {"figure": found, "now": now} | _drawn(request, query, found, defined, where, rows_of)
    return page(request, "figures/indicator.html", context, status=422 if found is None else 200)


@require_http_methods(["GET", "POST"])
def figure_records(request: ActorRequest, key: str, indicator: str) -> HttpResponseBase:
    """The rows behind a figure, or the counts and the reason. Cases ask why first; the answer goes in the body."""
    where, defined = programme(request.actor, key), _defined(request, indicator)
    is_sensitive = row_sources[defined.measure].action in WANTS_REASON
    if is_sensitive and (asked := idle.asking_again(request)) is not None:
        return asked
    question = _question(request, where, defined)
    query = replace(question.query(key, indicator), by=(), only=cell_of(request.GET))
    after = request.GET.get("after", "")
    mark = int(after) if MARK.fullmatch(after) else None
    reason = Reason(request.POST or None)
    actor = request.actor
    if reason.is_bound and reason.is_valid():
        actor = replace(actor, reason=reason.cleaned_data["reason"])
    try:
        figure = results.figure(request.actor, query)
    except Refused:  # an outsider's figures are whole tables
        figure = results.figure(request.actor, replace(query, only=()))
    context = {
        "programme": where,
        "defined": defined,
        "query": query,
        "address": address_of(query),
        "figure": figure,
        "part": [
            (labels.dimension(name, defined.measure), labels.values(name, defined.measure, [value])[value])
            for name, value in query.only
        ],
        "reason": reason,
        "sensitive": is_sensitive,
    }
    try:
        rows = records(actor, query, after=mark, limit=ROWS)
    except DomainError as error:
        if error.status != 403:
            raise
        asks = error.code == "reason_wanted"
        context |= {
            "refused": error.message,
            "wants_reason": asks,
            "second_factor": error.code == "second_factor_wanted",
        }
        return page(request, "figures/records.html", context, status=200 if asks else 403)
    table = rows_table(rows, defined.label, defined.measure)
    return page(request, "figures/records.html", context | {"rows": rows, "table": table, "given": reason.is_bound})


@require_GET
def figure_csv(request: ActorRequest, key: str, indicator: str) -> HttpResponse:
    """The figure as a file. A file leaves the house, so it holds what may be published, whoever takes it."""
    where, defined = programme(request.actor, key), _defined(request, indicator)
    form = _question(request, where, defined)
    query = form.query(key, indicator)
    for name, errors in form.errors.items():
        raise Invalid("question_not_understood", "%(said)s", field=name, said=" ".join(map(str, errors)))
    text = "\ufeff" + as_csv(results.figure(PUBLIC, query), query.by)
    headers = {"Content-Disposition": f'attachment; filename="{key}-{indicator}.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _question(request: ActorRequest, where: Programme, defined: Described) -> Question:
    sees_all = may(request.actor, Action.SEE_PROGRAMME, organisation_id=None, programme_id=where.pk)
    organisations = list(partners(request.actor, where)) if sees_all else []
    return Question(request.GET, defined, organisations)


def _nowhere(cell: Cell | None) -> str:
    return ""


def _rows_of(query: FigureQuery, cell: Cell | None) -> str:
    """Where the records behind a cell, or the whole, are read."""
    only = tuple(sorted(cell.dimensions.items())) if cell else query.only
    asked = replace(query, by=(), only=only)
    return f"{reverse('figure_records', args=[query.programme, query.indicator])}?{address_of(asked)}"


def _run(request: ActorRequest, query: FigureQuery, where: Programme) -> list[Figure]:
    """The figure of the periods up to the one asked; without a period, none."""
    if not query.period:
        return []
    starts_in = where.fiscal_year_starts_in
    asked = parse(query.period, fiscal_year_starts_in=starts_in)
    first = run_of(asked, PERIODS, fiscal_year_starts_in=starts_in)[0].first
    if where.starts_on:
        first = min(max(first, where.starts_on), asked.first)
    return series(request.actor, replace(query, by=()), kind=asked.kind, first=first, last=asked.last)


def _drawn(
    request: ActorRequest,
    query: FigureQuery,
    found: Figure,
    defined: Described,
    where: Programme,
    rows_of: Callable[[Cell | None], str],
) -> dict[str, object]:
    address = address_of(query)
    file = "" if query.organisation else f"{reverse('figure_csv', args=[query.programme, query.indicator])}?{address}"
    label = defined.label
    drawn: dict[str, object] = {
        "records_href": rows_of(None),
        "csv": file,
    }
    if query.by:
        parts = Breakdown(found, query.by, defined.measure, rows_of)
        chart = parts.chart(label, file)
        drawn |= {"chart": chart, "table": None if chart else parts.table(label, file)}
    run = _run(request, query, where)
    if run:
        drawn["trend"] = trend_of([(one.period or "", one) for one in run], label)
    return drawn


def _defined(request: ActorRequest, indicator: str) -> Described:
    found = definition(request.actor, indicator)
    if found is None:
        raise NotFound("no_such_indicator", _("There is no such indicator."))
    return found
