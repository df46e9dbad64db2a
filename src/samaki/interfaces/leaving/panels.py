"""Where these pages stand: on a person's page and under More."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from samaki.ground.people import queries
from samaki.ground.people.queries import PersonRow
from samaki.kernel.actors import Actor
from samaki.kernel.panels import MenuEntry, Panel, menu, panels
from samaki.kernel.policy import RULES, Action

OWN_PEOPLE = frozenset(RULES[Action.EDIT_PEOPLE])
# Her side's workers let go of their own files alone; what they are shown is theirs.
WHO_LET_GO = frozenset(
    role
    for action in (Action.LET_GO, Action.RECORD_SURVIVOR, Action.EDIT_PEOPLE, Action.DECIDE_REQUEST)
    for role in RULES[action]
)


def of_person(actor: Actor, subject: object) -> Mapping[str, object] | None:
    assert isinstance(subject, PersonRow)
    if subject.withdrawn or subject.merged_into:
        return None
    return {"found": queries.leaving(actor, subject.id)}


panels.register(Panel("leaving", "person", "leaving/panel_person.html", of_person, OWN_PEOPLE, order=90))
menu.register(
    MenuEntry(
        "retention",
        _("What goes after its time"),
        "retention",
        _("Registers"),
        _("Who asked to leave, old cases, old names; receipts of what went"),
        WHO_LET_GO,
        order=26,
    )
)
