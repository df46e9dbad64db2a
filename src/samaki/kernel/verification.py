"""Records that came from the field and wait for a verifier's word: told by whoever keeps what was sent, asked beside
figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from samaki.kernel.registry import Registry


@dataclass(frozen=True)
class OriginPath:
    """Where the rows of a table (`key`) say what they came from, as a path of fields joined by two underscores. A table
    with an `origin` of its own needs none."""

    key: str
    path: str


@dataclass(frozen=True)
class Waiting:
    """What nobody has verified yet. `origins(programme_id, organisation_ids, at_most)` answers, by one query, the
    origins of such records, the latest first; organisations None are all of them."""

    key: str
    origins: Callable[[int, frozenset[int] | None, int], Sequence[str]]


origin_paths: Registry[OriginPath] = Registry("path to an origin")
waiting: Registry[Waiting] = Registry("keeper of what waits for verification")
