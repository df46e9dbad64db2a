"""Monthly reports of men's groups as forms send them, many at once: each kept as it came, corrected by versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.groups.naming import groups_named
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import Act, record_all
from samaki.kernel.database.bulk import among, rows_among
from samaki.kernel.errors import Conflict, DomainError, RowsInvalid
from samaki.kernel.leave import Leave
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.strands.counselling.models import GroupMonth
from samaki.strands.counselling.operations.register import spans_of
from samaki.strands.counselling.rules import GroupMonthRow, group_month_faults, month_end

Fault = tuple[int, DomainError]
MonthKey = tuple[int, dt.date]


@dataclass(frozen=True)
class SentMonth:
    """What a form reports of a group's month. The group stands as written; `row` names none yet."""

    origin: str
    by: AnyActor
    group: str
    row: GroupMonthRow


def take_sent_months(sent: Sequence[SentMonth], *, programme_id: int, organisation_id: int, at: dt.datetime) -> None:
    """Takes the reports. The same again changes nothing, other counts from the same origin make the month's next
    version, and where an origin speaks of another group or month now, what it said before is taken back.

    Raises RowsInvalid naming each faulty report: Refused; Invalid of `rules.group_month_faults`, no_such_group,
    group_ambiguous; Conflict: already_received where the month was reported otherwise by another, period_locked. Call
    in a transaction.
    """
    if not sent:
        return
    with transaction.atomic():
        programme = Programme.objects.get(pk=programme_id)
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        rows = _rows(sent, programme_id, organisation_id, on=timezone.localdate(at))
        before = _latest([one.origin for one in sent], programme_id, organisation_id)
        current = _current(rows)
        locks = locked_periods(programme)
        faults: list[Fault] = []
        wanted: list[tuple[SentMonth, GroupMonthRow]] = []
        for index, (one, row) in enumerate(zip(sent, rows, strict=True)):
            stood = before.get(one.origin)
            if _says(stood, row, same_month=True):
                continue
            key = (row.group_id, row.month)
            holder = current.get(key)
            moved = stood is not None and (stood.group_id, stood.month) != key
            if holder is not None and holder.origin != one.origin:
                if _says(holder, row) and stood is None:
                    continue
                faults.append((index, _already_received()))
                continue
            days = [row.month, stood.month] if stood is not None and moved else [row.month]
            conflicts = [lock_over(locks, day, month_end(day)) for day in days]
            faults += [(index, conflict) for conflict in conflicts if conflict is not None][:1]
            wanted.append((one, row))
            current[key] = GroupMonth(group_id=row.group_id, month=row.month, origin=one.origin, **row.counts())
        if faults:
            raise RowsInvalid(faults)
        _write(wanted, before, programme, organisation)


def months_of(origins: Sequence[str]) -> Mapping[str, int]:
    """The key of the latest version each origin became; one that became nothing is left out. Asks nobody's leave."""
    found = rows_among(GroupMonth, ("version", "id", "origin"), "origin", origins)
    return {origin: pk for _version, pk, origin in sorted(found)}


def take_back_sent_months(origins: Sequence[str], *, programme_id: int, organisation_id: int, by: AnyActor) -> None:
    """Removes every version the origins made; what was current before is so again. Raises Refused, or
    Conflict("period_locked"), and then has removed nothing."""
    months = _latest(origins, programme_id, organisation_id)
    leave = Leave(organisation_id=organisation_id, programme_id=programme_id)
    touched: set[int | None] = {month.group_id for month in months.values()} or {None}
    for group_id in touched:
        if (refusal := leave.refusal(by, Action.SUBMIT_REPORT, group_id)) is not None:
            raise refusal
    locks = locked_periods(Programme.objects.get(pk=programme_id))
    for month in months.values():
        if (conflict := lock_over(locks, month.month, month_end(month.month))) is not None:
            raise conflict
    scope = Scope(organisation_id=organisation_id, programme_id=programme_id)
    with transaction.atomic():
        record_all([_act(by, "take_back_group_month", month.pk, origin, scope) for origin, month in months.items()])
        for month in months.values():
            _remove(month)


