"""A person's pathway on her page, and what is due on the trainer's home."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.people.queries import PersonRow
from samaki.kernel.actors import Actor, Role
from samaki.kernel.panels import MenuEntry, Panel, menu, panels
from samaki.strands.learning.queries.due import follow_ups_due, refreshers_due
from samaki.strands.learning.queries.pathway import pathway
from samaki.strands.learning.queries.practice import practice_of

LEARNING = _("Learning (heading)")
WITH_PEOPLE = frozenset({Role.PARTNER_ME})
INSIDE = frozenset({Role.PARTNER_ME, Role.FACILITATOR, Role.PROGRAMME_OFFICER, Role.AUDITOR})


def on_person(actor: Actor, subject: object) -> Mapping[str, object] | None:
    """How far she has come; nothing where she took part in nothing."""
    if not isinstance(subject, PersonRow):
        return None
    person, steps = pathway(actor, subject.id)
    if not steps:
        return None
    kinds = [step.kind.value for step in steps]
    return {
        "person_id": person.pk,
        "attended": kinds.count("attended"),
        "led": kinds.count("led"),
        "practice": practice_of(actor, [person.pk], on=timezone.localdate()),
    }


def on_home(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    today = timezone.localdate()
    refreshers, follow_ups = refreshers_due(actor, on=today), follow_ups_due(actor, on=today)
    return {"refreshers": len(refreshers), "follow_ups": len(follow_ups)} if refreshers or follow_ups else None


panels.register(Panel("learning_pathway", "person", "learning/panel_pathway.html", on_person, order=40))
panels.register(Panel("learning_due", "home", "learning/panel_due.html", on_home, WITH_PEOPLE, order=30))
menu.register(MenuEntry("series", _("Training series"), "series_list", LEARNING, roles=INSIDE, order=30))
menu.register(
    MenuEntry(
        "learning_due",
        _("Refreshers and follow-ups due"),
        "learning_due",
        LEARNING,
        hint=_("Whose certificate lapses, and who is to be visited."),
        roles=WITH_PEOPLE,
        order=31,
    )
)
