"""Many rows at once without the ORM: plain values in, one statement a batch, whatever the number of rows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models import F, Lookup

BATCH = 20_000
ROWS_AT_ONCE, PARAMETERS = 500, 30_000  # SQLite takes 32,766 parameters
MANY = 50  # rows from which a statement is made for what they share


class _Among(Lookup[Any]):
    """As `in`, with all values in one parameter."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, parameters = self.process_lhs(compiler, connection)
        condition, values = among_sql(left, self.rhs)
        return condition, [*parameters, values]


def among_sql(column: str, values: Collection[int] | Collection[str]) -> tuple[str, list[Any] | str]:
    """The condition that the column is one of the values, in SQL, and its one parameter."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", list(values)
    return f"{column} IN (SELECT value FROM json_each(%s))", json.dumps(list(values))  # noqa: S608  # a column's name


def among(field: str, values: Collection[int] | Collection[str]) -> Lookup[Any]:
    """A condition for `filter`: the field is one of the values, of which there may be any number."""
    return _Among(F(field), frozenset(values))


def rows_among(
    model: type[models.Model],
    columns: Sequence[str],
    by: str,
    values: Collection[int] | Collection[str],
    where: Mapping[str, int | str] = MappingProxyType({}),
) -> list[tuple[Any, ...]]:
    """Columns of the rows whose column `by` is one of the values and whose columns of `where` are as given (no null).

    As the driver has them, without the ORM's price for each query: a phone waits for a dozen. Dates are dates on both
    databases, a truth may be 0 or 1.
    """
    if not values:
        return []
    quoted = connection.ops.quote_name
    chosen, parameter = among_sql(quoted(by), values)
    conditions = " AND ".join([chosen, *(f"{quoted(name)} = %s" for name in where)])
    named = ", ".join(quoted(name) for name in columns)
    statement = f"SELECT {named} FROM {quoted(model._meta.db_table)} WHERE {conditions}"  # noqa: S608  # names of models
    with connection.cursor() as cursor:
        cursor.execute(statement, [parameter, *where.values()])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def reserve_ids(model: type[models.Model], number: int) -> list[int]:
    """Keys for so many rows to be inserted, which nobody else is given. Call in a transaction that writes."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, number]
            )
            return [key for (key,) in cursor.fetchall()]
        # One writer at a time: what was given last stays so until this transaction ends.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        (last,) = cursor.fetchone() or (0,)
    return list(range(last + 1, last + 1 + number))


def insert_columns(model: type[models.Model], columns: Mapping[str, Sequence[object]]) -> None:
    """Inserts rows given by column: column name of the table → values, all equally long, as the driver takes them.

    Dates and aware times may be given as such; a column left out has its field's default. Call in a transaction.
    Constraints and triggers of the table apply; signals and `auto_now` do not.
    """
    size = len(next(iter(columns.values())))
    columns = {**columns, **_defaults(model, columns, size)}
    names = tuple(columns)
    into = _into(model, names)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            _insert_into_sqlite(cursor, into, list(columns.values()))
            return
        statement = f"{into} SELECT * FROM unnest({_arrays(model, names)})"  # noqa: S608  # names of models
        for start in range(0, size, BATCH):
            cursor.execute(statement, [list(values[start : start + BATCH]) for values in columns.values()])


