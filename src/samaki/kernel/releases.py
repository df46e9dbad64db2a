"""Figures that are never counted when somebody asks: they are released at fixed days, and everybody reads the same.

What a survivor said may stand in a figure; a figure that moved when she spoke would tell him that she did. A journey
registers where the last release of such an indicator stands; the results engine hands it on as it is, to everyone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from samaki.kernel.registry import Registry

Key = tuple[tuple[str, str], ...]  # dimension and value, in the order of the dimensions' names; () is the whole


@dataclass(frozen=True)
class Released:
    """One cell as it was released. `numerator` None where nobody knows; `suppressed`: it may not be shown."""

    numerator: int | None
    denominator: int | None
    unknown: int | None
    suppressed: bool = False


@dataclass(frozen=True)
class ReleasedTable:
    """All that was released as of a day. `apart` are numbers of the whole that stand beside and are never added, None
    where one may not be shown."""

    as_of: dt.date
    cells: Mapping[Key, Released]
    apart: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class ReleaseSource:
    """`key` is the word an indicator's `released` names; `latest` answers the id of a programme, None where nothing was
    released yet. Each of the `dimensions` is told by itself, none crossed."""

    key: str
    dimensions: tuple[str, ...]
    latest: Callable[[int], ReleasedTable | None]


release_sources: Registry[ReleaseSource] = Registry("source of releases")
