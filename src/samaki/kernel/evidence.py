"""What stands behind a figure, offered by the ground and the strands: their indicators and how their rows read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.functional import Promise

from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action
from samaki.kernel.registry import Registry


@dataclass(frozen=True)
class IndicatorFile:
    """A TOML file of indicator definitions beside whoever owns them; `key` is the owner (strands.counselling)."""

    key: str
    path: Path


Describe = Callable[[Sequence[int]], Mapping[int, Mapping[str, object]]]
Shut = Callable[[AnyActor], frozenset[int]]


@dataclass(frozen=True)
class RowSource:
    """How the rows behind a measure read. `key` is the measure's; `action` is what their reader must be allowed.

    `columns` are pairs of key and label. `describe` takes ids of rows and answers, by a fixed number of queries, what
    stands in each column; never a name or a phone. Rows that are gone are left out.
    `shut` gives the rows that one reader may not see though her role reaches them; they are left out of the page.
    """

    key: str
    action: Action
    columns: tuple[tuple[str, str | Promise], ...]
    describe: Describe
    shut: Shut | None = None


indicator_files: Registry[IndicatorFile] = Registry("file of indicators")
row_sources: Registry[RowSource] = Registry("source of rows")
