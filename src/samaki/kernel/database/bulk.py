"""Writing many rows at once without the ORM: plain values in, one statement a batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import chain

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

BATCH = 20_000
ROWS_AT_ONCE, PARAMETERS = 500, 30_000  # SQLite takes 32,766 parameters


def insert_columns(model: type[models.Model], columns: Mapping[str, Sequence[object]]) -> None:
    """Inserts rows given by column: column name of the table → values, all equally long, as the driver takes them.

    Dates and aware times may be given as such. Call in a transaction. Constraints and triggers of the table apply;
    signals, defaults and `auto_now` do not.
    """
    names = list(columns)
    size = len(columns[names[0]])
    quoted = [connection.ops.quote_name(name) for name in names]
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            _insert_into_sqlite(cursor, table, quoted, list(columns.values()))
            return
        types = {field.column: field.db_type(connection) for field in model._meta.concrete_fields}
        arrays = ", ".join(f"%s::{types[name]}[]" for name in names)
        statement = f"INSERT INTO {table} ({', '.join(quoted)}) SELECT * FROM unnest({arrays})"  # noqa: S608  # names of models
        for start in range(0, size, BATCH):
            cursor.execute(statement, [list(values[start : start + BATCH]) for values in columns.values()])


def _insert_into_sqlite(
    cursor: CursorWrapper, table: str, names: Sequence[str], columns: Sequence[Sequence[object]]
) -> None:
    """Some hundred rows a statement: where a table has triggers, each statement opens a journal of its own, and row by
    row that is most of the work."""
    size, many = len(columns[0]), min(ROWS_AT_ONCE, PARAMETERS // len(names))
    rows = list(zip(*(_as_sqlite_has_it(values) for values in columns), strict=True))
    marks = f"({', '.join(['%s'] * len(names))})"
    for start in range(0, size, many):
        some = rows[start : start + many]
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES {', '.join([marks] * len(some))}"  # noqa: S608  # names of models
        cursor.execute(statement, list(chain.from_iterable(some)))


def _as_sqlite_has_it(values: Sequence[object]) -> Sequence[object]:
    """Dates and times as Django keeps them there; a column of anything else as it is."""
    if not isinstance(next((value for value in values if value is not None), None), dt.date):
        return values
    known = {value: _as_text(value) for value in set(values)}
    return [known[value] for value in values]


def _as_text(value: object) -> object:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value and str(value)
