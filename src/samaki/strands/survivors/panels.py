"""What the worker of a women's service finds on her home page and under More; nobody else sees either."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import Actor, Role
from samaki.kernel.panels import MenuEntry, Panel, menu, panels
from samaki.strands.survivors.access import is_on_her_side
from samaki.strands.survivors.queries import waiting

WORKERS = frozenset({Role.WOMENS_SERVICE_WORKER})


def on_home(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    return {"waiting": waiting(actor)} if is_on_her_side(actor) else None


panels.register(Panel("safe", "home", "survivors/panel_home.html", on_home, WORKERS, order=5))
menu.register(MenuEntry("safe", _("Files and tasks"), "safe", _("My work"), roles=WORKERS, order=5))
