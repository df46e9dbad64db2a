"""Her side's own rules (domain.md section 2, Counselling). Pure: no database, no clock.

A referral carries a code, how she may safely be reached and which service is wanted: no narrative, and nothing that she
did not consent to. Its state moves by this table alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9/._-]{0,28}[A-Z0-9])?")
LONGEST_TEXT = 500
LONGEST_CONSENT = dt.timedelta(days=180)
WINDOWS = (1, 3, 6, 12)  # months after his last session


class Violence(StrEnum):
    PHYSICAL = "physical"
    SEXUAL = "sexual"
    PSYCHOLOGICAL = "psychological"
    ECONOMIC = "economic"


class Value(StrEnum):
    WORSE = "worse"
    UNCHANGED = "unchanged"
    IMPROVED = "improved"
    STOPPED = "stopped"


class Level(StrEnum):
    STANDARD = "standard"
    HIGH = "high"


class Marker(StrEnum):
    """Any one of them makes the risk high."""

    STRANGULATION = "strangulation"
    THREAT_TO_KILL = "threat_to_kill"
    WEAPON = "weapon"
    SEPARATION = "separation"
    PREGNANCY = "pregnancy"
    ESCALATION = "escalation"


class State(StrEnum):
    DRAFTED = "drafted"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CONFIRMED = "confirmed"
    NOT_OBTAINED = "not_obtained"
    REVOKED = "revoked"


class Purpose(StrEnum):
    SAFETY = "safety"
    HEALTH = "health"
    LAW = "law"
    LIVELIHOOD = "livelihood"
    CHILDREN = "children"


class ConsentHow(StrEnum):
    SPOKEN = "spoken"
    SIGNED = "signed"
    THUMBPRINT = "thumbprint"


class ConfirmedBy(StrEnum):
    SERVICE = "service"
    SURVIVOR = "survivor"


class Field(StrEnum):
    """What a referral may carry."""

    CODE = "code"
    SERVICE_WANTED = "service_wanted"
    HOW = "how"
    WHEN = "when"
    DO_NOT_CALL = "do_not_call"


ALWAYS = frozenset({Field.CODE, Field.SERVICE_WANTED})
_S = State
FIRST = frozenset({_S.DRAFTED.value})
ALLOWED: Mapping[str, frozenset[str]] = {
    _S.DRAFTED: frozenset({_S.SENT, _S.REVOKED}),
    _S.SENT: frozenset({_S.ACCEPTED, _S.DECLINED, _S.CONFIRMED, _S.NOT_OBTAINED, _S.REVOKED}),
    _S.ACCEPTED: frozenset({_S.CONFIRMED, _S.NOT_OBTAINED, _S.REVOKED}),
    _S.DECLINED: frozenset({_S.REVOKED}),
    _S.CONFIRMED: frozenset(),
    _S.NOT_OBTAINED: frozenset(),
    _S.REVOKED: frozenset(),
}
READ_WHILE = frozenset({_S.SENT, _S.ACCEPTED})


@dataclass(frozen=True)
class Said:
    """What a file holds, sealed: how and when she may safely be reached, the code of his case where it is known."""

    how: str
    when: str = ""
    do_not_call: bool = False
    case_code: str = ""
    note: str = ""


@dataclass(frozen=True)
class Told:
    """What one follow-up says: a value by kind of violence, and whether there was physical or sexual violence in the
    last 90 days; None is not known, which is not no."""

    values: Mapping[Violence, Value]
    violent_90_days: bool | None = None
    consented: bool = False


@dataclass(frozen=True)
class RiskOn:
    on: dt.date
    level: Level


def may_move(old: str, new: str) -> bool:
    return new in ALLOWED[old]


def is_open_to_recipient(state: str, expires_on: dt.date, today: dt.date) -> bool:
    """Until the last day of her consent, and only while the referral is under way."""
    return state in READ_WHILE and today <= expires_on


def level_of(markers: Collection[Marker], judged: Level) -> Level:
    return Level.HIGH if markers else judged


def standing(risks: Sequence[RiskOn]) -> Level | None:
    """The level of the latest day; where two were made that day the higher holds. None: not assessed."""
    latest = max((risk.on for risk in risks), default=None)
    levels = {risk.level for risk in risks if risk.on == latest}
    if not levels:
        return None
    return Level.HIGH if Level.HIGH in levels else Level.STANDARD


def clean_code(code: str) -> str | None:
    """The code as it is kept, capitals without blanks; None where it may hold more than a code."""
    cleaned = "".join(code.split()).upper()
    return cleaned if CODE.fullmatch(cleaned) else None
