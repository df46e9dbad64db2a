# ruff: noqa: S608  # names of tables and columns come from models, never from a reader
"""Reads database tables as arrays of integers, the quick way of each database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import DatabaseError, connection
from django.db.models import Field
from psycopg.pq import ExecStatus

from samaki.kernel.measures import NOTHING, Array, Choice, Column, Date, Derived, Flag, Link, Number, Table, Text

_CHUNK = 500  # ids asked for at once
_AT_ONCE = 2_000_000  # rows in one text of SQLite, which holds a billion bytes at most
_BASE, _DIGIT = 0x10000, 1 << 20  # the characters that take four bytes begin at _BASE
_ARRAY_HEADER = 20  # bytes before the numbers of PostgreSQL's array of one dimension


def stored(table: Table) -> tuple[Column, ...]:
    """The columns that the database holds."""
    return tuple(column for column in table.columns if not isinstance(column, Derived))


def _expression(table: Table, column: Column) -> str:
    """SQL that gives the column as an integer, never null."""
    if isinstance(column, Flag):
        return f"CASE WHEN {column.condition} THEN 1 ELSE 0 END"
    if isinstance(column, Link) and column.expression:
        return f"COALESCE({column.expression}, {NOTHING})"
    name = _name(table, column)
    if isinstance(column, Choice):
        whens = " ".join(f"WHEN '{key}' THEN {code}" for code, key in enumerate(column.keys))
        return f"CASE {name} {whens} ELSE -1 END"
    if isinstance(column, Date):
        days = (
            f"CAST(julianday({name}) - 2440587.5 AS INTEGER)"
            if connection.vendor == "sqlite"
            else f"{name} - DATE '1970-01-01'"
        )
        return f"COALESCE({days}, {NOTHING})"
    assert isinstance(column, (Number, Link))
    return f"COALESCE({name}, {NOTHING})"


def _field(table: Table, column: Column) -> str:
    field = table.model._meta.get_field(column.name)
    assert isinstance(field, Field)
    return str(field.column)


def _key(table: Table) -> str:
    return f't."{table.model._meta.pk.column}"'


def _numbers(table: Table) -> tuple[Column, ...]:
    return tuple(column for column in stored(table) if not isinstance(column, Text))


def _texts(table: Table) -> tuple[Text, ...]:
    return tuple(column for column in stored(table) if isinstance(column, Text))


def _name(table: Table, column: Column) -> str:
    return f't."{_field(table, column)}"'


def whole(table: Table) -> tuple[dict[str, Array], dict[str, list[str | None]]]:
    """Every row in the order of its id: numbers by column (`id` among them), and texts by column."""
    numbers = _numbers(table)
    connection.ensure_connection()
    block = (_as_arrays if connection.vendor == "postgresql" else _as_text)(table, numbers)
    arrays = {name: block[:, at] for at, name in enumerate(["id", *(column.name for column in numbers)])}
    texts = _texts(table)
    if not texts:
        return arrays, {}
    names = ", ".join([_key(table), *(_name(table, column) for column in texts)])
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table.key}" t')
        rows = {row[0]: row for row in cursor.fetchall()}
    nothing = (None,) * (1 + len(texts))  # where a transaction that writes sees a row come between two statements
    found = [rows.get(row_id, nothing) for row_id in arrays["id"].tolist()]
    return arrays, {column.name: [row[at] for row in found] for at, column in enumerate(texts, 1)}


def some(table: Table, ids: Sequence[int]) -> tuple[dict[str, Array], dict[str, list[str | None]]]:
    """As `whole`, for the rows of these ids that are still there."""
    numbers, texts = _numbers(table), _texts(table)
    select = ", ".join(
        [_key(table), *(_expression(table, column) for column in numbers), *(_name(table, column) for column in texts)]
    )
    rows: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for chunk in _chunks(ids):
            listed = ",".join(str(int(number)) for number in chunk)
            cursor.execute(
                f'SELECT {select} FROM "{table.key}" t WHERE {_key(table)} IN ({listed}) ORDER BY {_key(table)}'
            )
            rows.extend(cursor.fetchall())
    width = 1 + len(numbers)
    block = np.array([row[:width] for row in rows], dtype=np.int64).reshape(-1, width)
    arrays = {name: block[:, at] for at, name in enumerate(["id", *(column.name for column in numbers)])}
    return arrays, {column.name: [row[width + at] for row in rows] for at, column in enumerate(texts)}


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))


def _as_text(table: Table, columns: Sequence[Column]) -> Array:
    """SQLite hands rows over as Python objects, slowly, but a text at once. So each number is written as one or two
    characters of 20 bits, all of four bytes in UTF-8, and read from those bytes."""
    spreads = [(_key(table), 0, _highest(table.key)), *(_spread(table, column) for column in columns)]
    digits: list[str] = []
    for expression, low, high in spreads:
        digits.append(f"{_BASE} + (({expression}) - ({low}) & {_DIGIT - 1})")
        if high - low >= _DIGIT:
            digits.append(f"{_BASE} + (({expression}) - ({low}) >> 20)")
    written = f"SELECT CAST(group_concat(char({', '.join(digits)}), '') AS BLOB), MAX({_key(table)})"
    some = f'SELECT * FROM "{table.key}" t WHERE {_key(table)} > ? ORDER BY {_key(table)} LIMIT {_AT_ONCE}'
    blocks: list[Array] = []
    after: int | None = -1
    while after is not None:
        text, after = connection.connection.execute(f"{written} FROM ({some}) AS t", [after]).fetchone()
        blocks.append(_numbers_of(text or b"").reshape(-1, len(digits)))
    read = np.concatenate(blocks)
    block = np.empty((len(spreads), len(read)), np.int64)
    at = 0
    for row, (_, low, high) in zip(block, spreads, strict=True):
        row[:] = read[:, at] + low
        at += 1
        if high - low >= _DIGIT:
            row += read[:, at].astype(np.int64) << 20
            at += 1
    return block.T


def _numbers_of(text: bytes) -> Array:
    """The 20 bits of each four-byte character."""
    bits = np.frombuffer(text, ">u4").astype(np.uint32)
    joined = (bits & 0x07000000) >> 6 | (bits & 0x003F0000) >> 4 | (bits & 0x00003F00) >> 2 | bits & 0x0000003F
    return joined.astype(np.int32) - _BASE


def _spread(table: Table, column: Column) -> tuple[str, int, int]:
    """The column's SQL and the least and greatest it can be; a null link is -1."""
    if isinstance(column, Flag):
        return _expression(table, column), 0, 1
    if isinstance(column, Choice):
        return _expression(table, column), -1, len(column.keys)
    if isinstance(column, Link):
        link = column.expression or _name(table, column)
        return f"COALESCE({link}, -1)", -1, _highest(column.to)
    return _expression(table, column), NOTHING, -NOTHING


