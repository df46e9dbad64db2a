"""What was promised, by which office and by when: kept in memory of the process, for this is a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from samaki.kernel.actors import AnyActor
from samaki.kernel.form_handlers import (
    Choice,
    Entry,
    FormHandler,
    HandlerField,
    Handling,
    Kind,
    RecordOf,
    form_handlers,
)
from samaki.kernel.policy import Action

TAKEN: dict[str, Entry] = {}


def take(entries: Sequence[Entry], handling: Handling) -> None:
    TAKEN.update({entry.origin: entry for entry in entries})


def take_back(origins: Sequence[str], handling: Handling, by: AnyActor) -> None:
    for origin in origins:
        TAKEN.pop(origin, None)


def find(origins: Sequence[str]) -> Mapping[str, RecordOf]:
    return {}


form_handlers.register(
    FormHandler(
        key="commitment",
        label="Commitment",
        action=Action.RECORD_ACTIVITY,
        fields=(
            HandlerField("office", "Which office", Kind.TEXT, required=True),
            HandlerField("promise", "What was promised", Kind.TEXT, required=True),
            HandlerField("by_when", "By when", Kind.TEXT),
            HandlerField(
                "voiced",
                "How it was voiced",
                Kind.CHOICE,
                True,
                choices=(Choice("aloud", "Aloud"), Choice("w", "Written")),
            ),
            HandlerField("witness", "Who heard it", Kind.TEXT, repeat="witnesses"),
        ),
        take=take,
        take_back=take_back,
        find=find,
        job=4,
    )
)
