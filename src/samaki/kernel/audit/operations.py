"""Writing the audit trail. Call inside the transaction of the act it tells of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils import timezone

from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.database.bulk import insert_columns


@dataclass(frozen=True)
class Act:
    """One row of the trail to be written with others: the parameters of `record`."""

    actor: AnyActor
    action: str
    on: tuple[str, object]
    organisation_id: int | None = None
    programme_id: int | None = None
    details: Mapping[str, object] = field(default_factory=dict)


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


def record_all(acts: Sequence[Act]) -> None:
    """`record` for many acts of one transaction, by column."""
    if not acts:
        return
    now = timezone.now()
    insert_columns(
        AuditEntry,
        {
            "at": [now] * len(acts),
            "actor_id": [act.actor.user_id for act in acts],
            "actor_name": [act.actor.name for act in acts],
            "action": [act.action for act in acts],
            "refused": [False] * len(acts),
            "object_type": [act.on[0] for act in acts],
            "object_id": [str(act.on[1]) for act in acts],
            "organisation_id": [act.organisation_id for act in acts],
            "programme_id": [act.programme_id for act in acts],
            "reason": [act.actor.reason for act in acts],
            "details": [json.dumps(dict(act.details)) for act in acts],
        },
    )
