"""Follow-ups as forms bring them, many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.consents import ConsentsToBeNamed
from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.activities.rules import date_in_future
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person, PersonKey
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.periods.rules import Period
from samaki.ground.programmes.models import Programme
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import Act, record_all
from samaki.kernel.database.bulk import among, rows_among
from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.leave import Leave
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.strands.learning.models import FollowUp
from samaki.strands.learning.rules import in_window
from samaki.strands.learning.sealing import closed, opened

Fault = tuple[int, DomainError]
_FIELDS = ("person_id", "activity_id", "trained_on", "followed_up_on", "applied")
_APPLIED = frozenset(FollowUp.Applied.values)


@dataclass(frozen=True)
class Asked:
    """What a form tells of one person: `person` is her number, `activity` the key of the training."""

    origin: str
    by: AnyActor
    person: int
    activity: str
    followed_up_on: dt.date
    applied: str
    evidence: str = ""


@dataclass
class _Looked:
    people: Mapping[int, int]  # number → who stands for it, of those who have not withdrawn
    keys: Mapping[int, PersonKey]
    activities: Mapping[str, Activity]
    before: Mapping[str, FollowUp]
    stayed_away: Mapping[int, frozenset[int]]  # activity whose every session has its list → of `people` who are on none
    leave: Leave
    consents: ConsentsToBeNamed
    locks: Sequence[Period]


def take_follow_ups(asked: Sequence[Asked], *, programme_id: int, organisation_id: int, at: dt.datetime) -> None:
    """Writes the follow-ups, replacing what each origin made before; the same again changes nothing.

    Raises RowsInvalid naming each faulty one: Refused; Invalid: no_such_person (also another organisation's, or one who
    withdrew), no_such_activity, date_in_future, before_training, not_an_answer, tallies_only, consent_wanted,
    did_not_attend (where who came to each session is written down by name); Conflict: already_followed_up,
    period_locked. Call in a transaction.
    """
    if not asked:
        return
    with transaction.atomic():
        programme = Programme.objects.get(pk=programme_id)
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
        looked = _look(asked, programme, organisation)
        today = timezone.localdate(at)
        _refuse([(index, fault) for index, one in enumerate(asked) for fault in _faults(one, looked, today)])
        faults: list[Fault] = []
        changing: list[tuple[Asked, FollowUp]] = []
        for index, one in enumerate(asked):
            stood = looked.before.get(one.origin)
            follow_up = stood or FollowUp(programme=programme, organisation=organisation, origin=one.origin, revision=0)
            days = {one.followed_up_on, *([stood.followed_up_on] if stood else [])}
            if _fill(follow_up, one, looked):
                faults += [(index, lock) for day in days if (lock := lock_over(looked.locks, day)) is not None][:1]
                changing.append((one, follow_up))
        faults += list(_twice(asked, looked)) if not faults else []
        _refuse(faults)
        for _one, follow_up in changing:
            follow_up.is_example = organisation.is_example
            follow_up.revision += 1
            follow_up.save()
        record_all([_act(one.by, "record_follow_up", follow_up, scope) for one, follow_up in changing])


def follow_ups_of(origins: Sequence[str]) -> Mapping[str, int]:
    """The key of what each origin became. Asks nobody's leave."""
    return {origin: pk for pk, origin in rows_among(FollowUp, ("id", "origin"), "origin", origins)}


def take_back_follow_ups(origins: Sequence[str], *, programme_id: int, organisation_id: int, by: AnyActor) -> None:
    """Removes what the origins made. Raises Refused, or Conflict("period_locked"), and then has removed nothing."""
    scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
    policy.require(by, Action.RECORD_ACTIVITY, **scope)
    found = list(FollowUp.objects.filter(among("origin", origins), **scope))
    locks = locked_periods(Programme.objects.get(pk=programme_id))
    for one in found:
        if (conflict := lock_over(locks, one.followed_up_on)) is not None:
            raise conflict
    with transaction.atomic():
        record_all([_act(by, "take_back_follow_up", one, scope) for one in found])
        FollowUp.objects.filter(pk__in=[one.pk for one in found]).delete()


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise RowsInvalid(faults)


def _look(asked: Sequence[Asked], programme: Programme, organisation: Organisation) -> _Looked:
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    numbers = {one.person for one in asked}
    found = Person.objects.filter(among("pk", numbers), organisation=organisation, withdrawn_at__isnull=True)
    people = {pk: merged_into or pk for pk, merged_into in found.values_list("pk", "merged_into_id")}
    named = Activity.objects.filter(among("key", {one.activity for one in asked}), **scope)
    activities = {one.key: one for one in named.select_related("group")}
    before = FollowUp.objects.filter(among("origin", [one.origin for one in asked]), **scope)
    standing = set(people.values())
    return _Looked(
        people,
        {key.pk: key for key in PersonKey.objects.filter(among("pk", standing))},
        activities,
        {one.origin: one for one in before},
        _stayed_away([one.pk for one in activities.values()], standing),
        Leave(organisation_id=organisation.pk, programme_id=programme.pk),
        ConsentsToBeNamed(standing),
        locked_periods(programme),
    )


