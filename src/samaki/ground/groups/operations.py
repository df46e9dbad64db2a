"""Writes of groups: formed, joined, left, ended."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.gate import not_cleared, uncleared
from samaki.ground.groups.models import Group, GroupRole, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.keys import expect_key
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, expect_revision


def create_group(
    *,
    programme: Programme,
    organisation: Organisation,
    kind: Group.Kind,
    name_km: str,
    name_latin: str,
    place: Place | None,
    formed_on: dt.date | None,
    keeps_names: bool = True,
    key: str = "",
    by: AnyActor,
    at: dt.datetime,
) -> Group:
    """A new group. Raises Conflict("key_in_use"), Invalid for a key that is none, a day to come, no name, or an
    organisation that has no part in the programme."""
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    key = key or f"{programme.key}-{uuid4().hex[:10]}"
    with acting(by, Action.FORM_GROUP, ("groups.group", key), **scope):
        expect_key(key, 60)
        _not_to_come(formed_on, at, "formed_on")
        if not (name_km.strip() or name_latin.strip()):
            raise Invalid("name_wanted", _("Please enter the name of the group."), field="name_km")
        if not ProgrammeRole.objects.filter(programme=programme, organisation=organisation).exists():
            raise Invalid(
                "not_in_programme", _("This organisation has no part in the programme."), field="organisation"
            )
        if Group.objects.filter(key=key).exists():
            raise Conflict("key_in_use", _("This key is in use already."), field="key")
        group = Group.objects.create(
            key=key,
            programme=programme,
            organisation=organisation,
            kind=kind,
            name_km=name_km.strip(),
            name_latin=name_latin.strip(),
            place=place,
            formed_on=formed_on,
            keeps_names=keeps_names,
            is_example=organisation.is_example,
        )
        record(by, "create_group", group, **scope)
    return group


def edit_group(
    *,
    group: Group,
    revision: int,
    name_km: str,
    name_latin: str,
    place: Place | None,
    formed_on: dt.date | None,
    by: AnyActor,
    at: dt.datetime,
) -> Group:
    """Raises Conflict where somebody saved it after `revision`, with theirs and yours; Invalid where a member joined
    before `formed_on`."""
    yours = {
        "name_km": name_km.strip(),
        "name_latin": name_latin.strip(),
        "place_id": place.pk if place else None,
        "formed_on": formed_on,
    }
    with acting(by, Action.RECORD_ACTIVITY, group, **_scope(group)):
        group = Group.objects.select_for_update(no_key=True).get(pk=group.pk)
        expect_revision(group, revision, yours)
        _not_to_come(formed_on, at, "formed_on")
        if not (yours["name_km"] or yours["name_latin"]):
            raise Invalid("name_wanted", _("Please enter the name of the group."), field="name_km")
        if formed_on is not None and group.memberships.filter(since__lt=formed_on).exists():
            raise Invalid("member_before_group", _("A member joined before that day."), field="formed_on")
        for name, value in yours.items():
            setattr(group, name, value)
        group.revision += 1
        group.save()
        record(by, "edit_group", group, **_scope(group), details={"fields": sorted(yours)})
    return group


def end_group(*, group: Group, revision: int, ended_on: dt.date, by: AnyActor, at: dt.datetime) -> Group:
    """The group's last day; memberships still running end the day after. Raises as `edit_group`, and Conflict where
    that reaches into a locked period."""
    with acting(by, Action.RECORD_ACTIVITY, group, **_scope(group)):
        group = Group.objects.select_for_update(of=("self",), no_key=True).select_related("programme").get(pk=group.pk)
        expect_revision(group, revision, {"ended_on": ended_on})
        _not_to_come(ended_on, at, "ended_on")
        if group.formed_on is not None and ended_on < group.formed_on:
            raise Invalid("dates_out_of_order", _("The last day is before the first."), field="ended_on")
        after = ended_on + dt.timedelta(days=1)
        running = group.memberships.filter(Q(until__isnull=True) | Q(until__gt=after))
        if running.filter(since__gte=after).exists():
            raise Invalid("member_after_group", _("A member joined after that day."), field="ended_on")
        if (conflict := lock_over(locked_periods(group.programme), after, dt.date.max)) is not None:
            raise conflict
        for membership in running:
            membership.until = after
            membership.revision += 1
            membership.save()
        group.ended_on = ended_on
        group.revision += 1
        group.save()
        record(by, "end_group", group, **_scope(group))
    return group


def join_group(
    *,
    group: Group,
    person_id: int,
    since: dt.date,
    role: str = GroupRole.MEMBER.value,
    representing: Organisation | None = None,
    by: AnyActor,
    at: dt.datetime,
) -> Membership:
    """Membership of a person of the group's own organisation from `since`; `representing` is where she comes from.
    Raises Invalid: names_not_kept, no_such_person (also for another organisation's), date_in_future, group_not_there,
    role_wanted, not_cleared (a men's group); Conflict: member_already, period_locked."""
    with acting(by, Action.RECORD_ACTIVITY, group, **_scope(group)):
        policy.require(by, Action.SEE_PEOPLE, **_scope(group))
        group = Group.objects.select_for_update(of=("self",), no_key=True).select_related("programme").get(pk=group.pk)
        if not group.keeps_names:
            raise Invalid("names_not_kept", _("This group keeps counts, not names."), field="person")
        person = _person(group.organisation_id, person_id)
        _not_to_come(since, at, "since")
        before, after = group.formed_on or dt.date.min, group.ended_on or dt.date.max
        if not before <= since <= after:
            raise Invalid("group_not_there", _("The group did not exist on that day."), field="since")
        if group.memberships.filter(Q(until__isnull=True) | Q(until__gt=since), person=person).exists():
            raise Conflict("member_already", _("This person is a member already."), field="person")
        _expect_cleared(group, person.pk, at)
        _refuse_locked_from(group.programme, since)
        membership = Membership.objects.create(
            group=group,
            person=person,
            role=_role(role),
            representing=representing,
            since=since,
            is_example=group.is_example,
        )
        record(by, "join_group", membership, **_scope(group), details={"group": group.pk, "role": role})
    return membership


def leave_group(*, membership: Membership, revision: int, until: dt.date, by: AnyActor, at: dt.datetime) -> Membership:
    """`until` is the first day she is no longer a member. Raises Conflict where somebody saved it after `revision`."""
    group = membership.group
    with acting(by, Action.RECORD_ACTIVITY, membership, **_scope(group)):
        policy.require(by, Action.SEE_PEOPLE, **_scope(group))
        membership = Membership.objects.select_for_update().get(pk=membership.pk)
        expect_revision(membership, revision, {"until": until})
        _not_to_come(until, at, "until")
        if until <= membership.since:
            raise Invalid("dates_out_of_order", _("The last day is before the first."), field="until")
        days = [until, membership.until] if membership.until else [until]
        _refuse_locked_from(group.programme, min(days))
        membership.until = until
        membership.revision += 1
        membership.save()
        record(by, "leave_group", membership, **_scope(group), details={"group": group.pk})
    return membership


def change_role(
    *,
    membership: Membership,
    revision: int,
    role: str,
    representing: Organisation | None,
    on: dt.date,
    by: AnyActor,
    at: dt.datetime,
) -> Membership:
    """From `on` the person has another role, or comes from another organisation: a membership of its own, so that the
    earlier one stays what it was. On the first day of a membership it is that one which changes. Raises as
    `leave_group`, Conflict("member_no_more") where the membership ended by then, and Invalid("not_cleared")."""
    group = membership.group
    with acting(by, Action.RECORD_ACTIVITY, membership, **_scope(group)):
        policy.require(by, Action.SEE_PEOPLE, **_scope(group))
        membership = Membership.objects.select_for_update().get(pk=membership.pk)
        expect_revision(membership, revision, {"role": role, "representing_id": representing and representing.pk})
        _not_to_come(on, at, "on")
        role = _role(role)
        if on < membership.since:
            raise Invalid("dates_out_of_order", _("The last day is before the first."), field="on")
        if membership.until is not None and on >= membership.until:
            raise Conflict("member_no_more", _("This person was no member any more on that day."), field="on")
        _expect_cleared(group, membership.person_id, at)
        _refuse_locked_from(group.programme, on)
        until, since = membership.until, membership.since
        membership.revision += 1
        if on == since:
            membership.role, membership.representing = role, representing
            membership.save()
            changed = membership
        else:
            membership.until = on
            membership.save()
            changed = Membership.objects.create(
                group=group,
                person_id=membership.person_id,
                role=role,
                representing=representing,
                since=on,
                until=until,
                is_example=group.is_example,
            )
        record(by, "change_group_role", changed, **_scope(group), details={"group": group.pk, "role": role})
    return changed


def undo_leaving(*, membership: Membership, revision: int, by: AnyActor, at: dt.datetime) -> Membership:
    """The membership goes on as if it had not ended. Raises Conflict where it has not, where the person has come back
    since (member_already), where the group has ended (group_ended) and for a locked period."""
    group = membership.group
    with acting(by, Action.RECORD_ACTIVITY, membership, **_scope(group)):
        policy.require(by, Action.SEE_PEOPLE, **_scope(group))
        membership = Membership.objects.select_for_update().get(pk=membership.pk)
        expect_revision(membership, revision, {"until": None})
        if membership.until is None:
            raise Conflict("not_ended", _("This membership has not ended."))
        if group.ended_on is not None:
            raise Conflict("group_ended", _("This group has ended."))
        if group.memberships.filter(person=membership.person_id, since__gte=membership.until).exists():
            raise Conflict("member_already", _("This person is a member already."))
        if membership.person.withdrawn_at is not None:
            raise Conflict("no_such_person", _("This person withdrew consent."))
        _expect_cleared(group, membership.person_id, at)
        _refuse_locked_from(group.programme, membership.until)
        membership.until = None
        membership.revision += 1
        membership.save()
        record(by, "undo_leaving_group", membership, **_scope(group), details={"group": group.pk})
    return membership


def undo_joining(*, membership: Membership, revision: int, by: AnyActor, at: dt.datetime) -> None:
    """Takes back a membership that never was: a slip, as with the wrong person. Raises Conflict for a locked period."""
    group = membership.group
    with acting(by, Action.RECORD_ACTIVITY, membership, **_scope(group)):
        policy.require(by, Action.SEE_PEOPLE, **_scope(group))
        membership = Membership.objects.select_for_update().get(pk=membership.pk)
        expect_revision(membership, revision, {})
        _refuse_locked_from(group.programme, membership.since)
        record(by, "undo_joining_group", membership, **_scope(group), details={"group": group.pk})
        membership.delete()


def _expect_cleared(group: Group, person_id: int, at: dt.datetime) -> None:
    """Today, whatever day it is written down for."""
    if uncleared(group, [person_id], on=timezone.localdate(at)):
        raise not_cleared()


def _scope(group: Group) -> Scope:
    return Scope(organisation_id=group.organisation_id, programme_id=group.programme_id)


def _person(organisation_id: int, person_id: int) -> Person:
    person = Person.objects.filter(organisation=organisation_id, pk=person_id, withdrawn_at__isnull=True).first()
    if person is None:
        raise Invalid("no_such_person", _("Please choose a person of your organisation’s list."), field="person")
    return person.merged_into or person


def _role(written: str) -> str:
    role = written.strip()
    if not 0 < len(role) <= 40:
        raise Invalid("role_wanted", _("Please choose the role."), field="role")
    return role


def _not_to_come(day: dt.date | None, at: dt.datetime, field: str) -> None:
    if day is not None and day > timezone.localdate(at):
        raise Invalid(
            "date_in_future", _("This date has not come yet. Please choose today or an earlier day."), field=field
        )


def _refuse_locked_from(programme: Programme, day: dt.date) -> None:
    """A composition counts on every day from then on, so each locked period after it would change."""
    if (conflict := lock_over(locked_periods(programme), day, dt.date.max)) is not None:
        raise conflict
