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
        connection.begin_as_reader = True  # type: ignore[attr-defined]  # our own backend's
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # Nobody writes in it: what it sees is committed.
        connection.in_read_snapshot = True  # type: ignore[attr-defined]  # our own mark
        try:
            yield
        finally:
            connection.in_read_snapshot = False  # type: ignore[attr-defined]  # our own mark