def _highest(table: str) -> int:
    [[highest]] = connection.connection.execute(f'SELECT COALESCE(MAX(id), 0) FROM "{table}"')
    return int(highest)


def _as_arrays(table: Table, columns: Sequence[Column]) -> Array:
    """PostgreSQL's client hands rows over one by one, COPY's too; an array comes at once, in its binary form: 20 bytes
    of shape, then for each number its length and itself, big-endian."""
    expressions = [_key(table), *(_expression(table, column) for column in columns)]
    gathered = ", ".join(f"array_agg(({expression})::bigint)" for expression in expressions)
    number = np.dtype([("length", ">i4"), ("value", ">i8")])
    blocks: list[Array] = []
    after: int | None = -1
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # opens the transaction, should it have none yet
    while after is not None:
        some = f'SELECT * FROM "{table.key}" t WHERE {_key(table)} > {after} ORDER BY {_key(table)} LIMIT {_AT_ONCE}'
        sql = f"SELECT {gathered} FROM ({some}) AS t"
        found = connection.connection.pgconn.exec_params(sql.encode(), None, result_format=1)
        if found.status != ExecStatus.TUPLES_OK:
            raise DatabaseError(found.error_message.decode())
        values = [found.get_value(0, at) for at in range(len(expressions))]
        if values[0] is None:
            break
        blocks.append(
            np.array([np.frombuffer(value, number, offset=_ARRAY_HEADER)["value"] for value in values], np.int64)
        )
        after = int(blocks[-1][0, -1])
    return np.concatenate(blocks, axis=1).T if blocks else np.empty((0, len(expressions)), np.int64)
