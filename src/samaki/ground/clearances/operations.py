"""Clearances given and stopped. Whoever vets asks leave first; what must follow at once follows in the transaction."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from samaki.ground.clearances.events import ClearanceStopped
from samaki.ground.clearances.models import Clearance
from samaki.ground.clearances.standing import records_of
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.kernel.registry import reactions


class Whom(NamedTuple):
    """Whose clearance, in which programme, kept by which organisation."""

    person: Person
    programme: Programme
    organisation: Organisation

    @property
    def scope(self) -> Scope:
        return Scope(organisation_id=self.organisation.pk, programme_id=self.programme.pk)


def clear(whom: Whom, *, until: dt.date, by: AnyActor, at: dt.datetime) -> Clearance:
    """The person is cleared from today to the day before `until`; what stopped her before has ended."""
    with acting(by, Action.DECIDE_VETTING, whom.person, **whom.scope):
        today = timezone.localdate(at)
        _end(whom, today)
        return _begin(whom, Clearance.Status.CLEARED, today, until, by)


def stop(whom: Whom, *, status: Clearance.Status, by: AnyActor, at: dt.datetime) -> Clearance:
    """The person is suspended or barred from today, and all that hangs on her clearance goes to others now."""
    with acting(by, Action.VET, whom.person, **whom.scope):
        today = timezone.localdate(at)
        _end(whom, today)
        clearance = _begin(whom, status, today, None, by)
        reactions.raise_event(ClearanceStopped(records_of(whom.person.pk), whom.programme.pk, today, at, by))
    return clearance


def lift(whom: Whom, *, by: AnyActor, at: dt.datetime) -> None:
    """What stood of the person ends today and nothing takes its place: she is neither stopped nor cleared. Where she
    was cleared, what hung on that goes to others now."""
    with acting(by, Action.DECIDE_VETTING, whom.person, **whom.scope):
        today = timezone.localdate(at)
        ended = _end(whom, today)
        record(by, "lift_clearance", whom.person, **whom.scope)
        if Clearance.Status.CLEARED in ended:
            reactions.raise_event(ClearanceStopped(records_of(whom.person.pk), whom.programme.pk, today, at, by))


def _end(whom: Whom, on: dt.date) -> set[str]:
    """Ends what stands; the statuses that did."""
    ended = set()
    standing = Clearance.objects.select_for_update().filter(Q(until__isnull=True) | Q(until__gt=on))
    for one in standing.filter(person=whom.person, programme=whom.programme):
        one.until = on
        one.revision += 1
        one.save()
        ended.add(one.status)
    return ended


def _begin(whom: Whom, status: Clearance.Status, since: dt.date, until: dt.date | None, by: AnyActor) -> Clearance:
    clearance, _is_new = Clearance.objects.update_or_create(
        person=whom.person,
        programme=whom.programme,
        status=status,
        since=since,
        defaults={"organisation": whom.organisation, "until": until, "is_example": whom.organisation.is_example},
    )
    record(by, f"clearance_{status}", clearance, **whom.scope)
    return clearance
