"""Names opened on a page of a list: why, and for how long (decision 18)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from samaki.ground.activities.models import Activity
from samaki.ground.activities.queries import facilitates
from samaki.ui.requests import ActorRequest

MASK_AFTER = 60  # seconds until names opened for a reason are hidden again


def said_reason(request: ActorRequest) -> str:
    """Said once, and sent along with every tap, so that each opening of names says why."""
    return request.POST.get("reason", "").strip()[:300]


def opening(
    request: ActorRequest, activity: Activity, ids: Collection[int], names: Mapping[int, object]
) -> dict[str, object]:
    """For the page: whether names are open, and why; whether they could be opened and are not."""
    own = facilitates(request.actor, activity)
    masked = bool(ids) and not names and not own
    return {"reason": said_reason(request) if names else "", "masked": masked, "mask_after": 0 if own else MASK_AFTER}
