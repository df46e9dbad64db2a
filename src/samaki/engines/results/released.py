"""Figures that are released at fixed days (`kernel.releases`): handed on as they are, the same to everyone.

Nothing is counted here when somebody asks, and no role sees more, so that nobody learns from a figure that moved.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samaki.engines.results.asking import Resolved
from samaki.engines.results.door import PERCENT, Beside
from samaki.engines.results.means import percent
from samaki.kernel.errors import Refused
from samaki.kernel.figures import Cell, Figure
from samaki.kernel.releases import Key, Released, ReleasedTable, release_sources

WHOLE: Key = ()
ROWS = _(
    "What stands behind this figure is in the files of the women’s services and opens to nobody. "
    "The counts stay as shown."
)
BY_PERIOD = _("Told for the programme as a whole up to its last release, not by period or organisation")
NOT_YET = _("Nothing of this was released yet")
NO_PARTS = _("Its parts are not shown (numbers too small)")
TOO_FEW = _("Not shown (number too small)")


def expect_releasable(one: Resolved) -> None:
    """Raises Refused for a breakdown that is released to nobody: so small a place, a group, an organisation."""
    known = release_sources[str(one.counts.released)].dimensions
    levels = {one.place_level} if one.place_level else set()
    for name in (*one.query.by, *sorted(levels)):
        if name not in known:
            raise Refused(
                "place_not_published",
                _("This figure is not published for so small a place. It is for: %(places)s, or the whole programme."),
                field="by",
                place=name,
                places=", ".join(known),
            )
    if one.query.only or one.query.as_of is not None:
        raise Refused("whole_tables_only", _("What is published is published as a whole table, never one part of it."))


def released(one: Resolved, beside: Beside) -> Figure:
    """As the last release says. Call `expect_releasable` before."""
    if one.query.period is not None or one.query.organisation is not None:
        return _nothing(one, beside, BY_PERIOD)
    table = release_sources[str(one.counts.released)].latest(one.programme.pk)
    if table is None:
        return _nothing(one, beside, NOT_YET)
    within: Key = ((one.place_level, one.place),) if one.place_level and one.place else WHOLE
    total = _cell({}, table.cells.get(within, _EMPTY))
    names = {*one.query.by, *(name for name, _value in within)}
    cells = tuple(
        _cell({name: dict(key)[name] for name in one.query.by}, told)
        for key, told in sorted(table.cells.items())
        if one.query.by and {name for name, _value in key} == names and set(within) <= set(key)
    )
    if one.query.by and not cells:
        total = replace(total, reason=str(NO_PARTS))
    return _figure(one, beside, total, cells, table.as_of, table if within == WHOLE else None)


_EMPTY = Released(None, None, None)


def _cell(dimensions: dict[str, str], told: Released) -> Cell:
    if told.suppressed:
        return Cell(dimensions, None, unknown=None, suppressed=True, reason=str(TOO_FEW))
    share = percent(told.numerator, told.denominator) if told.numerator is not None and told.denominator else None
    return Cell(dimensions, share, told.numerator, told.denominator, told.unknown)


def _nothing(one: Resolved, beside: Beside, reason: Promise) -> Figure:
    cell = Cell({}, None, unknown=None, reason=str(reason))
    return _figure(one, beside, cell, (), None, None)


def _figure(
    one: Resolved,
    beside: Beside,
    total: Cell,
    cells: tuple[Cell, ...],
    as_of: dt.date | None,
    table: ReleasedTable | None,
) -> Figure:
    return Figure(
        programme=one.programme.key,
        indicator=one.key,
        version=one.version.number,
        unit=PERCENT,
        period=one.query.period,
        as_of=as_of,
        place=one.place,
        value=total.value,
        numerator=total.numerator,
        denominator=total.denominator,
        unknown=total.unknown,
        by=cells,
        suppressed=total.suppressed,
        reason=total.reason,
        stated=beside.stated,
        apart=() if table is None else tuple(table.apart.items()),
    )
