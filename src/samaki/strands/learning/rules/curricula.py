"""How versions of a curriculum differ, and how a proposal goes. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

MOST_BYTES = 10 * 1024 * 1024  # of one material: facilitators fetch it over a phone
MOST_MATERIALS = 20  # of one module
MOST_MODULES = 60
CONTENT_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "txt": "text/plain",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "mp4": "video/mp4",
}


def ending(name: str) -> str:
    """The last part of a file's name after the point, in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""


@dataclass(frozen=True)
class ModuleText:
    """What a module says, as two versions are compared by it."""

    title_km: str
    title_en: str
    aims_km: str = ""
    aims_en: str = ""
    minutes: int | None = None
    themes: frozenset[str] = frozenset()
    materials: frozenset[str] = frozenset()


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Difference:
    """One module in two versions; `before` and `after` are its numbers there, null where it is not. `what` names the
    parts that differ, "number" among them where it moved past another that stayed."""

    change: Change
    before: int | None
    after: int | None
    what: tuple[str, ...] = ()


def differences(before: Sequence[ModuleText], after: Sequence[ModuleText]) -> list[Difference]:
    """Module by module, in the later version's order, then what was taken out. A module is the same one by its title in
    either language, or else by standing at the same number between two that have no other partner."""
    partner = _partners(before, after)
    kept = sorted(partner.items())
    stayed = _longest_rising([old for _new, old in kept])
    found = []
    for new, module in enumerate(after):
        old = partner.get(new)
        if old is None:
            found.append(Difference(Change.ADDED, None, new + 1))
            continue
        what = tuple(one.name for one in fields(module) if getattr(module, one.name) != getattr(before[old], one.name))
        what += ("number",) if old not in stayed else ()
        found.append(Difference(Change.CHANGED if what else Change.SAME, old + 1, new + 1, what))
    gone = [old for old in range(len(before)) if old not in set(partner.values())]
    return found + [Difference(Change.REMOVED, old + 1, None) for old in gone]


def _partners(before: Sequence[ModuleText], after: Sequence[ModuleText]) -> dict[int, int]:
    partner: dict[int, int] = {}
    for name in ("title_en", "title_km"):
        for new, module in enumerate(after):
            title = getattr(module, name)
            free = [o for o, one in enumerate(before) if o not in partner.values() and getattr(one, name) == title]
            if title and new not in partner and free:
                partner[new] = free[0]
    for new in range(min(len(before), len(after))):
        if new not in partner and new not in partner.values():
            partner[new] = new
    return partner


def _longest_rising(numbers: Sequence[int]) -> frozenset[int]:
    """The most numbers that stand in rising order: those that did not move past each other."""
    best: list[list[int]] = []
    for at, number in enumerate(numbers):
        behind = [best[i] for i in range(at) if numbers[i] < number]
        best.append([*_longest(behind), number])
    return frozenset(_longest(best))


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=lambda run: len(run), default=[])


def outcome(steps: Iterable[str]) -> str:
    """Where a proposal stands after its answers, in their order: "proposed" until somebody discussed it, "discussed"
    until it was agreed or declined."""
    stands = "proposed"
    for step in steps:
        stands = step
    return stands


def is_decided(steps: Iterable[str]) -> bool:
    return outcome(steps) in {"agreed", "declined"}
