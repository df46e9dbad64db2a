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
    """`value` None is unknown. `shown` replaces the printed number, as for a ratio with both its numbers. `high` is the
    upper end of a range whose lower end is `value`: drawn on, but paler."""

    label: str
    value: Number | None
    suppressed: bool = False
    shown: str = ""
    href: str = ""
    high: Number | None = None


@dataclass(frozen=True)
class Bullet:
    """A value beside what was aimed at and where it began; None where there is no such number. `high` as for Bar."""

    label: str
    value: Number | None
    target: Number | None = None
    baseline: Number | None = None
    suppressed: bool = False
    shown: str = ""
    href: str = ""
    high: Number | None = None


def bullets(rows: Sequence[Bullet], *, finding: str, caption: str, csv: str = "", shared_scale: bool = False) -> Chart:
    """Progress: value as a bar, target as a line across it, baseline as a short one. Each row has its own scale unless
    `shared_scale`: rows of different units do not compare."""
    everywhere = [n for row in rows for n in _numbers(row)]
    drawn = []
    for row in rows:
        scale = highest(everywhere if shared_scale else _numbers(row))
        drawn.append(_row(row, _bullet(row, 1.05 * scale)))
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
    key = list(_range_key(rows)) or [("value", _("Value"))]
    key += [("target", _("Target"))] if any(row.target is not None for row in rows) else []
    key += [("baseline", _("Baseline"))] if any(row.baseline is not None for row in rows) else []
    return Chart(finding, table, (Group("", tuple(drawn)),), key=tuple(key))


def bars(rows: Sequence[Bar], *, finding: str, caption: str, what: str, csv: str = "") -> Chart:
    """Partners or places on one scale, in alphabetical order whatever order they came in: nobody is ranked."""
    ordered = sorted(rows, key=lambda row: row.label.casefold())
    drawn = Group("", _drawn(ordered, _scale(ordered)))
    return Chart(finding, _table({"": ordered}, caption, what, csv), (drawn,), key=_range_key(ordered))


def multiples(panels: Mapping[str, Sequence[Bar]], *, finding: str, caption: str, what: str, csv: str = "") -> Chart:
    """One small chart for each panel, all on one scale, bars in the order given."""
    scale = _scale([row for rows in panels.values() for row in rows])
    groups = tuple(Group(heading, _drawn(rows, scale)) for heading, rows in panels.items())
    key = _range_key([row for rows in panels.values() for row in rows])
    return Chart(finding, _table(panels, caption, what, csv), groups, key=key)


def _scale(rows: Sequence[Bar]) -> Number:
    return highest([n for row in rows if not row.suppressed for n in (row.value, row.high) if n is not None])


def _numbers(row: Bullet) -> list[Number]:
    return [n for n in (row.value, row.high, row.target, row.baseline) if n is not None]


def _range_key(rows: Sequence[Bar | Bullet]) -> tuple[tuple[str, str], ...]:
    """What the two shades mean, where a range is drawn at all."""
    ranged = any(row.high is not None and not row.suppressed for row in rows)
    return (("value", _("At least")), ("upto", _("At most"))) if ranged else ()


def _row(row: Bar | Bullet, drawing: SafeString) -> Row:
    blank = row.suppressed or row.value is None
    return Row(row.label, in_words(row.value, row.suppressed, row.shown), drawing, row.href, blank)


def _drawn(rows: Sequence[Bar], scale: Number) -> tuple[Row, ...]:
    return tuple(_row(row, _bar(row, scale)) for row in rows)


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


def _bar(row: Bar, scale: Number) -> SafeString:
    """A track; nothing on it but a dashed edge where the value is unknown or hidden."""
    if row.value is None or row.suppressed:
        inside = f'<rect class="no-value" x=".5" y="1" width="{WIDTH - 1}" height="10"/>'
    else:
        inside = f'<rect class="track" y="1" width="{WIDTH}" height="10"/>' + _lengths(row, scale, y=1, height=10)
    return svg(inside, WIDTH, 12, css="bar", stretch=True)


def _lengths(row: Bar | Bullet, scale: Number, *, y: int, height: int) -> str:
    """The value, over the paler length of what it may be at most."""
    ends = (("upto", row.high), ("value", row.value))
    return "".join(
        f'<rect class="{name}" y="{y}" width="{_length(end, scale)}" height="{height}"/>'
        for name, end in ends
        if end is not None
    )


def _bullet(row: Bullet, scale: Number) -> SafeString:
    unknown = row.value is None or row.suppressed
    inside = f'<rect class="{"no-value" if unknown else "track"}" x=".5" y="2" width="{WIDTH - 1}" height="12"/>'
    if not unknown:
        inside += _lengths(row, scale, y=5, height=6)
    if row.baseline is not None:
        inside += f'<rect class="baseline" x="{_length(row.baseline, scale)}" y="3" width="1.2" height="10"/>'
    if row.target is not None:
        inside += f'<rect class="target" x="{_length(row.target, scale)}" y="0" width="1.8" height="16"/>'
    return svg(inside, WIDTH, 16, css="bar", stretch=True)
