"""Who takes part in a programme: people belong to an organisation, and the nouns above them say where they were."""

from __future__ import annotations

from collections.abc import Callable, Collection

TakingPart = Callable[[int, Collection[int]], frozenset[int]]  # programme, person ids → those who take part
_told_by: list[TakingPart] = []


def tells(source: TakingPart) -> TakingPart:
    """Registers one way to take part; to take part by any is enough."""
    _told_by.append(source)
    return source


def taking_part(programme_id: int, person_ids: Collection[int]) -> frozenset[int]:
    """Of these records, those that stand somewhere in the programme."""
    found: set[int] = set()
    for source in _told_by:
        left = frozenset(person_ids) - found
        if left:
            found |= source(programme_id, left)
    return frozenset(found)


_known_by: list[TakingPart] = []


def knows(source: TakingPart) -> TakingPart:
    """Registers one way to be known by name in a programme without taking part: who is vetted, leads, or learned."""
    _known_by.append(source)
    return source


def known(programme_id: int, person_ids: Collection[int]) -> bool:
    """Whether the programme knows one of these records, by taking part or otherwise."""
    return any(source(programme_id, person_ids) for source in (*_told_by, *_known_by))
