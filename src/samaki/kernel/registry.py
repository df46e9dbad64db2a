"""Where storeys meet without importing each other: a strand registers, an engine looks up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar


class Keyed(Protocol):
    @property
    def key(self) -> str: ...


Entry = TypeVar("Entry", bound=Keyed)


class Registry(Generic[Entry]):
    """Entries by key, in the order they were registered. The same key twice is a programming error."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._entries: dict[str, Entry] = {}

    def register(self, entry: Entry) -> Entry:
        if entry.key in self._entries:
            raise ValueError(f"{self.noun} {entry.key!r} is registered twice")
        self._entries[entry.key] = entry
        return entry

    def __getitem__(self, key: str) -> Entry:
        return self._entries[key]

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)


Event = TypeVar("Event")


class Reactions:
    """Event type → the functions that answer it, called in the caller's transaction."""

    def __init__(self) -> None:
        self._answers: dict[type[object], list[Callable[[object], None]]] = {}

    def on(self, event: type[Event]) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
        def keep(answer: Callable[[Event], None]) -> Callable[[Event], None]:
            self._answers.setdefault(event, []).append(answer)  # type: ignore[arg-type]  # keyed by its own type
            return answer

        return keep

    def raise_event(self, event: object) -> None:
        for answer in self._answers.get(type(event), []):
            answer(event)

    def listed(self) -> Iterator[tuple[type[object], tuple[Callable[[object], None], ...]]]:
        for event, answers in self._answers.items():
            yield event, tuple(answers)


reactions = Reactions()
