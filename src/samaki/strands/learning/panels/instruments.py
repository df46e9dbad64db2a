"""Where instruments and their answers stand under More."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from samaki.kernel.panels import MenuEntry, menu
from samaki.kernel.policy import RULES, Action
from samaki.strands.learning.panels.pathway import LEARNING

menu.register(
    MenuEntry(
        "learning_changes",
        _("Before and after"),
        "learning_changes",
        LEARNING,
        hint=_("What people answered before and after a training."),
        roles=frozenset(RULES[Action.SEE_PROGRAMME]),
        order=34,
    )
)
menu.register(
    MenuEntry(
        "instruments",
        _("Instruments (tests and scales)"),
        "instruments",
        LEARNING,
        hint=_("What is asked before and after, in versions, and the sheets to print."),
        roles=frozenset(RULES[Action.SEE_PROGRAMME]),
        order=33,
    )
)
menu.register(
    MenuEntry(
        "keying",
        _("Key answers from paper"),
        "keying_activities",
        LEARNING,
        hint=_("A sheet of answers, person by person."),
        roles=frozenset(RULES[Action.RECORD_ACTIVITY]),
        order=35,
    )
)