def _stayed_away(activities: Sequence[int], people: Collection[int]) -> dict[int, frozenset[int]]:
    """Where a session's list is not there, or counts only, nobody is said to have stayed away."""
    sessions = Session.objects.filter(among("activity_id", activities))
    unlisted = set(
        sessions.exclude(attendance=Session.Attendance.NAMED).values_list("activity_id", flat=True).distinct()
    )
    listed = set(sessions.values_list("activity_id", flat=True).distinct()) - unlisted
    came: dict[int, set[int]] = {one: set() for one in listed}
    rows = Attendance.objects.filter(among("session__activity_id", listed)).annotate(
        whose=Coalesce("person__merged_into_id", "person_id")
    )
    for activity_id, whose in rows.values_list("session__activity_id", "whose"):
        came[activity_id].add(whose)
    return {activity_id: frozenset(people) - there for activity_id, there in came.items()}


def _faults(one: Asked, looked: _Looked, on: dt.date) -> Iterator[DomainError]:
    activity = looked.activities.get(one.activity)
    if (refusal := _refusal(one, activity, looked.leave)) is not None:
        yield refusal
        return
    if activity is None:
        words = _("Your organisation has no activity with the key %(key)s.")
        yield Invalid("no_such_activity", words, field="activity", key=one.activity)
    elif one.followed_up_on < activity.ends_on:
        yield Invalid("before_training", _("This date is before the training."), field="followed_up_on")
    if activity is not None and (activity.is_sensitive or (activity.group and not activity.group.keeps_names)):
        yield Invalid("tallies_only", _("Here only counts are kept, no names."), field="activity")
    if one.followed_up_on > on:
        yield date_in_future("followed_up_on")
    if one.applied not in _APPLIED:
        yield Invalid("not_an_answer", _("Please choose one of the answers."), field="applied")
    if one.person not in looked.people:
        yield Invalid("no_such_person", _("Please choose people of your organisation’s list."), field="person")
    elif activity is not None and looked.people[one.person] in looked.stayed_away.get(activity.pk, frozenset()):
        words = _("This person is on no attendance list of this training. Please check the number and the training.")
        yield Invalid("did_not_attend", words, field="person")
    elif one.origin not in looked.before and not looked.consents.on(looked.people[one.person], one.followed_up_on):
        words = _("Consent to be named is missing. Please ask for it first.")
        yield Invalid("consent_wanted", words, field="person")


def _refusal(one: Asked, activity: Activity | None, leave: Leave) -> DomainError | None:
    """Leave to record, and to see the organisation's people or to have led that training oneself."""
    if (refusal := leave.refusal(one.by, Action.RECORD_ACTIVITY)) is not None:
        return refusal
    led = activity is not None and activity.facilitator_id is not None and activity.facilitator_id == one.by.user_id
    if led and leave.may(one.by, Action.SEE_OWN_ATTENDANCE):
        return None
    return leave.refusal(one.by, Action.SEE_PEOPLE)


def _fill(follow_up: FollowUp, one: Asked, looked: _Looked) -> bool:
    """Whether the follow-up says anything else by it."""
    activity, person_id = looked.activities[one.activity], looked.people[one.person]
    # The training's last day stays the one it was when she was first asked of it.
    trained_on = follow_up.trained_on if follow_up.activity_id == activity.pk else activity.ends_on
    values = (person_id, activity.pk, trained_on, one.followed_up_on, one.applied)
    key = looked.keys[person_id]
    told = opened(follow_up, key) if follow_up.pk and follow_up.person_id == person_id else ""
    if follow_up.pk and told == one.evidence and values == tuple(getattr(follow_up, name) for name in _FIELDS):
        return False
    for name, value in zip(_FIELDS, values, strict=True):
        setattr(follow_up, name, value)
    follow_up.in_window = in_window(trained_on, one.followed_up_on)
    follow_up.evidence = closed(one.evidence, person_id=person_id, origin=one.origin, key=key)
    return True


def _twice(asked: Sequence[Asked], looked: _Looked) -> Iterator[Fault]:
    """The same person, training and day told by another form."""
    own = {one.pk for one in looked.before.values()}
    people = set(looked.people.values())
    kept = FollowUp.objects.filter(among("person_id", people)).exclude(pk__in=own)
    seen = set(kept.values_list("person_id", "activity_id", "followed_up_on"))
    for index, one in enumerate(asked):
        told = (looked.people[one.person], looked.activities[one.activity].pk, one.followed_up_on)
        if told in seen:
            words = _("This person was followed up on that day already, by another form. Please correct that one.")
            yield index, Conflict("already_followed_up", words, field="person")
        seen.add(told)


def _act(by: AnyActor, action: str, one: FollowUp, scope: Scope) -> Act:
    return Act(by, action, ("learning.followup", one.pk), **scope, details={"origin": one.origin})
