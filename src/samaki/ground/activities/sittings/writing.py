"""Writing what was planned of many sittings, by column: the number of statements does not grow with the batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Attendance, Session, Tally
from samaki.ground.activities.sittings.leaving import leave
from samaki.ground.activities.sittings.planning import ACTIVITY_FIELDS, SESSION_FIELDS, Plan, Planner, Values, is_new
from samaki.kernel.audit.operations import Act, record_all
from samaki.kernel.database.bulk import among, insert_columns, reserve_ids, update_columns
from samaki.kernel.errors import Conflict, RowsInvalid
from samaki.kernel.records import Record, Scope

Kept = TypeVar("Kept", bound=Record)
_FAR = 20_000  # a number no session has, to renumber those that must not meet on the way


def write(plans: Mapping[int, Plan], planner: Planner) -> None:
    """Raises RowsInvalid with Conflict("changed_meanwhile") for sittings whose record somebody saved meanwhile."""
    now = timezone.now()
    chosen = list(plans.values())
    fresh = [plan.session for plan in chosen if is_new(plan.session)]
    made = {id(session) for session in fresh}  # they have keys once they are written
    for plan in plans.values():
        if plan.left is not None:
            leave(plan.left, now)
    _insert(Activity, [session.activity for session in fresh if is_new(session.activity)], now)
    for session in fresh:
        session.activity_id = session.activity.pk
    stale_activities = _update(Activity, _altered(planner.activities, ACTIVITY_FIELDS), ACTIVITY_FIELDS, now)
    _put_in_order(planner.looked.beside.values())
    altered = _altered(planner.sessions, SESSION_FIELDS)
    altered |= {plan.session.pk: plan.session for plan in chosen if not is_new(plan.session)}
    stale_sessions = _update(Session, altered, SESSION_FIELDS, now)
    _insert(Session, fresh, now)
    stale = [
        (
            index,
            Conflict("changed_meanwhile", _("Somebody else saved this meanwhile. Please look at both and save again.")),
        )
        for index, plan in plans.items()
        if plan.session.pk in stale_sessions or plan.session.activity_id in stale_activities
    ]
    if stale:
        raise RowsInvalid(stale)
    _replace_attendances(chosen)
    _replace_counts(chosen, made)
    standing = planner.looked.standing
    scope = Scope(organisation_id=standing.organisation_id, programme_id=standing.programme_id)
    record_all([_act(plan, id(plan.session) in made, scope) for plan in chosen])


def _act(plan: Plan, first: bool, scope: Scope) -> Act:
    return Act(
        plan.sitting.by,
        "record_session" if first else "correct_session",
        ("activities.session", plan.session.pk),
        **scope,
        details={
            "origin": plan.sitting.origin,
            "activity": plan.session.activity_id,
            "added": len(plan.added),
            "removed": len(plan.removed),
            "counts": len(plan.counts or ()),
        },
    )


def _insert(model: type[Kept], records: Sequence[Kept], now: dt.datetime) -> None:
    if not records:
        return
    for record, key in zip(records, reserve_ids(model, len(records)), strict=True):
        record.pk, record.created_at, record.updated_at = key, now, now
    columns = {str(field.column): field.attname for field in model._meta.concrete_fields}
    insert_columns(model, {column: [getattr(one, name) for one in records] for column, name in columns.items()})


def _altered(watched: Mapping[int, tuple[Kept, Values]], names: Sequence[str]) -> dict[int, Kept]:
    return {
        pk: record for pk, (record, before) in watched.items() if before != tuple(getattr(record, n) for n in names)
    }


def _update(model: type[Kept], altered: Mapping[int, Kept], names: Sequence[str], now: dt.datetime) -> frozenset[int]:
    """Raises each revision by one; the keys of those that somebody saved meanwhile."""
    if not altered:
        return frozenset()
    records = list(altered.values())
    columns: dict[str, Sequence[object]] = {name: [getattr(one, name) for one in records] for name in names}
    columns["updated_at"] = [now] * len(records)
    return update_columns(model, list(altered), [record.revision for record in records], columns)


def _put_in_order(beside: Iterable[list[Session]]) -> None:
    """Sessions of an activity are numbered by their days; a new one stands last where it is the latest."""
    for sessions in beside:
        last = max((session.number for session in sessions if not is_new(session)), default=0)
        waiting = [session for session in sessions if is_new(session)]
        for number, session in enumerate(sorted(waiting, key=lambda one: one.held_on), start=last + 1):
            session.number = number
        stored = [session for session in sessions if not is_new(session)]
        days = [session.held_on for session in sorted(sessions, key=lambda one: one.number)]
        if days == sorted(days):
            continue
        before = {session.pk: session.number for session in stored}
        for number, session in enumerate(sorted(sessions, key=lambda one: (one.held_on, one.number)), start=1):
            session.number = number
        moved = [session for session in stored if session.number != before[session.pk]]
        Session.objects.filter(pk__in=[session.pk for session in moved]).update(number=F("number") + _FAR)
        Session.objects.bulk_update(moved, ["number"])


def _replace_attendances(plans: Sequence[Plan]) -> None:
    removed = [pk for plan in plans for pk in plan.removed]
    if removed:
        Attendance.objects.filter(among("pk", removed)).delete()
    pairs = [(plan.session.pk, person_id) for plan in plans for person_id in sorted(plan.added)]
    if pairs:
        sessions, people = zip(*pairs, strict=True)
        insert_columns(Attendance, {"session_id": sessions, "person_id": people})


def _replace_counts(plans: Sequence[Plan], made: set[int]) -> None:
    changing = [plan for plan in plans if plan.counts is not None]
    again = [plan.session.pk for plan in changing if id(plan.session) not in made]
    if again:
        Tally.objects.filter(among("session_id", again)).delete()
    rows = [
        (plan.session.pk, dimension, value, count)
        for plan in changing
        for (dimension, value), count in (plan.counts or {}).items()
    ]
    if rows:
        columns = zip(*rows, strict=True)
        insert_columns(Tally, dict(zip(("session_id", "dimension", "value", "count"), columns, strict=True)))
