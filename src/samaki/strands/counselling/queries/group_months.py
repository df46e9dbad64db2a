"""Which group owes a report on which month, and what came: on time, late or not at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.groups.queries import groups
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.strands.counselling.models import GroupMonth
from samaki.strands.counselling.rules import Timeliness, due_on, expected_months, month_start, next_month, timeliness


@dataclass(frozen=True)
class Cell:
    """One group and month. `timeliness` None: no report is owed, the group did not stand. `report` is the current
    version; `received_on` is when the first came."""

    month: dt.date
    timeliness: Timeliness | None
    due_on: dt.date
    received_on: dt.date | None
    report: GroupMonth | None


@dataclass(frozen=True)
class GroupRow:
    group: Group
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Matrix:
    """Groups by months. `expected`, `on_time`, `late` and `missing` count months whose due day has passed or whose
    report came; a month not yet due is in none of them."""

    months: tuple[dt.date, ...]
    rows: tuple[GroupRow, ...]
    expected: int
    on_time: int
    late: int
    missing: int


def group_months(actor: AnyActor, programme: Programme, *, first: dt.date, last: dt.date, on: dt.date) -> Matrix:
    """The men's groups within the actor's sight and the months `first` … `last`, as known on the date `on`.

    Three queries, whatever the number of groups and months.
    """
    months = _months(first, last)
    seen = list(groups(actor, programme).filter(kind=Group.Kind.MENS_GROUP))
    reports = GroupMonth.objects.filter(group__in=seen, month__gte=first, month__lte=last, received_on__lte=on)
    current = {(report.group_id, report.month): report for report in reports.filter(is_current=True)}
    came = {
        (group_id, month): received_on
        for group_id, month, received_on in reports.values_list("group_id", "month").annotate(first=Min("received_on"))
    }
    rows = []
    for group in seen:
        owed = _owed(programme, group, first=first, last=last, on=on)
        cells = []
        for month in months:
            received_on = came.get((group.pk, month))
            due = programme.reports_due_on_day
            when = timeliness(month, due_day=due, received_on=received_on, on=on) if month in owed else None
            cells.append(Cell(month, when, due_on(month, due), received_on, current.get((group.pk, month))))
        rows.append(GroupRow(group, tuple(cells)))
    found = [cell.timeliness for row in rows for cell in row.cells]
    on_time, late, missing = (found.count(when) for when in (Timeliness.ON_TIME, Timeliness.LATE, Timeliness.MISSING))
    return Matrix(months, tuple(rows), on_time + late + missing, on_time, late, missing)


def group_month_versions(actor: AnyActor, group: Group, month: dt.date) -> tuple[GroupMonth, ...]:
    """Every version of one report, the latest first. Raises NotFound where the group is out of sight."""
    if not groups(actor).filter(pk=group.pk).exists():
        raise NotFound("no_such_group", _("There is no such group."))
    return tuple(GroupMonth.objects.filter(group=group, month=month).order_by("-version"))


def _months(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    found, month = [], month_start(first)
    while month <= last:
        found.append(month)
        month = next_month(month)
    return tuple(found)


def _owed(programme: Programme, group: Group, *, first: dt.date, last: dt.date, on: dt.date) -> frozenset[dt.date]:
    """Months in which the group stood within its programme, up to the month of `on`."""
    since = max((day for day in (first, programme.starts_on) if day is not None), default=first)
    until = min(day for day in (last, on, programme.ends_on) if day is not None)
    return frozenset(expected_months(group.formed_on, group.ended_on, first=since, last=until))
