"""The one door: every figure becomes a figure here, by tier inside, through disclosure control outside.

An outsider is taken to read everything that is published of a period, so a table is judged with all its margins.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samaki.engines.results.asking import Resolved
from samaki.engines.results.counting import AT_MOST, Counted, Key, Part, Wanted
from samaki.engines.results.definitions import Basis, Counts
from samaki.engines.results.means import mean, percent, standing
from samaki.engines.results.models import IndicatorVersion
from samaki.engines.results.unpublishable import refuse_too_fine
from samaki.ground.periods.rules import Kind
from samaki.kernel.disclosure import (
    TOTAL,
    CountTable,
    Dimension,
    DisclosurePolicy,
    PublishedCell,
    PublishedRatio,
    PublishedRatios,
    PublishedTable,
    RatioTable,
    in_scope,
    is_fixed_day,
    is_fixed_period,
    is_small,
    publish,
    threshold,
)
from samaki.kernel.errors import Invalid
from samaki.kernel.figures import Cell, Figure, Number, Published, Stated

PERCENT = "percent"
REASONS: Mapping[str, Promise] = {
    "protected": _("Not shown (number too small)"),
    "place": _("Not published for so small a place"),
    "period": _("Published for whole months, quarters and years only"),
    "correction": _("A small correction waits for the next release"),
    "mean": _("A mean is published for a whole programme, and for whole years that are locked"),
}


@dataclass(frozen=True)
class Beside:
    """What stands with a figure and is no part of the count."""

    stated: tuple[Stated, ...] = ()
    candidates_open: int = 0


@dataclass(frozen=True)
class At:
    """The one place an outsider asked of: its cells are taken from the table of all places, where they were judged
    beside each other and the whole. Judged alone, a small province would follow from its neighbours."""

    level: str
    code: str


@dataclass(frozen=True)
class Release:
    """The tables of one moment: the whole breakdown and each of its margins, by the dimensions they keep."""

    version: IndicatorVersion
    margins: Mapping[tuple[str, ...], Counted]
    published: Published | None = None

    @property
    def table(self) -> Counted:
        return self.margins[max(self.margins, key=len)]

    def without_links(self) -> Release:
        """The same with every range as wide as it is before a steward says anything."""
        return replace(
            self,
            margins={
                by: replace(
                    counted,
                    total=counted.total.without_links(),
                    cells={key: part.without_links() for key, part in counted.cells.items()},
                )
                for by, counted in self.margins.items()
            },
        )


def margins_of(by: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Every choice of the dimensions, in their order, the empty one first and the whole last."""
    return [names for size in range(len(by) + 1) for names in itertools.combinations(by, size)]


def at(one: Resolved) -> At | None:
    """Where the question of an outsider is to be read from the table of all places."""
    if one.place is None or one.place_level is None or not in_scope(one.version.unit):
        return None
    return At(one.place_level, one.place)


def widened(one: Resolved) -> Resolved:
    """The question over all places, broken down by their level besides. Raises Invalid where that is one dimension too
    many, or the level is asked for already."""
    where = at(one)
    if where is None:
        return one
    by = (*one.query.by, where.level)
    if len(by) > AT_MOST or where.level in one.query.by:
        raise Invalid(
            "too_many_dimensions",
            _("For one place, a published figure is broken down by at most two other dimensions."),
            field="by",
        )
    wanted = replace(one.wanted, places=(), by=by)
    return replace(one, query=replace(one.query, by=by), wanted=wanted, place=None, place_level=None)


def fixed(wanted: Wanted, today: dt.date) -> Wanted:
    """The question as it is published: a state of no stated day is that of the last month's end."""
    if wanted.counts.basis is Basis.STATE and wanted.period is None and wanted.as_of is None:
        return replace(wanted, as_of=today.replace(day=1) - dt.timedelta(days=1))
    return wanted


def inside(one: Resolved, release: Release, beside: Beside) -> Figure:
    """For a reader whose tier reaches the figure (who that is, `scope` has said)."""
    table = release.table
    cells = [_cell(dict(zip(table.by, at, strict=True)), part, one.counts) for at, part in table.cells.items()]
    return _figure(one, release, beside, _cell({}, table.total, one.counts), tuple(cells), audience="inside")


