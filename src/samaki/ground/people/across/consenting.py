"""Who agreed to be counted across organisations."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Coalesce

from samaki.ground.people import rules
from samaki.ground.people.models import Consent, Person
from samaki.ground.people.rules import StandingConsent
from samaki.kernel.database.bulk import among


def agreed(
    on: dt.date, *, organisation_ids: Collection[int] | None = None, person_ids: Collection[int] | None = None
) -> dict[int, int]:
    """People (the record that stands for each) whose consent to be counted across stands on the date, each with her
    organisation; of these organisations or these people. A withdrawal on any record of hers counts at once, even one
    dated later, until a consent given after it; a minor needs what she needs to be named."""
    consents = Consent.objects.filter(
        purpose=Consent.Purpose.BE_COUNTED_ACROSS, person__withdrawn_at__isnull=True
    ).annotate(stands=Coalesce("person__merged_into_id", "person_id"))
    if organisation_ids is not None:
        consents = consents.filter(person__organisation__in=list(organisation_ids))
    if person_ids is not None:
        consents = consents.filter(Q(among("person_id", person_ids)) | Q(among("person__merged_into_id", person_ids)))
    given: defaultdict[int, list[tuple[dt.date, StandingConsent]]] = defaultdict(list)
    withdrawn: dict[int, dt.date] = {}
    columns = ("stands", "given_on", "withdrawn_on", "given_by", "guardian_not_asked")
    for stands, given_on, withdrawn_on, given_by, spared in consents.values_list(*columns):
        if withdrawn_on is not None:
            withdrawn[stands] = max(withdrawn_on, withdrawn.get(stands, withdrawn_on))
        elif given_on <= on:
            given[stands].append((given_on, StandingConsent(given_by, spared)))
    people = Person.objects.filter(among("pk", frozenset(given)), withdrawn_at__isnull=True)
    found = {}
    for pk, organisation_id, birth_year, band in people.values_list("pk", "organisation", "birth_year", "age_band"):
        since = withdrawn.get(pk)
        standing = [consent for given_on, consent in given[pk] if since is None or given_on > since]
        minor = rules.may_be_under_18(birth_year, on, given=band)
        if not rules.lacking_to_be_named(minor=minor, consents=standing):
            found[pk] = organisation_id
    return found
