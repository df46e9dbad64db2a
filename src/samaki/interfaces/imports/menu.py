"""The line of the More page that leads to import."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from samaki.kernel.panels import MenuEntry, menu
from samaki.kernel.policy import RULES
from samaki.kernel.tables import table_kinds

TAKING = frozenset(role for kind in table_kinds for role in RULES[kind.action])

menu.register(
    MenuEntry(
        "imports",
        _("Import"),
        "imports",
        _("Registers"),
        hint=_("Case registers, monthly reports, contacts and rosters from a workbook."),
        roles=TAKING,
        order=30,
    )
)
