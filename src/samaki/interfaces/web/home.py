"""Home: what do I owe, what is next. Composed of the panels that strands and the ground register."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from samaki.interfaces.web.requests import ActorRequest, page
from samaki.kernel import panels


@require_safe
def home(request: ActorRequest) -> HttpResponse:
    shown = panels.shown("home", request.actor)
    return page(request, "home/home.html", {"panels": [(panel.template, context) for panel, context in shown]})


@require_safe
def more(request: ActorRequest) -> HttpResponse:
    """Everything else this actor may open, under headings."""
    groups: dict[str, list[tuple[panels.MenuEntry, str]]] = defaultdict(list)
    for entry in panels.entries(request.actor):
        groups[str(entry.group)].append((entry, reverse(entry.url_name)))
    return page(request, "web/more.html", {"groups": dict(groups)})


def exists(url_name: str, *arguments: object) -> str | None:
    """The address of a page by name, or None where this site has no such page."""
    try:
        return reverse(url_name, args=arguments)
    except NoReverseMatch:
        return None
