"""Claiming keys: rows are inserted unless somebody had them first, and the database says which are ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from django.db import connection, models

ROWS_AT_ONCE = 500


def claim(
    model: type[models.Model], columns: Mapping[str, Sequence[object]], *, returning: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Inserts rows given by column, leaving out those that break a unique constraint, and returns `returning` of the
    rows inserted, in no order. Two processes claiming one key wait for each other: exactly one gets it.

    Dates, aware times and bytes may be given as such. Call in a transaction; defaults and `auto_now` do not apply.
    """
    names = list(columns)
    table = connection.ops.quote_name(model._meta.db_table)
    into = ", ".join(connection.ops.quote_name(name) for name in names)
    back = ", ".join(connection.ops.quote_name(name) for name in returning)
    rows = list(zip(*columns.values(), strict=True))
    found: list[tuple[Any, ...]] = []
    marks = f"({', '.join(['%s'] * len(names))})"
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            cursor.execute(
                f"INSERT INTO {table} ({into}) VALUES {', '.join([marks] * len(some))} "  # noqa: S608  # names of models
                f"ON CONFLICT DO NOTHING RETURNING {back}",
                [_stored(value) for value in chain.from_iterable(some)],
            )
            found += cursor.fetchall()
    return found


def _stored(value: object) -> Any:
    """As the driver takes it: SQLite keeps times and dates as Django writes them."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, dt.date):
        return connection.ops.adapt_datefield_value(value)
    return value
