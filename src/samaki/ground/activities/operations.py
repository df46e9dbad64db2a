"""Writes of activities: held or planned, who came by name or by count, corrected, cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.activities.consents import ConsentsToBeNamed
from samaki.ground.activities.models import Activity, Attendance, Participation, Session, Tally
from samaki.ground.activities.queries import facilitates
from samaki.ground.activities.rules import Counts, SessionPlan, count_faults, date_faults, date_in_future, not_born
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.people.rules import not_yet_born
from samaki.ground.periods.locks import refuse_locked
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, DomainError, Invalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, expect_revision

BATCH = 500
EDITABLE = frozenset({"kind", "title_km", "title_en", "place", "childcare_offered", "time_of_day", "is_sensitive"})


def create_activity(
    *,
    programme: Programme,
    organisation: Organisation,
    kind: Activity.Kind,
    title_km: str,
    title_en: str,
    place: Place | None,
    starts_on: dt.date,
    ends_on: dt.date,
    sessions: Sequence[SessionPlan],
    group: Group | None = None,
    state: Activity.State = Activity.State.HELD,
    is_sensitive: bool = False,
    childcare_offered: bool | None = None,
    time_of_day: str = "",
    facilitator: User | None = None,
    took_part: Iterable[Organisation] = (),
    key: str = "",
    origin: str = "",
    by: AnyActor,
    at: dt.datetime,
) -> Activity:
    """An activity with its sessions; attendance is not recorded yet. Raises Invalid for dates, a group or organisation
    of another programme; Conflict("period_locked")."""
    key = key or f"{programme.key}-{uuid4().hex[:10]}"
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    with acting(by, Action.RECORD_ACTIVITY, ("activities.activity", key), **scope):
        is_held = state == Activity.State.HELD
        _first(date_faults(starts_on, ends_on, sessions, is_held=is_held, on=timezone.localdate(at)))
        if not ProgrammeRole.objects.filter(programme=programme, organisation=organisation).exists():
            raise Invalid(
                "not_in_programme", _("This organisation has no part in the programme."), field="organisation"
            )
        if group is not None and (group.programme_id, group.organisation_id) != (programme.pk, organisation.pk):
            raise Invalid("not_a_group_here", _("Please choose a group of this programme."), field="group")
        refuse_locked(programme, starts_on, ends_on, *(session.held_on for session in sessions))
        if Activity.objects.filter(key=key).exists():
            raise Conflict("key_in_use", _("This key is in use already."), field="key")
        marks = {"is_example": organisation.is_example, "origin": origin}
        activity = Activity.objects.create(
            key=key,
            programme=programme,
            organisation=organisation,
            group=group,
            kind=kind,
            title_km=title_km,
            title_en=title_en,
            place=place,
            starts_on=starts_on,
            ends_on=ends_on,
            state=state,
            is_sensitive=is_sensitive,
            childcare_offered=childcare_offered,
            time_of_day=time_of_day,
            facilitator=facilitator,
            **marks,
        )
        Session.objects.bulk_create(
            Session(
                activity=activity,
                number=number,
                held_on=plan.held_on,
                title_km=plan.title_km,
                title_en=plan.title_en,
                **marks,
            )
            for number, plan in enumerate(sessions, start=1)
        )
        Participation.objects.bulk_create(Participation(activity=activity, organisation=one) for one in set(took_part))
        record(by, "create_activity", activity, **scope, details={"kind": str(kind), "sessions": len(sessions)})
    return activity


def edit_activity(
    *, activity: Activity, revision: int, changes: Mapping[str, object], by: AnyActor, at: dt.datetime
) -> Activity:
    """Changes fields of EDITABLE. Raises Conflict where somebody saved it after `revision` (theirs and yours), or its
    period is locked; Invalid where it would become sensitive with names on it."""
    with _recording(activity, by):
        activity = _locked(activity)
        expect_revision(activity, revision, changes)
        if unknown := sorted(set(changes) - EDITABLE):
            raise Invalid("not_editable", _("This cannot be changed: %(fields)s."), fields=", ".join(unknown))
        refuse_locked(activity.programme, activity.starts_on, activity.ends_on)
        if changes.get("is_sensitive") and Attendance.objects.filter(session__activity=activity).exists():
            raise Invalid(
                "names_recorded", _("Names are recorded already. Please take them out first."), field="is_sensitive"
            )
        for name, value in changes.items():
            setattr(activity, name, value)
        activity.sessions.exclude(origin="").update(mended_at=at)
        _save(activity, "edit_activity", by, {"fields": sorted(changes)})
    return activity


def move_session(*, session: Session, revision: int, held_on: dt.date, by: AnyActor, at: dt.datetime) -> Session:
    """Corrects a session's date; the activity's days follow. Raises Conflict where either date's period is locked."""
    with _recording(session.activity, by):
        activity = _locked(session.activity)
        session = Session.objects.select_for_update().get(pk=session.pk)
        expect_revision(session, revision, {"held_on": held_on})
        if activity.state == Activity.State.HELD and held_on > timezone.localdate(at):
            raise date_in_future("held_on")
        refuse_locked(activity.programme, activity.starts_on, activity.ends_on, session.held_on, held_on)
        session.held_on = held_on
        session.mended_at = at
        session.revision += 1
        session.save()
        days = list(activity.sessions.order_by("number").values_list("held_on", flat=True))
        if days != sorted(days):
            raise Invalid(
                "sessions_out_of_order", _("A session is dated before the session ahead of it."), field="held_on"
            )
        activity.starts_on, activity.ends_on = days[0], days[-1]
        _save(activity, "move_session", by, {"session": session.number})
    return session


