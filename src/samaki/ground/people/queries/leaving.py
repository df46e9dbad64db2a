"""A person's consents and whether she is about to leave, for her own organisation's data staff."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from samaki.ground.people.access import person_within
from samaki.ground.people.models import UNDECIDED, Consent, MatchCandidate, Person, Withdrawal
from samaki.ground.people.rules import gone_by
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action


@dataclass(frozen=True)
class ConsentRow:
    id: int
    purpose: str
    how: str
    given_on: dt.date
    withdrawn_on: dt.date | None


@dataclass(frozen=True)
class Leaving:
    """`waiting`: she asked and is not erased yet; `gone_by`: then, the day by which no copy opens her name. `perhaps`:
    records that may be hers too and that nobody has decided about."""

    person_id: int
    consents: Sequence[ConsentRow]
    waiting: Withdrawal | None
    gone_by: dt.date | None
    perhaps: int
    gone: bool


def leaving(actor: AnyActor, person_id: int) -> Leaving:
    """Raises NotFound, audited."""
    person = person_within(actor, Action.EDIT_PEOPLE, person_id)
    stands = person.merged_into_id or person.pk
    ids = [stands, *Person.objects.filter(merged_into=stands).values_list("pk", flat=True)]
    columns = ("id", "purpose", "how", "given_on", "withdrawn_on")
    consents = Consent.objects.filter(person__in=ids).order_by("purpose", "-given_on", "pk").values_list(*columns)
    asked = Withdrawal.objects.filter(person__in=ids, taken_back_at__isnull=True, erased_at__isnull=True).first()
    perhaps = MatchCandidate.objects.filter(Q(first__in=ids) | Q(second__in=ids), state__in=UNDECIDED)
    return Leaving(
        person_id=person.pk,
        consents=[ConsentRow(*row) for row in consents],
        waiting=asked,
        gone_by=gone_by(asked.asked_on) if asked else None,
        perhaps=perhaps.count(),
        gone=person.withdrawn_at is not None,
    )
