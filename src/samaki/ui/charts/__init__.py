"""Charts drawn on the server: one sentence that says the finding, a drawing, and the same numbers as a table.

Unknown and hidden values are drawn as what they are, never as a bar of length 0. No pies, no gauges, no ranking.
"""

from samaki.ui.charts.bars import Bar, Bullet, bars, bullets, multiples
from samaki.ui.charts.drawing import Chart
from samaki.ui.charts.stacked import Stack, stacked
from samaki.ui.charts.tiles import Tile, TileMap, tile_map
from samaki.ui.charts.trend import Point, trend

__all__ = [
    "Bar",
    "Bullet",
    "Chart",
    "Point",
    "Stack",
    "Tile",
    "TileMap",
    "bars",
    "bullets",
    "multiples",
    "stacked",
    "tile_map",
    "trend",
]