def hold_activity(*, activity: Activity, revision: int, by: AnyActor, at: dt.datetime) -> Activity:
    """A planned activity took place. Raises Conflict for another state, Invalid while its last day is to come."""
    with _recording(activity, by):
        activity = _locked(activity)
        expect_revision(activity, revision, {"state": Activity.State.HELD})
        if activity.state != Activity.State.PLANNED:
            raise Conflict("not_planned", _("This activity is not planned any more."))
        if activity.ends_on > timezone.localdate(at):
            raise date_in_future("ends_on")
        refuse_locked(activity.programme, activity.starts_on, activity.ends_on)
        activity.state = Activity.State.HELD
        _save(activity, "hold_activity", by, {})
    return activity


def cancel_activity(*, activity: Activity, revision: int, by: AnyActor, at: dt.datetime) -> Activity:
    """It did not take place. Raises Conflict where people or counts are recorded: then it did."""
    with _recording(activity, by):
        activity = _locked(activity)
        expect_revision(activity, revision, {"state": Activity.State.CANCELLED})
        if activity.sessions.exclude(attendance=Session.Attendance.NOT_RECORDED).exists():
            raise Conflict("attendance_recorded", _("People are recorded at this activity, so it took place."))
        refuse_locked(activity.programme, activity.starts_on, activity.ends_on)
        activity.state = Activity.State.CANCELLED
        _save(activity, "cancel_activity", by, {})
    return activity


def record_attendance(
    *, session: Session, revision: int, person_ids: Collection[int], by: AnyActor, at: dt.datetime
) -> Session:
    """Who was there, the whole list; an empty list says nobody came. The same list again changes nothing.

    Raises Invalid: tallies_only, no_such_person (also for another organisation's), not_yet_born, consent_wanted,
    date_in_future; Conflict: not_held, changed_meanwhile, period_locked; Refused for who neither sees the
    organisation's people nor leads the activity.
    """
    activity = session.activity
    with _recording(activity, by):
        if not facilitates(by, activity):
            policy.require(by, Action.SEE_PEOPLE, **_scope(activity))
        activity, session = _to_fill(session, revision, {"person_ids": sorted(person_ids)}, at)
        if activity.is_sensitive or (activity.group is not None and not activity.group.keeps_names):
            raise Invalid("tallies_only", _("Here only counts are kept, no names."), field="people")
        wanted = _people(activity.organisation_id, person_ids, on=session.held_on)
        _with_consent(wanted, on=session.held_on)
        before = set(session.attendances.values_list("person_id", flat=True))
        if session.attendance == Session.Attendance.NAMED and before == wanted:
            return session
        session.attendances.filter(person_id__in=before - wanted).delete()
        Attendance.objects.bulk_create(
            [Attendance(session=session, person_id=person_id) for person_id in sorted(wanted - before)],
            batch_size=BATCH,
        )
        session.attendance = Session.Attendance.NAMED
        details = {"added": len(wanted - before), "removed": len(before - wanted)}
        _save_session(session, activity, "record_attendance", by, details, at)
    return session


