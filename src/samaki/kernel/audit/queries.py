"""Reading the audit trail, limited to the programmes and organisations whose trail the actor may read."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.policy import Action, reach, refusal


def entries(
    actor: AnyActor,
    *,
    programme_id: int | None = None,
    organisation_id: int | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    refused: bool | None = None,
) -> QuerySet[AuditEntry]:
    """Acts of a programme, an organisation or a span of time (`until` not included), the latest first. An act that
    belongs to no programme and no organisation, such as an address nobody has, is read by System alone. Raises Refused
    to whoever may read no trail."""
    within = reach(actor, Action.READ_AUDIT)
    if not within:
        raise refusal(actor, Action.READ_AUDIT)
    found = AuditEntry.objects.filter(within.q())
    if programme_id is not None:
        found = found.filter(programme_id=programme_id)
    if organisation_id is not None:
        found = found.filter(organisation_id=organisation_id)
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    if refused is not None:
        found = found.filter(refused=refused)
    return found.order_by("-pk")
