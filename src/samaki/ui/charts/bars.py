"""Bars: a value against its target and baseline, partners side by side in alphabetical order, small multiples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from samaki.ui import words
from samaki.ui.charts.drawing import Chart, Group, Number, Row, highest, in_words, svg
from samaki.ui.tables import Column, Entry, Table

WIDTH = 200  # units of a bar's own scale; the page stretches it


@dataclass(frozen=True)
class Bar:
    """`value` None is unknown. `shown` replaces the printed number, as for a ratio with both its numbers."""

    label: str
    value: Number | None
    suppressed: bool = False
    shown: str = ""
    href: str = ""


@dataclass(frozen=True)
class Bullet:
    """A value beside what was aimed at and where it began; None where there is no such number."""

    label: str
    value: Number | None
    target: Number | None = None
    baseline: Number | None = None
    suppressed: bool = False
    shown: str = ""
    href: str = ""


def bullets(rows: Sequence[Bullet], *, finding: str, caption: str, csv: str = "", shared_scale: bool = False) -> Chart:
    """Progress: value as a bar, target as a line across it, baseline as a short one. Each row has its own scale unless
    `shared_scale`: rows of different units do not compare."""
    everywhere = [n for row in rows for n in (row.value, row.target, row.baseline) if n is not None]
    drawn = []
    for row in rows:
        scale = highest(
            everywhere if shared_scale else [n for n in (row.value, row.target, row.baseline) if n is not None]
        )
        drawn.append(
            Row(row.label, in_words(row.value, row.suppressed, row.shown), _bullet(row, 1.05 * scale), row.href)
        )
    table = Table(
        caption,
        [Column(_("What")), Column(_("Value"), True), Column(_("Target"), True), Column(_("Baseline"), True)],
        [
            [
                Entry(row.label),
                Entry(in_words(row.value, row.suppressed, row.shown), row.href),
                Entry(_("No target") if row.target is None else words.number(row.target)),
                Entry(_("No baseline") if row.baseline is None else words.number(row.baseline)),
            ]
            for row in rows
        ],
        csv=csv,
    )
    key = [("value", _("Value"))]
    key += [("target", _("Target"))] if any(row.target is not None for row in rows) else []
    key += [("baseline", _("Baseline"))] if any(row.baseline is not None for row in rows) else []
    return Chart(finding, table, (Group("", tuple(drawn)),), key=tuple(key))


def bars(rows: Sequence[Bar], *, finding: str, caption: str, what: str, csv: str = "") -> Chart:
    """Partners or places on one scale, in alphabetical order whatever order they came in: nobody is ranked."""
    ordered = sorted(rows, key=lambda row: row.label.casefold())
    return Chart(finding, _table({"": ordered}, caption, what, csv), (Group("", _drawn(ordered, _scale(ordered))),))


def multiples(panels: Mapping[str, Sequence[Bar]], *, finding: str, caption: str, what: str, csv: str = "") -> Chart:
    """One small chart for each panel, all on one scale, bars in the order given."""
    scale = _scale([row for rows in panels.values() for row in rows])
    groups = tuple(Group(heading, _drawn(rows, scale)) for heading, rows in panels.items())
    return Chart(finding, _table(panels, caption, what, csv), groups)


def _scale(rows: Sequence[Bar]) -> Number:
    return highest([row.value for row in rows if row.value is not None and not row.suppressed])


def _drawn(rows: Sequence[Bar], scale: Number) -> tuple[Row, ...]:
    return tuple(
        Row(row.label, in_words(row.value, row.suppressed, row.shown), _bar(row.value, row.suppressed, scale), row.href)
        for row in rows
    )


def _table(panels: Mapping[str, Sequence[Bar]], caption: str, what: str, csv: str) -> Table:
    split = list(panels) != [""]
    columns = [Column(what)] + ([Column(_("Part"))] if split else []) + [Column(_("Value"), True)]
    rows = [
        [Entry(heading), Entry(row.label)] * split + [Entry(row.label)] * (not split)
        + [Entry(in_words(row.value, row.suppressed, row.shown), row.href)]
        for heading, panel in panels.items()
        for row in panel
    ]  # fmt: skip
    return Table(caption, columns, rows, csv=csv)


def _length(value: Number, scale: Number) -> str:
    return f"{WIDTH * min(value / scale, 1):.1f}"


def _bar(value: Number | None, suppressed: bool, scale: Number) -> SafeString:
    """A track; nothing on it but a dashed edge where the value is unknown or hidden."""
    if value is None or suppressed:
        return svg(
            f'<rect class="no-value" x=".5" y="1" width="{WIDTH - 1}" height="10"/>', WIDTH, 12, css="bar", stretch=True
        )
    track = f'<rect class="track" y="1" width="{WIDTH}" height="10"/>'
    return svg(
        f'{track}<rect class="value" y="1" width="{_length(value, scale)}" height="10"/>',
        WIDTH,
        12,
        css="bar",
        stretch=True,
    )


def _bullet(row: Bullet, scale: Number) -> SafeString:
    unknown = row.value is None or row.suppressed
    inside = f'<rect class="{"no-value" if unknown else "track"}" x=".5" y="2" width="{WIDTH - 1}" height="12"/>'
    if row.value is not None and not row.suppressed:
        inside += f'<rect class="value" y="5" width="{_length(row.value, scale)}" height="6"/>'
    if row.baseline is not None:
        inside += f'<rect class="baseline" x="{_length(row.baseline, scale)}" y="3" width="1.2" height="10"/>'
    if row.target is not None:
        inside += f'<rect class="target" x="{_length(row.target, scale)}" y="0" width="1.8" height="16"/>'
    return svg(inside, WIDTH, 16, css="bar", stretch=True)
