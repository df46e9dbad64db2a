"""How far a reach goes over what is let go."""

from __future__ import annotations

from collections.abc import Iterable

from samaki.kernel.policy import Reach


def covers(within: Iterable[Reach], organisation_id: int) -> bool:
    """What goes belongs to an organisation and to no one programme: a grant in any programme of it is enough, one for a
    group is not."""
    return any(
        one.everything or any(e.organisation_id in (None, organisation_id) and e.group_id is None for e in one.extents)
        for one in within
    )
