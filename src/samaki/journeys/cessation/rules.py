"""Verified cessation (domain.md sections 3 and 4), and what of it may be told. Pure: no database, no clock.

Of each started case: did a woman's word (A), or her worker's (B), within the window say that there was no physical or
sexual violence in the last 90 days, and did no other word of A or B in it say otherwise? Intention to treat: whoever
was lost, not asked or not answered stays in the denominator.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from samaki.kernel.disclosure.thresholds import SENSITIVE

QUARTER = 3  # months
K = SENSITIVE


class Stand(StrEnum):
    """Where a case stands at one window."""

    VERIFIED = "verified"
    NOT_STOPPED = "not_stopped"  # somebody said that there was violence: contradicted words too
    UNKNOWN = "unknown"  # the window has closed, or nobody can say when it does, and no known answer came
    PENDING = "pending"


@dataclass(frozen=True)
class Span:
    """The window of a case: None where its last session has no date."""

    opens_on: dt.date
    closes_on: dt.date


@dataclass(frozen=True)
class Answer:
    """A word of A or B. `window` is the month the worker named; `violent` None: she does not know or did not say."""

    asked_on: dt.date
    window: int
    violent: bool | None


def of_window(answers: Iterable[Answer], months: int, span: Span | None) -> list[Answer]:
    """The answers that belong to a window: by their day or, where no day of his is known, by the month named."""
    if span is None:
        return [one for one in answers if one.window == months]
    return [one for one in answers if span.opens_on <= one.asked_on <= span.closes_on]


def stand(answers: Sequence[Answer], span: Span | None, *, on: dt.date) -> Stand:
    """`answers` are those of the window."""
    said = {one.violent for one in answers} - {None}
    if True in said:
        return Stand.NOT_STOPPED
    if said:
        return Stand.VERIFIED
    return Stand.PENDING if span is not None and on <= span.closes_on else Stand.UNKNOWN


@dataclass(frozen=True)
class Tally:
    """One cell as it is. `whole` are all started cases (or closed windows), `pending` those whose window is still open
    by his dates alone, `part` those of the numerator, `against` those with a known answer that is not."""

    whole: int
    pending: int = 0
    part: int = 0
    against: int = 0


@dataclass(frozen=True)
class Told:
    """One cell as it may be told; what is known and not told yet is among the `unknown`."""

    whole: int
    pending: int
    part: int
    against: int

    @property
    def unknown(self) -> int:
        return self.whole - self.pending - self.part - self.against


def told(now: Tally, before: Told | None, *, least: int = K) -> Told:
    """The whole as it may be told after what was told before: nobody learns from it whether one woman spoke.

    The known answers move in steps of at least `least`; until then they stand among the unknown, as if nobody had
    spoken, so that a figure that stands still says nothing either. As many as `least` are always silent, so that of no
    woman it follows that she spoke.
    """
    part, against = (before.part, before.against) if before else (0, 0)
    stepped = _step(part, now.part, least), _step(against, now.against, least)
    for known in (stepped, (part, against), (0, 0)):
        if not sum(known) or (now.whole - sum(known) >= least and now.whole - now.pending >= sum(known)):
            return Told(now.whole, now.pending, *known)
    raise AssertionError("nothing may always be told")


def told_parts(
    now: Mapping[str, Tally], before: Mapping[str, Told], *, whole: Told, least: int = K
) -> dict[str, Told] | None:
    """The cells of one dimension, all or none: none where one of them is small, or says 0% or 100%. While nobody is
    told to have spoken, that no part says otherwise follows from the whole."""
    if any(0 < one.whole < least for one in now.values()):
        return None
    if not whole.part and not whole.against:
        return {key: Told(one.whole, one.pending, 0, 0) for key, one in now.items()}
    found = {key: told(one, before.get(key), least=least) for key, one in now.items()}
    if all(one.part >= least and one.whole - one.part >= least for one in found.values() if one.whole):
        return found
    return None


def _step(before: int, now: int, least: int) -> int:
    if abs(now - before) < least:
        return before
    return now if now >= least else 0


def quarter_end_before(day: dt.date) -> dt.date:
    """The last day of the last quarter of the calendar that was over on the day."""
    first = dt.date(day.year, (day.month - 1) // QUARTER * QUARTER + 1, 1)
    return first - dt.timedelta(days=1)
