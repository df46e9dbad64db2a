"""What her side answers at once, in the transaction of whoever raised it."""

from __future__ import annotations

from samaki.ground.services.events import ThreatHeard
from samaki.kernel.registry import reactions
from samaki.strands.survivors.operations.warnings import warn


@reactions.on(ThreatHeard)
def warn_the_service(heard: ThreatHeard) -> None:
    """Always exactly one task, whether or not anybody is known there."""
    warn(heard)