def outside(one: Resolved, releases: Sequence[Release], beside: Beside) -> Figure:
    """For anyone. `releases` answer the `widened` question: the versions that were locked, the oldest first (or the one
    recount). What was published once is part of what an outsider knows: a small correction keeps the earlier table."""
    policy = _policy(one)
    if one.counts.is_mean:
        return _mean_outside(one, releases, beside, _k(policy, (), ()))
    shown: PublishedTable | PublishedRatios | None = None
    stands, linked = releases[0].without_links(), releases[0]
    for each in releases:
        release = each.without_links()
        shown_now = _through(one, release, policy, shown)
        if shown is None or not shown_now.waiting:
            stands, linked = release, each
        shown = shown_now
    where = at(one)
    names = _names_shown(stands, where)
    found = [_published_cell(stands, policy, shown, name, where) for name in names]
    if where is None:
        found[0] = _narrowed(one, policy, found[0], linked.margins[()].total)
    return _figure(one, stands, beside, found[0], tuple(found[1:]), audience="public")


def _narrowed(one: Resolved, policy: DisclosurePolicy, shown: Cell, total: Part) -> Cell:
    """The whole as links have it. Its parts stay ranges outside: how many people two organisations share, part by part,
    would tell of the few. Of the whole it is told where it is nobody, or enough."""
    if shown.suppressed or total.apart is None or one.counts.is_ratio:
        return shown
    shared, k = total.apart[1] - (_high(total) or 0), _k(policy, (), ())
    if is_small(shared, k) or _range_too_narrow(policy, total, k):
        return shown
    return replace(shown, value=total.count, low=total.low, high=total.high)


def _mean_outside(one: Resolved, releases: Sequence[Release], beside: Beside, k: int) -> Figure:
    """The mean of the whole, of a locked year; of anything else that it is not published (see `means`)."""
    is_year = one.period is not None and one.period.kind is Kind.YEAR
    known = [release.table.total.count if release.published and is_year else None for release in releases]
    index = None if one.query.by or at(one) is not None else standing(known, k)
    if index is None:
        hidden = Cell({}, None, unknown=None, suppressed=True, reason=_reason("mean"))
        return _figure(one, releases[0], beside, hidden, (), audience="public")
    total = _cell({}, releases[index].table.total, one.counts)
    return _figure(one, releases[index], beside, total, (), audience="public")


def _names_shown(release: Release, where: At | None) -> list[Key]:
    """The total first, then the cells; of the place asked alone, where one was."""
    table = release.table
    if where is None:
        return [(TOTAL,) * len(table.by), *(table.cells if table.by else ())]
    total = (*(TOTAL,) * (len(table.by) - 1), where.code)
    return [total, *(key for key in table.cells if key[-1] == where.code and len(key) > 1)]


def _policy(one: Resolved) -> DisclosurePolicy:
    period, as_of = one.period, one.wanted.as_of
    calendar = one.programme.fiscal_year_starts_in
    if as_of is not None:
        steady = is_fixed_day(as_of)
    else:
        first, last = (period.first, period.last) if period else (None, None)
        steady = is_fixed_period(first, last, fiscal_start_month=calendar)
    # A place is judged as a part of its table, not as a limit of the question.
    subjects = frozenset({"counselling"}) if one.counts.sensitive else frozenset[str]()
    return DisclosurePolicy(unit=one.version.unit, fixed_period=steady, subjects=subjects)


def _through(
    one: Resolved, release: Release, policy: DisclosurePolicy, earlier: PublishedTable | PublishedRatios | None
) -> PublishedTable | PublishedRatios:
    refuse_too_fine(one, _categories(release))
    parts = _parts(release)
    dimensions = _dimensions(release, parts)
    cells = tuple(parts.items())
    if earlier is None:
        return _first_judged(one.counts.is_ratio, policy, dimensions, cells)
    return _judged(one.counts.is_ratio, policy, dimensions, cells, earlier)


