"""The course of a case (domain.md section 2, Counselling). Pure: no database, no clock.

Nothing in it looks at what came from his partner: the same steps, the same wait and the same words, whatever she said.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

CONFERENCE_WEEKDAY = calendar.WEDNESDAY
EMERGENCY = dt.timedelta(minutes=60)


class State(StrEnum):
    OPENED = "opened"
    SCREENED = "screened"
    COUNSELLING = "counselling"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    LOST = "lost"
    REFERRED = "referred"


_S = State
OVER = frozenset({_S.CLOSED, _S.LOST, _S.REFERRED})
RUNNING = frozenset(_S) - OVER
# A case of an old register is counselled already when it is first written down.
FIRST = frozenset({_S.OPENED.value, _S.COUNSELLING.value})
ALLOWED: Mapping[str, frozenset[str]] = {
    _S.OPENED: frozenset({_S.SCREENED, _S.LOST, _S.REFERRED}),
    _S.SCREENED: frozenset({_S.COUNSELLING, _S.LOST, _S.REFERRED}),
    _S.COUNSELLING: frozenset({_S.FOLLOW_UP, _S.LOST, _S.REFERRED}),
    _S.FOLLOW_UP: frozenset({_S.CLOSED, _S.LOST, _S.REFERRED}),
    **{over: frozenset({_S.OPENED.value}) for over in sorted(OVER)},  # opened again, it keeps its code
}
# What a closure may come to: sessions end and follow-up begins, the case is closed, or the man is lost.
ENDS = frozenset({_S.FOLLOW_UP, _S.CLOSED, _S.LOST})


def may_move(old: str, new: str) -> bool:
    return new in ALLOWED[old]


class Marker(StrEnum):
    """What makes a risk high, each of itself."""

    STRANGULATION = "strangulation"
    THREAT_TO_KILL = "threat_to_kill"
    WEAPON = "weapon"
    SEPARATION = "separation"
    PREGNANCY = "pregnancy"
    ESCALATION = "escalation"


def is_high(markers: Iterable[Marker]) -> bool:
    return bool(frozenset(markers))


@dataclass(frozen=True)
class Assessed:
    """One assessment as the rule sees it: its number, the last one that was read when it was made, its level."""

    id: int
    after: int | None
    is_high: bool


@dataclass(frozen=True)
class Holding:
    """What holds of a case's risk. `is_high` None: not assessed. `side_by_side` are the assessments that stand: more
    than one where somebody assessed without having read the other."""

    is_high: bool | None
    side_by_side: tuple[int, ...]

    @property
    def in_conflict(self) -> bool:
        return len(self.side_by_side) > 1


def holding(assessments: Sequence[Assessed]) -> Holding:
    """An assessment is replaced by a later one whose author had read it; of those not replaced the higher holds."""
    read = max((one.after for one in assessments if one.after is not None), default=0)
    standing = [one for one in assessments if one.id > read]
    if not standing:
        return Holding(None, ())
    return Holding(any(one.is_high for one in standing), tuple(sorted(one.id for one in standing)))


# A tie that locks out, whatever the role; that of a neighbour who is not next door may be approved.
TIES = frozenset({"neighbour", "next_door", "kin", "creditor", "superior", "party"})


def locks_out(tie: str, *, is_approved: bool) -> bool:
    return tie in TIES and not (tie == "neighbour" and is_approved)


WINDOWS: Mapping[int, int] = {1: 14, 3: 30, 6: 45, 12: 60}  # months after the last session → days either side


class Stand(StrEnum):
    COMING = "coming"
    DUE = "due"
    LATE = "late"
    ANSWERED = "answered"
    MISSED = "missed"


@dataclass(frozen=True)
class Window:
    """A follow-up: asked on `due_on` at best, and no earlier than `opens_on`, no later than `closes_on`."""

    months: int
    opens_on: dt.date
    due_on: dt.date
    closes_on: dt.date
    stand: Stand


def windows(last_session_on: dt.date, answered_on: Iterable[dt.date], *, on: dt.date) -> tuple[Window, ...]:
    """The four windows after the last session as they stand on a day."""
    answers = tuple(answered_on)
    found = []
    for months, days in WINDOWS.items():
        due_on = months_later(last_session_on, months)
        opens_on, closes_on = due_on - dt.timedelta(days), due_on + dt.timedelta(days)
        if any(opens_on <= answer <= closes_on for answer in answers):
            stand = Stand.ANSWERED
        elif on < opens_on:
            stand = Stand.COMING
        elif on <= due_on:
            stand = Stand.DUE
        else:
            stand = Stand.LATE if on <= closes_on else Stand.MISSED
        found.append(Window(months, opens_on, due_on, closes_on, stand))
    return tuple(found)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of the month, or its last where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_conference(asked_on: dt.date) -> dt.date:
    """The Wednesday after the day of asking: what is asked on a Wednesday waits a week, whoever asks and why."""
    return asked_on + dt.timedelta((CONFERENCE_WEEKDAY - asked_on.weekday() - 1) % 7 + 1)
