"""What a locked period published: taken at the lock, found again by the question, checked before it is believed."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samaki.engines.results.asking import Resolved
from samaki.engines.results.counting import AT_MOST, ORGANISATION, Counted, Key, Part, Wanted, count
from samaki.engines.results.definitions import canonical, counts_of, digest
from samaki.engines.results.models import IndicatorVersion, Placement, Snapshot
from samaki.ground.periods.models import PeriodLock
from samaki.ground.periods.rules import parse
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Conflict
from samaki.kernel.figures import Published

CROSSES, DIGESTS = "crosses", "digests"
LOCK = PeriodLock._meta.label_lower
PUBLISH = "period.publish"  # the act in the audit trail that holds the digests


def take(lock: PeriodLock, *, by: AnyActor) -> int:
    """Keep every indicator that answers for the locked period: its total and every cross of up to three of its
    dimensions. Answers how many indicators were kept. Call in the transaction of the lock.

    The digests go into the audit trail, whose chain shows if anybody alters figure and digest together.
    """
    period = parse(lock.period, fiscal_year_starts_in=lock.programme.fiscal_year_starts_in)
    wanted = {
        version: Wanted(counts_of(version.counts), version.unit, lock.programme_id, lock.last, period=period)
        for version in _latest_versions()
    }
    answering = _answering(lock, wanted)
    crosses = [(version, names) for version in answering for names in _crosses(version)]
    tables = count([replace(wanted[version], by=names) for version, names in crosses])
    rows: dict[IndicatorVersion, list[Snapshot]] = {version: [] for version in answering}
    for (version, names), table in zip(crosses, tables, strict=True):
        rows[version].append(_row(lock, version, names, _content(lock, version, table)))
    digests = {}
    for version, total in answering.items():
        listed = {row.dimensions: row.digest for row in rows[version]}
        base = _row(lock, version, (), _content(lock, version, total) | {CROSSES: listed})
        rows[version].append(base)
        digests[version.indicator.key] = base.digest
    Snapshot.objects.bulk_create([row for found in rows.values() for row in found], batch_size=200)
    record(by, PUBLISH, lock, programme_id=lock.programme_id, details={DIGESTS: digests})
    return len(answering)


def _answering(lock: PeriodLock, wanted: Mapping[IndicatorVersion, Wanted]) -> dict[IndicatorVersion, Counted]:
    """The totals of those that stand in the programme's framework, or of which anything is counted or unknown."""
    of_programme = Placement.objects.filter(node__framework__programme=lock.programme_id)
    placed = set(of_programme.values_list("indicator_id", flat=True))
    found = {}
    for version, table in zip(wanted, count(list(wanted.values())), strict=True):
        total = table.total
        if version.indicator_id in placed or total.count or total.high or total.unknown:
            found[version] = table
    return found


def _latest_versions() -> list[IndicatorVersion]:
    """Of what a lock keeps: what is released at days of its own is kept by its release alone."""
    found: dict[int, IndicatorVersion] = {}
    for version in IndicatorVersion.objects.select_related("indicator").order_by("number"):
        found[version.indicator_id] = version
    counted = [version for version in found.values() if counts_of(version.counts).released is None]
    return sorted(counted, key=lambda version: version.indicator.key)


def _crosses(version: IndicatorVersion) -> Iterator[tuple[str, ...]]:
    for size in range(1, AT_MOST + 1):
        yield from itertools.combinations(sorted(version.dimensions), size)


def _row(lock: PeriodLock, version: IndicatorVersion, names: tuple[str, ...], content: object) -> Snapshot:
    text = canonical(content)
    return Snapshot(lock=lock, version=version, dimensions=",".join(names), content=text, digest=digest(text))


def _content(lock: PeriodLock, version: IndicatorVersion, table: Counted) -> dict[str, object]:
    """Everything that was published, and what it means: programme, period, definition, unit, total and cells."""
    return {
        "programme": lock.programme.key,
        "period": lock.period,
        "lock": lock.version,
        "indicator": version.indicator.key,
        "version": version.number,
        "definition": version.digest,
        "unit": version.unit,
        "by": list(table.by),
        "total": _stored(table.total),
        "cells": [[list(key), _stored(part)] for key, part in table.cells.items()],
        "tallied": table.tallied,
        "organisation_ids": sorted(table.organisation_ids),
    }


@dataclass(frozen=True)
class Kept:
    """A table found in a snapshot, with what proves it."""

    version: IndicatorVersion
    counted: Counted
    published: Published


Rows = Mapping[str, Snapshot]  # by dimensions


