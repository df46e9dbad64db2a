"""Figures and the rows behind them, each as its asker may see it. Everything leaves through `door`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.engines.results import door, steady
from samaki.engines.results.asking import Resolved, no_programme, resolve
from samaki.engines.results.counting import Counted, Part, Wanted, count
from samaki.engines.results.door import Beside, Release
from samaki.engines.results.models import Statement
from samaki.engines.results.released import expect_releasable, released
from samaki.engines.results.snapshots import Shelf
from samaki.engines.results.unpublishable import refuse_outside
from samaki.engines.results.unverified import unverified
from samaki.ground.people.across.programmes import undecided_in
from samaki.ground.people.models import UNDECIDED, MatchCandidate
from samaki.ground.periods.models import PeriodLock
from samaki.ground.periods.rules import Kind, period_of
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.database import read_snapshot
from samaki.kernel.errors import NotFound, Refused
from samaki.kernel.figures import Figure, FigureQuery, Source, Stated
from samaki.kernel.policy import Action

NOBODY = Counted((), Part(None))


def figure(actor: AnyActor, query: FigureQuery) -> Figure:
    """One answer, told inside with how many of its records wait for verification.

    Raises NotFound, Invalid (with `field` and `suggestions`), Refused (audited), or Conflict("snapshot_altered").
    """
    return _asked(actor, [query], with_unverified=True)[0]


def figures(actor: AnyActor, queries: Sequence[FigureQuery]) -> list[Figure]:
    """Answers in the order asked, all of one moment, by a number of look-ups that does not grow with the queries."""
    return _asked(actor, queries, with_unverified=False)


def _asked(actor: AnyActor, queries: Sequence[FigureQuery], *, with_unverified: bool) -> list[Figure]:
    if not queries:
        return []
    try:
        with read_snapshot():
            return _answers(actor, queries, timezone.localdate(), with_unverified=with_unverified)
    except Refused as refusal:
        _audit(actor, queries[0], refusal)
        raise


def _audit(actor: AnyActor, query: FigureQuery, refusal: Refused) -> None:
    """Written after the reading has ended, because a read snapshot takes no writes."""
    programme = Programme.objects.filter(key=query.programme).first()
    with transaction.atomic():
        record(
            actor,
            Action.SEE_PROGRAMME.value,
            ("results.figure", query.indicator),
            programme_id=programme.pk if programme else None,
            details={"code": refusal.code, "organisation": query.organisation, "by": list(query.by)},
            refused=True,
        )


@dataclass
class _Plan:
    """How one query is answered: from which releases, and at which positions of the tables to be counted."""

    one: Resolved
    releases: list[Release]
    counted: list[int]


def _answers(actor: AnyActor, queries: Sequence[FigureQuery], today: dt.date, *, with_unverified: bool) -> list[Figure]:
    found = resolve(actor, queries, today)
    for one in found:
        if one.counts.released is not None:
            expect_releasable(one)
    counted = iter(
        _counted_answers(
            [_published_question(one, today) for one in found if one.counts.released is None],
            today,
            with_unverified=with_unverified,
        )
    )
    near = _Surroundings([one for one in found if one.counts.released is not None])
    return [released(one, near.of(one, NOBODY)) if one.counts.released is not None else next(counted) for one in found]


def _counted_answers(resolved: Sequence[Resolved], today: dt.date, *, with_unverified: bool) -> list[Figure]:
    """What each comes to; outside beside what else is told of the same days and periods (`steady`)."""
    told = list(_told(resolved, with_unverified=with_unverified))
    near = [[] if one.one.scope.inside else steady.beside(one.one, today) for one in told]
    others = _told([one for listed in near for one in listed], with_unverified=False, beside_another=True)
    found = []
    for one, listed in zip(told, near, strict=True):
        why = None if one.one.scope.inside else steady.why_not(one.one, today)
        of_it = [next(others) for _other in listed]
        found.append(steady.judged(one, of_it) if why is None else steady.withheld(one.figure, why))
    return found


def _told(
    resolved: Sequence[Resolved], *, with_unverified: bool, beside_another: bool = False
) -> Iterator[steady.Told]:
    """`beside_another`: asked to judge another question by; what no lock holds of it is counted now."""
    if not resolved:
        return
    asked = [one for main in resolved for one in _with_margins(main)]
    shelf = Shelf(asked)
    to_count: list[Wanted] = []
    plans = []
    for one in resolved:
        releases = _released_or_none(one, shelf) if beside_another else _released(one, shelf)
        at: list[int] = []
        if not releases:
            for margin in _with_margins(one):
                at.append(len(to_count))
                to_count.append(margin.wanted)
        plans.append(_Plan(one, releases, at))
    tables = count(to_count) if to_count else []
    beside = _Surroundings(resolved)
    for plan in plans:
        one = plan.one
        releases = plan.releases or [
            Release(one.version, {tables[i].by: tables[i] for i in plan.counted}),
        ]
        near = beside.of(one, releases[-1].table)
        if not one.scope.inside:
            yield steady.Told(one, door.outside(one, releases, near), releases[-1].table)
            continue
        answered = door.inside(one, releases[-1], near)
        if with_unverified and not plan.releases:  # what was published stands whatever is verified since
            found = unverified(one)
            answered = replace(answered, unverified=found.records, unverified_at_least=found.at_least)
        yield steady.Told(one, answered, releases[-1].table)


def _published_question(one: Resolved, today: dt.date) -> Resolved:
    if one.scope.inside:
        return one
    if one.query.only:
        raise Refused("whole_tables_only", _("What is published is published as a whole table, never one part of it."))
    refuse_outside(one)
    return steady.as_published(replace(one, wanted=door.fixed(one.wanted, today)), today)


def _with_margins(one: Resolved) -> list[Resolved]:
    """The question, and for an outsider those of every margin too: what is published together is judged together."""
    if one.scope.inside:
        return [one]
    whole = door.widened(one)
    return [
        replace(whole, query=replace(whole.query, by=by), wanted=replace(whole.wanted, by=by))
        for by in door.margins_of(whole.query.by)
    ]


def _released(one: Resolved, shelf: Shelf) -> list[Release]:
    """What the locks of the period published, the oldest first; empty where the answer is to be counted now."""
    source = one.query.source
    if one.query.only:
        return []
    locks = shelf.locks(one)
    if source is Source.CURRENT:
        if locks and not one.scope.inside:
            raise Refused("published_only", _("This period is locked: only its published figures are shown."))
        return []
    if not locks:
        if source is Source.PUBLISHED:
            raise NotFound("not_published", _("This period is not locked, so nothing of it is published yet."))
        return []
    found = [
        kept for lock in reversed(locks if not one.scope.inside else locks[:1]) if (kept := _kept(one, lock, shelf))
    ]
    if not found and (source is Source.PUBLISHED or not one.scope.inside):
        raise NotFound("table_not_published", _("This breakdown was not among what was published of the period."))
    return found


def _released_or_none(one: Resolved, shelf: Shelf) -> list[Release]:
    try:
        return _released(one, shelf)
    except NotFound:
        return []


def _kept(one: Resolved, lock: PeriodLock, shelf: Shelf) -> Release | None:
    margins = {}
    release = None
    for margin in _with_margins(one):
        kept = shelf.find(margin, lock)
        if kept is None:
            return None
        margins[margin.query.by] = kept.counted
        release = Release(kept.version, margins, kept.published)
    return release


class _Surroundings:
    """What stands beside the figures: what sources stated, and pairs of persons still undecided, inside organisations
    and across them; a fixed number of queries."""

    def __init__(self, resolved: Sequence[Resolved]) -> None:
        self._stated: dict[tuple[int, int], list[Statement]] = defaultdict(list)
        programmes = {one.programme.pk for one in resolved}
        indicators = {one.version.indicator_id for one in resolved}
        for said in Statement.objects.filter(programme__in=programmes, indicator__in=indicators).order_by("pk"):
            self._stated[said.programme_id, said.indicator_id].append(said)
        self._open: Mapping[int, int] = {}
        self._across: Mapping[int, int | None] = {}
        if any(one.wanted.counts_persons_once for one in resolved):
            found = MatchCandidate.objects.filter(state__in=UNDECIDED)
            self._open = dict(found.values_list("organisation").annotate(n=Count("pk")).order_by())
            self._across = undecided_in(programmes)

    def of(self, one: Resolved, table: Counted) -> Beside:
        stated = () if one.place or one.query.organisation else self._said(one)
        open_pairs = 0
        if one.wanted.counts_persons_once:
            open_pairs = sum(n for organisation, n in self._open.items() if organisation in table.organisation_ids)
            if len(table.organisation_ids) > 1:
                open_pairs += self._across[one.programme.pk] or 0
        return Beside(stated, open_pairs)

    def _said(self, one: Resolved) -> tuple[Stated, ...]:
        return tuple(
            Stated(said.text_en, said.text_km, said.value, said.approximate, said.source, said.source_km)
            for said in self._stated[one.programme.pk, one.version.indicator_id]
            if said.period == one.query.period and set(said.cell) <= set(one.query.by)
        )


def programme_named(key: str) -> Programme:
    """Raises NotFound with `suggestions`; that a programme exists is public (T1)."""
    return Programme.objects.filter(key=key).first() or no_programme(key)


def series(
    actor: AnyActor,
    query: FigureQuery,
    *,
    kind: Kind,
    first: dt.date,
    last: dt.date,
) -> list[Figure]:
    """The query over every period of a kind from the one that contains `first` to the one that contains `last`."""
    programme = programme_named(query.programme)
    calendar = programme.fiscal_year_starts_in
    period = period_of(first, kind, fiscal_year_starts_in=calendar)
    asked = []
    while period.first <= last:
        asked.append(replace(query, period=period.key))
        period = period_of(period.last + dt.timedelta(days=1), kind, fiscal_year_starts_in=calendar)
    return figures(actor, asked)


@dataclass(frozen=True)
class SideBySide:
    """A locked period as it was published and as its records say now; `published` None where it is not locked."""

    published: Figure | None
    current: Figure


def side_by_side(actor: AnyActor, query: FigureQuery) -> SideBySide:
    """For those who see inside: an outsider reads what is published alone. Raises Refused (audited)."""
    current = figure(actor, replace(query, source=Source.CURRENT))
    best = figure(actor, replace(query, source=Source.BEST))
    return SideBySide(best if best.published else None, current)
