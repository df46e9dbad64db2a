"""Candidates by Splink, for large lists: asked for by name, beside those that adding people proposes by itself."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.access import require_over
from samaki.ground.people.identities import opened, traits_of
from samaki.ground.people.likeness import likeness
from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.people.probabilistic import probabilities
from samaki.ground.people.rules import Forms
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.database.bulk import insert_columns
from samaki.kernel.policy import Action

PROPOSED_FROM = 0.9  # probability
# Splink may think much of a place and a birth year: a pair whose names are nothing like each other is not proposed.
NAMES_ALIKE_FROM = 50


def model_of(organisation_id: int) -> Path:
    """Where the model of an organisation is kept: probabilities, no names."""
    key = Organisation.objects.get(pk=organisation_id).key
    return Path(settings.DATA) / "matching" / f"splink-{key}.json"


def match_with_splink(organisation_id: int, *, by: AnyActor, train: bool = False) -> int:
    """Proposes pairs of the organisation that its model thinks to be one person; returns how many are new. What was
    proposed or decided before stays. The model is learnt where there is none, or where `train` asks for it. Raises
    Refused; Conflict("not_installed"); Invalid("too_few_to_learn_from")."""
    require_over(by, Action.EDIT_PEOPLE, organisation_id)
    people = {
        one.pk: one
        for one in Person.objects.filter(
            organisation=organisation_id, withdrawn_at__isnull=True, merged_into__isnull=True
        )
    }
    forms = Forms()
    traits = {pk: traits_of(people[pk], name, forms) for pk, name in opened(people).items()}
    likely = probabilities(traits, model_of(organisation_id), train=train, at_least=PROPOSED_FROM)
    alike = {
        pair: how for pair, how in likely.items() if likeness(traits[pair[0]], traits[pair[1]]) >= NAMES_ALIKE_FROM
    }
    with transaction.atomic():
        before = set(MatchCandidate.objects.filter(organisation=organisation_id).values_list("first_id", "second_id"))
        new = sorted(alike.keys() - before)
        if new:
            firsts, seconds = zip(*new, strict=True)
            insert_columns(
                MatchCandidate,
                {
                    "first_id": firsts,
                    "second_id": seconds,
                    "organisation_id": [organisation_id] * len(new),
                    "likeness": [round(100 * alike[pair]) for pair in new],
                    "state": [str(MatchCandidate.State.OPEN)] * len(new),
                    "decided_by": [""] * len(new),
                    "decided_at": [None] * len(new),
                },
            )
        details = {"people": len(traits), "new": len(new), "trained": train}
        on = ("people.person", "")
        record(by, "people.match_with_splink", on, organisation_id=organisation_id, details=details)
    return len(new)
