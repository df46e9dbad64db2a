"""Who completed a series, who may lead, and until when (domain.md section 2, Learning). Pure: no database, no clock."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from samaki.strands.learning.rules.follow_ups import months_after

COMPLETES_FROM = Fraction(4, 5)
LAPSE_MONTHS = 6
SOON_DAYS = 45  # how long before it lapses a certificate is on the list of those to see to
_CODE_BYTES = 15  # 120 random bits, 24 letters of base32


class Completion(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def completion(attended: int, sessions: int, *, unrecorded: int = 0) -> Completion:
    """Whether `attended` of `sessions` are 80%. Of `unrecorded` sessions nobody wrote down by name who came: where they
    would decide it, it is not known."""
    if not 0 <= unrecorded <= sessions or not 0 <= attended <= sessions - unrecorded:
        raise ValueError("more sessions attended than there were")
    if sessions == 0:
        return Completion.UNKNOWN
    if Fraction(attended, sessions) >= COMPLETES_FROM:
        return Completion.YES
    return Completion.UNKNOWN if Fraction(attended + unrecorded, sessions) >= COMPLETES_FROM else Completion.NO


def sessions_wanted(sessions: int) -> int:
    """The fewest sessions of a series that complete it."""
    return -(-sessions * COMPLETES_FROM.numerator // COMPLETES_FROM.denominator)


@dataclass(frozen=True)
class Certified:
    """A certificate or its renewal, from `on` to the day before `withdrawn_on`."""

    on: dt.date
    withdrawn_on: dt.date | None = None


class Standing(StrEnum):
    NEVER = "never"  # no certificate by that day
    STANDS = "stands"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Stand:
    """`until` is the last day it stands unless she leads before; after a lapse that day is over. None: never or
    withdrawn."""

    standing: Standing
    until: dt.date | None = None


def standing(certificates: Iterable[Certified], led_on: Iterable[dt.date], *, on: dt.date) -> Stand:
    """How a person's certificates in one programme stand on a day. A certificate stands through the same day six
    months after she was certified, renewed, or last led while it stood; what she led after a lapse revives nothing."""
    known = sorted((one for one in certificates if one.on <= on), key=lambda one: one.on)
    if not known:
        return Stand(Standing.NEVER)
    valid = [one for one in known if one.withdrawn_on is None or one.withdrawn_on > on]
    if not valid:
        return Stand(Standing.WITHDRAWN)
    until = _until([one.on for one in valid], [day for day in led_on if day <= on])
    return Stand(Standing.STANDS if on <= until else Standing.LAPSED, until)


def _until(certified: Sequence[dt.date], led_on: Sequence[dt.date]) -> dt.date:
    until = dt.date.min
    for day, anew in sorted([(day, True) for day in certified] + [(day, False) for day in led_on]):
        if anew or day <= until:
            until = max(until, months_after(day, LAPSE_MONTHS))
    return until


def months_before(day: dt.date, months: int) -> dt.date:
    """The first day from which `months` later is not before `day`'s own day: 31 August less six months is 1 March."""
    found = months_after(day, -months)
    return found if found.day == day.day else found + dt.timedelta(days=1)


def new_code() -> str:
    """24 letters and digits drawn at random, without those that are taken for one another (base32)."""
    return base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()


def as_code(typed: str) -> str:
    """A code as people copy it from paper: in small letters, in pieces, with 0 for O and 1 for I, which no code has."""
    letters = "".join(one for one in typed.upper() if one.isalnum())
    return letters.replace("0", "O").replace("1", "I")


def is_code(text: str) -> bool:
    return len(text) == _CODE_BYTES * 8 // 5 and set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
