"""Reporting periods by a programme's own calendar, and the states of a report (domain.md section 1).

Pure: no clock, no database. A fiscal year N is the one that begins in calendar year N.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

from samaki.kernel.errors import Conflict, Invalid

KHMER_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
_WRITTEN = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.IGNORECASE)
MONTHS = 12


class Kind(StrEnum):
    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


@dataclass(frozen=True)
class Period:
    """A span of whole months. `key` is how it is written (2008, 2008-Q1, 2008-03); `last` is the last day of it."""

    key: str
    kind: Kind
    first: dt.date
    last: dt.date

    @property
    def months(self) -> tuple[str, ...]:
        """The months contained, oldest first, as keys."""
        found, day = [], self.first
        while day <= self.last:
            found.append(f"{day:%Y-%m}")
            day = first_of_next_month(day)
        return tuple(found)

    def contains(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def first_of_next_month(day: dt.date) -> dt.date:
    return dt.date(day.year + day.month // MONTHS, day.month % MONTHS + 1, 1)


def _span(year: int, month: int, months: int) -> tuple[dt.date, dt.date]:
    end = year * MONTHS + month - 1 + months - 1
    last_year, last_month = end // MONTHS, end % MONTHS + 1
    return dt.date(year, month, 1), dt.date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])


def parse(text: str, *, fiscal_year_starts_in: int) -> Period:
    """2008, 2008-Q1 or 2008-03, Khmer digits too. A month is a calendar month; years and quarters are fiscal.

    Raises Invalid("period_not_understood") with field `period`.
    """
    found = _WRITTEN.fullmatch(text.strip().translate(KHMER_DIGITS))
    if found is None or not 1900 <= (year := int(found["year"])) <= 2199:
        raise Invalid(
            "period_not_understood",
            _("%(period)s is not a period. Write a year (2008), a quarter (2008-Q1) or a month (2008-03)."),
            field="period",
            period=text,
        )
    if found["month"]:
        return Period(f"{year}-{found['month']}", Kind.MONTH, *_span(year, int(found["month"]), 1))
    if found["quarter"]:
        start = year * MONTHS + fiscal_year_starts_in - 1 + 3 * (int(found["quarter"]) - 1)
        return Period(f"{year}-Q{found['quarter']}", Kind.QUARTER, *_span(start // MONTHS, start % MONTHS + 1, 3))
    return Period(f"{year}", Kind.YEAR, *_span(year, fiscal_year_starts_in, MONTHS))


def period_of(day: dt.date, kind: Kind, *, fiscal_year_starts_in: int) -> Period:
    """The period of a kind that contains the day."""
    if kind is Kind.MONTH:
        return parse(f"{day:%Y-%m}", fiscal_year_starts_in=fiscal_year_starts_in)
    since = day.year * MONTHS + day.month - fiscal_year_starts_in
    year, month = since // MONTHS, since % MONTHS
    key = f"{year}" if kind is Kind.YEAR else f"{year}-Q{month // 3 + 1}"
    return parse(key, fiscal_year_starts_in=fiscal_year_starts_in)


def before(period: Period, *, fiscal_year_starts_in: int) -> Period:
    """The period of the same kind that ends the day before this one begins."""
    day = period.first - dt.timedelta(days=1)
    return period_of(day, period.kind, fiscal_year_starts_in=fiscal_year_starts_in)


def run_of(period: Period, count: int, *, fiscal_year_starts_in: int) -> tuple[Period, ...]:
    """`count` periods of the same kind, oldest first, the last being `period` itself."""
    found = [period]
    while len(found) < count:
        found.append(before(found[-1], fiscal_year_starts_in=fiscal_year_starts_in))
    return tuple(reversed(found))


def containing(day: dt.date, *, fiscal_year_starts_in: int) -> tuple[str, ...]:
    """Keys of the month, the quarter and the year that contain the day."""
    kinds = (Kind.MONTH, Kind.QUARTER, Kind.YEAR)
    return tuple(period_of(day, kind, fiscal_year_starts_in=fiscal_year_starts_in).key for kind in kinds)


class State(TextChoices):
    """Of one organisation's report on one month. Locked is not a state of a report: the programme's period is."""

    OPEN = "open", _("Open (reporting period)")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for correction")
    VERIFIED = "verified", _("Verified")


class Step(StrEnum):
    SAVE = "save"
    SUBMIT = "submit"
    RETURN = "return"
    VERIFY = "verify"


# A verified report can still be returned while its month is not locked: the verifier, too, may find a slip late.
TRANSITIONS: Mapping[Step, Mapping[State, State]] = {
    Step.SAVE: {State.OPEN: State.OPEN, State.RETURNED: State.RETURNED},
    Step.SUBMIT: {State.OPEN: State.SUBMITTED, State.RETURNED: State.SUBMITTED},
    Step.RETURN: {State.SUBMITTED: State.RETURNED, State.VERIFIED: State.RETURNED},
    Step.VERIFY: {State.SUBMITTED: State.VERIFIED},
}


def after(step: Step, state: State) -> State:
    """The state that follows. Raises Conflict("report_state") where the step is not open from this state."""
    try:
        return TRANSITIONS[step][state]
    except KeyError:
        raise Conflict(
            "report_state",
            _("The report is already further on (%(state)s). Please open it again to see where it stands."),
            state=State(state).label,
        ) from None
