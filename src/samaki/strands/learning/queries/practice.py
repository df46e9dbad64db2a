"""Who may lead on a day, whose certificate lapses, and who led (T3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.activities.rules import not_born
from samaki.ground.clearances.standing import cleared, stopped, vets
from samaki.ground.groups.models import Group, Membership
from samaki.ground.people.models import Person
from samaki.ground.people.rules import not_yet_born
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import DomainError, Invalid
from samaki.kernel.policy import Action, may, reach
from samaki.strands.learning.models import Certification, Lead, Series, SeriesActivity
from samaki.strands.learning.queries.naming import colleagues, expect_seen
from samaki.strands.learning.queries.series import CANONICAL, scope_of
from samaki.strands.learning.rules.practice import Certified, Stand, Standing, standing
from samaki.ui import words


@dataclass(frozen=True)
class Practice:
    """A person ever certified in a programme, counted once after merges. `last_led` None: never yet."""

    person_id: int
    programme_id: int
    organisation_id: int
    certified_on: dt.date
    last_led: dt.date | None
    stand: Stand


def practices(actor: AnyActor, *, on: dt.date, programme_id: int | None = None) -> list[Practice]:
    """Everyone certified by that day within the actor's sight; who withdrew is left out."""
    found = Certification.objects.filter(reach(actor, Action.SEE_PEOPLE).q(), certified_on__lte=on)
    if programme_id is not None:
        found = found.filter(programme=programme_id)
    return _practices(found, on)


def practice_of(actor: AnyActor, person_ids: Iterable[int], *, on: dt.date) -> list[Practice]:
    """As `practices`, of these people (numbers that stand after merges) in each programme."""
    found = Certification.objects.filter(reach(actor, Action.SEE_PEOPLE).q(), certified_on__lte=on)
    return _practices(found.annotate(whose=CANONICAL).filter(whose__in=list(person_ids)), on)


def stands(programme_id: int, person_ids: Iterable[int], *, on: dt.date) -> dict[int, Stand]:
    """How the certificates of these people stand in the programme; who has none is left out. Asks nobody's leave."""
    found = Certification.objects.filter(programme=programme_id, certified_on__lte=on).annotate(whose=CANONICAL)
    return {one.person_id: one.stand for one in _practices(found.filter(whose__in=list(person_ids)), on, alike=True)}


def led_by(actor: AnyActor, session: Session) -> list[Lead]:
    """Who led the session, by number. Raises Refused, audited, for who sees nobody of this activity."""
    expect_seen(actor, session)
    return list(Lead.objects.filter(session=session).select_related("person").order_by("person_id"))


def may_lead(actor: AnyActor, session: Session) -> list[int]:
    """Numbers of those who may lead on the session's day: certified and not lapsed, or of the working group; stopped
    nowhere, and cleared where that is wanted. For the facilitator of the activity those of them whom she knows by it.
    Raises as `led_by`."""
    activity, on = session.activity, session.held_on
    expect_seen(actor, session)
    certified = Certification.objects.filter(**scope_of(activity), certified_on__lte=on)
    ready = {one.person_id for one in _practices(certified, on) if one.stand.standing is Standing.STANDS}
    ready |= {
        pk for pk, organisation in _working_group(activity.programme_id, on) if organisation == activity.organisation_id
    }
    if not may(actor, Action.SEE_PEOPLE, **scope_of(activity)):
        ready &= colleagues(actor, session)
    return sorted(ready - _stopped(ready, on) - uncleared(activity, ready, on))


def why_not_lead(actor: AnyActor, person_id: int, session: Session) -> DomainError | None:
    """Why this person, by the number that stands after merges, may not have led the session; None: nothing is in the
    way. It never says why somebody is stopped. Raises as `led_by`."""
    activity, on = session.activity, session.held_on
    expect_seen(actor, session)
    person = Person.objects.get(pk=person_id)
    if not_yet_born(person.birth_year, on):
        return not_born([person_id])
    if _stopped({person_id}, on):
        return Invalid(
            "stopped",
            _("This person may not lead at present. Please ask whoever is in charge of vetting."),
            field="person",
        )
    if uncleared(activity, {person_id}, on):
        return not_cleared()
    if (
        Attendance.objects.filter(session=session)
        .filter(Q(person=person_id) | Q(person__merged_into=person_id))
        .exists()
    ):
        return Invalid(
            "attends",
            _("This person is on the attendance list of this session. Who leads is not taught."),
            field="person",
        )
    if any(pk == person_id for pk, _organisation in _working_group(activity.programme_id, on)):
        return None
    stand = stands(activity.programme_id, [person_id], on=on).get(person_id, Stand(Standing.NEVER))
    return _refused(stand)


