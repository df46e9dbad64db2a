"""What attendance answers to events of the people: who withdraws becomes an anonymous count where she was."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Set

from django.db.models import F

from samaki.ground.activities.models import Attendance, Session, Tally
from samaki.ground.activities.rules import ALL
from samaki.ground.activities.sittings import with_total
from samaki.ground.people.erasing import RawTakenOut
from samaki.ground.people.events import PersonWithdrawn
from samaki.ground.people.rules import age_band
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.programmes.models import Programme
from samaki.kernel.database.bulk import among
from samaki.kernel.registry import reactions


@reactions.on(PersonWithdrawn)
def move_to_tallies(event: PersonWithdrawn) -> None:
    """In periods still open her attendance goes and counts by all, gender and age band rise by one. What stands in a
    locked period stays: it points at a nameless row, and its figures are published."""
    attendances = Attendance.objects.filter(person_id__in=event.person_ids).select_related("session__activity")
    programmes = Programme.objects.filter(activities__sessions__attendances__in=attendances).distinct()
    locks = {programme.pk: locked_periods(programme) for programme in programmes}
    moved = {
        attendance.pk: attendance.session
        for attendance in attendances
        if lock_over(locks[attendance.session.activity.programme_id], attendance.session.held_on) is None
    }
    Attendance.objects.filter(pk__in=moved).delete()
    _say_all({session.pk for session in moved.values()})
    # Two records of hers at one session were one person there.
    rises = Counter(
        (session.pk, dimension, value)
        for session in {session.pk: session for session in moved.values()}.values()
        for dimension, value in (
            ("all", "all"),
            ("gender", event.gender),
            ("age_band", age_band(event.birth_year, session.held_on, given=event.age_band)),
        )
    )
    for (session_id, dimension, value), rise in rises.items():
        same = Tally.objects.filter(session=session_id, dimension=dimension, value=value)
        if not same.update(count=F("count") + rise):
            Tally.objects.create(session_id=session_id, dimension=dimension, value=value, count=rise)


@reactions.on(RawTakenOut)
def stand_as_they_are(event: RawTakenOut) -> None:
    """What was sent lacks somebody now: made anew of it, these sessions would lack her count."""
    Session.objects.filter(among("origin", event.origins)).update(
        mended_at=event.at, revision=F("revision") + 1, updated_at=event.at
    )


def _say_all(session_ids: Set[int]) -> None:
    """Where only parts were counted, how many that is in all: one more of each part would otherwise hide the rest."""
    counts: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for tally in Tally.objects.filter(session__in=session_ids):
        counts[tally.session_id][tally.dimension, tally.value] = tally.count
    Tally.objects.bulk_create(
        Tally(session_id=session_id, dimension=ALL[0], value=ALL[1], count=total[ALL])
        for session_id, known in counts.items()
        if ALL not in known and ALL in (total := with_total(known))
    )