class Shelf:
    """The snapshots that a set of queries may be answered from, read by two queries. Every lock of a period is held."""

    def __init__(self, resolved: Sequence[Resolved]) -> None:
        dated = [one for one in resolved if one.period is not None and one.query.as_of is None]
        spans = {(one.programme.pk, one.period.key) for one in dated if one.period}
        locks: dict[tuple[int, str], list[PeriodLock]] = defaultdict(list)
        for lock in PeriodLock.objects.filter(_any(Q(programme=p, period=key) for p, key in spans)).order_by(
            "-version"
        ):
            locks[lock.programme_id, lock.period].append(lock)
        self._locks = locks
        self._rows: dict[tuple[int, int], dict[str, Snapshot]] = defaultdict(dict)
        self._digests: dict[int, Mapping[str, str]] = {}  # by lock, what the audit trail says was published
        every = [lock.pk for found in locks.values() for lock in found]
        if every:
            wanted = {name for one in dated for name in _names(one)}
            indicators = {one.version.indicator_id for one in dated}
            rows = Snapshot.objects.filter(lock__in=every, dimensions__in=wanted, version__indicator__in=indicators)
            for row in rows.select_related("version__indicator"):
                self._rows[row.lock_id, row.version.indicator_id][row.dimensions] = row
            acts = AuditEntry.objects.filter(object_type=LOCK, object_id__in=list(map(str, every)), action=PUBLISH)
            for act in acts:
                self._digests[int(act.object_id)] = act.details[DIGESTS]

    def locks(self, one: Resolved) -> list[PeriodLock]:
        """The locks of the period asked, the latest first; none where it was never locked or another date is asked."""
        if one.period is None or one.query.as_of is not None:
            return []
        return self._locks.get((one.programme.pk, one.period.key), [])

    def find(self, one: Resolved, lock: PeriodLock) -> Kept | None:
        """The table as this lock published it; None where the snapshot does not hold such a table.

        Raises Conflict("snapshot_altered") where what is stored is not what was published.
        """
        published = self._digests.get(lock.pk, {}).get(one.key)
        names = _names(one)
        if published is None or not names or one.wanted.where:
            return None
        rows = self._rows.get((lock.pk, one.version.indicator_id), {})
        base = rows.get("")
        if base is None:
            raise _altered(lock)
        if one.query.version is not None and base.version.number != one.query.version:
            return None
        _base, whole, table = names
        digests = json.loads(_trusted(lock, base, published))[CROSSES]
        if any(name and name not in digests for name in (whole, table)):
            return None
        read = {"": _counted(base.content)}
        for name in {whole, table} - {""}:
            row = rows.get(name)
            if row is None:
                raise _altered(lock)
            read[name] = _counted(_trusted(lock, row, digests[name]))
        return Kept(
            version=base.version,
            counted=_narrowed(one, read[whole], read[table]),
            published=Published(lock.version, lock.locked_at, base.digest),
        )


def _names(one: Resolved) -> tuple[str, ...]:
    """The rows needed: the base, the table of the limits alone, the table of limits and dimensions; () where a snapshot
    cannot answer."""
    limits = _limits(one)
    if limits is None:
        return ()
    crossed = {*limits, *one.query.by}
    if len(crossed) > AT_MOST or len(crossed) < len(limits) + len(one.query.by):
        return ()
    return "", ",".join(sorted(limits)), ",".join(sorted(crossed))


def _limits(one: Resolved) -> dict[str, str] | None:
    """Dimension → the one value the question is limited to; None where it is limited otherwise."""
    limits = {}
    if one.place is not None and one.place_level is not None:
        limits[one.place_level] = one.place
    if one.organisations is not None:
        if len(one.organisations) != 1:
            return None
        limits[ORGANISATION] = one.organisations[0]
    return limits


def _narrowed(one: Resolved, whole: Counted, table: Counted) -> Counted:
    limits = _limits(one) or {}
    total = _pick(whole, limits, ()).get((), Part(0)) if limits else whole.total
    return Counted(
        by=one.query.by,
        total=total,
        cells=_pick(table, limits, one.query.by) if one.query.by else {},
        tallied=None if limits else whole.tallied,
        organisation_ids=whole.organisation_ids,
    )


def _pick(table: Counted, limits: Mapping[str, str], by: tuple[str, ...]) -> dict[Key, Part]:
    """Cells within the limits, keyed in the order of `by`."""
    found = {}
    for key, part in table.cells.items():
        named = dict(zip(table.by, key, strict=True))
        if all(named[dimension] == value for dimension, value in limits.items()):
            found[tuple(named[dimension] for dimension in by)] = part
    return dict(sorted(found.items()))


def _counted(text: str) -> Counted:
    content = json.loads(text)
    return Counted(
        by=tuple(content["by"]),
        total=_part(content["total"]),
        cells={tuple(key): _part(part) for key, part in content["cells"]},
        tallied=content["tallied"],
        organisation_ids=frozenset(content["organisation_ids"]),
    )


def _stored(part: Part) -> dict[str, Any]:
    """Without the range apart where no link narrowed it, as it was before there were links."""
    return {name: value for name, value in asdict(part).items() if name != "apart" or value is not None}


def _part(stored: Mapping[str, Any]) -> Part:
    """JSON knows no tuples."""
    apart = stored.get("apart")
    return Part(**{**stored, "apart": tuple(apart) if apart else None})


def _trusted(lock: PeriodLock, row: Snapshot, expected: str) -> str:
    if row.digest != expected or digest(row.content) != expected:
        raise _altered(lock)
    return row.content


def _altered(lock: PeriodLock) -> Conflict:
    return Conflict(
        "snapshot_altered",
        _(
            "The stored figures of %(period)s are not the ones that were published: they were altered. "
            "They are not shown; please tell the administrator."
        ),
        period=lock.period,
    )


def _any(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found
