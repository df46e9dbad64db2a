"""The last release of a figure, as everybody reads it (T1: it is published)."""

from __future__ import annotations

from collections.abc import Mapping

from samaki.journeys.cessation.models import Release
from samaki.journeys.cessation.rules import K
from samaki.kernel.releases import Key, Released, ReleasedTable
from samaki.strands.counselling.course import WINDOWS

HIDDEN = Released(None, None, None, suppressed=True)
APART, COVERAGE = "apart", "follow_up_coverage"


def latest(source: str, programme_id: int) -> ReleasedTable | None:
    found = Release.objects.filter(programme=programme_id, source=source).order_by("-as_of").first()
    return None if found is None else _table(found)


def _table(found: Release) -> ReleasedTable:
    content = dict(found.content)
    apart = dict(content.pop(APART))
    pending, undated = content[""][""]["pending"], apart.pop("undated")
    cells: dict[Key, Released] = {}
    for name, parts in content.items():
        for value, numbers in (parts or {}).items():
            told = _windows(numbers, None if name else undated) if found.source == COVERAGE else _cases(numbers)
            cells[((name, value),) if name else ()] = told
    if found.source != COVERAGE:
        apart |= {"pending": None if 0 < pending < K else pending}
    return ReleasedTable(found.as_of, cells, apart)


def _windows(numbers: Mapping[str, int], undated: int | None) -> Released:
    """Of closed windows; `undated` are cases of which nobody can say when theirs close."""
    whole, part = numbers["whole"], numbers["part"]
    if 0 < whole < K * len(WINDOWS):
        return HIDDEN
    return Released(part or None, whole or None, undated)


def _cases(numbers: Mapping[str, int]) -> Released:
    """A case counts as known when it is told; while nobody is told to have spoken, the numerator is unknown, not 0."""
    whole, known = numbers["whole"], numbers["part"] + numbers["against"]
    if 0 < whole < K:
        return HIDDEN
    unknown = whole - numbers["pending"] - known
    is_small = 0 < unknown < K or 0 < numbers["pending"] < K
    return Released(numbers["part"] if known else None, whole, None if is_small else unknown)
