"""What casework shows on pages that belong to others: numbers alone, no code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import Actor, Role
from samaki.kernel.panels import MenuEntry, Panel, menu, panels
from samaki.kernel.policy import Action, reach
from samaki.strands.counselling.queries import desk, own_cases
from samaki.strands.counselling.queries.own import counsels_today

CASEWORK = _("Casework")
COUNSELS = frozenset({Role.COUNSELLOR})
DECIDES = frozenset({Role.CASE_SUPERVISOR})
TELLS_OF_AUTHORITY = DECIDES | {Role.GROUP_COORDINATOR}
URGENT = COUNSELS | DECIDES | {Role.SAFEGUARDING_FOCAL, Role.GROUP_COORDINATOR}


def counsellor_home(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    """Nothing for whoever may not counsel today: the page itself says why."""
    now = timezone.now()
    if not counsels_today(actor, on=timezone.localdate(now)):
        return None
    lines = own_cases(actor, at=now)
    return {"cases": len(lines), "due": sum(line.is_to_ask for line in lines)}


def supervisor_home(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    if not reach(actor, Action.DECIDE_REQUEST):
        return None
    found = desk(actor, at=timezone.now())
    return {"tasks": found.tasks, "emergencies": len(found.emergencies)}


panels.register(Panel("casework_own", "home", "counselling/panel_own.html", counsellor_home, COUNSELS, order=10))
panels.register(Panel("casework_desk", "home", "counselling/panel_desk.html", supervisor_home, DECIDES, order=10))
menu.register(MenuEntry("own_list", _("My list"), "own_list", CASEWORK, roles=COUNSELS, order=20))
menu.register(MenuEntry("case_desk", _("Conference"), "case_desk", CASEWORK, roles=DECIDES, order=21))
menu.register(
    MenuEntry(
        "authority", _("What authorities did"), "authority_responses", CASEWORK, roles=TELLS_OF_AUTHORITY, order=23
    )
)
menu.register(MenuEntry("case_emergencies", _("Urgent access"), "case_emergencies", CASEWORK, roles=URGENT, order=22))
