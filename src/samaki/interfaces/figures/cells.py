"""A figure's breakdown as a table, as small charts and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from samaki.engines.reports import labels
from samaki.kernel.figures import Cell, Figure, told_numerator
from samaki.ui import words
from samaki.ui.charts import Bar, Chart, Point, multiples, trend
from samaki.ui.tables import Column, Entry, Table

COLUMNS = ("value", "numerator", "denominator", "unknown", "low", "high", "suppressed")
CANDIDATES = "candidates_open"  # of the whole: pairs that may be one person
MOST_BARS = 40


def shown(one: Cell | Figure) -> str:
    """The number as people read it: hidden and unknown are words, a ratio has both its numbers, a range both ends."""
    if one.suppressed:
        return words.hidden(one.reason)
    if one.scale is not None:
        return words.mean(one.value, one.denominator)
    if one.denominator is not None:
        return words.ratio(one.numerator, one.denominator)
    if one.value is None and one.low is not None and one.high is not None:
        return words.span(one.low, one.high)
    return words.number(one.value)


def length(one: Cell | Figure) -> int | float | None:
    """How long its bar is; the lower end of a range."""
    return one.value if one.value is not None else one.low


def at_most(one: Cell | Figure) -> int | float | None:
    """The upper end of a range, where it has two ends."""
    return one.high if one.value is None and one.low != one.high else None


class Breakdown:
    """The cells of one figure with their dimensions and values in words."""

    def __init__(self, figure: Figure, by: Sequence[str], measure: str, rows: Callable[[Cell | None], str]) -> None:
        """`rows` gives the address of the records behind a cell, or of the whole for None."""
        self.figure = figure
        self.rows = rows
        self.by = [(key, labels.dimension(key, measure)) for key in by]
        self.words: Mapping[str, Mapping[str, str]] = {
            key: labels.values(key, measure, (cell.dimensions[key] for cell in figure.by)) for key in by
        }
        order = {key: {value: at for at, value in enumerate(known)} for key, known in self.words.items()}
        self.cells = sorted(figure.by, key=lambda cell: [order[key][cell.dimensions[key]] for key in by])

    def named(self, cell: Cell, key: str) -> str:
        return self.words[key][cell.dimensions[key]]

    def table(self, caption: str, file: str) -> Table:
        columns = [Column(label) for _key, label in self.by] + [Column(_("Value"), True), Column(_("Unknown"), True)]
        rows = [
            [*(Entry(self.named(cell, key)) for key, _label in self.by), *_numbers(cell, self.rows(cell))]
            for cell in self.cells
        ]
        total = [Entry(_("Total")), *(Entry("") for _key in self.by[1:]), *_numbers(self.figure, self.rows(None))]
        return Table(caption, columns, rows, foot=total, csv=file)

    def chart(self, caption: str, file: str) -> Chart | None:
        """Small multiples: a panel for each value of all dimensions but the last, its values as bars."""
        if not self.cells or len(self.cells) > MOST_BARS or any((length(cell) or 0) < 0 for cell in self.cells):
            return None  # bars begin at 0; a loss is told by the table
        *outer, inner = [key for key, _label in self.by]
        panels: dict[str, list[Bar]] = {}
        for cell in self.cells:
            heading = ", ".join(self.named(cell, key) for key in outer)
            panels.setdefault(heading, []).append(
                Bar(self.named(cell, inner), length(cell), cell.suppressed, shown(cell), self.rows(cell), at_most(cell))
            )
        drawn = multiples(panels, finding=self.finding(), caption=caption, what=dict(self.by)[inner])
        return replace(drawn, table=self.table(caption, file))

    def finding(self) -> str:
        """One sentence: which part is the largest, where that can be said."""
        known = [cell for cell in self.cells if not cell.suppressed and length(cell) is not None]
        hidden = len(self.cells) - len(known)
        if not known:
            return _("No part of this figure can be shown.")
        top = max(known, key=lambda cell: length(cell) or 0)
        name = ", ".join(self.named(top, key) for key, _label in self.by)
        said = _("Highest: %(name)s, %(value)s.") % {"name": name, "value": shown(top)}
        if not hidden:
            return said
        rest = ngettext("%(n)s part is not shown or unknown.", "%(n)s parts are not shown or unknown.", hidden)
        return f"{said} {rest % {'n': hidden}}"


def trend_of(points: Sequence[tuple[str, Figure]], caption: str) -> Chart | None:
    """The figure over periods, oldest first; None where fewer than two are known, as a dot shows no run."""
    drawn = [Point(words.period(key), length(one), one.suppressed, shown(one)) for key, one in points]
    known = [(key, one) for key, one in points if length(one) is not None and not one.suppressed]
    if len(known) < 2:
        return None
    (first_key, first), (last_key, last) = known[0], known[-1]
    finding = _("From %(first)s in %(since)s to %(last)s in %(until)s.") % {
        "first": shown(first),
        "since": words.period(first_key),
        "last": shown(last),
        "until": words.period(last_key),
    }
    return trend(drawn, finding=finding, caption=caption)


def as_csv(figure: Figure, by: Sequence[str]) -> str:
    """The whole and its cells, keys as they stand in every language; nothing in it can run as a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(["programme", "indicator", "version", "period", *by, *COLUMNS, CANDIDATES])
    about = [figure.programme, figure.indicator, figure.version, figure.period or ""]
    told: list[tuple[Mapping[str, str], Cell | Figure]] = [({}, figure), *((one.dimensions, one) for one in figure.by)]
    for dimensions, cell in told:
        parts = [inert(str(dimensions.get(name, ""))) for name in by]
        numbers = [told_numerator(cell) if name == "numerator" else getattr(cell, name) for name in COLUMNS]
        pairs = cell.candidates_open if isinstance(cell, Figure) else ""
        writer.writerow([*about, *parts, *("" if value is None else value for value in numbers), pairs])
    return file.getvalue()


def inert(text: str) -> str:
    """A text that a spreadsheet shows and does not run."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} else text


def _numbers(one: Cell | Figure, href: str) -> tuple[Entry, Entry]:
    """The value, and how many are unknown; how many may itself be hidden."""
    return Entry(shown(one), "" if one.suppressed else href), Entry(
        "" if one.unknown is None else words.number(one.unknown)
    )
