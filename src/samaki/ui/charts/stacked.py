"""Columns over time, each built of its parts: what a whole is made of, from year to year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.translation import gettext as _

from samaki.ui import words
from samaki.ui.charts.drawing import Chart, highest, svg
from samaki.ui.tables import Column, Entry, Table

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 6, 6, 20, 24
NARROWEST = 13  # units of height below which a part is too low for its number
MOST_PARTS = 5  # shades there are


@dataclass(frozen=True)
class Stack:
    """One moment: `parts` by key, a part left out is 0; None where nothing is known of that moment."""

    label: str
    parts: Mapping[str, int] | None = field(default_factory=dict)


def stacked(
    stacks: Sequence[Stack], parts: Mapping[str, str], *, finding: str, caption: str, what: str, csv: str = ""
) -> Chart:
    """`stacks` in order of time; `parts` gives the words of each key, drawn from the ground up in that order. Each part
    carries its number where there is room, and its shade is the same in every column. Raises ValueError for more parts
    than there are shades."""
    if len(parts) > MOST_PARTS:
        raise ValueError(f"{len(parts)} parts, but {MOST_PARTS} shades")
    columns = [Column(what), *(Column(label, True) for label in parts.values()), Column(_("Total"), True)]
    table = Table(caption, columns, [_row(stack, parts) for stack in stacks], csv=csv)
    key = tuple((f"part-{at}", label) for at, label in enumerate(parts.values()))
    drawing = svg(_drawing(stacks, tuple(parts)), WIDTH, HEIGHT, label=finding, css="trend stacked")
    return Chart(finding, table, svg=drawing, key=key)


def _row(stack: Stack, parts: Mapping[str, str]) -> list[Entry]:
    if stack.parts is None:
        return [Entry(stack.label), *(Entry(words.number(None)) for _part in parts), Entry(words.number(None))]
    counts = [stack.parts.get(key, 0) for key in parts]
    return [Entry(stack.label), *(Entry(words.number(count)) for count in counts), Entry(words.number(sum(counts)))]


def _drawing(stacks: Sequence[Stack], keys: Sequence[str]) -> str:
    top = highest([sum(stack.parts.get(key, 0) for key in keys) for stack in stacks if stack.parts is not None])
    high, step = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT - RIGHT) / max(len(stacks), 1)
    wide = min(step * 0.86, 60)
    ground = TOP + high
    drawn = [f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{ground}" y2="{ground}"/>']
    for at, stack in enumerate(stacks):
        middle = LEFT + step * (at + 0.5)
        drawn.append(_text(middle, HEIGHT - 8, stack.label))
        if stack.parts is None:
            drawn.append(
                f'<rect class="no-value" x="{middle - wide / 2:.1f}" y="{TOP}" width="{wide:.1f}" height="{high}"/>'
            )
            continue
        foot = float(ground)
        for shade, key in enumerate(keys):
            count = stack.parts.get(key, 0)
            tall = high * count / top
            if not count:
                continue
            foot -= tall
            drawn.append(
                f'<rect class="part-{shade}" x="{middle - wide / 2:.1f}" y="{foot:.1f}" '
                f'width="{wide:.1f}" height="{tall:.1f}"/>'
            )
            if tall >= NARROWEST:
                drawn.append(_text(middle, foot + tall / 2 + 4, words.number(count)))
        drawn.append(_text(middle, foot - 5, words.number(sum(stack.parts.get(key, 0) for key in keys)), "strong"))
    return "".join(drawn)


def _text(x: float, y: float, text: str, css: str = "") -> str:
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'
