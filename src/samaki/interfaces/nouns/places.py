"""Places: a tile a province, then down to the village; where the programmes of this actor work."""

from __future__ import annotations

from collections import Counter

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from samaki.ground.places import queries
from samaki.ground.places.models import Level
from samaki.ground.programmes.models import ProgrammePlace
from samaki.ground.programmes.queries import programmes
from samaki.kernel.panels import shown
from samaki.ui.charts import Tile, TileMap, tile_map
from samaki.ui.requests import ActorRequest, page
from samaki.ui.templatetags.words import named


@require_GET
def places(request: ActorRequest) -> HttpResponse:
    """The country as tiles, a search, and what is faulty in the table the places came from."""
    text = request.GET.get("q", "").strip()[:120]
    found = queries.find(text) if text else None
    return page(
        request,
        "nouns/places.html",
        {
            "tiles": _tiles(request),
            "q": text,
            "found": _with_above(found.places[:60]) if found else [],
            "found_total": len(found.places) if found else 0,
            "suggested": _with_above(found.suggestions) if found else [],
            "faults": queries.faults(),
        },
    )


@require_GET
def place(request: ActorRequest, code: str) -> HttpResponse:
    found = queries.page(code, after=request.GET.get("after", "")[:12])
    working = (
        ProgrammePlace.objects.filter(programme__in=programmes(request.actor), place__in=queries.below([code]))
        .select_related("programme", "place")
        .order_by("programme__name_en", "place__code", "since")
    )
    level = Level(found.place.level).label if found.place else ""
    beside = shown("place", request.actor, found.place) if found.place else []
    context = {
        "shown": found,
        "working": working,
        "level": level,
        "panels": [(panel.template, context) for panel, context in beside],
    }
    return page(request, "nouns/place.html", context)


def _with_above(found: tuple[queries.KnownPlace, ...]) -> list[tuple[queries.KnownPlace, str]]:
    """Each place with the names of those above it, so that places of one name can be told apart."""
    above = queries.paths(one.id for one in found)
    return [(one, ", ".join(named(wider) for wider in above[one.id][1:])) for one in found]


def _tiles(request: ActorRequest) -> TileMap:
    """How many programmes work in each province."""
    known = ProgrammePlace.objects.filter(programme__in=programmes(request.actor))
    working = list(known.values_list("programme_id", "place_id"))
    paths = queries.paths({place for _programme, place in working})
    pairs = {(programme, paths[place][-1].code) for programme, place in working if place in paths}
    counts = Counter(code for _programme, code in pairs)
    tiles = {
        known.code: Tile(known.code, named(known), counts.get(known.code), href=reverse("place", args=[known.code]))
        for known in queries.provinces()
    }
    finding = ngettext(
        "The programmes work in %(n)s province.", "The programmes work in %(n)s provinces.", len(counts)
    ) % {"n": len(counts)}
    return tile_map(tiles, finding=finding, caption=_("Programmes by province"), blank=_("No programme here"))
