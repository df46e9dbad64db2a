"""What an activity's page says of the curriculum its sessions taught, and where curricula stand under More."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Session
from samaki.kernel.actors import Actor
from samaki.kernel.panels import MenuEntry, Panel, menu, panels
from samaki.kernel.policy import RULES, Action, may
from samaki.strands.learning.models import CurriculumVersion, Module
from samaki.strands.learning.queries import curricula as queries

TAUGHT_IN = (Activity.Kind.TRAINING, Activity.Kind.TRAINING_OF_TRAINERS, Activity.Kind.WORKSHOP)


def taught(actor: Actor, subject: object) -> Mapping[str, object] | None:
    """For trainings and workshops of a programme that has a curriculum."""
    assert isinstance(subject, Activity)
    if subject.kind not in TAUGHT_IN or not queries.curricula(actor).filter(programme=subject.programme_id).exists():
        return None
    rows: dict[tuple[int, int], tuple[Session, CurriculumVersion, list[Module]]] = {}
    for one in queries.uses_of(actor, subject):
        row = rows.setdefault((one.session_id, one.version_id), (one.session, one.version, []))
        if one.module is not None:
            row[2].append(one.module)
    where = {"organisation_id": subject.organisation_id, "programme_id": subject.programme_id}
    may_set = may(actor, Action.RUN_SERIES, **where, group_id=subject.group_id)
    return {"sessions": list(rows.values()), "activity": subject, "may_set": may_set}


panels.register(Panel("curriculum_of_activity", "activity", "learning/panel_taught.html", taught, order=30))
menu.register(
    MenuEntry(
        "curricula",
        _("Curricula"),
        "curricula",
        _("Learning"),
        _("What is taught, in versions, and how each came about."),
        roles=frozenset(RULES[Action.SEE_PROGRAMME]),
        order=24,
    )
)
