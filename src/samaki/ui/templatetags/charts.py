from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from samaki.ui.charts import Chart, TileMap
from samaki.ui.charts.tiles import short

register = template.Library()
register.filter("short", short)

_MOST_KEPT = 512
_kept: OrderedDict[tuple[str | None, str], SafeString] = OrderedDict()


@register.simple_tag
def chart(chart: Chart) -> SafeString:
    """A chart with its finding, its key and, opened by a tap, its table. Setting it took longer than counting what it
    shows, so what was set lately is kept: the same chart in the same language is the same text."""
    key = get_language(), repr(chart)
    text = _kept.pop(key, None)
    if text is None:
        text = render_to_string("ui/chart.html", {"chart": chart})
    _kept[key] = text
    if len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
    return text


@register.inclusion_tag("ui/tile_map.html")
def tile_map(tiles: TileMap) -> Mapping[str, object]:
    return {"tiles": tiles}