def _rows(
    sent: Sequence[SentMonth], programme_id: int, organisation_id: int, *, on: dt.date
) -> Sequence[GroupMonthRow]:
    """Each report with its group. Raises RowsInvalid naming all that cannot be or may not."""
    groups = groups_named((one.group for one in sent), programme_id=programme_id, organisation_id=organisation_id)
    named = [group.pk for group in groups.values() if isinstance(group, Group)]
    spans = spans_of(Group.objects.filter(pk__in=named))
    leave = Leave(organisation_id=organisation_id, programme_id=programme_id)
    rows: list[GroupMonthRow] = []
    faults: list[Fault] = []
    for index, one in enumerate(sent):
        group = groups[one.group]
        if isinstance(group, DomainError):
            faults.append((index, group))
            continue
        row = replace(one.row, group_id=group.pk)
        refusal = leave.refusal(one.by, Action.SUBMIT_REPORT, group.pk)
        own: Iterator[DomainError] = iter([refusal]) if refusal else group_month_faults(row, spans.get(group.pk), on=on)
        faults += [(index, fault) for fault in own]
        rows.append(row)
    if faults:
        raise RowsInvalid(faults)
    return rows


def _latest(origins: Sequence[str], programme_id: int, organisation_id: int) -> dict[str, GroupMonth]:
    """The last version each origin made."""
    where = {"programme_id": programme_id, "organisation_id": organisation_id}
    keys = [pk for (pk,) in rows_among(GroupMonth, ("id",), "origin", origins, where)]
    if not keys:
        return {}
    return {month.origin: month for month in GroupMonth.objects.filter(among("pk", keys)).order_by("version", "pk")}


def _current(rows: Sequence[GroupMonthRow]) -> dict[MonthKey, GroupMonth]:
    found = GroupMonth.objects.filter(
        group__in={row.group_id for row in rows}, month__in={row.month for row in rows}, is_current=True
    )
    return {(month.group_id, month.month): month for month in found}


def _says(month: GroupMonth | None, row: GroupMonthRow, *, same_month: bool = False) -> bool:
    if month is None or (same_month and (month.group_id, month.month) != (row.group_id, row.month)):
        return False
    return all(getattr(month, name) == count for name, count in row.counts().items())


def _already_received() -> Conflict:
    return Conflict(
        "already_received",
        _("The report on this month was received already, with other counts. Please correct that report."),
        field="month",
    )


def _write(
    wanted: Sequence[tuple[SentMonth, GroupMonthRow]],
    before: Mapping[str, GroupMonth],
    programme: Programme,
    organisation: Organisation,
) -> None:
    if not wanted:
        return
    for one, row in wanted:
        stood = before.get(one.origin)
        if stood is not None and (stood.group_id, stood.month) != (row.group_id, row.month):
            _remove(stood)
    keys = {(row.group_id, row.month) for _one, row in wanted}
    near = GroupMonth.objects.filter(group__in={key[0] for key in keys}, month__in={key[1] for key in keys})
    versions = {
        (group_id, month): last
        for group_id, month, last in near.values_list("group_id", "month").annotate(last=Max("version"))
    }
    replaced = [
        pk
        for pk, group_id, month in near.filter(is_current=True).values_list("pk", "group_id", "month")
        if (group_id, month) in keys
    ]
    GroupMonth.objects.filter(pk__in=replaced).update(is_current=False)
    made = GroupMonth.objects.bulk_create(
        GroupMonth(
            group_id=row.group_id,
            programme=programme,
            organisation=organisation,
            month=row.month,
            version=versions.get((row.group_id, row.month), 0) + 1,
            received_on=row.received_on,
            is_example=organisation.is_example,
            origin=one.origin,
            **row.counts(),
        )
        for one, row in wanted
    )
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    record_all(
        [
            _act(one.by, "receive_group_month", month.pk, one.origin, scope)
            for (one, _row), month in zip(wanted, made, strict=True)
        ]
    )


def _remove(month: GroupMonth) -> None:
    versions = GroupMonth.objects.filter(group=month.group_id, month=month.month)
    versions.filter(origin=month.origin).delete()
    last = versions.order_by("-version").first()
    if last is not None:
        GroupMonth.objects.filter(pk=last.pk).update(is_current=True)


def _act(by: AnyActor, action: str, pk: int, origin: str, scope: Scope) -> Act:
    return Act(by, action, ("counselling.groupmonth", pk), **scope, details={"origin": origin})
