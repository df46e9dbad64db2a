# ruff: noqa: S608  # the only name put into a statement is that of the log
"""What changed since a moment, on both databases.

SQLite has one writer at a time, so the number of the last log row is a moment; the random mark beside it tells whether
that very row is still there, after a rollback, a restored file or pruning. PostgreSQL commits out of order, so a moment
is `pg_current_snapshot()`, and what is new is what that snapshot could not see.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from samaki.engines.results.columns.triggers import LOG

KEEP = 100_000  # log rows kept at least; a process further behind reads everything anew
_PRUNE_AT_ONCE = 10_000
PRUNE_EVERY = 5_000  # changes read


@dataclass(frozen=True)
class Moment:
    """SQLite: the last log row and its mark. PostgreSQL: the database's oid and the snapshot as text."""

    number: int
    mark: int | str


@dataclass(frozen=True)
class Changes:
    """Ids to read again by table, None for a whole table. `lost` means that the log no longer tells; `ahead` that
    the moment asked about lies after this snapshot."""

    now: Moment
    by_table: dict[str, set[int] | None]
    lost: bool = False
    ahead: bool = False


def now() -> Moment:
    """The moment of the open snapshot."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT oid, pg_current_snapshot()::text FROM pg_database WHERE datname = current_database()"
            )
            return Moment(*cursor.fetchone())
        cursor.execute(f"SELECT id, mark FROM {LOG} ORDER BY id DESC LIMIT 1")
        return Moment(*(cursor.fetchone() or (0, 0)))


def since(moment: Moment) -> Changes:
    """What the open snapshot sees and the moment did not."""
    return _since_snapshot(moment) if connection.vendor == "postgresql" else _since_number(moment)


def _since_number(moment: Moment) -> Changes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, mark, table_name, row_id FROM {LOG} WHERE id >= %s ORDER BY id", [moment.number])
        rows = cursor.fetchall()
    if not rows or rows[0][:2] != (moment.number, moment.mark):
        latest = now()
        return Changes(latest, {}, lost=True, ahead=0 < latest.number < moment.number)
    return _gathered(Moment(*rows[-1][:2]), [(table, row) for _, _, table, row in rows[1:]])


def _since_snapshot(moment: Moment) -> Changes:
    latest = now()
    if latest == moment and getattr(connection, "in_read_snapshot", False):
        return Changes(latest, {})  # else the transaction's own rows, which no snapshot tells of, may be there
    if latest.number != moment.number:
        return Changes(latest, {}, lost=True)
    xmin = int(str(moment.mark).partition(":")[0])
    if not _not_after(str(moment.mark), str(latest.mark)):
        return Changes(latest, {}, lost=True, ahead=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT table_name, row_id FROM {LOG} WHERE mark >= %s"
            " AND NOT pg_visible_in_snapshot(mark::text::xid8, %s::pg_snapshot)",
            [xmin, moment.mark],
        )
        rows = cursor.fetchall()
    if any(table == "pruned" and row > xmin for table, row in rows):
        return Changes(latest, {}, lost=True)
    return _gathered(latest, [row for row in rows if row[0] != "pruned"])


def _not_after(first: str, second: str) -> bool:
    """Whether all that the first snapshot sees, the second sees too."""
    _, first_end, first_open = _parsed(first)
    _, second_end, second_open = _parsed(second)
    return first_end <= second_end and all(xid in first_open for xid in second_open if xid < first_end)


def _parsed(snapshot: str) -> tuple[int, int, frozenset[int]]:
    start, end, under_way = snapshot.split(":")
    return int(start), int(end), frozenset(int(xid) for xid in under_way.split(",") if xid)


def _gathered(latest: Moment, rows: list[tuple[str, int | None]]) -> Changes:
    by_table: dict[str, set[int] | None] = {}
    for table, row_id in rows:
        if not table:
            return Changes(latest, {}, lost=True)
        ids = by_table.setdefault(table, set())
        if row_id is None:
            by_table[table] = None
        elif ids is not None:
            ids.add(row_id)
    return Changes(latest, by_table)


def prune(keep: int | None = None) -> int:
    """Deletes log rows beyond the newest `keep` (default KEEP), oldest first, some at once; returns how many.

    On PostgreSQL a row is left that tells which transactions' changes are gone, for a process still before them.
    """
    keep = KEEP if keep is None else keep
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"DELETE FROM {LOG} WHERE id IN (SELECT id FROM {LOG} WHERE id <= (SELECT MAX(id) FROM {LOG}) - %s"
                " ORDER BY id LIMIT %s)",
                [keep, _PRUNE_AT_ONCE],
            )
            return int(cursor.rowcount)
        cursor.execute(
            f"WITH old AS (SELECT id, table_name FROM {LOG}"
            f" WHERE id <= (SELECT max(id) FROM {LOG}) - %s"
            " AND mark < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            " ORDER BY mark, id LIMIT %s FOR UPDATE SKIP LOCKED),"
            f" gone AS (DELETE FROM {LOG} WHERE id IN (SELECT id FROM old)"
            " AND EXISTS (SELECT 1 FROM old WHERE table_name <> 'pruned')"
            " RETURNING CASE table_name WHEN 'pruned' THEN row_id ELSE mark + 1 END AS told)"
            f" INSERT INTO {LOG} (table_name, row_id, mark)"
            " SELECT 'pruned', max(told), pg_current_xact_id()::text::bigint FROM gone HAVING count(*) > 0"
            " RETURNING (SELECT count(*) FROM gone)",
            [keep, _PRUNE_AT_ONCE],
        )
        found = cursor.fetchone()
        return int(found[0]) if found else 0
