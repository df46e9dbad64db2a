"""Both databases behave alike: writers take turns, reads see one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def read_snapshot() -> Iterator[None]:
    """Everything read inside comes from one moment and waits for no writer. Inside an open transaction: no change."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        setattr(connection, "begin_as_reader", True)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        setattr(connection, "in_read_snapshot", True)  # nobody writes in it: what it sees is committed
        try:
            yield
        finally:
            setattr(connection, "in_read_snapshot", False)
