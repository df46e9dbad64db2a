"""Which monthly reports are owed, by whom, and how late: from the programme's calendar and the reports at hand."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.models import PeriodReport
from samaki.ground.periods.rules import Kind, Period, State, first_of_next_month, parse, period_of, run_of
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action, Reach, reach
from samaki.ui import words
from samaki.ui.templatetags.words import named

MONTHS_BACK = 6
FORGOTTEN = dt.timedelta(days=366)  # what a programme ended longer ago still owed, nobody will write
REPORTING = (ProgrammeRole.Part.PARTNER, ProgrammeRole.Part.LEAD)
NOT_HANDED_IN = frozenset({State.OPEN, State.RETURNED})


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

    @property
    def is_missing(self) -> bool:
        """Nothing stands handed in: not begun, a draft, or returned and not sent again."""
        return self.state in NOT_HANDED_IN

    def is_late(self, today: dt.date) -> bool:
        return self.is_missing and today > self.due_on

    def status(self, today: dt.date) -> str:
        """The key of the status shown: where the report stands, or, once its due day has passed, that it is overdue."""
        if self.state is not State.OPEN:
            return self.state.value
        if today > self.due_on:
            return "overdue"
        return "draft" if self.report else "not_started"


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
    return tuple(month for month in months if _runs(programme, month))


def to_write(actor: AnyActor, today: dt.date) -> list[Owed]:
    """What this actor's organisations owe and may hand in, latest month first."""
    return _lately(reach(actor, Action.SUBMIT_REPORT), today)


def late(actor: AnyActor, today: dt.date) -> list[Owed]:
    """What others owe to whoever verifies, past its due day."""
    return [one for one in _lately(reach(actor, Action.VERIFY_REPORT), today) if one.is_late(today)]


def of_period(actor: AnyActor, programme: Programme, span: Period) -> list[Owed]:
    """Every report owed on a month of the period, and those written though not owed, as far as the actor sees; by
    organisation, the oldest month first."""
    within = reach(actor, Action.SEE_PROGRAMME)
    roles = list(ProgrammeRole.objects.filter(programme=programme, part__in=REPORTING).select_related("organisation"))
    months = {key: parse(key, fiscal_year_starts_in=programme.fiscal_year_starts_in) for key in span.months}
    held = PeriodReport.objects.filter(within.q(), programme=programme, period__in=months).select_related(
        "organisation"
    )
    reports = {(one.organisation_id, one.period): one for one in held}
    whose = {(one.organisation_id, one.period): one.organisation for one in reports.values()}
    for key, month in months.items():
        if _runs(programme, month):
            whose |= {
                (role.organisation_id, key): role.organisation
                for role in _owing(roles, month)
                if within.covers(organisation_id=role.organisation_id, programme_id=programme.pk)
            }
    found = [
        Owed(programme, organisation, months[key], due_on(programme, months[key]), reports.get((organisation.pk, key)))
        for (_organisation, key), organisation in whose.items()
    ]
    return sorted(found, key=lambda owed: (owed.organisation.name_latin, owed.organisation.pk, owed.period.first))


def told(listed: Iterable[Owed]) -> str:
    """Whose they are and of which months, in the reader's language; months that follow one another as a span."""
    months: dict[str, list[Period]] = defaultdict(list)
    for owed in listed:
        months[named(owed.organisation)].append(owed.period)
    return "; ".join(f"{name} ({_spans(run)})" for name, run in months.items())


def _spans(months: Sequence[Period]) -> str:
    runs: list[list[Period]] = []
    for month in sorted(months, key=lambda month: month.first):
        if runs and first_of_next_month(runs[-1][-1].first) == month.first:
            runs[-1].append(month)
        else:
            runs.append([month])
    said = [dict.fromkeys((words.period(run[0].key), words.period(run[-1].key))) for run in runs]
    return ", ".join(" – ".join(ends) for ends in said)


def _runs(programme: Programme, month: Period) -> bool:
    started = programme.starts_on is None or programme.starts_on <= month.last
    return started and (programme.ends_on is None or programme.ends_on >= month.first)


def _owing(roles: Iterable[ProgrammeRole], month: Period) -> list[ProgrammeRole]:
    """Those who report on the month, each organisation once: the partners of that time, or the lead where it works
    without partners."""
    taking_part = [
        role
        for role in roles
        if (role.since is None or role.since <= month.last) and (role.until is None or role.until >= month.first)
    ]
    partners = [role for role in taking_part if role.part == ProgrammeRole.Part.PARTNER]
    return list({role.organisation_id: role for role in partners or taking_part}.values())


def _lately(within: Reach, today: dt.date) -> list[Owed]:
    programmes = _programmes(within)
    months = {roles[0].programme: months_owed(roles[0].programme, today) for roles in programmes.values()}
    owing = [
        (programme, role.organisation, month)
        for programme, run in months.items()
        for month in run
        for role in _owing(programmes[programme.pk], month)
        if within.covers(organisation_id=role.organisation_id, programme_id=programme.pk)
    ]
    reports = _reports(owing)
    found = [
        Owed(
            programme,
            organisation,
            month,
            due_on(programme, month),
            reports.get((programme.pk, organisation.pk, month.key)),
        )
        for programme, organisation, month in owing
    ]
    return sorted(found, key=lambda owed: (owed.period.first, owed.organisation.name_latin), reverse=True)


def _programmes(within: Reach) -> Mapping[int, list[ProgrammeRole]]:
    """Every role that reports, by programme, of the programmes within reach: who owes depends on them all."""
    reporting = ProgrammeRole.objects.filter(part__in=REPORTING)
    touched = reporting.filter(within.q()).values("programme_id")
    found: dict[int, list[ProgrammeRole]] = defaultdict(list)
    for role in reporting.filter(programme__in=touched).select_related("programme", "organisation").order_by("pk"):
        found[role.programme_id].append(role)
    return found


def _reports(owing: Iterable[tuple[Programme, Organisation, Period]]) -> dict[tuple[int, int, str], PeriodReport]:
    owing = list(owing)
    held = PeriodReport.objects.filter(
        programme__in={programme.pk for programme, _organisation, _month in owing},
        organisation__in={organisation.pk for _programme, organisation, _month in owing},
        period__in={month.key for _programme, _organisation, month in owing},
    )
    return {(one.programme_id, one.organisation_id, one.period): one for one in held}
