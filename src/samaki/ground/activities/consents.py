"""Who may be recorded by name on a date, read once for many people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType

from samaki.ground.people.models import Consent, Person
from samaki.ground.people.rules import StandingConsent, lacking_to_be_named, may_be_under_18, not_yet_born
from samaki.kernel.database.bulk import rows_among

Age = tuple[int | None, str]  # birth year, age band
Given = tuple[str, bool]  # by whom, and whether the guardian was not asked so as not to expose the young person


class ConsentsToBeNamed:
    """The consents to take part of these people; `ages` holds those known already. Asks nobody's leave: callers do."""

    def __init__(self, person_ids: Collection[int], ages: Mapping[int, Age] = MappingProxyType({})) -> None:
        unread = [pk for pk in person_ids if pk not in ages]
        read = rows_among(Person, ("id", "birth_year", "age_band"), "id", unread)
        self._ages = {**ages, **{pk: (birth_year, band) for pk, birth_year, band in read}}
        self._given: defaultdict[int, list[tuple[dt.date, dt.date | None, Given]]] = defaultdict(list)
        columns = ("person_id", "given_on", "withdrawn_on", "given_by", "guardian_not_asked")
        purpose = {"purpose": Consent.Purpose.TAKE_PART.value}
        for person_id, on, until, who, spared in rows_among(Consent, columns, "person_id", person_ids, purpose):
            self._given[person_id].append((on, until, (who, bool(spared))))

    def born(self, person_id: int, day: dt.date) -> bool:
        """False where her birth year is after the day."""
        return not not_yet_born(self._ages[person_id][0], day)

    def on(self, person_id: int, day: dt.date) -> bool:
        birth_year, band = self._ages[person_id]
        standing = [
            given for on, until, given in self._given.get(person_id, ()) if on <= day and (until is None or until > day)
        ]
        return _agreed(may_be_under_18(birth_year, day, given=band), tuple(standing))


@lru_cache(maxsize=1_000)
def _agreed(minor: bool, standing: tuple[Given, ...]) -> bool:
    """Few cases are different, and a batch of registers asks for some hundred people."""
    return not lacking_to_be_named(minor=minor, consents=[StandingConsent(*given) for given in standing])
