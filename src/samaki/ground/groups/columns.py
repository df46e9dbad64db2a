"""The column of a workbook that names a group, and the group it means."""

from __future__ import annotations

from collections import defaultdict

from rapidfuzz import fuzz, process

from samaki.ground.groups.models import Group
from samaki.kernel.policy import Action, reach
from samaki.kernel.tables import Column, Setting, Table
from samaki.kernel.tables.cells import folded, text

SUGGESTED = 3
SUGGESTED_FROM = 60.0  # likeness 0–100 below which a name is no suggestion

GROUP = Column(
    "group",
    "Group",
    "ក្រុម",
    text(200),
    ("group name", "ឈ្មោះក្រុម", "men's group", "ក្រុមបុរស", "cmg", "community men's group", "group key"),
    required=True,
    help_en="Name of the group, as your organisation wrote it in the system.",
    help_km="ឈ្មោះក្រុម ដូចក្នុងប្រព័ន្ធ។",
    width=30,
)


def groups_of(table: Table, setting: Setting, action: Action) -> list[Group | None]:
    """The group of each row within what the actor may reach by `action`; None where nothing is written or a fault is
    noted. A group out of reach is spoken of as one that is not there."""
    known = list(
        Group.objects.filter(programme=setting.programme_id, organisation=setting.organisation_id)
        .filter(reach(setting.actor, action).q(group="pk"))
        .order_by("pk")
    )
    by_name: dict[str, list[Group]] = defaultdict(list)
    for group in known:
        for name in {folded(group.key), folded(group.name_km), folded(group.name_latin)} - {""}:
            by_name[name].append(group)
    answers: dict[object, list[Group]] = {None: []}
    found: list[Group | None] = []
    for row, written in enumerate(table.columns.get("group", [None] * len(table))):
        if written not in answers:
            answers[written] = by_name.get(folded(str(written)), [])
        meant = answers[written]
        if written is not None and len(meant) != 1:
            _note(table, row, str(written), meant, known)
        found.append(meant[0] if len(meant) == 1 else None)
    return found


def _note(table: Table, row: int, written: str, meant: list[Group], known: list[Group]) -> None:
    if meant:
        table.fault(row, "group", "group_twice", suggestions=", ".join(group.key for group in meant))
        return
    names = {group.pk: f"{group.name_latin}" for group in known}
    near = process.extract(written, names, scorer=fuzz.WRatio, limit=SUGGESTED, score_cutoff=SUGGESTED_FROM)
    if near:
        table.fault(row, "group", "group_near", suggestions=", ".join(name for name, _score, _key in near))
    else:
        table.fault(row, "group", "group_unknown")
