"""What is told outside of days and periods: fixed ones that are over, and no difference of two that tells of a few.

Inside nothing of this holds: who sees the records sees every day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samaki.engines.results.asking import Resolved
from samaki.engines.results.counting import Counted
from samaki.engines.results.definitions import Basis
from samaki.engines.results.door import REASONS
from samaki.ground.periods.rules import Kind, Period, parse, period_of
from samaki.kernel.disclosure import in_scope
from samaki.kernel.disclosure.moving import Counts, Span, hidden_months, still
from samaki.kernel.disclosure.thresholds import (
    ORDINARY,
    SENSITIVE,
    SENSITIVE_CATEGORIES,
    SENSITIVE_DIMENSIONS,
)
from samaki.kernel.figures import Cell, Figure, Source

FIRST_YEAR = 2000  # of a programme that does not say when it began
NOT_OVER = _("Published when the period is over")
NOT_BEGUN = _("Published from the first quarter of the programme on")
QUARTERS_ENDS = _("Published as at the end of a quarter that is over")
At = tuple[tuple[str, str], ...]
WHOLE: At = ()


@dataclass(frozen=True)
class Told:
    """One question of an outsider, what the door says of it, and the count it was made of."""

    one: Resolved
    figure: Figure
    counted: Counted


def last_quarters_end(one: Resolved, today: dt.date) -> dt.date:
    starts_in = one.programme.fiscal_year_starts_in
    return period_of(today, Kind.QUARTER, fiscal_year_starts_in=starts_in).first - dt.timedelta(days=1)


def as_published(one: Resolved, today: dt.date) -> Resolved:
    """A state of no stated day is that of the last quarter's end."""
    if not _is_state(one) or one.query.as_of is not None or one.period is not None:
        return one
    return replace(one, wanted=replace(one.wanted, as_of=last_quarters_end(one, today)))


def why_not(one: Resolved, today: dt.date) -> Promise | None:
    """Why nothing is told of this day or period; None where something may be."""
    if not in_scope(one.version.unit) or one.counts.is_mean:
        return None
    if one.period is not None and one.period.last >= today:
        return NOT_OVER
    if not _is_state(one):
        return None
    asked = one.period.last if one.period is not None else one.wanted.as_of
    if asked is not None and asked < _began(one):  # no quarter's end before it would be judged with it
        return NOT_BEGUN
    if one.period is not None:
        return QUARTERS_ENDS if one.period.kind is Kind.MONTH else None
    day = one.wanted.as_of
    if day is None or day >= today:
        return QUARTERS_ENDS
    quarter = period_of(day, Kind.QUARTER, fiscal_year_starts_in=one.programme.fiscal_year_starts_in)
    return None if day == quarter.last else QUARTERS_ENDS


def beside(one: Resolved, today: dt.date) -> list[Resolved]:
    """The questions to be answered with this one: of a state, the quarters' ends before it, oldest first; of a month or
    a quarter, its year, the year's quarters, and each of their months."""
    if not in_scope(one.version.unit) or one.counts.is_mean or why_not(one, today) is not None:
        return []
    if _is_state(one):
        return [_as_of(one, day) for day in _quarters_ends(one)]
    if one.period is None or one.period.kind is Kind.YEAR or one.query.as_of is not None:
        return []
    return [_in(one, period) for period in _calendar(one, one.period)]


def judged(told: Told, others: Sequence[Told]) -> Figure:
    """The figure as it may stand beside the `others`, those of `beside` in their order."""
    if not others:
        return told.figure
    if _is_state(told.one):
        return _after(told, others)
    return _among(told, others)


def withheld(figure: Figure, why: Promise) -> Figure:
    """Nothing of it told, but why."""
    return replace(_without_whole(figure, str(why)), by=tuple(_hidden(one, str(why)) for one in figure.by))


def _after(told: Told, earlier: Sequence[Told]) -> Figure:
    small = str(REASONS["protected"])
    is_ratio = told.one.counts.is_ratio
    tables = [_table(one.figure, is_ratio=is_ratio) for one in (*earlier, told)]
    found = still(tables, WHOLE, _threshold(told.one))
    figure = told.figure if found.whole else _without_whole(told.figure, small)
    return figure if found.parts else replace(figure, by=tuple(_hidden(one, small) for one in figure.by))


