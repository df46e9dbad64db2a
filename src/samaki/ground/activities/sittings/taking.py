"""Taking a batch of sittings: each becomes a session with its attendance, all or none."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.consents import ConsentsToBeNamed
from samaki.ground.activities.models import Activity
from samaki.ground.activities.rosters import take_people
from samaki.ground.activities.rules import count_faults, date_in_future, not_born
from samaki.ground.activities.sittings.looking import Looked
from samaki.ground.activities.sittings.planning import Plan, Planner
from samaki.ground.activities.sittings.sitting import RIGHTSHOLDER_GROUP, Sitting
from samaki.ground.activities.sittings.writing import write
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.operations.recording import NewPerson
from samaki.ground.periods.locks import lock_over
from samaki.kernel import policy
from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.policy import Action

_KINDS = frozenset(Activity.Kind.values)
Fault = tuple[int, DomainError]


def take_sittings(sittings: Sequence[Sitting], *, programme_id: int, organisation_id: int, at: dt.datetime) -> None:
    """Writes the sessions, replacing what each origin made before; the same again changes nothing, and nothing replaces
    what a page changed after the form was received: the later word holds.

    A sitting that names an activity fills its planned session of that day, or the only one it has where that was put
    off, or adds one; otherwise it makes an activity of its own. Raises RowsInvalid naming each faulty sitting:
    Refused; Invalid: place_unknown, place_ambiguous, no_such_group, group_ambiguous, no_such_activity, kind_wanted,
    date_in_future, tallies_only, no_such_person, consent_wanted, not_in_programme, unknown_rightsholder_group, those of
    `rules.count_faults` and of a roster; Conflict: period_locked, not_held, session_recorded, changed_meanwhile.
    """
    if not sittings:
        return
    with transaction.atomic():
        looked = Looked(sittings, programme_id, organisation_id, at)
        _refuse(_faults(sittings, looked))
        people = _people(sittings, looked, at)
        planner = Planner(looked)
        plans = _planned(sittings, people, planner)
        changing = {index: plan for index, plan in plans.items() if plan.changes}
        _refuse(_held_back(changing, looked))
        if changing:
            write(changing, planner)


def _refuse(faults: Iterator[Fault]) -> None:
    if found := list(faults):
        raise RowsInvalid(found)


def _faults(sittings: Sequence[Sitting], looked: Looked) -> Iterator[Fault]:
    """What can be said of a sitting before anybody is opened or added."""
    for index, sitting in enumerate(sittings):
        activity, group, place = looked.activity(sitting), looked.group(sitting), looked.place(sitting)
        named = [fault for fault in (activity, group, place) if isinstance(fault, DomainError)]
        if named:
            yield from ((index, fault) for fault in named)
            continue
        known = activity if isinstance(activity, Activity) else None
        circle = known.group if known else group
        circle = circle if isinstance(circle, Group) else None
        refusal = _refusal(sitting, known, circle, looked)
        # Nothing else is told to who may not ask.
        for fault in [refusal] if refusal else _own_faults(sitting, known, circle, looked):
            yield index, fault


def _refusal(sitting: Sitting, activity: Activity | None, group: Group | None, looked: Looked) -> DomainError | None:
    """Leave to record; to add people, where any are listed by name; for people at all, to see those of the
    organisation, or to lead that activity oneself."""
    by, group_id = sitting.by, group.pk if group else None
    if not looked.leave.may(by, Action.RECORD_ACTIVITY, group_id):
        return policy.refusal(by, Action.RECORD_ACTIVITY)
    if sitting.listed and not looked.leave.may(by, Action.EDIT_PEOPLE, None):
        return policy.refusal(by, Action.EDIT_PEOPLE)
    if not (sitting.numbers or sitting.listed) or looked.leave.may(by, Action.SEE_PEOPLE, group_id):
        return None
    led_by = activity.facilitator_id if activity else None
    if led_by in (None, by.user_id) and looked.leave.may(by, Action.SEE_OWN_ATTENDANCE, group_id):
        return None
    return policy.refusal(by, Action.SEE_PEOPLE)


def _own_faults(
    sitting: Sitting, activity: Activity | None, group: Group | None, looked: Looked
) -> Iterator[DomainError]:
    if not looked.standing.takes_part:
        yield Invalid("not_in_programme", _("This organisation has no part in the programme."), field="organisation")
    if sitting.held_on > looked.today:
        yield date_in_future("held_on")
    if activity is not None and activity.state == Activity.State.CANCELLED:
        yield Conflict("not_held", _("This activity has not taken place."), field="activity")
    if activity is None and sitting.kind not in _KINDS:
        yield Invalid("kind_wanted", _("Please choose the kind of activity."), field="kind")
    if sitting.numbers or sitting.listed:
        is_sensitive = activity.is_sensitive if activity else sitting.is_sensitive
        if is_sensitive or (group is not None and not group.keeps_names):
            yield Invalid("tallies_only", _("Here only counts are kept, no names."), field="people")
        if not looked.people.knows(sitting.numbers):
            yield Invalid("no_such_person", _("Please choose people of your organisation’s list."), field="people")
        for listed in sitting.listed:
            if isinstance(fault := looked.villages.get(listed.village), DomainError):
                yield fault
    if sitting.counts:
        yield from count_faults(sitting.counts, named=len(sitting.numbers) + len(sitting.listed))
        if not looked.rightsholder_groups >= {key for name, key in sitting.counts if name == RIGHTSHOLDER_GROUP}:
            words = _("Please choose a group that the programme names.")
            yield Invalid("unknown_rightsholder_group", words, field=RIGHTSHOLDER_GROUP)


def _people(sittings: Sequence[Sitting], looked: Looked, at: dt.datetime) -> list[set[int]]:
    """The people at each sitting by key: those numbered, and those listed, recognised or added as a roster does."""
    people = [looked.people.standing(sitting.numbers) for sitting in sittings]
    by_actor: defaultdict[int, list[tuple[int, NewPerson]]] = defaultdict(list)
    for index, sitting in enumerate(sittings):
        for listed in sitting.listed:
            village = looked.villages.get(listed.village)
            place_id = village if isinstance(village, int) else None
            person = replace(listed.person, place_id=place_id, origin=sitting.origin)
            by_actor[id(sitting.by)].append((index, person))
    if not by_actor:
        return people
    organisation = Organisation.objects.get(pk=looked.standing.organisation_id)
    for entries in by_actor.values():
        actor, indices = sittings[entries[0][0]].by, [index for index, _person in entries]
        try:
            ids = take_people([person for _index, person in entries], organisation=organisation, by=actor, at=at)
        except RowsInvalid as error:
            raise RowsInvalid([(indices[row], why) for row, why in error.faults]) from None
        except DomainError as error:
            raise RowsInvalid([(index, error) for index in sorted(set(indices))]) from None
        for index, person_id in zip(indices, ids, strict=True):
            people[index].add(person_id)
    return people


def _planned(sittings: Sequence[Sitting], people: Sequence[set[int]], planner: Planner) -> dict[int, Plan]:
    plans: dict[int, Plan] = {}
    faults: list[Fault] = []
    for index, sitting in enumerate(sittings):
        if planner.is_outdated(sitting):
            continue
        try:
            plans[index] = planner.plan(sitting, people[index])
        except DomainError as error:
            faults.append((index, error))
    _refuse(iter(faults))
    return plans


def _held_back(plans: dict[int, Plan], looked: Looked) -> Iterator[Fault]:
    """Plans that would change what is locked, or name who has not agreed to it."""
    if looked.locks:
        for index, plan in plans.items():
            days = (*plan.days, plan.left.held_on) if plan.left else plan.days
            conflicts = (lock_over(looked.locks, day) for day in days)
            if (conflict := next((one for one in conflicts if one is not None), None)) is not None:
                yield index, conflict
    asked = {person_id for plan in plans.values() for person_id in plan.asked}
    consents = ConsentsToBeNamed(asked, looked.people.ages)
    for index, plan in plans.items():
        if unborn := [pk for pk in plan.asked if not consents.born(pk, plan.sitting.held_on)]:
            yield index, not_born(unborn)
        lacking = sorted(pk for pk in plan.asked if not consents.on(pk, plan.sitting.held_on))
        if lacking:
            yield index, consent_wanted(lacking)


def consent_wanted(people: Sequence[int]) -> Invalid:
    return Invalid(
        "consent_wanted",
        _("Consent to be named is missing for %(count)s people. Please ask for it, or count them without names."),
        field="people",
        count=len(people),
        people=list(people),
    )
