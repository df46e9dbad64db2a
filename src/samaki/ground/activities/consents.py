"""Who may be recorded by name on a date, read once for many people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from samaki.ground.people.models import Consent, Person
from samaki.ground.people.rules import StandingConsent, lacking_to_be_named, may_be_under_18
from samaki.kernel.database.bulk import rows_among


class ConsentsToBeNamed:
    """The consents to take part of these people. Asks nobody's leave: callers do."""

    def __init__(self, person_ids: Collection[int]) -> None:
        people = rows_among(Person, ("id", "birth_year", "age_band"), "id", person_ids)
        self._people = {pk: (birth_year, band) for pk, birth_year, band in people}
        self._answers: dict[tuple[int, dt.date], bool] = {}
        self._given: defaultdict[int, list[tuple[dt.date, dt.date | None, str, bool]]] = defaultdict(list)
        columns = ("person_id", "given_on", "withdrawn_on", "given_by", "guardian_not_asked")
        purpose = {"purpose": Consent.Purpose.TAKE_PART.value}
        for person_id, on, until, who, spared in rows_among(Consent, columns, "person_id", person_ids, purpose):
            self._given[person_id].append((on, until, who, bool(spared)))

    def on(self, person_id: int, day: dt.date) -> bool:
        asked = (person_id, day)
        if asked not in self._answers:
            self._answers[asked] = self._on(person_id, day)
        return self._answers[asked]

    def _on(self, person_id: int, day: dt.date) -> bool:
        birth_year, band = self._people[person_id]
        standing = [
            StandingConsent(who, spared)
            for on, until, who, spared in self._given.get(person_id, ())
            if on <= day and (until is None or until > day)
        ]
        return not lacking_to_be_named(minor=may_be_under_18(birth_year, day, given=band), consents=standing)
