"""How far an actor sees into a programme's figures: all, some organisations, some groups, or what is published."""

from __future__ import annotations

from dataclasses import dataclass

from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action, reach


@dataclass(frozen=True)
class Scope:
    """`organisation_ids` and `group_ids` None stand for all. Not `inside`: only what may be published."""

    inside: bool
    organisation_ids: frozenset[int] | None = None
    group_ids: frozenset[int] | None = None

    @property
    def whole(self) -> bool:
        return self.inside and self.organisation_ids is None and self.group_ids is None

    def has_organisation(self, organisation_id: int) -> bool:
        return self.inside and (self.organisation_ids is None or organisation_id in self.organisation_ids)


OUTSIDE = Scope(inside=False)
WHOLE = Scope(inside=True)


def scope_of(actor: AnyActor, programme_id: int, action: Action = Action.SEE_PROGRAMME) -> Scope:
    """The union of what the actor's roles reach in one programme. Who reaches an organisation and, elsewhere, one group
    sees the organisation: a figure is of one or the other."""
    held = reach(actor, action)
    if held.everything:
        return WHOLE
    extents = [e for e in held.extents if e.programme_id is None or e.programme_id == programme_id]
    if any(e.organisation_id is None and e.group_id is None for e in extents):
        return WHOLE
    in_groups = [e for e in extents if e.group_id is not None]
    organisations = frozenset(e.organisation_id for e in extents if e.group_id is None)
    if organisations:
        return Scope(inside=True, organisation_ids=frozenset(o for o in organisations if o is not None))
    if not in_groups:
        return OUTSIDE
    return Scope(
        inside=True,
        organisation_ids=frozenset(e.organisation_id for e in in_groups if e.organisation_id is not None),
        group_ids=frozenset(e.group_id for e in in_groups if e.group_id is not None),
    )
