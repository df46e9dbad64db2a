"""What vetting shows on pages that belong to others: numbers alone."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import Actor, Role
from samaki.kernel.panels import MenuEntry, Panel, menu, panels
from samaki.kernel.policy import Action, reach
from samaki.strands.vetting.queries import due

VETS = frozenset({Role.SAFEGUARDING_FOCAL})
DECIDES = VETS | {Role.CASE_SUPERVISOR}
LOOKS = DECIDES | {Role.GROUP_COORDINATOR, Role.PARTNER_ME}
MEMBERS = _("Men’s groups")


def home(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    """Nothing without the second factor: the page itself says why."""
    if not reach(actor, Action.DECIDE_VETTING):
        return None
    return {"tasks": due(actor, at=timezone.now()).tasks}


panels.register(Panel("vetting", "home", "vetting/panel_home.html", home, DECIDES, order=15))
menu.register(MenuEntry("vetting", _("Candidates"), "vetting", MEMBERS, roles=DECIDES, order=30))
menu.register(MenuEntry("vetting_due", _("Due in vetting"), "vetting_due", MEMBERS, roles=DECIDES, order=31))
menu.register(MenuEntry("cleared_members", _("Cleared or not"), "cleared_members", MEMBERS, roles=LOOKS, order=32))
menu.register(MenuEntry("vetting_code", _("Code of conduct"), "vetting_code", MEMBERS, roles=VETS, order=33))