def uncleared(activity: Activity, people: set[int], on: dt.date, *, of_trainers: bool | None = None) -> set[int]:
    """Those who may not lead the activity for want of a clearance: it is wanted for a training of trainers in a
    programme that vets. `of_trainers` None: as the series of the activity says."""
    if of_trainers is None:
        kind = Series.Kind.TRAINING_OF_TRAINERS
        of_trainers = SeriesActivity.objects.filter(activity=activity, series__kind=kind).exists()
    if not of_trainers or not vets(activity.programme_id):
        return set()
    return people - cleared(people, programme_id=activity.programme_id, on=on)


def not_cleared() -> Invalid:
    text = _("This person may not lead a training of trainers yet. Please wait until vetting is finished.")
    return Invalid("not_cleared", text, field="person")


def _refused(stand: Stand) -> DomainError | None:
    match stand.standing:
        case Standing.STANDS:
            return None
        case Standing.NEVER:
            text = _("This person was not certified on that day, and did not belong to the working group.")
            return Invalid("not_certified", text, field="person")
        case Standing.WITHDRAWN:
            text = _("This person’s certificate had been withdrawn by that day.")
            return Invalid("certificate_withdrawn", text, field="person")
        case Standing.LAPSED:
            text = _(
                "This person’s certificate lapsed after %(day)s: six months without leading. A refresher renews it."
            )
            return Invalid("certificate_lapsed", text, field="person", day=words.day(stand.until))


def _practices(found: QuerySet[Certification], on: dt.date, *, alike: bool = False) -> list[Practice]:
    """With `alike` as many statements where there is nobody, so that no clock tells."""
    certificates: dict[tuple[int, int], list[Certification]] = defaultdict(list)
    rows = found.filter(person__withdrawn_at__isnull=True).annotate(whose=CANONICAL).order_by("certified_on", "pk")
    for one in rows:
        certificates[one.programme_id, one.whose].append(one)
    if not certificates and not alike:
        return []
    programmes, people = {programme for programme, _person in certificates}, {person for _p, person in certificates}
    led = _led_on(programmes or {0}, people or {0}, on)
    result = []
    for (programme_id, person_id), own in sorted(certificates.items()):
        days = led.get((programme_id, person_id), [])
        stand = standing([Certified(one.certified_on, one.withdrawn_on) for one in own], days, on=on)
        last = max(days, default=None)
        result.append(Practice(person_id, programme_id, own[0].organisation_id, own[0].certified_on, last, stand))
    return result


def _led_on(programmes: set[int], people: set[int], on: dt.date) -> Mapping[tuple[int, int], list[dt.date]]:
    found: dict[tuple[int, int], list[dt.date]] = defaultdict(list)
    led = Lead.objects.filter(
        session__activity__programme__in=programmes,
        session__activity__state=Activity.State.HELD,
        session__held_on__lte=on,
    ).annotate(whose=CANONICAL)
    if len(people) <= 500:
        led = led.filter(whose__in=people)
    for programme_id, person_id, day in led.values_list("session__activity__programme_id", "whose", "session__held_on"):
        found[programme_id, person_id].append(day)
    return found


def _working_group(programme_id: int, on: dt.date) -> set[tuple[int, int]]:
    """Those who belonged to the programme's working group that day, with the organisation that keeps each."""
    running = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on)
    running = running.filter(group__programme=programme_id, group__kind=Group.Kind.WORKING_GROUP)
    running = running.filter(Q(group__ended_on__isnull=True) | Q(group__ended_on__gte=on))
    running = running.filter(person__withdrawn_at__isnull=True).annotate(whose=CANONICAL)
    return set(running.values_list("whose", "person__organisation_id"))


def _stopped(people: set[int], on: dt.date) -> set[int]:
    """Those stopped under any record of theirs."""
    records = dict(Person.objects.filter(merged_into__in=people).values_list("pk", "merged_into_id"))
    return {records.get(pk, pk) for pk in stopped({*people, *records}, on=on)}
