"""What stands behind a figure and has not been verified: submissions of the field."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.functions import Coalesce

from samaki.engines.fieldforms.models import Submission
from samaki.kernel.verification import Waiting, waiting


def _origins(programme_id: int, organisation_ids: frozenset[int] | None, at_most: int) -> Sequence[str]:
    found = Submission.objects.filter(programme=programme_id, is_current=True)
    if organisation_ids is not None:
        found = found.filter(organisation__in=organisation_ids)
    found = found.exclude(review=Submission.Review.VERIFIED).exclude(state=Submission.State.DELETED)
    roots = found.order_by("-pk").values_list(Coalesce("root_id", "pk"), flat=True)[:at_most]
    return [f"submission:{root}" for root in roots]


waiting.register(Waiting("submissions", _origins))
