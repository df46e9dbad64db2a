"""Columns of a workbook that say where: province, district, commune, by name or code, and the places they mean."""

from __future__ import annotations

from collections.abc import Sequence

from samaki.ground.places.models import Level
from samaki.ground.places.queries import KnownPlace, Path, PathFound, ancestors, find, find_paths
from samaki.kernel.tables import Column, Table
from samaki.kernel.tables.cells import text

SUGGESTED = 6

PROVINCE = Column(
    "province",
    "Province",
    "ខេត្ត",
    text(120),
    ("province/capital", "khet", "រាជធានី/ខេត្ត", "ខេត្ត/រាជធានី", "province code", "លេខកូដខេត្ត"),
    help_en="Name or code. Optional.",
    help_km="ឈ្មោះ ឬលេខកូដ។ មិនចាំបាច់។",
)
DISTRICT = Column(
    "district",
    "District",
    "ស្រុក",
    text(120),
    ("srok", "khan", "district/khan/krong", "ស្រុក/ខណ្ឌ/ក្រុង", "ស្រុក/ខណ្ឌ", "ក្រុង/ស្រុក/ខណ្ឌ", "district code", "លេខកូដស្រុក"),
    help_en="Name or code. Needed where several communes have one name.",
    help_km="ឈ្មោះ ឬលេខកូដ។ ត្រូវការនៅពេលដែលឃុំច្រើនមានឈ្មោះដូចគ្នា។",
)
COMMUNE = Column(
    "commune",
    "Commune",
    "ឃុំ/សង្កាត់",
    text(120),
    ("commune/sangkat", "khum", "sangkat", "ឃុំ", "សង្កាត់", "commune code", "លេខកូដឃុំ", "commune name", "ឈ្មោះឃុំ"),
    required=True,
    help_en="Name or code of the commune.",
    help_km="ឈ្មោះ ឬលេខកូដឃុំ/សង្កាត់។",
    width=22,
)
PLACE_COLUMNS = (PROVINCE, DISTRICT, COMMUNE)
_KEY_OF = {Level.PROVINCE: "province", Level.DISTRICT: "district", Level.COMMUNE: "commune", Level.VILLAGE: "village"}


def places_of(table: Table, *, village: bool = False) -> list[int | None]:
    """The place of each row by key, None where nothing is written or a fault is noted. An unknown or shared name is a
    fault with suggestions, never a guess."""
    size = len(table)
    blank: Sequence[object] = [None] * size
    parts = [table.columns.get(key, blank) for key in ("province", "district", "commune")]
    parts.append(table.columns.get("village", blank) if village else blank)
    paths = [Path(*(str(part or "") for part in row)) for row in zip(*parts, strict=True)]
    found: list[int | None] = []
    for row, answer in enumerate(find_paths(paths)):
        lowest = "village" if village and paths[row].village else "commune"
        if answer.problem is not None:
            _note(table, row, answer)
            found.append(None)
        elif answer.place is not None and not paths[row].commune and not paths[row].village:
            found.append(None)  # a province alone names no place; an empty commune is a fault of its own
        elif answer.place is not None and answer.place.level < Level.COMMUNE:
            table.fault(row, lowest, "place_unknown")
            found.append(None)
        else:
            found.append(answer.place.id if answer.place else None)
    return found


def _note(table: Table, row: int, answer: PathFound) -> None:
    column = _KEY_OF[Level(answer.level or Level.COMMUNE)]
    if answer.found.places:
        table.fault(row, column, "place_twice", suggestions=_written(answer.found.places))
        return
    near = answer.found.suggestions
    if column == "commune":  # the name of a district or province may have slipped into the column
        wider = find(str(table.columns[column][row])).suggestions
        near += tuple(place for place in wider if place.level < Level.COMMUNE)
    if near:
        table.fault(row, column, "place_near", suggestions=_written(near))
    else:
        table.fault(row, column, "place_unknown")


def _written(places: Sequence[KnownPlace]) -> str:
    """Each with its code and what it lies in: "Svay (040512, Rolea B'ier, Kampong Chhnang)"."""
    named = []
    for place in places[:SUGGESTED]:
        above = [area.name_latin for area in reversed(ancestors(place.id))]
        named.append(f"{place.name_km} {place.name_latin} ({', '.join([place.code, *above])})")
    if len(places) > SUGGESTED:
        named.append("…")
    return "; ".join(named)


__all__ = ["COMMUNE", "DISTRICT", "PLACE_COLUMNS", "PROVINCE", "places_of"]
