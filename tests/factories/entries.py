"""Filled forms, as the engine hands them to a strand's handler."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from samaki.kernel.actors import AnyActor, Role
from samaki.kernel.errors import RowsInvalid
from samaki.kernel.form_handlers import Entry, FormHandler, Handling
from tests.factories.field import NOW, Field

Rows = Mapping[str, Sequence[Mapping[str, object]]]


def an_entry(
    field: Field,
    origin: str = "submission:1",
    *,
    by: AnyActor | None = None,
    repeats: Rows | None = None,
    **values: object,
) -> Entry:
    """By default sent by a facilitator of our own organisation."""
    return Entry(origin, values, repeats or {}, by or field.actor(Role.FACILITATOR, second_factor=False), NOW)


def handling(field: Field, at: dt.datetime = NOW) -> Handling:
    return Handling(field.programme.pk, field.ours.pk, at)


def faults_of(handler: FormHandler, field: Field, *entries: Entry) -> list[tuple[int, str, str | None]]:
    """What keeps the entries from being taken: index, code and field of each fault."""
    try:
        handler.take(entries, handling(field))
    except RowsInvalid as invalid:
        return [(index, fault.code, fault.field) for index, fault in invalid.faults]
    return []
