"""What every chart is made of."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from samaki.ui import words
from samaki.ui.tables import Table

Number = int | float


@dataclass(frozen=True)
class Row:
    """A labelled bar: the label and the value are words of the page, only the bar is drawn."""

    label: str
    shown: str
    bar: SafeString
    href: str = ""
    blank: bool = False  # the words stand for a number that is unknown or hidden


@dataclass(frozen=True)
class Group:
    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Chart:
    """`groups` for bars, `svg` for a drawing in one piece; `key` explains the marks."""

    finding: str
    table: Table
    groups: tuple[Group, ...] = ()
    svg: str = ""
    key: tuple[tuple[str, str], ...] = ()  # class of the mark, what it means


def in_words(value: Number | None, suppressed: bool, given: str = "") -> str:
    """The value as the page prints it: hidden and unknown are words."""
    if suppressed:
        return _("Not shown (number too small)")
    return given or words.number(value)


def highest(values: list[Number]) -> Number:
    """The end of a scale that begins at 0; 1 where nothing is known, so that nothing is divided by 0."""
    return max([value for value in values if value > 0], default=1)


def svg(inside: str, width: int, height: int, *, label: str = "", css: str = "", stretch: bool = False) -> SafeString:
    """An SVG element around trusted shapes. `stretch` lets a bar fill its column whatever the width."""
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    aspect = ' preserveAspectRatio="none"' if stretch else ""
    box = f'viewBox="0 0 {width} {height}"{aspect} focusable="false" {spoken}'
    return mark_safe(f'<svg class="{css}" {box}>{inside}</svg>')  # noqa: S308  # the label is escaped, shapes are ours
