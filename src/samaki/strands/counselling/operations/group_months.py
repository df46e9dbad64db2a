"""The monthly report of a men's group: counts only, kept as it came; a correction is a new version beside the old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.programmes.models import Programme
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting, keeping_refusals
from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, Written
from samaki.strands.counselling.models import GroupMonth
from samaki.strands.counselling.operations.register import spans_of
from samaki.strands.counselling.rules import GroupMonthRow, GroupSpan, group_month_faults, month_end

BATCH = 500
MonthKey = tuple[int, dt.date]


def receive_group_months(
    rows: Sequence[GroupMonthRow],
    *,
    programme: Programme,
    organisation: Organisation,
    by: AnyActor,
    at: dt.datetime,
    origin: str = "",
    corrections: bool = True,
) -> Written:
    """Takes reports of many groups and months, all or nothing; the same reports again change nothing.

    Other counts for a month already received make its next version, or with `corrections=False` a faulty row. Raises
    RowsInvalid naming every faulty row, Refused where a group is out of the actor's reach.
    """
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    with keeping_refusals(by, Action.SUBMIT_REPORT, ("counselling.groupmonth", ""), **scope):
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        for group_id in {row.group_id for row in rows}:
            policy.require(by, Action.SUBMIT_REPORT, **scope, group_id=group_id)
        groups = spans_of(Group.objects.filter(programme=programme, organisation=organisation))
        if found := list(_faults(rows, groups, on=timezone.localdate(at))):
            raise RowsInvalid(found)
        current = _current(rows, programme, organisation)
        wanted = [row for row in rows if not _says_the_same(current.get((row.group_id, row.month)), row)]
        if held := list(_held(rows, wanted, current, programme, corrections)):
            raise RowsInvalid(held)
        known = [current[key] for row in wanted if (key := (row.group_id, row.month)) in current]
        GroupMonth.objects.filter(pk__in=[month.pk for month in known]).update(is_current=False)
        GroupMonth.objects.bulk_create(
            [_version(row, current.get((row.group_id, row.month)), programme, organisation, origin) for row in wanted],
            batch_size=BATCH,
        )
        written = Written(len(wanted) - len(known), len(known), len(rows) - len(wanted))
        if wanted:
            details = {"created": written.created, "changed": written.changed, "origin": origin}
            record(by, "receive_group_months", ("counselling.groupmonth", ""), **scope, details=details)
    return written


def receive_group_month(*, group: Group, row: GroupMonthRow, by: AnyActor, at: dt.datetime) -> GroupMonth:
    """A month's first report. The same again is taken as received; other counts raise Conflict("already_received")."""
    return _take_one(group, row, by, at, corrections=False)


def correct_group_month(
    *, month: GroupMonth, version: int, row: GroupMonthRow, by: AnyActor, at: dt.datetime
) -> GroupMonth:
    """The next version of a report. Raises Conflict with theirs and yours where `version` is no longer the current."""
    scope = Scope(organisation_id=month.organisation_id, programme_id=month.programme_id)
    with acting(by, Action.SUBMIT_REPORT, month, **scope, group_id=month.group_id):
        Organisation.objects.select_for_update(no_key=True).get(pk=month.organisation_id)
        current = GroupMonth.objects.select_related("group").get(
            group=month.group_id, month=month.month, is_current=True
        )
        if current.version != version:
            raise Conflict(
                "changed_meanwhile",
                _("Somebody else saved this meanwhile. Please look at both and save again."),
                theirs={name: getattr(current, name) for name in row.counts()},
                yours=row.counts(),
                revision=current.version,
            )
        row = replace(row, group_id=current.group_id, month=current.month)
        return _take_one(current.group, row, by, at, corrections=True)


def _take_one(group: Group, row: GroupMonthRow, by: AnyActor, at: dt.datetime, *, corrections: bool) -> GroupMonth:
    try:
        receive_group_months(
            [replace(row, group_id=group.pk)],
            programme=group.programme,
            organisation=group.organisation,
            by=by,
            at=at,
            origin="page",
            corrections=corrections,
        )
    except RowsInvalid as error:
        raise error.faults[0][1] from None
    return GroupMonth.objects.get(group=group, month=row.month, is_current=True)


def _faults(
    rows: Sequence[GroupMonthRow], groups: Mapping[int, GroupSpan], *, on: dt.date
) -> Iterator[tuple[int, DomainError]]:
    seen: set[MonthKey] = set()
    for index, row in enumerate(rows):
        for fault in group_month_faults(row, groups.get(row.group_id), on=on):
            yield index, fault
        if (row.group_id, row.month) in seen:
            yield index, Invalid("month_twice", _("This month of this group stands twice in the list."), field="month")
        seen.add((row.group_id, row.month))


def _held(
    rows: Sequence[GroupMonthRow],
    wanted: Sequence[GroupMonthRow],
    current: Mapping[MonthKey, GroupMonth],
    programme: Programme,
    corrections: bool,
) -> Iterator[tuple[int, DomainError]]:
    """Rows that would change what is locked, or what was received where corrections are not wanted."""
    locks, changing = locked_periods(programme), {(row.group_id, row.month) for row in wanted}
    for index, row in enumerate(rows):
        if (row.group_id, row.month) not in changing:
            continue
        if (conflict := lock_over(locks, row.month, month_end(row.month))) is not None:
            yield index, conflict
        elif not corrections and (row.group_id, row.month) in current:
            yield (
                index,
                Conflict(
                    "already_received",
                    _("The report on this month was received already, with other counts. Please correct that report."),
                    field="month",
                ),
            )


def _current(
    rows: Sequence[GroupMonthRow], programme: Programme, organisation: Organisation
) -> dict[MonthKey, GroupMonth]:
    months = {row.month for row in rows}
    found = GroupMonth.objects.filter(programme=programme, organisation=organisation, month__in=months, is_current=True)
    return {(month.group_id, month.month): month for month in found}


def _says_the_same(month: GroupMonth | None, row: GroupMonthRow) -> bool:
    return month is not None and all(getattr(month, name) == count for name, count in row.counts().items())


def _version(
    row: GroupMonthRow, before: GroupMonth | None, programme: Programme, organisation: Organisation, origin: str
) -> GroupMonth:
    return GroupMonth(
        group_id=row.group_id,
        programme=programme,
        organisation=organisation,
        month=row.month,
        version=before.version + 1 if before else 1,
        received_on=row.received_on,
        is_example=organisation.is_example,
        origin=origin,
        **row.counts(),
    )
