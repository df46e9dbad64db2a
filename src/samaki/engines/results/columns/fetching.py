# ruff: noqa: S608  # names of tables and columns come from models, never from a reader
"""Reads database tables as arrays of integers, the quick way of each database."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from django.db import connection

from samaki.kernel.measures import NOTHING, Array, Choice, Column, Date, Derived, Flag, Link, Number, Table, Text

_CHUNK = 500  # ids asked for at once
_COPY_HEADER = 19  # bytes: signature, flags, length of an empty extension


def stored(table: Table) -> tuple[Column, ...]:
    """The columns that the database holds."""
    return tuple(column for column in table.columns if not isinstance(column, Derived))


def _expression(table: Table, column: Column) -> str:
    """SQL that gives the column as an integer, never null."""
    if isinstance(column, Flag):
        return f"CASE WHEN {column.condition} THEN 1 ELSE 0 END"
    if isinstance(column, Link) and column.expression:
        return f"COALESCE({column.expression}, {NOTHING})"
    name = f't."{table.model._meta.get_field(column.name).column}"'
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


def _key(table: Table) -> str:
    return f't."{table.model._meta.pk.column}"'


def _numbers(table: Table) -> tuple[Column, ...]:
    return tuple(column for column in stored(table) if not isinstance(column, Text))


def _texts(table: Table) -> tuple[Text, ...]:
    return tuple(column for column in stored(table) if isinstance(column, Text))


def _named(table: Table, column: Text) -> str:
    return f't."{table.model._meta.get_field(column.name).column}"'


def whole(table: Table) -> tuple[dict[str, Array], dict[str, list[str | None]]]:
    """Every row in the order of its id: numbers by column (`id` among them), and texts by column."""
    numbers = _numbers(table)
    select = ", ".join([_key(table), *(_expression(table, column) for column in numbers)])
    source = f'"{table.key}" t ORDER BY {_key(table)}'
    read = _copied if connection.vendor == "postgresql" else _iterated
    block = read(f"SELECT {select} FROM {source}", 1 + len(numbers))
    arrays = {name: block[:, at] for at, name in enumerate(["id", *(column.name for column in numbers)])}
    texts: dict[str, list[str | None]] = {}
    if _texts(table):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(_named(table, column) for column in _texts(table))} FROM {source}")
            rows = cursor.fetchall()
        texts = {column.name: [row[at] for row in rows] for at, column in enumerate(_texts(table))}
    return arrays, texts


def some(table: Table, ids: Sequence[int]) -> tuple[dict[str, Array], dict[str, list[str | None]]]:
    """As `whole`, for the rows of these ids that are still there."""
    numbers, texts = _numbers(table), _texts(table)
    select = ", ".join(
        [_key(table), *(_expression(table, column) for column in numbers), *(_named(table, column) for column in texts)]
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


def _iterated(sql: str, width: int) -> Array:
    connection.ensure_connection()
    rows = connection.connection.execute(sql)
    return np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int64).reshape(-1, width)


def _copied(sql: str, width: int) -> Array:
    """PostgreSQL's binary COPY: per row a field count, and per field a length and a big-endian bigint."""
    connection.ensure_connection()
    typed = ", ".join(f"c{at}::bigint" for at in range(width))
    names = ", ".join(f"c{at}" for at in range(width))
    with connection.connection.cursor() as cursor:
        with cursor.copy(f"COPY (SELECT {typed} FROM ({sql}) AS s ({names})) TO STDOUT (FORMAT BINARY)") as copy:
            data = b"".join(bytes(part) for part in copy)
    layout = np.dtype(
        [
            ("fields", ">i2"),
            *((f"{part}{at}", kind) for at in range(width) for part, kind in (("length", ">i4"), ("value", ">i8"))),
        ]
    )
    rows = np.frombuffer(
        data, dtype=layout, offset=_COPY_HEADER, count=(len(data) - _COPY_HEADER - 2) // layout.itemsize
    )
    block = np.empty((len(rows), width), dtype=np.int64)
    for at in range(width):
        block[:, at] = rows[f"value{at}"]
    return block
