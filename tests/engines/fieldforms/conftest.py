from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from samaki.ground.groups.models import Group
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Conflict, DomainError, Refused, RowsInvalid
from samaki.kernel.form_handlers import Entry, FormHandler, HandlerField, Handling, Kind, RecordOf, form_handlers
from samaki.kernel.policy import Action
from tests.factories.field import Field, a_field


@pytest.fixture
def field() -> Field:
    return a_field()


def _take(entries: Sequence[Entry], handling: Handling) -> None:
    """Makes a group of each visit, named by its origin; 99 women are too many, 98 break it, 97 nobody may."""
    faults: list[tuple[int, DomainError]] = [
        (index, Conflict("too_many", "Too many", field="women"))
        for index, entry in enumerate(entries)
        if entry.values.get("women") == 99
    ]
    faults += [
        (index, Refused("refused", "No")) for index, entry in enumerate(entries) if entry.values.get("women") == 97
    ]
    if faults:
        raise RowsInvalid(faults)
    for entry in entries:
        if entry.values.get("women") == 98:
            raise ZeroDivisionError
        Group.objects.update_or_create(
            key=entry.origin.replace(":", "-"),
            defaults={
                "programme_id": handling.programme_id,
                "organisation_id": handling.organisation_id,
                "kind": Group.Kind.NETWORK,
                "name_km": "ក្រុម",
                "name_latin": str(entry.values.get("women")),
                "origin": entry.origin,
            },
        )


def _take_back(origins: Sequence[str], handling: Handling, by: AnyActor) -> None:
    Group.objects.filter(origin__in=origins).delete()


def _find(origins: Sequence[str]) -> Mapping[str, RecordOf]:
    found = Group.objects.filter(origin__in=origins)
    return {group.origin: RecordOf("groups.group", group.pk) for group in found}


@pytest.fixture
def visits() -> Iterator[FormHandler]:
    """A handler that lives as long as the test."""
    handler = FormHandler(
        "visits_of_a_test",
        "Visits",
        Action.RECORD_ACTIVITY,
        (HandlerField("day", "Day", Kind.DATE, required=True), HandlerField("women", "Women", Kind.COUNT)),
        _take,
        _take_back,
        _find,
    )
    form_handlers.register(handler)
    yield handler
    form_handlers._entries.pop(handler.key)
