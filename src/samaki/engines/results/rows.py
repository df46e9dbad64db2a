"""The rows behind a figure: the same definition, limited to what this reader may open, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.engines.results.asking import GROUP, Resolved, resolve
from samaki.engines.results.columns import Question, answer, row_ids
from samaki.engines.results.counting import count
from samaki.engines.results.definitions import both
from samaki.engines.results.dimensions import dimensions_of
from samaki.engines.results.released import ROWS
from samaki.engines.results.scope import Scope, scope_of
from samaki.ground.groups.models import Group
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor, System
from samaki.kernel.audit.operations import record
from samaki.kernel.database import read_snapshot
from samaki.kernel.errors import Refused
from samaki.kernel.evidence import RowSource, row_sources
from samaki.kernel.figures import FigureQuery, RecordPage
from samaki.kernel.policy import WANTS_REASON, Action, refusal

IN_NUMERATOR = "in_numerator"
WHY = {
    Action.SEE_PEOPLE: _(
        "Records about persons are read by the M&E officer of the organisation that keeps them, and by the facilitator "
        "of the activity. The counts stay as shown."
    ),
    Action.SEE_CASES: _(
        "Cases are read by the supervisor and the coordinator of the group, by code and with a reason. "
        "The counts stay as shown."
    ),
    Action.SEE_CLEARANCE: _("Who is cleared is read by those who look after a men’s group. The counts stay as shown."),
    Action.RECORD_AUTHORITY: _("What authorities did is read by those who record it. The counts stay as shown."),
    Action.DECIDE_VETTING: _("Candidates are read by those who decide on them. The counts stay as shown."),
    Action.SEE_PROGRAMME: _("These records are read by those who work in the programme. The counts stay as shown."),
}


def records(actor: AnyActor, query: FigureQuery, after: int | None = None, limit: int = 50) -> RecordPage:
    """A page of rows, those after the mark `after` (the `next_after` of the page before).

    `total` counts rows; `groups` says how they make the figure: persons among attendances, contacts among tallies,
    numerator and denominator of a ratio (each row says whether it is in the numerator). Rows are always those of now,
    also where the figure is published from a snapshot. Raises Refused, audited, with the reason in its message; reading
    cases is itself audited in the same transaction.
    """
    today = timezone.localdate()
    try:
        with read_snapshot():
            one = resolve(actor, [query], today)[0]
            if one.counts.released is not None:
                raise Refused("rows_refused", ROWS)
            source = row_sources[one.counts.measure]
            _require(actor, source, scope_of(actor, one.programme.pk, source.action))
    except Refused as refused:
        _audit(actor, query, refused)
        raise
    with _reading(source.action in WANTS_REASON and not isinstance(actor, System)) as logged:
        narrowed = _within(one, scope_of(actor, one.programme.pk, source.action))
        shut = source.shut(actor) if source.shut else frozenset()
        page = _page(narrowed, source, after or 0, limit, shut)
        if logged:
            _log(actor, one, source, page)
        return page


@contextmanager
def _reading(logged: bool) -> Iterator[bool]:
    """One moment; where the reading itself is written down, in the transaction that holds that row."""
    if not logged:
        with read_snapshot():
            yield False
        return
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield True


def _require(actor: AnyActor, source: RowSource, reached: Scope) -> None:
    if not reached.inside:
        found = refusal(actor, source.action)
        raise found if found.code == "second_factor_wanted" else Refused("rows_refused", WHY[source.action])
    if source.action in WANTS_REASON and not isinstance(actor, System) and not actor.reason.strip():
        raise Refused("reason_wanted", _("Please say why you open these records; it is kept."), field="reason")


def _audit(actor: AnyActor, query: FigureQuery, refused: Refused) -> None:
    programme = Programme.objects.filter(key=query.programme).first()
    with transaction.atomic():
        record(
            actor,
            "open_records",
            ("results.figure", query.indicator),
            programme_id=programme.pk if programme else None,
            details={"code": refused.code, "period": query.period},
            refused=True,
        )


def _log(actor: AnyActor, one: Resolved, source: RowSource, page: RecordPage) -> None:
    record(
        actor,
        source.action.value,
        ("results.figure", one.key),
        programme_id=one.programme.pk,
        details={"period": one.query.period, "place": one.place, "rows": len(page.rows), "total": page.total},
    )


def _within(one: Resolved, reached: Scope) -> Resolved:
    """The question limited to the rows this reader may open."""
    wanted = one.wanted
    if reached.organisation_ids is not None:
        asked = wanted.organisation_ids
        both_reach = reached.organisation_ids if asked is None else asked & reached.organisation_ids
        wanted = replace(wanted, organisation_ids=both_reach)
    if reached.group_ids is not None and GROUP in dimensions_of(one.counts.measure):
        keys = tuple(Group.objects.filter(pk__in=reached.group_ids).order_by("key").values_list("key", flat=True))
        wanted = replace(wanted, where=both(wanted.where, ((GROUP, keys),)))
    return replace(one, wanted=replace(wanted, by=()))


@dataclass(frozen=True)
class _Parts:
    """The questions whose rows follow each other: the records, then the reports that stand where there are none.

    Reports have negative marks, so that one number tells where a page goes on.
    """

    main: Question
    numerator: Question | None
    also: Question | None


def _parts(one: Resolved) -> _Parts:
    main = one.wanted.question()
    narrowed, also = one.counts.narrowed, one.counts.also
    return _Parts(
        main=main,
        numerator=None if narrowed is None else replace(main, where=both(main.where, narrowed)),
        also=None if also is None else replace(main, measure=also.count, aggregate="sum", where=one.wanted.where),
    )


def _page(one: Resolved, source: RowSource, after: int, limit: int, shut: frozenset[int]) -> RecordPage:
    """Rows that are shut to the reader are left out; the counts stay as the figure is."""
    parts = _parts(one)
    ids, total = row_ids(parts.main, after=after, limit=limit) if after >= 0 else ([], row_ids(parts.main, limit=1)[1])
    open_ids = [row_id for row_id in ids if row_id not in shut]
    rows = _described(source, open_ids, _numerators(parts.numerator, after, limit) if after >= 0 else set(), one)
    mark = ids[-1] if ids else after
    reports: list[int] = []
    reported = 0
    if parts.also is not None:
        room = limit - len(ids)
        since = -after if after < 0 else 0
        reports, reported = (
            row_ids(parts.also, after=since, limit=room) if room else ([], row_ids(parts.also, limit=1)[1])
        )
        rows += _described(row_sources[parts.also.measure], reports, None, one)
        mark = -reports[-1] if reports else mark
    last = _is_last(parts, mark, len(ids) + len(reports), limit)
    return RecordPage(
        columns=_columns(one, source, parts.also if reported else None),
        rows=tuple(rows),
        total=total + reported,
        next_after=None if last else mark,
        groups=_groups(one, parts, total, reported),
    )


def _is_last(parts: _Parts, mark: int, shown: int, limit: int) -> bool:
    if shown < limit:
        return True
    if mark >= 0 and row_ids(parts.main, after=mark, limit=1)[0]:
        return False
    return parts.also is None or not row_ids(parts.also, after=max(-mark, 0), limit=1)[0]


def _numerators(question: Question | None, after: int, limit: int) -> set[int] | None:
    """Ids of the page that are in the numerator: being part of the denominator, its first `limit` reach far enough."""
    return None if question is None else set(row_ids(question, after=after, limit=limit)[0])


def _described(
    source: RowSource, ids: Sequence[int], numerators: set[int] | None, one: Resolved
) -> list[Mapping[str, object]]:
    found = source.describe(ids) if ids else {}
    rows: list[Mapping[str, object]] = []
    for row_id in ids:
        row: dict[str, object] = {"id": row_id, **found.get(row_id, {})}
        if numerators is not None and one.counts.is_ratio:
            row[IN_NUMERATOR] = row_id in numerators
        rows.append(row)
    return rows


def _columns(one: Resolved, source: RowSource, also: Question | None) -> tuple[tuple[str, str], ...]:
    found = {key: str(label) for key, label in source.columns}
    if one.counts.is_ratio:
        found[IN_NUMERATOR] = str(_("In the numerator"))
    if also is not None:
        found |= {key: str(label) for key, label in row_sources[also.measure].columns if key not in found}
    return tuple(found.items())


def _groups(one: Resolved, parts: _Parts, total: int, reported: int) -> dict[str, int]:
    """How the rows make the figure."""
    whole = count([one.wanted])[0].total
    groups: dict[str, int] = {}
    if one.counts.aggregate == "sum" or one.wanted.counts_persons_once:
        figure = whole.high if whole.high is not None else whole.count
        groups = {"rows": total, f"{one.version.unit}s": figure or 0}
    if one.counts.is_ratio and whole.numerator is not None and whole.count is not None:
        groups |= {"numerator": whole.numerator, "denominator": whole.count}
    if parts.also is not None and reported:
        groups |= {"cases": total, "reports": reported, "reported": answer([parts.also])[0].total}
    return groups
