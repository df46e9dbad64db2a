"""Writing the audit trail. Call inside the transaction of the act it tells of."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils import timezone

from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.models import AuditEntry


def record(
    actor: AnyActor,
    action: str,
    on: models.Model | tuple[str, object],
    *,
    organisation_id: int | None = None,
    programme_id: int | None = None,
    reason: str = "",
    details: Mapping[str, object] | None = None,
    refused: bool = False,
) -> AuditEntry:
    """One row of the trail. `details` holds field names and codes, never a name, a phone or free text."""
    kind, key = (on._meta.label_lower, on.pk) if isinstance(on, models.Model) else on
    return AuditEntry.objects.create(
        at=timezone.now(),
        actor_id=actor.user_id,
        actor_name=actor.name,
        action=action,
        refused=refused,
        object_type=str(kind),
        object_id=str(key),
        organisation_id=organisation_id,
        programme_id=programme_id,
        reason=reason or actor.reason,
        details=dict(details or {}),
    )
