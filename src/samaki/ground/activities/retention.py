"""Two years after a programme has ended nobody is named as having come to it; how many came, and who they were by
gender, year of birth and commune, stays in its figures."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Attendance
from samaki.ground.people.erasing import NamesGo
from samaki.ground.people.models import Person, PersonIdentity
from samaki.ground.people.operations.consents import records_of
from samaki.ground.people.operations.withdrawing import commune_of, unname
from samaki.ground.people.taking_part import known
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action
from samaki.kernel.registry import reactions
from samaki.kernel.retention import Due, Rule, months_after, rules

MONTHS = 24
ORIGIN = "retention"


def _over(on: dt.date) -> dict[int, dt.date]:
    """Programmes whose time has passed, with the day it did."""
    ended = Programme.objects.filter(ends_on__isnull=False, is_example=False).values_list("pk", "ends_on")
    days = {pk: months_after(ends_on, MONTHS) for pk, ends_on in ended if ends_on is not None}
    return {pk: day for pk, day in days.items() if day <= on}


def due(on: dt.date) -> Iterator[Due]:
    over = _over(on)
    named = Exists(PersonIdentity.objects.filter(person=OuterRef("person")))
    rows = (
        Attendance.objects.filter(named, session__activity__programme__in=over, person__is_example=False)
        .order_by("person_id")
        .values_list("person_id", "person__merged_into_id", "person__organisation_id", "session__activity__programme")
    )
    first: dict[int, Due] = {}
    for person_id, merged_into, organisation_id, programme_id in rows.distinct():
        stands = merged_into or person_id
        day = over[programme_id]
        if stands not in first or day < first[stands].due_on:
            first[stands] = Due(stands, f"P{stands:06d}", organisation_id, day)
    yield from first.values()


def let_go(ids: Collection[int], by: AnyActor, at: dt.datetime) -> Mapping[str, int]:
    gone: Counter[str] = Counter()
    over = _over(timezone.localdate(at))
    running = [pk for pk in Programme.objects.values_list("pk", flat=True) if pk not in over]
    whole: defaultdict[int, list[_Gone]] = defaultdict(list)  # by organisation
    parted: defaultdict[tuple[int, int], list[_Gone]] = defaultdict(list)  # by organisation and programme
    for person in Person.objects.filter(pk__in=ids, withdrawn_at__isnull=True).order_by("pk"):
        one = _Gone(person, records_of(person))
        came = Attendance.objects.filter(person__in=one.records, session__activity__programme__in=over)
        if not PersonIdentity.objects.filter(pk__in=one.records).exists() or not came.exists():
            continue
        if _is_known_elsewhere(one.records, running):
            gone["parted"] += 1
            for programme_id in set(came.values_list("session__activity__programme", flat=True)):
                parted[person.organisation_id, programme_id].append(one)
        else:
            gone["attendances"] += came.count()
            whole[person.organisation_id].append(one)
    # What was sent is searched once for all of them, while their names still open.
    for (organisation_id, programme_id), some in parted.items():
        reactions.raise_event(NamesGo(organisation_id, tuple(one.records for one in some), at, programme_id))
        gone["attendances"] += sum(_unname(one.person, one.records, programme_id) for one in some)
    for organisation_id, some in whole.items():
        reactions.raise_event(NamesGo(organisation_id, tuple(one.records for one in some), at))
        for one in some:
            gone["names"] += unname(one.person, one.records)
    return gone


class _Gone(NamedTuple):
    person: Person
    records: tuple[int, ...]


def _is_known_elsewhere(records: Collection[int], running: Collection[int]) -> bool:
    if User.objects.filter(person_id__in=records, is_active=True).exists():
        return True
    return any(known(programme_id, records) for programme_id in running)


def _unname(person: Person, records: Collection[int], programme_id: int) -> int:
    """Her attendance there is somebody's of her gender, age and commune; who, is written nowhere. Returns how many."""
    nobody = Person.objects.create(
        organisation_id=person.organisation_id,
        gender=person.gender,
        birth_year=person.birth_year,
        age_band=person.age_band,
        age_band_on=person.age_band_on,
        place=commune_of(person),
        is_example=person.is_example,
        origin=ORIGIN,
    )
    seen: set[int] = set()
    came = Attendance.objects.filter(person__in=records, session__activity__programme=programme_id)
    for attendance in came.order_by("pk"):
        if attendance.session_id in seen:  # two records of hers at one session were one person there
            attendance.delete()
        else:
            seen.add(attendance.session_id)
            Attendance.objects.filter(pk=attendance.pk).update(person=nobody)
    return len(seen)


rules.register(
    Rule(
        "attendance",
        _("People of programmes that ended two years ago"),
        _(
            "Their names, phones and answers go, in copies too. That somebody of their gender, year of birth and "
            "commune came stays, so no figure of the programme changes."
        ),
        {
            "names": _("Names and their keys"),
            "attendances": _("Attendances no longer named"),
            "parted": _("People still known in a running programme"),
        },
        sees=Action.EDIT_PEOPLE,
        runs=Action.LET_GO,
        due=due,
        let_go=let_go,
    )
)
