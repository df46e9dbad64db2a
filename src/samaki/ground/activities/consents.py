"""Who may be recorded by name on a date, read once for many people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from samaki.ground.people.models import Consent, Person
from samaki.ground.people.rules import OWN, StandingConsent, lacking_to_be_named, may_be_under_18
from samaki.kernel.database.bulk import among


class ConsentsToBeNamed:
    """The consents to take part of these people. Asks nobody's leave: callers do."""

    def __init__(self, person_ids: Collection[int]) -> None:
        people = Person.objects.filter(among("pk", person_ids)) if person_ids else Person.objects.none()
        self._people = {pk: (year, band) for pk, year, band in people.values_list("pk", "birth_year", "age_band")}
        self._given: defaultdict[int, list[tuple[dt.date, dt.date | None, str, bool]]] = defaultdict(list)
        if not person_ids:
            return
        given = Consent.objects.filter(among("person_id", person_ids), purpose=Consent.Purpose.TAKE_PART)
        columns = given.values_list("person_id", "given_on", "withdrawn_on", "given_by", "guardian_not_asked")
        for person_id, on, until, who, spared in columns:
            self._given[person_id].append((on, until, who, spared))

    def on(self, person_id: int, day: dt.date) -> bool:
        birth_year, band = self._people[person_id]
        standing = [
            StandingConsent(who, spared)
            for on, until, who, spared in self._given.get(person_id, ())
            if on <= day and (until is None or until > day)
        ]
        if not may_be_under_18(birth_year, day, given=band):
            return any(consent.given_by == OWN for consent in standing)
        return not lacking_to_be_named(minor=True, consents=standing)
