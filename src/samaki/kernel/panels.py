"""Panels and menu entries: what strands and the ground put on pages that belong to none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from samaki.kernel.actors import Actor, Role
from samaki.kernel.registry import Registry

Context = Callable[[Actor, object], Mapping[str, object] | None]


@dataclass(frozen=True)
class Panel:
    """A part of a page. `page` is "home" or a noun of the ground ("person", "group", "place", "organisation").

    `context(actor, subject)` loads what the template shows, already narrowed to the actor; None leaves the panel out.
    `subject` is the noun the page is about, None on home. `roles` None means whoever opens the page.
    """

    key: str
    page: str
    template: str
    context: Context
    roles: frozenset[Role] | None = None
    order: int = 50


@dataclass(frozen=True)
class MenuEntry:
    """A line of the More page; `group` is the heading it stands under."""

    key: str
    label: str | Promise
    url_name: str
    group: str | Promise
    hint: str | Promise = ""
    roles: frozenset[Role] | None = None
    order: int = 50


panels: Registry[Panel] = Registry("panel")
menu: Registry[MenuEntry] = Registry("menu entry")


def shown(page: str, actor: Actor, subject: object = None) -> list[tuple[Panel, Mapping[str, object]]]:
    """The panels of the page this actor gets, in order, each with its context."""
    found = []
    for panel in sorted(panels, key=lambda panel: (panel.order, panel.key)):
        if panel.page == page and _for(panel.roles, actor):
            context = panel.context(actor, subject)
            if context is not None:
                found.append((panel, context))
    return found


def entries(actor: Actor) -> list[MenuEntry]:
    return sorted((e for e in menu if _for(e.roles, actor)), key=lambda entry: (entry.order, entry.key))


def _for(roles: frozenset[Role] | None, actor: Actor) -> bool:
    return roles is None or bool(roles & actor.roles())