@lru_cache(maxsize=4096)
def _first_judged(
    is_ratio: bool, policy: DisclosurePolicy, dimensions: tuple[Dimension, ...], cells: tuple[tuple[Key, Part], ...]
) -> PublishedTable | PublishedRatios:
    """The same question always has the same answer, so it is worked out once."""
    return _judged(is_ratio, policy, dimensions, cells, None)


def _judged(
    is_ratio: bool,
    policy: DisclosurePolicy,
    dimensions: tuple[Dimension, ...],
    cells: tuple[tuple[Key, Part], ...],
    earlier: PublishedTable | PublishedRatios | None,
) -> PublishedTable | PublishedRatios:
    parts = dict(cells)
    if earlier is None and all(_high(part) is None for part in parts.values()):
        return _nothing_known(is_ratio, dimensions, parts)
    communes = {cell: part.communes for cell, part in parts.items()}
    if not is_ratio:
        before = earlier if isinstance(earlier, PublishedTable) else None
        table = CountTable(dimensions, {cell: _high(part) for cell, part in parts.items()})
        return publish(table, policy, earlier=before, communes=communes)
    numerator = CountTable(dimensions, {cell: part.numerator for cell, part in parts.items()})
    denominator = CountTable(dimensions, {cell: part.count for cell, part in parts.items()})
    undecided = CountTable(dimensions, {cell: part.undecided for cell, part in parts.items()})
    ratios = RatioTable(numerator, denominator, undecided)
    held = earlier if isinstance(earlier, PublishedRatios) else None
    return publish(ratios, policy, earlier=held, communes=communes)


def _nothing_known(
    is_ratio: bool, dimensions: tuple[Dimension, ...], cells: Iterable[Key]
) -> PublishedTable | PublishedRatios:
    """Where nothing is known there is nothing to hide."""
    if is_ratio:
        return PublishedRatios(dimensions, {cell: PublishedRatio(None, None, 0) for cell in cells})
    return PublishedTable(dimensions, {cell: PublishedCell(None) for cell in cells})


def _parts(release: Release) -> dict[Key, Part]:
    """Every cell of every margin; what has no rows is 0, or unknown where nothing at all is known."""
    return {
        cell: _part_at(release, cell)
        for cell in itertools.product(*((*names, TOTAL) for names in _categories(release)))
    }


def _part_at(release: Release, name: Key) -> Part:
    by, total = release.table.by, release.table.total
    kept = tuple(d for d, value in zip(by, name, strict=True) if value != TOTAL)
    if not kept:
        return release.margins[()].total
    part_of_nobody = None if release.version.counts["narrowed"] is None else 0
    nobody = Part(0, part_of_nobody) if total.count is not None or total.high is not None else Part(None)
    return release.margins[kept].cells.get(tuple(value for value in name if value != TOTAL), nobody)


def _categories(release: Release) -> list[tuple[str, ...]]:
    return [tuple(sorted({key[0] for key in release.margins[(name,)].cells})) or ("",) for name in release.table.by]


def _dimensions(release: Release, parts: Mapping[Key, Part]) -> tuple[Dimension, ...]:
    """A dimension adds up where its parts do. Where a union happens to add up, treating it so hides no less."""
    found = []
    for i, (name, categories) in enumerate(zip(release.table.by, _categories(release), strict=True)):
        adds_up = all(
            sum(_high(parts[(*cell[:i], value, *cell[i + 1 :])]) or 0 for value in categories) == (_high(part) or 0)
            for cell, part in parts.items()
            if cell[i] == TOTAL
        )
        found.append(Dimension(name, categories, additive=adds_up))
    return tuple(found)


def _high(part: Part) -> int | None:
    return part.high if part.high is not None else part.count