def update_columns(
    model: type[models.Model],
    ids: Sequence[int],
    revisions: Sequence[int],
    columns: Mapping[str, Sequence[object]],
) -> frozenset[int]:
    """Gives the rows `ids`, read at `revisions`, new values by column, and each the next revision.

    Where somebody saved any of them after it was read, none is changed and the keys of those she saved are returned.
    Call in a transaction.
    """
    if not ids:
        return frozenset()
    rows = model._default_manager.select_for_update(no_key=True).filter(among("pk", ids)).order_by("pk")
    now = dict(rows.values_list("pk", "revision"))
    stale = frozenset(key for key, was in zip(ids, revisions, strict=True) if now.get(key) != was)
    if stale:
        return stale
    names = list(columns)
    table = connection.ops.quote_name(model._meta.db_table)
    own = [connection.ops.quote_name(name) for name in names]
    values = [*columns.values(), list(ids)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            new = [f"v{at}" for at in range(len(own))]
            told = ", ".join(f"{name} = given.{value}" for name, value in zip(own, new, strict=True))
            statement = (
                f"UPDATE {table} AS kept SET {told}, revision = kept.revision + 1 "  # noqa: S608  # names of models
                f"FROM unnest({_arrays(model, [*names, 'id'])}) AS given({', '.join([*new, 'id'])}) "
                "WHERE kept.id = given.id"
            )
            for start in range(0, len(ids), BATCH):
                cursor.execute(statement, [list(column[start : start + BATCH]) for column in values])
        else:
            told = ", ".join(f"{name} = %s" for name in own)
            statement = f"UPDATE {table} SET {told}, revision = revision + 1 WHERE id = %s"  # noqa: S608  # names of models
            cursor.executemany(statement, list(zip(*(_as_sqlite_has_it(column) for column in values), strict=True)))
    return frozenset()


def _defaults(model: type[models.Model], columns: Collection[str], size: int) -> dict[str, Sequence[object]]:
    found: dict[str, Sequence[object]] = {}
    for name, field in _with_defaults(model):
        if name not in columns:
            value = field.get_default()
            found[name] = [value.value if isinstance(value, Enum) else value] * size
    return found


@cache
def _with_defaults(model: type[models.Model]) -> tuple[tuple[str, models.Field[Any, Any]], ...]:
    fields = model._meta.concrete_fields
    return tuple((str(field.column), field) for field in fields if field.has_default() and not field.primary_key)


@cache
def _into(model: type[models.Model], names: tuple[str, ...]) -> str:
    quoted = ", ".join(connection.ops.quote_name(name) for name in names)
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({quoted})"


def _arrays(model: type[models.Model], names: Sequence[str]) -> str:
    types = _types(model)
    return ", ".join(f"%s::{types[name]}[]" for name in names)


@cache
def _types(model: type[models.Model]) -> Mapping[str, str | None]:
    """Column → type, as PostgreSQL names it."""
    return {str(field.column): field.db_type(connection) for field in model._meta.concrete_fields}


def _insert_into_sqlite(cursor: CursorWrapper, into: str, columns: Sequence[Sequence[object]]) -> None:
    """Some hundred rows a statement: where a table has triggers, each statement opens a journal of its own, and row by
    row that is most of the work."""
    size = len(columns[0])
    if size > MANY:
        _insert_many_into_sqlite(into, columns)
        return
    rows = list(zip(*(_as_sqlite_has_it(values) for values in columns), strict=True))
    marks = f"({', '.join(['%s'] * len(columns))})"
    many = min(ROWS_AT_ONCE, PARAMETERS // len(columns))
    for start in range(0, size, many):
        some = rows[start : start + many]
        cursor.execute(f"{into} VALUES {', '.join([marks] * len(some))}", list(chain.from_iterable(some)))


def _insert_many_into_sqlite(into: str, columns: Sequence[Sequence[object]]) -> None:
    """What all rows share is told once a statement. The statement is the driver's own from the start: Django would look
    for the sign of each of its thousands of values."""
    size = len(columns[0])
    shared = [at for at, values in enumerate(columns) if at and values.count(values[0]) == size]
    own = [values for at, values in enumerate(columns) if at not in shared]
    names = iter(range(1, len(own) + 1))
    told = ", ".join("?" if at in shared else f"v.column{next(names)}" for at in range(len(columns)))
    alike = [_as_sqlite_has_it(columns[at][:1])[0] for at in shared]
    rows = list(zip(*(_as_sqlite_has_it(values) for values in own), strict=True))
    marks = f"({', '.join('?' * len(own))})"
    many = min(ROWS_AT_ONCE, PARAMETERS // len(own))
    statement = ""
    with connection.wrap_database_errors:
        for start in range(0, size, many):
            some = rows[start : start + many]
            if not statement or len(some) < many:
                statement = f"{into} SELECT {told} FROM (VALUES {', '.join([marks] * len(some))}) AS v"  # noqa: S608  # names of models
            connection.connection.execute(statement, [*alike, *chain.from_iterable(some)])


def _as_sqlite_has_it(values: Sequence[object]) -> Sequence[object]:
    """Dates and times as Django keeps them there; a column of anything else as it is."""
    if not isinstance(next((value for value in values if value is not None), None), dt.date):
        return values
    known = {value: _as_text(value) for value in set(values)}
    return [known[value] for value in values]


def _as_text(value: object) -> object:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value and str(value)