def _among(told: Told, calendar: Sequence[Told]) -> Figure:
    by_key = {one.one.period.key: one for one in calendar if one.one.period}
    year, *rest = calendar
    quarters = [one for one in rest if one.one.period and one.one.period.kind is Kind.QUARTER]
    months = [[by_key[key] for key in one.one.period.months] for one in quarters if one.one.period]
    shut, of = hidden_months(_span(year), [_span(one) for one in quarters], [[_span(one) for one in q] for q in months])
    hidden = {one.one.period.key for one, is_shut in zip(quarters, shut, strict=True) if is_shut and one.one.period}
    for listed, each in zip(months, of, strict=True):
        hidden |= {one.one.period.key for one, is_shut in zip(listed, each, strict=True) if is_shut and one.one.period}
    asked = told.one.period
    if asked is None or asked.key not in hidden or told.figure.suppressed:
        return told.figure
    return _without_whole(told.figure, str(REASONS["protected"]))


def _span(told: Told) -> Span:
    total = told.counted.total
    count = total.count if total.high is None else total.high
    if not told.one.counts.is_ratio:
        return Span((count,), told.figure.suppressed)
    rest = None if total.count is None or total.numerator is None else total.count - total.numerator
    return Span((count, total.numerator, rest), told.figure.suppressed)


def _table(figure: Figure, *, is_ratio: bool) -> Mapping[At, Counts]:
    found: dict[At, Counts] = {WHOLE: _counts(figure, is_ratio=is_ratio)}
    found |= {tuple(sorted(one.dimensions.items())): _counts(one, is_ratio=is_ratio) for one in figure.by}
    return found


def _counts(one: Figure | Cell, *, is_ratio: bool) -> Counts:
    if is_ratio:
        return (None, None) if one.suppressed else (one.numerator, one.denominator)
    most = one.high if one.high is not None else one.value
    return (None if one.suppressed or most is None else int(most),)


def _threshold(one: Resolved) -> Callable[[At], int]:
    is_sensitive = one.counts.sensitive or one.version.unit == "case"

    def k(at: At) -> int:
        tells = any(name in SENSITIVE_DIMENSIONS or (name, value) in SENSITIVE_CATEGORIES for name, value in at)
        return SENSITIVE if is_sensitive or tells else ORDINARY

    return k


def _is_state(one: Resolved) -> bool:
    return one.counts.basis is Basis.STATE and in_scope(one.version.unit)


def _quarters_ends(one: Resolved) -> list[dt.date]:
    """Those of the programme before the day asked, oldest first."""
    starts_in = one.programme.fiscal_year_starts_in
    began = _began(one)
    day, found = one.wanted.as_of or (one.period.last if one.period else began), []
    while (day := period_of(day, Kind.QUARTER, fiscal_year_starts_in=starts_in).first - dt.timedelta(days=1)) >= began:
        found.append(day)
    return found[::-1]


def _began(one: Resolved) -> dt.date:
    return one.programme.starts_on or dt.date(FIRST_YEAR, 1, 1)


def _as_of(one: Resolved, day: dt.date) -> Resolved:
    query = replace(one.query, period=None, as_of=day, source=Source.BEST)
    return replace(one, query=query, wanted=replace(one.wanted, period=None, as_of=day), period=None)


def _in(one: Resolved, period: Period) -> Resolved:
    query = replace(one.query, period=period.key, source=Source.BEST)
    return replace(one, query=query, wanted=replace(one.wanted, period=period), period=period)


def _calendar(one: Resolved, period: Period) -> list[Period]:
    """The year that holds the period, its quarters, and its months."""
    starts_in = one.programme.fiscal_year_starts_in
    year = period_of(period.first, Kind.YEAR, fiscal_year_starts_in=starts_in)
    quarters = [parse(f"{year.key}-Q{number}", fiscal_year_starts_in=starts_in) for number in (1, 2, 3, 4)]
    months = [parse(key, fiscal_year_starts_in=starts_in) for key in year.months]
    return [year, *quarters, *months]


def _hidden(cell: Cell, why: str) -> Cell:
    return Cell(cell.dimensions, None, unknown=None, suppressed=True, reason=why)


def _without_whole(figure: Figure, why: str) -> Figure:
    gone = {"value": None, "numerator": None, "denominator": None, "unknown": None, "low": None, "high": None}
    return replace(figure, **gone, tallied=None, suppressed=True, reason=why)  # type: ignore[arg-type]  # each may be None
