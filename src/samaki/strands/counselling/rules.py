"""What a case register and a group's monthly report may say (domain.md section 2, Counselling)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from samaki.kernel.errors import DomainError, Invalid

CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9/._-]{0,28}[A-Z0-9])?")
ADULT = 18
LARGEST_COUNT = 100_000


class Judged(StrEnum):
    """The scale of domain.md section 2, worst first."""

    WORSE = "worse"
    UNCHANGED = "unchanged"
    IMPROVED = "improved"
    STOPPED = "stopped"


SCALE = frozenset(Judged)
SUCCESS = frozenset({Judged.IMPROVED, Judged.STOPPED})


class Timeliness(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    NOT_DUE = "not_due"


@dataclass(frozen=True)
class Judgement:
    """What the men's group said of one kind of violence; `judged_on` None where the register gives no date."""

    violence: str
    value: str
    judged_on: dt.date | None = None


@dataclass(frozen=True)
class CaseRow:
    """One case of a register. `sessions` are dates in order, None for a session without a date; `birth_year` is asked
    only to send a boy to child protection, and is not stored."""

    code: str
    group_id: int
    place_id: int
    opened_on: dt.date | None = None
    sessions: tuple[dt.date | None, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    birth_year: int | None = None


@dataclass(frozen=True)
class GroupMonthRow:
    """One group's report on one month: counts only; None means the report does not say."""

    group_id: int
    month: dt.date
    received_on: dt.date
    sessions_held: int | None = None
    men_counselled: int | None = None
    men_success: int | None = None
    men_stopped: int | None = None

    def counts(self) -> dict[str, int | None]:
        return {
            "sessions_held": self.sessions_held,
            "men_counselled": self.men_counselled,
            "men_success": self.men_success,
            "men_stopped": self.men_stopped,
        }


@dataclass(frozen=True)
class GroupSpan:
    """A men's group as these rules see it: whose it is and when it stood."""

    id: int
    organisation_id: int
    programme_id: int
    is_mens_group: bool
    formed_on: dt.date | None
    ended_on: dt.date | None


def clean_code(code: str) -> str:
    """The code as it is kept: capitals, no spaces. Raises Invalid where it may hold more than a code."""
    cleaned = "".join(code.split()).upper()
    if not CODE.fullmatch(cleaned):
        raise Invalid(
            "case_code_not_a_code",
            _("A case code has Latin letters, digits and - / . _ only, at most 30. Please write no name."),
            field="code",
        )
    return cleaned


def month_start(day: dt.date) -> dt.date:
    return day.replace(day=1)


def next_month(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def month_end(day: dt.date) -> dt.date:
    return next_month(day) - dt.timedelta(days=1)


def due_on(month: dt.date, due_day: int) -> dt.date:
    """The report on a month is due on `due_day` of the month after."""
    return next_month(month).replace(day=due_day)


def timeliness(month: dt.date, *, due_day: int, received_on: dt.date | None, on: dt.date) -> Timeliness:
    """`received_on` is when the first version came. Without one the report is missing once its due day has passed."""
    due = due_on(month, due_day)
    if received_on is not None:
        return Timeliness.ON_TIME if received_on <= due else Timeliness.LATE
    return Timeliness.MISSING if on > due else Timeliness.NOT_DUE


def stood_in_month(formed_on: dt.date | None, ended_on: dt.date | None, month: dt.date) -> bool:
    """True where the group stood on any day of the month."""
    return (formed_on is None or formed_on <= month_end(month)) and (ended_on is None or ended_on >= month_start(month))


def expected_months(
    formed_on: dt.date | None, ended_on: dt.date | None, *, first: dt.date, last: dt.date
) -> Iterator[dt.date]:
    """First days of the months from `first` to `last` of which the group owes a report: those it stood in."""
    month = month_start(first)
    while month <= last:
        if stood_in_month(formed_on, ended_on, month):
            yield month
        month = next_month(month)


def future_date(field: str) -> Invalid:
    return Invalid(
        "date_in_future", _("This date has not come yet. Please choose today or an earlier day."), field=field
    )


def case_faults(row: CaseRow, group: GroupSpan | None, *, on: dt.date) -> Iterator[DomainError]:
    """Everything that keeps the row from being taken on the date `on`, without looking at the other records."""
    if not CODE.fullmatch(row.code):
        try:
            clean_code(row.code)
        except Invalid as fault:
            yield fault
    if group is None or not group.is_mens_group:
        yield Invalid("not_a_mens_group", _("Please choose a men’s group of this programme."), field="group")
    if row.birth_year is not None and (row.opened_on or on).year - row.birth_year <= ADULT:
        # Only the year is asked: in the year he turns 18 he may still be 17.
        yield Invalid(
            "child_protection",
            _(
                "He may be under 18. A boy has no case here, and nothing is written about him. Please tell the "
                "safeguarding focal person today, and lead him to child protection: the directory has it."
            ),
            field="birth_year",
        )
    if row.opened_on is not None and row.opened_on > on:
        yield future_date("opened_on")
    dated = [day for day in row.sessions if day is not None]
    if dated and max(dated) > on:
        yield future_date("sessions")
    if dated != sorted(dated):
        yield Invalid(
            "sessions_out_of_order", _("A session is dated before the session ahead of it."), field="sessions"
        )
    if row.opened_on is not None and dated and min(dated) < row.opened_on:
        yield Invalid("session_before_opening", _("A session is dated before the case was opened."), field="sessions")
    if row.judgements:
        yield from _judgement_faults(row, on)


def _judgement_faults(row: CaseRow, on: dt.date) -> Iterator[DomainError]:
    seen: set[tuple[str, dt.date | None]] = set()
    for judgement in row.judgements:
        if judgement.judged_on is not None and judgement.judged_on > on:
            yield future_date("judged_on")
        if judgement.value not in SCALE:
            yield Invalid(
                "value_not_on_scale", _("Please choose worse, unchanged, improved or stopped."), field="judgement"
            )
        if (judgement.violence, judgement.judged_on) in seen:
            yield Invalid(
                "judged_twice", _("The same kind of violence is judged twice on one date."), field="judgement"
            )
        seen.add((judgement.violence, judgement.judged_on))
    if not row.sessions:
        yield Invalid(
            "judged_before_session",
            _("A case without a session cannot be judged yet. Please enter the session."),
            field="judgement",
        )


def group_month_faults(row: GroupMonthRow, group: GroupSpan | None, *, on: dt.date) -> Iterator[DomainError]:
    """Everything that keeps the report from being taken on the date `on`."""
    if group is None or not group.is_mens_group:
        yield Invalid("not_a_mens_group", _("Please choose a men’s group of this programme."), field="group")
    elif not stood_in_month(group.formed_on, group.ended_on, row.month):
        yield Invalid("group_not_there", _("This group did not exist in that month."), field="month")
    if row.month.day != 1:
        yield Invalid("month_not_first_day", _("A month is given by its first day."), field="month")
    if row.month > on:
        yield Invalid("date_in_future", _("This month has not come yet."), field="month")
    if row.received_on > on:
        yield future_date("received_on")
    elif row.received_on < row.month:
        yield Invalid(
            "received_before_month", _("The report was received before its month began."), field="received_on"
        )
    yield from _count_faults(row)


def _count_faults(row: GroupMonthRow) -> Iterator[DomainError]:
    for field, count in row.counts().items():
        if count is not None and not 0 <= count <= LARGEST_COUNT:
            yield Invalid("count_out_of_range", _("A count is 0 or more."), field=field)
    for part, whole in (("men_success", "men_counselled"), ("men_stopped", "men_success")):
        count, limit = row.counts()[part], row.counts()[whole]
        if count is not None and limit is None:
            yield Invalid(
                "count_without_whole",
                _("This number is part of another that is not given. Please enter both."),
                field=part,
            )
        elif count is not None and limit is not None and count > limit:
            yield Invalid(
                "part_above_whole",
                _("%(part)s of %(whole)s: the part is larger than the whole. Please check again."),
                field=part,
                part=count,
                whole=limit,
            )
