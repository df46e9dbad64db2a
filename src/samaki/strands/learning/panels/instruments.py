"""Where instruments and their answers stand under More, and what was asked at an activity on its page."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.kernel.actors import Actor
from samaki.kernel.panels import MenuEntry, Panel, menu, panels
from samaki.kernel.policy import RULES, Action
from samaki.strands.learning.panels.curricula import TAUGHT_IN
from samaki.strands.learning.panels.pathway import LEARNING
from samaki.strands.learning.queries.attendance import takes_attendance
from samaki.strands.learning.queries.changes import asked_of


def asked(actor: Actor, subject: object) -> Mapping[str, object] | None:
    """What was asked there, and the way to key a sheet for who may; nothing where neither is."""
    assert isinstance(subject, Activity)
    found = asked_of(actor, [subject])
    keys = subject.kind in TAUGHT_IN and takes_attendance(actor, subject)
    return {"asked": found, "activity": subject, "may_key": keys} if found or keys else None


panels.register(Panel("answers_of_activity", "activity", "learning/panel_asked.html", asked, order=31))

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
