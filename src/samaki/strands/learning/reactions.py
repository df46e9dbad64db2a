"""What learning answers to events of the people: whom she taught keep their generation when a facilitator withdraws."""

from __future__ import annotations

from samaki.engines.results.columns import settled
from samaki.ground.people.events import PersonLeaves
from samaki.kernel.registry import reactions
from samaki.strands.learning.models import Lead
from samaki.strands.learning.rules.cascade import OF_LEADERS


@reactions.on(PersonLeaves)
def keep_generations(event: PersonLeaves) -> None:
    """Her leads remember how far she was from the working group on their days, and nothing else of her."""
    leads = list(Lead.objects.filter(person__in=event.person_ids, kept_generation__isnull=True))
    generation = settled(Lead._meta.db_table, "generation", [lead.pk for lead in leads])
    for lead in leads:
        if lead.pk in generation:
            lead.kept_generation = OF_LEADERS.index(generation[lead.pk])
    Lead.objects.bulk_update(leads, ["kept_generation"])
