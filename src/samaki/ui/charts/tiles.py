"""The tile map: the 25 provinces as equal tiles, roughly where they lie. No borders to license, never a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from samaki.ui import words
from samaki.ui.charts.drawing import Number, highest, in_words
from samaki.ui.tables import Column, Entry, Table

# NCDD code → row and column, west to east and north to south; laid out for this project.
PLACES = {
    "22": (1, 3), "13": (1, 5), "19": (1, 6), "16": (1, 7),
    "01": (2, 1), "17": (2, 2), "06": (2, 4), "10": (2, 5), "11": (2, 7),
    "24": (3, 1), "02": (3, 2), "15": (3, 3), "04": (3, 4), "03": (3, 5), "25": (3, 6),
    "09": (4, 2), "05": (4, 3), "12": (4, 4), "08": (4, 5), "14": (4, 6), "20": (4, 7),
    "18": (5, 2), "07": (5, 3), "21": (5, 4), "23": (6, 3),
}  # fmt: skip


@dataclass(frozen=True)
class Tile:
    code: str
    name: str
    value: Number | None = None
    suppressed: bool = False
    href: str = ""


@dataclass(frozen=True)
class PlacedTile:
    tile: Tile
    row: int
    column: int
    level: int  # 0 nothing or unknown, 1–4 quarters of the highest value
    shown: str


@dataclass(frozen=True)
class TileMap:
    finding: str
    rows: tuple[tuple[PlacedTile | None, ...], ...]
    table: Table


def tile_map(tiles: Mapping[str, Tile], *, finding: str, caption: str, csv: str = "", blank: str = "") -> TileMap:
    """`tiles` by the province's two-digit code; every province must be there, with `value` None where it is unknown.

    `blank` is printed instead of "unknown" where a province has no number because the programme does not work there.
    Raises KeyError for a province that is missing.
    """
    top = highest([t.value for t in tiles.values() if t.value is not None and not t.suppressed])
    last = max(column for _row, column in PLACES.values())
    grid: dict[tuple[int, int], PlacedTile] = {}
    for code, (row, column) in PLACES.items():
        tile = tiles[code]
        empty = tile.value is None or tile.suppressed
        level = 0 if tile.value is None or empty or not tile.value else min(4, 1 + int(4 * tile.value / top * 0.999))
        shown = blank if blank and tile.value is None and not tile.suppressed else in_words(tile.value, tile.suppressed)
        grid[row, column] = PlacedTile(tile, row, column, level, shown)
    rows = tuple(
        tuple(grid.get((row, column)) for column in range(1, last + 1))
        for row in range(1, 1 + max(r for r, _c in PLACES.values()))
    )
    table = Table(
        caption,
        [Column(_("Province")), Column(_("Code")), Column(_("Value"), True)],
        [
            [Entry(t.tile.name, t.tile.href), Entry(t.tile.code), Entry(t.shown)]
            for t in sorted(grid.values(), key=lambda placed: placed.tile.code)
        ],
        csv=csv,
    )
    return TileMap(finding, rows, table)


def short(value: Number | None) -> str:
    """A number short enough for a tile."""
    if value is None:
        return ""
    return words.number(value) if value < 10_000 else f"{value / 1000:,.0f}k"
