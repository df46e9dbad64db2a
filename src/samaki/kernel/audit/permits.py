"""Asking leave before a write. A refusal stays in the audit trail, so ask before the transaction that it would end."""

from __future__ import annotations

from django.db import models, transaction

from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Refused


def permit(
    actor: AnyActor,
    action: policy.Action,
    on: models.Model | tuple[str, object],
    *,
    organisation_id: int | None,
    programme_id: int | None = None,
    group_id: int | None = None,
) -> None:
    """Returns where the actor may; otherwise writes the refusal and raises Refused."""
    try:
        policy.require(actor, action, organisation_id=organisation_id, programme_id=programme_id, group_id=group_id)
    except Refused as refusal:
        audit_refusal(actor, action, on, refusal, organisation_id=organisation_id, programme_id=programme_id)
        raise


def audit_refusal(
    actor: AnyActor,
    action: policy.Action,
    on: models.Model | tuple[str, object],
    refusal: Refused,
    *,
    organisation_id: int | None,
    programme_id: int | None = None,
) -> None:
    with transaction.atomic():
        record(
            actor,
            action.value,
            on,
            organisation_id=organisation_id,
            programme_id=programme_id,
            details={"code": refusal.code},
            refused=True,
        )
