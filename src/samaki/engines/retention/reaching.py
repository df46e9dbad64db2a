"""How far a reach goes over what is let go."""

from __future__ import annotations

from collections.abc import Iterable

from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import NOTHING, Reach, reach
from samaki.kernel.retention import Rule


def covers(within: Iterable[Reach], organisation_id: int) -> bool:
    """What goes belongs to an organisation and to no one programme: a grant in any programme of it is enough, one for a
    group is not."""
    return any(
        one.everything or any(e.organisation_id in (None, organisation_id) and e.group_id is None for e in one.extents)
        for one in within
    )


def runs(actor: AnyActor, rule: Rule) -> Reach:
    """How far the actor may let go by the rule."""
    return NOTHING if rule.shut(actor) else reach(actor, rule.runs)
