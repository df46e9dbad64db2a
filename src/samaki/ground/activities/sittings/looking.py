"""Everything a batch of sittings names, looked up at once: one query for each kind of thing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.activities.consents import Age
from samaki.ground.activities.models import Activity, Attendance, Session, Tally
from samaki.ground.activities.sittings.sitting import RIGHTSHOLDER_GROUP, Sitting
from samaki.ground.groups.models import Group
from samaki.ground.groups.naming import groups_named
from samaki.ground.people.models import Person
from samaki.ground.periods.locks import locked_periods_of
from samaki.ground.periods.rules import Period
from samaki.ground.places.naming import places_named
from samaki.ground.programmes.models import Programme
from samaki.kernel.database.bulk import among, rows_among
from samaki.kernel.errors import DomainError, Invalid
from samaki.kernel.leave import Leave


@dataclass
class Stored:
    """A session that stands already: who is noted at it (attendance → person) and its counts."""

    attendances: dict[int, int] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)


class Standing(NamedTuple):
    """The programme and the organisation whose sittings they are, as far as a session is made of it."""

    programme_id: int
    organisation_id: int
    programme_key: str
    fiscal_year_starts_in: int
    is_example: bool
    takes_part: bool


_STANDING = """
SELECT p.id, o.id, p.key, p.fiscal_year_starts_in, o.is_example, r.id IS NOT NULL
FROM programmes_programme p JOIN organisations_organisation o ON o.id = %s
LEFT JOIN programmes_programmerole r ON r.programme_id = p.id AND r.organisation_id = o.id
WHERE p.id = %s LIMIT 1
"""


def _standing(programme_id: int, organisation_id: int) -> Standing:
    """Two batches of an organisation take turns, so that a planned session is filled once."""
    in_turn = " FOR NO KEY UPDATE OF o" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING + in_turn, [organisation_id, programme_id])
        return Standing._make(cursor.fetchone())


class People:
    """The organisation's people by number: who stands for each, and who has withdrawn. `ages` holds the birth year and
    age band of each."""

    def __init__(self, organisation_id: int, numbers: Collection[int]) -> None:
        columns = ("id", "merged_into_id", "withdrawn_at", "birth_year", "age_band")
        rows = rows_among(Person, columns, "id", numbers, {"organisation_id": organisation_id})
        self._stands: dict[int, int] = {}
        self.withdrawn: set[int] = set()
        self.ages: dict[int, Age] = {}
        for pk, merged_into, withdrawn_at, birth_year, age_band in rows:
            self._stands[pk] = merged_into or pk
            self.ages[pk] = birth_year, age_band
            if withdrawn_at is not None:
                self.withdrawn.add(pk)

    def knows(self, numbers: Collection[int]) -> bool:
        return all(number in self._stands for number in numbers)

    def standing(self, numbers: Collection[int]) -> set[int]:
        """Keys of the people who stand for these, without those who withdrew."""
        return {self._stands[number] for number in numbers if number not in self.withdrawn}


class Looked:
    """What stands behind one batch of sittings."""

    def __init__(self, sittings: Sequence[Sitting], programme_id: int, organisation_id: int, at: dt.datetime) -> None:
        self.today = timezone.localdate(at)
        self.standing = _standing(programme_id, organisation_id)
        self.locks: Sequence[Period] = locked_periods_of(
            programme_id, fiscal_year_starts_in=self.standing.fiscal_year_starts_in
        )
        self.places = places_named(sitting.place for sitting in sittings if sitting.place)
        self.villages = places_named(
            (listed.village for sitting in sittings for listed in sitting.listed if listed.village), field="village"
        )
        self.groups = groups_named(
            (sitting.group for sitting in sittings if sitting.group),
            programme_id=programme_id,
            organisation_id=organisation_id,
        )
        self.rightsholder_groups = self._rightsholder_groups(sittings)
        self.sessions = self._sessions([sitting.origin for sitting in sittings])
        self.activities = self._activities(sittings)
        self.beside = self._beside()
        self.stored = self._stored([session.pk for session in self.sessions.values()])
        numbers = {number for sitting in sittings for number in sitting.numbers}
        numbers.update(person for stored in self.stored.values() for person in stored.attendances.values())
        self.people = People(organisation_id, numbers)
        users = {sitting.by.user_id for sitting in sittings if sitting.by.user_id is not None}
        self.users = {pk for (pk,) in rows_among(User, ("id",), "id", users)}
        self.leave = Leave(organisation_id=organisation_id, programme_id=programme_id)

    def activity(self, sitting: Sitting) -> Activity | DomainError | None:
        """The activity the sitting names, None where it names none."""
        if not sitting.activity:
            return None
        words = _("Your organisation has no activity with the key %(key)s.")
        return self.activities.get(sitting.activity.strip()) or Invalid(
            "no_such_activity", words, field="activity", key=sitting.activity
        )

    def place(self, sitting: Sitting) -> int | DomainError | None:
        return self.places[sitting.place] if sitting.place else None

    def group(self, sitting: Sitting) -> Group | DomainError | None:
        return self.groups[sitting.group] if sitting.group else None

    def _rightsholder_groups(self, sittings: Sequence[Sitting]) -> frozenset[str]:
        named = {key for sitting in sittings for dimension, key in sitting.counts if dimension == RIGHTSHOLDER_GROUP}
        if not named:
            return frozenset()
        known = Programme(pk=self.standing.programme_id).rightsholder_groups.filter(key__in=named)
        return frozenset(known.values_list("key", flat=True))

    def _sessions(self, origins: Sequence[str]) -> dict[str, Session]:
        """What each origin became before."""
        known = [pk for (pk,) in rows_among(Session, ("id",), "origin", origins)]
        if not known:
            return {}
        found = Session.objects.filter(
            among("pk", known),
            activity__programme=self.standing.programme_id,
            activity__organisation=self.standing.organisation_id,
        ).select_related("activity__group")
        sessions = {session.origin: session for session in found.order_by("-pk")}
        activities: dict[int, Activity] = {}
        for session in sessions.values():  # two sessions of one activity share it
            session.activity = activities.setdefault(session.activity_id, session.activity)
        return sessions

    def _activities(self, sittings: Sequence[Sitting]) -> dict[str, Activity]:
        keys = {key for sitting in sittings if (key := sitting.activity.strip())}
        if not keys:
            return {}
        known = {session.activity_id: session.activity for session in self.sessions.values()}
        found = Activity.objects.filter(
            among("key", keys),
            programme=self.standing.programme_id,
            organisation=self.standing.organisation_id,
        ).select_related("group")
        return {activity.key: known.get(activity.pk, activity) for activity in found}

    def _beside(self) -> defaultdict[int, list[Session]]:
        """All sessions of the activities that are named or stand already, in their order."""
        known = {activity.pk: activity for activity in self.activities.values()}
        known |= {session.activity_id: session.activity for session in self.sessions.values()}
        found: defaultdict[int, list[Session]] = defaultdict(list)
        if not known:
            return found
        held = {session.pk: session for session in self.sessions.values()}
        for session in Session.objects.filter(among("activity_id", known)).order_by("activity_id", "number"):
            if session.pk not in held:
                session.activity = known[session.activity_id]
            found[session.activity_id].append(held.get(session.pk, session))
        return found

    def _stored(self, session_ids: Sequence[int]) -> defaultdict[int, Stored]:
        found: defaultdict[int, Stored] = defaultdict(Stored)
        for pk, session_id, person_id in rows_among(
            Attendance, ("id", "session_id", "person_id"), "session_id", session_ids
        ):
            found[session_id].attendances[pk] = person_id
        columns = ("session_id", "dimension", "value", "count")
        for session_id, dimension, value, count in rows_among(Tally, columns, "session_id", session_ids):
            found[session_id].counts[dimension, value] = count
        return found
