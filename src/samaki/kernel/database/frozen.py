"""Rows that stand as they are once what they belong to is agreed or published, held by the database on both vendors.

The operations ask first and say why; the triggers are for whatever goes round them: a console, a script, a defect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, models, transaction

from samaki.kernel.registry import Registry

FROZEN = "samaki: this stands as it was agreed"


@dataclass(frozen=True)
class FrozenRows:
    """Rows of the model are neither added, changed nor removed while their holder is `frozen`: an SQL condition on
    {holder}, such as {holder}."state" <> 'draft'. `path` leads from a row to its holder by foreign keys, one name after
    the other; empty: the row itself, of which then only `columns` stand (and the row is not removed)."""

    model: type[models.Model]
    path: tuple[str, ...]
    frozen: str
    columns: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.model._meta.db_table}_frozen"


frozen_rows: Registry[FrozenRows] = Registry("frozen rows")


def install() -> None:
    """Lays the triggers anew; again and again without harm. See `transitions.install`."""
    there = set(connection.introspection.table_names())
    with transaction.atomic(), connection.cursor() as cursor:
        for rows in frozen_rows:
            if rows.model._meta.db_table in there:
                for event in ("insert", "update", "delete"):
                    if rows.path or event != "insert":
                        for statement in _statements(rows, event):
                            cursor.execute(statement)


def _statements(rows: FrozenRows, event: str) -> Iterator[str]:
    table, name, when = rows.model._meta.db_table, f"{rows.key}_{event}", _when(rows, event)
    if connection.vendor == "postgresql":
        gone = "OLD" if event == "delete" else "NEW"
        yield (
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN '
            f"RAISE EXCEPTION '{FROZEN}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            f"RETURN {gone}; END $$"
        )
        yield (
            f'CREATE OR REPLACE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{name}"()'
        )
    else:
        yield f'DROP TRIGGER IF EXISTS "{name}"'
        yield (
            f'CREATE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{FROZEN}') WHERE {when}; END"
        )


def _when(rows: FrozenRows, event: str) -> str:
    if not rows.path:
        frozen = rows.frozen.format(holder="OLD")
        if event == "delete":
            return frozen
        differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
        changed = " OR ".join(f'(NEW."{column}" {differs} OLD."{column}")' for column in rows.columns)
        return f"({frozen}) AND ({changed})"
    sides = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[event]
    return " OR ".join(_held(rows, side) for side in sides)


def _held(rows: FrozenRows, row: str) -> str:
    """Whether the holder of this side of the row is frozen."""
    model, tables, at, conditions = rows.model, [], row, []
    for depth, name in enumerate(rows.path):
        key = model._meta.get_field(name)
        assert isinstance(key, models.ForeignKey)  # a path is made of them
        model, alias = key.related_model, f"h{depth}"
        tables.append(f'"{model._meta.db_table}" AS {alias}')
        conditions.append(f'{alias}.id = {at}."{key.column}"')
        at = alias
    told = " AND ".join([*conditions, rows.frozen.format(holder=at)])
    return f"EXISTS (SELECT 1 FROM {', '.join(tables)} WHERE {told})"  # noqa: S608  # names of our own tables
