"""Letting go what is due: a receipt for each rule and organisation, in the transaction of what it tells of."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from samaki.engines.retention.models import Receipt
from samaki.engines.retention.queries import plan
from samaki.engines.retention.reaching import covers, runs
from samaki.engines.retention.receipts import digest_of
from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import AnyActor, System
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Refused
from samaki.kernel.policy import Action, refusal
from samaki.kernel.retention import Due, Rule, rules

logger = logging.getLogger(__name__)
AT_ONCE = 100  # things a transaction: interrupted, what it had begun is undone and what came before is receipted
DAILY = System("retention: due today")


def run(*, by: AnyActor, at: dt.datetime) -> list[Receipt]:
    """Lets go all that is due and the actor may let go; again, nothing is left to do. Raises Refused, audited, where
    she may let go nothing anywhere, and the first error met once all else has gone."""
    if not any(runs(by, rule) for rule in rules):
        with transaction.atomic():
            record(by, Action.LET_GO.value, ("retention.receipt", ""), details={"code": "refused"}, refused=True)
        raise _recorded(refusal(by, Action.LET_GO))
    receipts, failed = list[Receipt](), list[Exception]()
    for planned in plan(_all_of(by), timezone.localdate(at)):
        if not covers((runs(by, planned.rule),), planned.organisation.pk):
            continue
        dues = planned.dues or ()
        for first in range(0, len(dues), AT_ONCE):
            some = dues[first : first + AT_ONCE]
            try:
                receipt = _let_go(planned.rule, planned.organisation.pk, some, by, at)
            except Exception as error:  # what cannot go holds up nobody else's; it is told at the end
                logger.exception(
                    "%s of %s: %d things were not let go", planned.rule.key, planned.organisation, len(some)
                )
                failed.append(error)
                continue
            if receipt is not None:
                receipts.append(receipt)
    if failed:
        raise failed[0]
    return receipts


def _let_go(rule: Rule, organisation_id: int, dues: Sequence[Due], by: AnyActor, at: dt.datetime) -> Receipt | None:
    """None where somebody else let it go meanwhile."""
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)  # two runs take turns
        went = {kind: count for kind, count in rule.let_go([due.id for due in dues], by, at).items() if count}
        if not went:
            return None
        before = Receipt.objects.filter(rule=rule.key, organisation=organisation_id)
        receipt = Receipt(
            rule=rule.key,
            organisation_id=organisation_id,
            number=(before.aggregate(last=Max("number"))["last"] or 0) + 1,
            things=len(dues),
            went=went,
            let_go_at=at,
            let_go_by=by.name,
        )
        receipt.digest = digest_of(receipt)
        receipt.save()
        details = {"rule": rule.key, "things": receipt.things, "digest": receipt.digest}
        record(by, "let_go", receipt, organisation_id=organisation_id, details=details)
    return receipt


def _all_of(by: AnyActor) -> AnyActor:
    """Whoever may let go need not be shown codes to do so: the plan behind a run is the system's."""
    return by if isinstance(by, System) else System(f"retention run by {by.name}")


def _recorded(error: Refused) -> Refused:
    error.recorded = True
    return error
