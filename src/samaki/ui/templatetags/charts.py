from __future__ import annotations

from collections.abc import Mapping

from django import template

from samaki.ui.charts import Chart, TileMap
from samaki.ui.charts.tiles import short

register = template.Library()
register.filter("short", short)


@register.inclusion_tag("ui/chart.html")
def chart(chart: Chart) -> Mapping[str, object]:
    """A chart with its finding, its key and, opened by a tap, its table."""
    return {"chart": chart}


@register.inclusion_tag("ui/tile_map.html")
def tile_map(tiles: TileMap) -> Mapping[str, object]:
    return {"tiles": tiles}
