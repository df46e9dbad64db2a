"""Where these pages stand under More."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import Role
from samaki.kernel.panels import MenuEntry, menu

WITH_PEOPLE = frozenset({Role.PARTNER_ME})
OTHERS = {Role.FACILITATOR, Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.GROUP_COORDINATOR, Role.CASE_SUPERVISOR}
INSIDE = WITH_PEOPLE | OTHERS
REGISTERS = _("Registers")

menu.register(MenuEntry("programmes", _("Programmes"), "programmes", REGISTERS, order=20))
menu.register(MenuEntry("groups", _("Groups"), "groups", REGISTERS, roles=INSIDE, order=21))
menu.register(
    MenuEntry(
        "needs",
        _("Learning needs"),
        "needs",
        _("Learning"),
        hint=_("What communities ask to learn, and what came of it."),
        roles=INSIDE,
        order=25,
    )
)
menu.register(MenuEntry("people", _("People"), "people", REGISTERS, roles=WITH_PEOPLE, order=22))
menu.register(MenuEntry("places", _("Places"), "places", REGISTERS, order=23))
