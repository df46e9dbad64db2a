"""What a locked period published: taken at the lock, found again by the question, checked before it is believed."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from samaki.engines.results.asking import Resolved
from samaki.engines.results.counting import AT_MOST, ORGANISATION, Counted, Key, Part, Wanted, count
from samaki.engines.results.definitions import canonical, counts_of, digest
from samaki.engines.results.models import IndicatorVersion, Placement, Snapshot
from samaki.ground.periods.models import PeriodLock
from samaki.ground.periods.rules import parse
from samaki.kernel.errors import Conflict
from samaki.kernel.figures import Published

CROSSES = "crosses"


def take(lock: PeriodLock) -> int:
    """Keep every indicator that answers for the locked period: its total and every cross of up to three of its
    dimensions. Answers how many indicators were kept. Call in the transaction of the lock."""
    programme = lock.programme
    period = parse(lock.period, fiscal_year_starts_in=programme.fiscal_year_starts_in)
    placed = set(Placement.objects.filter(node__framework__programme=programme).values_list("indicator_id", flat=True))
    versions = list(_latest_versions())
    wanted = [
        Wanted(counts_of(version.counts), version.unit, programme.pk, lock.last, period=period) for version in versions
    ]
    kept = 0
    for version, one, total in zip(versions, wanted, count(wanted), strict=True):
        if version.indicator_id not in placed and total.total.count is None and not total.total.unknown:
            continue
        _keep(lock, version, one, total)
        kept += 1
    return kept


def _latest_versions() -> Iterable[IndicatorVersion]:
    found: dict[int, IndicatorVersion] = {}
    for version in IndicatorVersion.objects.select_related("indicator").order_by("number"):
        found[version.indicator_id] = version
    return sorted(found.values(), key=lambda version: version.indicator.key)


def _keep(lock: PeriodLock, version: IndicatorVersion, wanted: Wanted, total: Counted) -> None:
    names = sorted(version.dimensions)
    crosses = [cross for size in range(1, AT_MOST + 1) for cross in itertools.combinations(names, size)]
    tables = count([_broken_down(wanted, cross) for cross in crosses])
    rows = [
        Snapshot(lock=lock, version=version, dimensions=",".join(cross), content=text, digest=digest(text))
        for cross, table in zip(crosses, tables, strict=True)
        for text in [canonical(_content(lock, version, table))]
    ]
    base = _content(lock, version, total) | {CROSSES: {row.dimensions: row.digest for row in rows}}
    text = canonical(base)
    rows.append(Snapshot(lock=lock, version=version, content=text, digest=digest(text)))
    Snapshot.objects.bulk_create(rows)


def _broken_down(wanted: Wanted, by: tuple[str, ...]) -> Wanted:
    return Wanted(wanted.counts, wanted.unit, wanted.programme_id, wanted.today, period=wanted.period, by=by)


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
        "total": asdict(table.total),
        "cells": [[list(key), asdict(part)] for key, part in table.cells.items()],
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
        every = [lock.pk for found in locks.values() for lock in found]
        if every:
            wanted = {name for one in dated for name in _names(one)}
            indicators = {one.version.indicator_id for one in dated}
            rows = Snapshot.objects.filter(lock__in=every, dimensions__in=wanted, version__indicator__in=indicators)
            for row in rows.select_related("version__indicator"):
                self._rows[row.lock_id, row.version.indicator_id][row.dimensions] = row

    def locks(self, one: Resolved) -> list[PeriodLock]:
        """The locks of the period asked, the latest first; none where it was never locked or another date is asked."""
        if one.period is None or one.query.as_of is not None:
            return []
        return self._locks.get((one.programme.pk, one.period.key), [])

    def find(self, one: Resolved, lock: PeriodLock) -> Kept | None:
        """The table as this lock published it; None where the snapshot does not hold such a table.

        Raises Conflict("snapshot_altered") where what is stored is not what was published.
        """
        rows = self._rows.get((lock.pk, one.version.indicator_id), {})
        base = rows.get("")
        if base is None or (one.query.version is not None and base.version.number != one.query.version):
            return None
        whole, table = _names(one)[1:] if _names(one) else ("", "")
        if not _names(one) or one.wanted.where:
            return None
        digests = json.loads(_trusted(base, base.digest))[CROSSES]
        if any(name and name not in digests for name in (whole, table)):
            return None
        read = {"": _counted(base.content)}
        for name in {whole, table} - {""}:
            row = rows.get(name)
            if row is None:
                raise _altered(base)
            read[name] = _counted(_trusted(row, digests[name]))
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
        total=Part(**content["total"]),
        cells={tuple(key): Part(**part) for key, part in content["cells"]},
        tallied=content["tallied"],
        organisation_ids=frozenset(content["organisation_ids"]),
    )


def _trusted(row: Snapshot, expected: str) -> str:
    if row.digest != expected or digest(row.content) != expected:
        raise _altered(row)
    return row.content


def _altered(row: Snapshot) -> Conflict:
    return Conflict(
        "snapshot_altered",
        _(
            "The stored figures of %(period)s are not the ones that were published: they were altered. "
            "They are not shown; please tell the administrator."
        ),
        period=json.loads(row.content).get("period", "") if row.content.startswith("{") else "",
        snapshot=row.pk,
    )


def _any(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found
