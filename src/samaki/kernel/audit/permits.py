"""The transaction of an act: leave is asked first, and a refusal stays in the audit trail though the act is undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import models, transaction

from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Refused


@contextmanager
def acting(
    actor: AnyActor,
    action: policy.Action,
    on: models.Model | tuple[str, object],
    *,
    organisation_id: int | None,
    programme_id: int | None = None,
    group_id: int | None = None,
) -> Iterator[None]:
    """One transaction in which the actor does the action; raises Refused, audited, where she may not."""
    with keeping_refusals(actor, action, on, organisation_id=organisation_id, programme_id=programme_id):
        policy.require(actor, action, organisation_id=organisation_id, programme_id=programme_id, group_id=group_id)
        yield


@contextmanager
def keeping_refusals(
    actor: AnyActor,
    action: policy.Action,
    on: models.Model | tuple[str, object],
    *,
    organisation_id: int | None,
    programme_id: int | None = None,
) -> Iterator[None]:
    """One transaction; where a Refused ends it, the refusal is written after it has been undone."""
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
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
        refusal.recorded = True
        raise