def record_tallies(*, session: Session, revision: int, counts: Counts, by: AnyActor, at: dt.datetime) -> Session:
    """Anonymous counts of a session, all of them, keyed by dimension and value. The same again changes nothing.

    Names already recorded stay; counts stand beside them and are never added. Raises as `record_attendance`, and
    Invalid where the counts cannot be (see `rules.count_faults`) or name no group of the programme.
    """
    activity = session.activity
    with _recording(activity, by, Action.RECORD_TALLY):
        activity, session = _to_fill(session, revision, {"counts": dict(counts)}, at)
        _first(count_faults(counts, named=session.attendances.count()))
        named = {value for dimension, value in counts if dimension == "rightsholder_group"}
        known = set(activity.programme.rightsholder_groups.filter(key__in=named).values_list("key", flat=True))
        if named - known:
            raise Invalid(
                "unknown_rightsholder_group",
                _("Please choose a group that the programme names."),
                field="rightsholder_group",
            )
        before = {(tally.dimension, tally.value): tally.count for tally in session.tallies.all()}
        if before == dict(counts):
            return session
        session.tallies.all().delete()
        Tally.objects.bulk_create(
            Tally(session=session, dimension=dimension, value=value, count=count)
            for (dimension, value), count in counts.items()
        )
        if session.attendance == Session.Attendance.NOT_RECORDED:
            session.attendance = Session.Attendance.TALLY
        _save_session(session, activity, "record_tallies", by, {"counts": len(counts)}, at)
    return session


def _scope(activity: Activity) -> Scope:
    return Scope(organisation_id=activity.organisation_id, programme_id=activity.programme_id)


def _recording(
    activity: Activity, by: AnyActor, action: Action = Action.RECORD_ACTIVITY
) -> AbstractContextManager[None]:
    return acting(by, action, activity, **_scope(activity), group_id=activity.group_id)


def _first(faults: Iterable[DomainError]) -> None:
    for fault in faults:
        raise fault


def _locked(activity: Activity) -> Activity:
    found = Activity.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("programme", "group", "organisation").get(pk=activity.pk)


def _to_fill(session: Session, revision: int, yours: Mapping[str, object], at: dt.datetime) -> tuple[Activity, Session]:
    """Activity and session, locked, where attendance may be written now."""
    activity = _locked(session.activity)
    session = Session.objects.select_for_update().get(pk=session.pk)
    if session.revision != revision:
        raise _changed(session, yours)
    if activity.state != Activity.State.HELD:
        raise Conflict("not_held", _("This activity has not taken place."))
    if session.held_on > timezone.localdate(at):
        raise date_in_future("held_on")
    refuse_locked(activity.programme, session.held_on)
    return activity, session


def _changed(session: Session, yours: Mapping[str, object]) -> Conflict:
    theirs = {
        "person_ids": sorted(session.attendances.values_list("person_id", flat=True)),
        "counts": {(tally.dimension, tally.value): tally.count for tally in session.tallies.all()},
    }
    return Conflict(
        "changed_meanwhile",
        _("Somebody else saved this meanwhile. Please look at both and save again."),
        theirs={name: theirs[name] for name in yours},
        yours=dict(yours),
        revision=session.revision,
    )


def _people(organisation_id: int, person_ids: Collection[int], *, on: dt.date) -> set[int]:
    """Ids of the persons who stand for those given: one entered twice and merged is one."""
    found = Person.objects.filter(organisation=organisation_id, pk__in=set(person_ids), withdrawn_at__isnull=True)
    rows = list(found.values_list("pk", "merged_into_id", "birth_year"))
    if len(rows) != len(set(person_ids)):
        raise Invalid("no_such_person", _("Please choose people of your organisation’s list."), field="people")
    if unborn := [pk for pk, _merged_into, birth_year in rows if not_yet_born(birth_year, on)]:
        raise not_born(unborn)
    return {merged_into or pk for pk, merged_into, _birth_year in rows}


def _with_consent(person_ids: set[int], *, on: dt.date) -> None:
    """Whoever has not consented to take part by name, or her guardian not, is counted instead."""
    consents = ConsentsToBeNamed(person_ids)
    lacking = {pk for pk in person_ids if not consents.on(pk, on)}
    if lacking:
        raise Invalid(
            "consent_wanted",
            _("Consent to be named is missing for %(count)s people. Please ask for it, or count them without names."),
            field="people",
            count=len(lacking),
            people=sorted(lacking),
        )


def _save(activity: Activity, act: str, by: AnyActor, details: Mapping[str, object]) -> None:
    activity.revision += 1
    activity.save()
    record(by, act, activity, **_scope(activity), details=details)


def _save_session(
    session: Session, activity: Activity, act: str, by: AnyActor, details: Mapping[str, object], at: dt.datetime
) -> None:
    if session.origin:
        session.mended_at = at
    session.revision += 1
    session.save()
    record(by, act, session, **_scope(activity), details=details)
