"""A line over periods; it breaks where a period is unknown or hidden instead of bridging it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.translation import gettext as _

from samaki.ui import words
from samaki.ui.charts.drawing import Chart, Number, highest, in_words, svg
from samaki.ui.tables import Column, Entry, Table

WIDTH, HEIGHT = 360, 170
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 14, 30


@dataclass(frozen=True)
class Point:
    """One period; `label` as people read it, `value` None where it is unknown."""

    label: str
    value: Number | None
    suppressed: bool = False
    shown: str = ""
    href: str = ""


def trend(points: Sequence[Point], *, finding: str, caption: str, target: Number | None = None, csv: str = "") -> Chart:
    """`points` in order of time; `target` as a dashed line across."""
    known = [p.value for p in points if p.value is not None and not p.suppressed]
    top = _round_up(highest([*known, *([target] if target is not None else [])]))
    table = Table(
        caption,
        [Column(_("Period")), Column(_("Value"), True)],
        [[Entry(p.label), Entry(in_words(p.value, p.suppressed, p.shown), p.href)] for p in points],
        csv=csv,
    )
    key = [("value", _("Value"))] + ([("target", _("Target"))] if target is not None else [])
    return Chart(
        finding,
        table,
        svg=svg(_drawing(points, top, target), WIDTH, HEIGHT, label=finding, css="trend"),
        key=tuple(key),
    )


def _drawing(points: Sequence[Point], top: Number, target: Number | None) -> str:
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(at: int) -> float:
        return LEFT + wide * (at / (len(points) - 1) if len(points) > 1 else 0.5)

    def y(value: Number) -> float:
        return TOP + high * (1 - value / top)

    parts = []
    for mark in dict.fromkeys((0, top / 2, top)):
        parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>')
        parts.append(
            f'<text class="quiet-text" x="{LEFT - 6}" y="{y(mark) + 4:.1f}" text-anchor="end">'
            f"{words.number(mark)}</text>"
        )
    if target is not None:
        parts.append(
            f'<line class="target-line" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(target):.1f}" y2="{y(target):.1f}"/>'
        )
    for run in _runs(points):
        parts.append(
            f'<polyline class="line" points="{" ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in run)}"/>'
        )
        parts += [f'<circle class="dot" cx="{x(at):.1f}" cy="{y(value):.1f}" r="3.5"/>' for at, value in run]
    for at in _labelled(len(points)):
        anchor = "middle" if 0 < at < len(points) - 1 or len(points) == 1 else "start" if at == 0 else "end"
        spot = x(at) if anchor != "start" else LEFT
        parts.append(f'<text x="{spot:.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{escape(points[at].label)}</text>')
    return "".join(parts)


def _runs(points: Sequence[Point]) -> list[list[tuple[int, Number]]]:
    """Stretches of periods without a gap."""
    runs: list[list[tuple[int, Number]]] = [[]]
    for at, point in enumerate(points):
        if point.value is None or point.suppressed:
            runs.append([])
        else:
            runs[-1].append((at, point.value))
    return [run for run in runs if run]


def _labelled(count: int) -> list[int]:
    """First and last period, and the middle one where there is room for its name."""
    if count < 2:
        return list(range(count))
    return [0, count - 1]


def _round_up(value: Number) -> Number:
    """The next 2, 4, 6 or 10 with zeros, so that the axis ends on a whole number with a whole half."""
    size = 1
    while size * 10 < value:
        size *= 10
    return next(size * step for step in (2, 4, 6, 10) if size * step >= value)
