"""Parts that strands add to a programme's report, as tables that any format can print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from samaki.kernel.actors import AnyActor
from samaki.kernel.registry import Registry


@dataclass(frozen=True)
class SectionTable:
    """A table with a title; cells are numbers or text in the reader's language, None prints as unknown."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int | float | str | None, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class ReportSection:
    """`write(actor, programme key, period key)` answers what this reader may have printed, nothing where there is none.

    Counts in it have passed the door: they come from figures.
    """

    key: str
    write: Callable[[AnyActor, str, str], Sequence[SectionTable]]


report_sections: Registry[ReportSection] = Registry("report section")
