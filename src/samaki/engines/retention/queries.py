"""What is due to go and what went, as far as the actor may know: counts by kind, codes for who works with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet

from samaki.engines.retention.models import Receipt
from samaki.engines.retention.reaching import covers, runs
from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action, Reach, reach, refusal
from samaki.kernel.retention import Due, Rule, rules


@dataclass(frozen=True)
class Planned:
    """What one rule lets go in one organisation. `dues` is None where the actor may know how many, not which."""

    rule: Rule
    organisation: Organisation
    count: int
    first_due: dt.date
    dues: Sequence[Due] | None


def plan(actor: AnyActor, on: dt.date) -> list[Planned]:
    """All that is due up to the day, by rule and organisation. Raises Refused to whoever may see none of it."""
    sights = {rule.key: _sight(actor, rule) for rule in rules}
    if not any(sights.values()):
        raise refusal(actor, Action.LET_GO)
    found = [
        (rule, organisation_id, dues)
        for rule in rules
        if sights[rule.key]
        for organisation_id, dues in _by_organisation(rule.due(on))
        if covers(sights[rule.key], organisation_id)
    ]
    known = Organisation.objects.in_bulk({organisation_id for _rule, organisation_id, _dues in found})
    return [
        Planned(
            rule,
            known[organisation_id],
            len(dues),
            dues[0].due_on,
            dues if covers((reach(actor, rule.sees),), organisation_id) else None,
        )
        for rule, organisation_id, dues in found
    ]


def receipts(actor: AnyActor) -> QuerySet[Receipt]:
    """The latest first. Raises Refused as `plan`."""
    found, any_sight = Receipt.objects.none(), False
    for rule in rules:
        if sight := _sight(actor, rule):
            any_sight = True
            for part in sight:
                found |= Receipt.objects.filter(part.q(programme=None), rule=rule.key)
    if not any_sight:
        raise refusal(actor, Action.LET_GO)
    return found.select_related("organisation").order_by("-pk")


def seen(actor: AnyActor) -> list[Rule]:
    """The rules of which the actor may know at all."""
    return [rule for rule in rules if _sight(actor, rule)]


def runnable(actor: AnyActor, planned: Iterable[Planned]) -> bool:
    return any(covers((runs(actor, one.rule),), one.organisation.pk) for one in planned)


def _sight(actor: AnyActor, rule: Rule) -> tuple[Reach, ...]:
    """Where the actor may know of it at all; empty for nowhere."""
    if rule.shut(actor):
        return ()
    ways = (rule.sees, rule.runs) if rule.apart else (rule.sees, rule.runs, Action.LET_GO)
    return tuple(found for way in dict.fromkeys(ways) if (found := reach(actor, way)))


def _by_organisation(dues: Iterable[Due]) -> Iterator[tuple[int, list[Due]]]:
    ordered = sorted(dues, key=lambda one: (one.organisation_id, one.due_on, one.id))
    for organisation_id, some in groupby(ordered, key=lambda one: one.organisation_id):
        yield organisation_id, list(some)
