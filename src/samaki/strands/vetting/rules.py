"""The way into a men's group and out of it (domain.md section 2, Vetting). Pure: no database, no clock.

No step is skipped: each needs the state before it, and "not available" passes nothing. Two decide at the end, one of
them a woman, neither the one who recruited. What a suspension or an expiry stops begins again only by two deciders.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

VALID_MONTHS = 18
DAYS_TO_SIGN = 60
DAYS_TO_RENEW = 60  # before a vetting runs out it can be renewed, so that nobody need be suspended first
REFERENCES_WANTED = 2
DECIDERS_WANTED = 2


class State(StrEnum):
    APPLIED = "applied"
    DECLARED = "declared"
    REFERENCED = "referenced"
    COMMUNITY_CHECKED = "community_checked"
    INTERVIEWED = "interviewed"
    SIGNED = "signed"
    PROBATION = "probation"
    ACTIVE = "active"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    BARRED = "barred"


class StepKind(StrEnum):
    SELF_DECLARATION = "self_declaration"
    REFERENCE = "reference"
    COMMUNITY_CHECK = "community_check"
    INTERVIEW = "interview"
    SIGNATURE = "signature"
    PROBATION = "probation"


_S = State
ON_THE_WAY = (_S.APPLIED, _S.DECLARED, _S.REFERENCED, _S.COMMUNITY_CHECKED, _S.INTERVIEWED, _S.SIGNED, _S.PROBATION)
OVER = frozenset({_S.REJECTED, _S.REMOVED, _S.BARRED})
FIRST = frozenset({_S.APPLIED.value})
ALLOWED: Mapping[str, frozenset[str]] = {
    _S.APPLIED: frozenset({_S.DECLARED, _S.REJECTED, _S.BARRED}),
    _S.DECLARED: frozenset({_S.REFERENCED, _S.REJECTED, _S.BARRED}),
    _S.REFERENCED: frozenset({_S.COMMUNITY_CHECKED, _S.REJECTED, _S.BARRED}),
    _S.COMMUNITY_CHECKED: frozenset({_S.INTERVIEWED, _S.REJECTED, _S.BARRED}),
    _S.INTERVIEWED: frozenset({_S.SIGNED, _S.REJECTED, _S.BARRED}),
    _S.SIGNED: frozenset({_S.PROBATION, _S.REJECTED, _S.BARRED}),
    _S.PROBATION: frozenset({_S.ACTIVE, _S.REJECTED, _S.BARRED}),
    _S.ACTIVE: frozenset({_S.SUSPENDED, _S.REMOVED, _S.BARRED}),
    _S.SUSPENDED: frozenset({_S.ACTIVE, _S.REMOVED, _S.BARRED}),
    _S.REJECTED: frozenset({_S.BARRED}),
    _S.REMOVED: frozenset({_S.BARRED}),
    _S.BARRED: frozenset({_S.REMOVED}),  # an appeal that lifts the bar; nobody is active again by it
}
# The state a step is taken in, and the one it leads to once enough of it has passed.
STEPS: Mapping[StepKind, tuple[State, State]] = {
    StepKind.SELF_DECLARATION: (_S.APPLIED, _S.DECLARED),
    StepKind.REFERENCE: (_S.DECLARED, _S.REFERENCED),
    StepKind.COMMUNITY_CHECK: (_S.REFERENCED, _S.COMMUNITY_CHECKED),
    StepKind.INTERVIEW: (_S.COMMUNITY_CHECKED, _S.INTERVIEWED),
    StepKind.SIGNATURE: (_S.INTERVIEWED, _S.SIGNED),
    StepKind.PROBATION: (_S.SIGNED, _S.PROBATION),
}
# What is asked again before two decide that somebody suspended is active again, or renew a vetting that runs out.
ASKED_AGAIN = frozenset({StepKind.COMMUNITY_CHECK, StepKind.INTERVIEW, StepKind.SIGNATURE})


def may_move(old: str, new: str) -> bool:
    return new in ALLOWED[old]


def passed_enough(kind: StepKind, passed: int) -> bool:
    """Whether that many passed steps of the kind lead on: two references, one of any other."""
    return passed >= (REFERENCES_WANTED if kind is StepKind.REFERENCE else 1)


@dataclass(frozen=True)
class Word:
    """One decider's word, as far as the rule looks at it."""

    decider: int
    is_woman: bool
    approves: bool


class Verdict(StrEnum):
    WAITING = "waiting"
    WOMAN_WANTED = "woman_wanted"  # two agree, and neither is a woman
    APPROVED = "approved"
    REJECTED = "rejected"
    DIVIDED = "divided"


def verdict(words: Sequence[Word]) -> Verdict:
    """What the words of a round come to: two different people who agree, at least one of them a woman."""
    deciders = {word.decider: word for word in words}.values()
    for approves in (False, True):  # two against stand, even where two are for
        agreeing = [word for word in deciders if word.approves is approves]
        if len(agreeing) >= DECIDERS_WANTED:
            if not any(word.is_woman for word in agreeing):
                return Verdict.WOMAN_WANTED
            return Verdict.APPROVED if approves else Verdict.REJECTED
    return Verdict.DIVIDED if len(deciders) >= DECIDERS_WANTED else Verdict.WAITING


def whether_another(words: Sequence[Word]) -> Verdict:
    """What the words on a namesake come to, `approves` meaning "another person": two as in deciding let him pass, and
    one who knows the barred man in him is enough to stop him."""
    return verdict(words) if all(word.approves for word in words) else Verdict.REJECTED


def valid_until(decided_on: dt.date) -> dt.date:
    """The first day on which a vetting of that day no longer holds: 18 months later."""
    years, month = divmod(decided_on.month - 1 + VALID_MONTHS, 12)
    year = decided_on.year + years
    return dt.date(year, month + 1, min(decided_on.day, calendar.monthrange(year, month + 1)[1]))


def renewable_from(expires_on: dt.date) -> dt.date:
    """The first day on which a vetting that runs out then can be renewed."""
    return expires_on - dt.timedelta(days=DAYS_TO_RENEW)


def must_have_signed_by(published_on: dt.date) -> dt.date:
    """The last day to sign a new version of the code of conduct."""
    return published_on + dt.timedelta(days=DAYS_TO_SIGN)


class Awaited(StrEnum):
    """What comes next on the way of a candidacy."""

    SELF_DECLARATION = "self_declaration"
    REFERENCE = "reference"
    COMMUNITY_CHECK = "community_check"
    INTERVIEW = "interview"
    SIGNATURE = "signature"
    PROBATION = "probation"
    DECISION = "decision"
    INQUIRY = "inquiry"  # an allegation is to be settled
    ASKED_AGAIN = "asked_again"
    NOTHING = "nothing"


def awaited(state: State, *, is_renewable: bool, in_inquiry: bool, asked_again: frozenset[StepKind]) -> Awaited:
    """`asked_again` are the steps that have passed anew since the suspension, or in the days of renewal."""
    for kind, (before, _after) in STEPS.items():
        if state == before:
            return Awaited(kind.value)
    if state in OVER or (state == State.ACTIVE and not is_renewable and not in_inquiry):
        return Awaited.NOTHING
    if in_inquiry:
        return Awaited.INQUIRY
    if state == State.PROBATION or asked_again >= ASKED_AGAIN:
        return Awaited.DECISION
    return Awaited.ASKED_AGAIN
