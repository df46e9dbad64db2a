"""What vetting answers to people in the same transaction."""

from __future__ import annotations

from samaki.ground.people.events import PeopleJoined
from samaki.kernel.registry import reactions
from samaki.strands.vetting.operations.stopping import hold_the_joined


@reactions.on(PeopleJoined)
def hold_by_every_record(event: PeopleJoined) -> None:
    """A bar on one record of a person holds her under all, whatever was found of one of them before."""
    hold_the_joined(event.person_ids, at=event.at)