def _published_cell(
    release: Release,
    policy: DisclosurePolicy,
    shown: PublishedTable | PublishedRatios | None,
    name: Key,
    where: At | None,
) -> Cell:
    by = release.table.by
    dimensions = {d: v for d, v in zip(by, name, strict=True) if v != TOTAL and (where is None or d != where.level)}
    part = _part_at(release, name)
    if shown is None or name not in shown.cells:  # a place nobody counted in
        return _cell(dimensions, part)
    k = _k(policy, by, name)
    unknown = _unknown_outside(policy, part, k, is_total=set(name) == {TOTAL} or not name)
    if isinstance(shown, PublishedRatios):
        ratio = shown[name]
        if ratio.suppressed:
            return Cell(dimensions, None, unknown=None, suppressed=True, reason=_reason(ratio.reason))
        undecided = None if ratio.unknown_suppressed or unknown is None else (ratio.unknown or 0) + unknown
        return replace(_cell(dimensions, Part(ratio.denominator, ratio.numerator)), unknown=undecided)
    count = shown[name]
    if count.suppressed or _range_too_narrow(policy, part, k):
        reason = count.reason or "protected"
        return Cell(dimensions, None, unknown=unknown, suppressed=True, reason=_reason(reason))
    if part.high is not None:
        return Cell(dimensions, None, unknown=unknown, low=part.low, high=part.high)
    return Cell(dimensions, count.value, unknown=unknown)


def _k(policy: DisclosurePolicy, by: tuple[str, ...], name: Key) -> int:
    table = CountTable(
        tuple(Dimension(d, (v,) if v != TOTAL else ("",)) for d, v in zip(by, name, strict=True)),
        dict.fromkeys(itertools.product(*(((v, TOTAL) if v != TOTAL else ("", TOTAL)) for v in name)), 0),
    )
    return threshold(table, name, sensitive_subject=policy.is_sensitive)


def _range_too_narrow(policy: DisclosurePolicy, part: Part, k: int) -> bool:
    """A range names the largest organisation's count and, by its width, the others': both must be large enough."""
    if part.high is None or part.low is None or not in_scope(policy.unit):
        return False
    return part.low < k or part.high - part.low < k


def _unknown_outside(policy: DisclosurePolicy, part: Part, k: int, *, is_total: bool) -> int | None:
    """How many are unknown tells of persons where the unit is one of them: small numbers and splits stay inside."""
    if policy.unit != "case" or part.unknown == 0:
        return part.unknown
    return None if is_small(part.unknown, k) or not is_total else part.unknown


def _reason(reason: str | None) -> str | None:
    return None if reason is None else str(REASONS[reason])


def _cell(dimensions: Mapping[str, str], part: Part, counts: Counts | None = None) -> Cell:
    unknown = part.unknown + part.undecided
    if counts is not None and counts.scale is not None:
        of, told = (2, None) if counts.is_median else (part.count or 0, part.numerator)
        value = mean(part.numerator, of, counts.scale) if part.count and part.numerator is not None else None
        return Cell(dimensions, value, told, part.count, unknown, scale=counts.scale)
    if part.numerator is None:
        return Cell(dimensions, part.count, unknown=unknown, low=part.low, high=part.high)
    share: Number | None = percent(part.numerator, part.count) if part.count else None
    return Cell(dimensions, share, part.numerator, part.count, unknown)


def _figure(
    one: Resolved, release: Release, beside: Beside, total: Cell, cells: tuple[Cell, ...], *, audience: str
) -> Figure:
    table = release.table
    tallied = table.tallied
    if audience == "public" and at(one) is not None:
        tallied = None  # counted for the whole programme
    elif audience == "public" and is_small(tallied, _k(_policy(one), (), ())):
        tallied = None
    question = one.wanted.question()
    return Figure(
        programme=one.programme.key,
        indicator=one.key,
        version=release.version.number,
        unit=one.counts.told_in(release.version.unit),
        period=one.query.period,
        as_of=question.as_of,
        place=one.place,
        value=total.value,
        numerator=total.numerator,
        denominator=total.denominator,
        unknown=total.unknown,
        low=total.low,
        high=total.high,
        candidates_open=beside.candidates_open,
        tallied=tallied,
        by=cells,
        suppressed=total.suppressed,
        reason=total.reason,
        stated=beside.stated,
        published=release.published,
        audience=audience,
        organisations=one.organisations,
        scale=total.scale,
    )
