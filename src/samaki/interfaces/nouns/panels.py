"""What pages about groups, places and activities show of learning needs."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils import timezone

from samaki.ground.activities.models import Activity
from samaki.ground.groups.models import Group
from samaki.ground.needs import queries
from samaki.ground.needs.models import LearningNeed
from samaki.ground.places.queries import KnownPlace
from samaki.interfaces.nouns.needs import lines
from samaki.kernel.actors import Actor
from samaki.kernel.panels import Panel, panels
from samaki.kernel.policy import Action, may

MOST = 10


def of_group(actor: Actor, subject: object) -> Mapping[str, object] | None:
    """The needs of a group, and the way to ask for one more."""
    assert isinstance(subject, Group)
    where = {"organisation_id": subject.organisation_id, "programme_id": subject.programme_id, "group_id": subject.pk}
    raises = may(actor, Action.RAISE_NEED, **where)
    found = _shown(queries.of_group(actor, subject))
    if found is None and not raises:
        return None
    return {
        **(found or {}),
        "raises": raises,
        "for": f"{subject.programme.key}/{subject.organisation.key}",
        "group": subject,
    }


def of_place(actor: Actor, subject: object) -> Mapping[str, object] | None:
    assert isinstance(subject, KnownPlace)
    return _shown(queries.of_place(actor, subject.code))


def of_activity(actor: Actor, subject: object) -> Mapping[str, object] | None:
    """The needs that a training answered."""
    assert isinstance(subject, Activity)
    return _shown(queries.answered_by(actor, subject))


def _shown(found: QuerySet[LearningNeed]) -> Mapping[str, object] | None:
    listed = list(found[: MOST + 1])
    if not listed:
        return None
    return {"lines": lines(listed[:MOST], timezone.localdate()), "more": len(listed) > MOST}


for page, context in (("group", of_group), ("place", of_place), ("activity", of_activity)):
    panels.register(Panel(f"needs_of_{page}", page, "nouns/panel_needs.html", context, order=40))
