"""Which monthly reports are owed, by whom, and how late: from the programme's calendar and the reports at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.models import PeriodReport
from samaki.ground.periods.rules import Kind, Period, State, first_of_next_month, period_of, run_of
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action, Reach, reach

MONTHS_BACK = 6
FORGOTTEN = dt.timedelta(days=366)  # what a programme ended longer ago still owed, nobody will write


@dataclass(frozen=True)
class Owed:
    """One month of one organisation. `report` is None where nothing has been written yet."""

    programme: Programme
    organisation: Organisation
    period: Period
    due_on: dt.date
    report: PeriodReport | None

    @property
    def state(self) -> State:
        return State(self.report.state) if self.report else State.OPEN

    def is_late(self, today: dt.date) -> bool:
        return self.state in {State.OPEN, State.RETURNED} and today > self.due_on

    def status(self, today: dt.date) -> str:
        """The key of the status shown: where the report stands, or that it is overdue."""
        return "overdue" if self.state is State.OPEN and today > self.due_on else self.state.value


def due_on(programme: Programme, period: Period) -> dt.date:
    """The due day of the month after."""
    return first_of_next_month(period.first).replace(day=programme.reports_due_on_day)


def months_owed(programme: Programme, today: dt.date, back: int = MONTHS_BACK) -> tuple[Period, ...]:
    """The last full months of the programme, oldest first; none before it began or after it ended."""
    last = today.replace(day=1) - dt.timedelta(days=1)
    if programme.ends_on:
        last = min(last, programme.ends_on)
    if today - last > FORGOTTEN:
        return ()
    starts_in = programme.fiscal_year_starts_in
    months = run_of(period_of(last, Kind.MONTH, fiscal_year_starts_in=starts_in), back, fiscal_year_starts_in=starts_in)
    return tuple(month for month in months if programme.starts_on is None or month.last >= programme.starts_on)


def to_write(actor: AnyActor, today: dt.date) -> list[Owed]:
    """What this actor's organisations owe and may hand in, latest month first."""
    return _owed(reach(actor, Action.SUBMIT_REPORT), today)


def late(actor: AnyActor, today: dt.date) -> list[Owed]:
    """What others owe to whoever verifies, past its due day."""
    return [one for one in _owed(reach(actor, Action.VERIFY_REPORT), today) if one.is_late(today)]


def _owed(within: Reach, today: dt.date) -> list[Owed]:
    partners = _partners(within, today)
    months = {role.programme_id: months_owed(role.programme, today) for role in partners}
    reports = _reports(partners, [month.key for run in months.values() for month in run])
    found = [
        Owed(
            role.programme,
            role.organisation,
            month,
            due_on(role.programme, month),
            reports.get((role.programme_id, role.organisation_id, month.key)),
        )
        for role in partners
        for month in months[role.programme_id]
    ]
    return sorted(found, key=lambda owed: (owed.period.first, owed.organisation.name_latin), reverse=True)


def _partners(within: Reach, today: dt.date) -> Sequence[ProgrammeRole]:
    """Partners report monthly, and a lead where it works without partners of its own."""
    parts = (ProgrammeRole.Part.PARTNER, ProgrammeRole.Part.LEAD)
    roles = (
        ProgrammeRole.objects.filter(within.q(), part__in=parts)
        .filter(Q(until__isnull=True) | Q(until__gte=today))
        .select_related("programme", "organisation")
        .order_by("programme_id", "organisation_id", "pk")
    )
    once = {(role.programme_id, role.organisation_id): role for role in roles}
    with_partners = {role.programme_id for role in once.values() if role.part == ProgrammeRole.Part.PARTNER}
    return [r for r in once.values() if r.part == ProgrammeRole.Part.PARTNER or r.programme_id not in with_partners]


def _reports(partners: Sequence[ProgrammeRole], months: Iterable[str]) -> dict[tuple[int, int, str], PeriodReport]:
    held = PeriodReport.objects.filter(
        programme__in={role.programme_id for role in partners},
        organisation__in={role.organisation_id for role in partners},
        period__in=set(months),
    )
    return {(one.programme_id, one.organisation_id, one.period): one for one in held}
