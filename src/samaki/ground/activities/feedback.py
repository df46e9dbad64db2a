"""What people say after an activity, as forms bring it; read by the organisation they said it to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Feedback
from samaki.ground.activities.rules import date_in_future
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.places.naming import places_named
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import Act, record_all
from samaki.kernel.database.bulk import among, rows_among
from samaki.kernel.errors import DomainError, Invalid, RowsInvalid
from samaki.kernel.leave import Leave
from samaki.kernel.policy import Action, Reach, reach
from samaki.kernel.records import Scope

Fault = tuple[int, DomainError]
_FIELDS = ("activity_id", "place_id", "given_on", "felt_heard", "asked_for")


@dataclass(frozen=True)
class Said:
    """What a form tells. `activity` (a key) and `place` stand as written, "" where nothing is."""

    origin: str
    by: AnyActor
    given_on: dt.date
    felt_heard: str = Feedback.FeltHeard.NOT_RECORDED
    asked_for: str = ""
    activity: str = ""
    place: str = ""


def feedback(actor: AnyActor, programme: Programme | None = None) -> QuerySet[Feedback]:
    """What was said to the actor's own organisation, the latest first. Free text leaves no organisation: who oversees
    a programme sees none of another's."""
    span = reach(actor, Action.SEE_PROGRAMME)
    own = frozenset(extent for extent in span.extents if extent.organisation_id is not None and not extent.group_id)
    found = Feedback.objects.filter(Reach(span.everything, own).q())
    if programme is not None:
        found = found.filter(programme=programme)
    return found.select_related("activity", "place").order_by("-given_on", "-pk")


def take_feedback(said: Sequence[Said], *, programme_id: int, organisation_id: int, at: dt.datetime) -> None:
    """Writes what was said, replacing what each origin said before; the same again changes nothing. Raises RowsInvalid
    naming each faulty one: Refused; Invalid: nothing_said, date_in_future, no_such_activity, place_unknown,
    place_ambiguous; Conflict("period_locked"). Call in a transaction."""
    if not said:
        return
    programme = Programme.objects.get(pk=programme_id)
    organisation = Organisation.objects.get(pk=organisation_id)
    scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
    before = _of_origins([one.origin for one in said], scope)
    places = places_named(one.place for one in said if one.place)
    keys = {one.activity for one in said if one.activity}
    activities = dict(Activity.objects.filter(among("key", keys), **scope).values_list("key", "pk")) if keys else {}
    leave = Leave(organisation_id=organisation_id, programme_id=programme_id)
    faults: list[Fault] = []
    for index, one in enumerate(said):
        faults += [(index, fault) for fault in _faults(one, places, activities, leave, on=timezone.localdate(at))]
    _refuse(faults)
    fresh: list[Feedback] = []
    changed: list[Feedback] = []
    locks = locked_periods(programme)
    acts: list[Said] = []
    for index, one in enumerate(said):
        place = places[one.place] if one.place else None
        values = (activities.get(one.activity), place, one.given_on, one.felt_heard, one.asked_for)
        stood = before.get(one.origin)
        if stood is not None and values == tuple(getattr(stood, name) for name in _FIELDS):
            continue
        days = {one.given_on, stood.given_on} if stood else {one.given_on}
        faults += [(index, lock) for day in sorted(days) if (lock := lock_over(locks, day)) is not None][:1]
        kept = stood or Feedback(programme=programme, organisation=organisation, origin=one.origin, revision=0)
        for name, value in zip(_FIELDS, values, strict=True):
            setattr(kept, name, value)
        kept.is_example, kept.updated_at = organisation.is_example, timezone.now()
        kept.revision += 1
        acts.append(one)
        (changed if stood else fresh).append(kept)
    _refuse(faults)
    with transaction.atomic():
        Feedback.objects.bulk_create(fresh)
        Feedback.objects.bulk_update(changed, [*_FIELDS, "revision", "updated_at"])
        written = {one.origin: one for one in (*fresh, *changed)}
        record_all(
            [
                Act(
                    one.by,
                    "record_feedback",
                    ("activities.feedback", written[one.origin].pk),
                    **scope,
                    details={"origin": one.origin},
                )
                for one in acts
            ]
        )


def feedback_of(origins: Sequence[str]) -> Mapping[str, int]:
    """The key of what each origin became. Asks nobody's leave."""
    return {origin: pk for pk, origin in rows_among(Feedback, ("id", "origin"), "origin", origins)}


def take_back_feedback(origins: Sequence[str], *, programme_id: int, organisation_id: int, by: AnyActor) -> None:
    """Removes what the origins said. Raises Refused, or Conflict("period_locked"), and then has removed nothing."""
    scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
    leave = Leave(organisation_id=organisation_id, programme_id=programme_id)
    if (refusal := leave.refusal(by, Action.RECORD_ACTIVITY)) is not None:
        raise refusal
    found = _of_origins(origins, scope).values()
    locks = locked_periods(Programme.objects.get(pk=programme_id))
    for one in found:
        if (conflict := lock_over(locks, one.given_on)) is not None:
            raise conflict
    with transaction.atomic():
        record_all(
            [
                Act(by, "take_back_feedback", ("activities.feedback", one.pk), **scope, details={"origin": one.origin})
                for one in found
            ]
        )
        Feedback.objects.filter(pk__in=[one.pk for one in found]).delete()


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise RowsInvalid(faults)


def _of_origins(origins: Sequence[str], scope: Scope) -> dict[str, Feedback]:
    return {one.origin: one for one in Feedback.objects.filter(among("origin", origins), **scope)}


def _faults(
    one: Said,
    places: Mapping[str, int | DomainError],
    activities: Mapping[str, int],
    leave: Leave,
    *,
    on: dt.date,
) -> Iterator[DomainError]:
    if (refusal := leave.refusal(one.by, Action.RECORD_ACTIVITY)) is not None:
        yield refusal
        return
    if one.given_on > on:
        yield date_in_future("given_on")
    if one.felt_heard == Feedback.FeltHeard.NOT_RECORDED and not one.asked_for:
        words = _("Please say whether the person felt heard, or what she asks for.")
        yield Invalid("nothing_said", words, field="felt_heard")
    if one.activity and one.activity not in activities:
        words = _("Your organisation has no activity with the key %(key)s.")
        yield Invalid("no_such_activity", words, field="activity", key=one.activity)
    if one.place and isinstance(fault := places[one.place], DomainError):
        yield fault
