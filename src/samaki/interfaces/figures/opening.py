"""Whether the rows behind a figure open for a reader, and why not: a door that is always shut is not offered."""

from __future__ import annotations

from samaki.engines.results.rows import WHY
from samaki.engines.results.scope import scope_of
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import Actor
from samaki.kernel.evidence import row_sources
from samaki.kernel.policy import refusal, wants_second_factor


def why_closed(actor: Actor, where: Programme, measure: str) -> str:
    """Empty where they open, if need be with a reason of the reader's own."""
    action = row_sources[measure].action
    if scope_of(actor, where.pk, action).inside:
        return ""
    return refusal(actor, action).message if wants_second_factor(actor, action) else str(WHY[action])
