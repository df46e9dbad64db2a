"""Where these pages stand under More."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from samaki.kernel.panels import MenuEntry, menu
from samaki.kernel.policy import RULES, Action

FIELD = _("Registers")

menu.register(
    MenuEntry(
        "forms",
        _("Forms"),
        "forms",
        FIELD,
        hint=_("Questions that phones ask, and what was sent."),
        roles=frozenset(RULES[Action.EDIT_FORMS]),
        order=31,
    )
)
menu.register(
    MenuEntry(
        "submissions_to_mend",
        _("Records to mend"),
        "submissions_to_mend",
        FIELD,
        hint=_("What phones sent and the system could not record."),
        roles=frozenset(RULES[Action.SEE_PEOPLE]),
        order=32,
    )
)
