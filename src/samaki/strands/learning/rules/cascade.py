"""Who taught whom, and how far from the working group: pure, on arrays, so that a million attendances take one pass.

Whoever sits in the working group on a day is generation 0 on it. A session qualifies when one of its leaders has a
generation on its day; its own is 1 + the lowest of theirs. A learner's generation is fixed by the first day on which
she attends a qualifying session: the lowest generation of that day's. She has it from the next day on, for records tell
the day of a session and not the hour; so paths follow time and cannot loop. A later session changes nothing of it.
Nobody is taught by the session she leads, nor, while a member, at any (docs/build/decisions/0010).

Everything is a number: sessions and learners (a person in one programme) from 1, 0 is none. Days count from 1970.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samaki.kernel.measures import Array

NEVER = 2**31 - 1  # the day of a session that does not count, and the first day of who was never taught
DEEPEST = 2**15 - 1
NOT_KEPT = -1
GENERATIONS = ("1", "2", "3", "4", "5", "6", "7", "8", "9_up")  # as figures tell them apart
OF_LEADERS = ("0", *GENERATIONS)


class Members:
    """The working groups: who belongs from `since` to the day before `until` (NEVER: still)."""

    def __init__(self, learner: Array, since: Array, until: Array) -> None:
        order = np.lexsort((until, since, learner))
        self.learner, self.since, self.until = learner[order], since[order], until[order]
        _, counts = np.unique(self.learner, return_counts=True)
        self._most = int(counts.max(initial=0))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Members) and all(
            np.array_equal(mine, theirs)
            for mine, theirs in zip(
                (self.learner, self.since, self.until), (other.learner, other.since, other.until), strict=True
            )
        )

    def on(self, learners: Array, days: Array) -> Array:
        """Which of the learners were members, each on the day beside her."""
        found: Array = np.zeros(len(learners), bool)
        at, end = np.searchsorted(self.learner, learners), np.searchsorted(self.learner, learners, side="right")
        for _ in range(self._most):
            here = np.minimum(at, len(self.learner) - 1)
            found |= (at < end) & (self.since[here] <= days) & (days < self.until[here])
            at = at + 1
        return found


@dataclass
class Records:
    """What is known. By session: `day` (NEVER where it does not count). By lead: session, learner, and the
    generation kept of a leader who withdrew (else NOT_KEPT). By attendance: session and learner. Entry 0 is none."""

    learners: int  # numbers up to this one are taken
    members: Members
    day: Array
    lead_session: Array
    lead_learner: Array
    lead_kept: Array
    attended_session: Array
    attended_learner: Array

    def known_generation(self, leads: Array | slice = slice(None)) -> Array:
        """Of these leads, the leader's generation where no session of hers is asked for it: 0 of a member, what was
        kept of one who withdrew; else NOT_KEPT."""
        kept = self.lead_kept[leads]
        member = self.members.on(self.lead_learner[leads], self.day[self.lead_session[leads]])
        return np.where(member, 0, kept)

    def taught(self, rows: Array, leaders: Array, led: Array) -> Array:
        """Which of these attendances can teach: she is no member that day and does not lead. `leaders` tells by learner
        who leads at all, `led` the sessions with their leaders, as `pairs` numbers them."""
        session, learner = self.attended_session[rows], self.attended_learner[rows]
        day = self.day[session]
        can: Array = (learner > 0) & (day != NEVER)
        ever = leaders.copy()
        ever[self.members.learner] = True
        asked = np.flatnonzero(can & ever[learner])
        can[asked] = ~self.members.on(learner[asked], day[asked])
        can[asked] &= ~np.isin(pairs(session[asked], learner[asked]), led)
        return can


def pairs(session: Array, learner: Array) -> Array:
    """Session and learner in one number."""
    both: Array = (session.astype(np.int64) << 32) | learner
    return both


@dataclass
class Cascade:
    """By session its generation (0: it does not qualify); by learner her first day (NEVER) and generation (0: none)."""

    session: Array
    first: Array
    learner: Array

    def of_leads(self, records: Records, leads: Array) -> Array:
        """The generation of the leader of each of these leads on the session's day, NOT_KEPT where she has none."""
        known = records.known_generation(leads)
        learner, day = records.lead_learner[leads], records.day[records.lead_session[leads]]
        has = (known < 0) & (self.first[learner] < day)
        return np.where(day == NEVER, NOT_KEPT, np.where(has, self.learner[learner], known))


def leaders_of(records: Records) -> Array:
    """By learner, whether she leads any session."""
    found = np.zeros(records.learners + 1, bool)
    found[records.lead_learner] = True
    found[0] = False
    return found


def settle(records: Records) -> tuple[Cascade, Array]:
    """The whole cascade, and the attendances that taught. First when each leader was first taught, which needs those
    few alone; then the generations of the sessions, lowest first; then everybody in one pass."""
    leaders, led = leaders_of(records), pairs(records.lead_session, records.lead_learner)
    of_leaders = np.flatnonzero(leaders[records.attended_learner])
    of_leaders = of_leaders[records.taught(of_leaders, leaders, led)]
    session, learner = records.attended_session[of_leaders], records.attended_learner[of_leaders]
    known = records.known_generation()
    known[records.day[records.lead_session] == NEVER] = NOT_KEPT
    qualifies, first = _qualifying(records, session, learner, known)
    opens = qualifies[session] & (records.day[session] == first[learner])
    generation = _generations(records, known, first, session[opens], learner[opens])
    return _everybody(records, generation, leaders, led)


def _qualifying(records: Records, session: Array, learner: Array, known: Array) -> tuple[Array, Array]:
    """Which sessions qualify and when each leader was first taught, from the attendances of those who lead. A session
    found is looked at once, with those it makes leaders, until none is found."""
    lead_day = records.day[records.lead_session]
    qualifies = np.zeros(len(records.day), bool)
    first = np.full(records.learners + 1, NEVER, np.int32)
    days = records.day[session]
    found = records.lead_session[known >= 0]
    asked = np.flatnonzero((known < 0) & (lead_day != NEVER))
    while len(found):
        new = np.zeros(len(records.day), bool)
        new[found] = True
        qualifies |= new
        here = np.flatnonzero(new[session])
        np.minimum.at(first, learner[here], days[here])
        asked = asked[~qualifies[records.lead_session[asked]]]
        found = records.lead_session[asked[first[records.lead_learner[asked]] < lead_day[asked]]]
    return qualifies, first


def _generations(records: Records, known: Array, first: Array, session: Array, learner: Array) -> Array:
    """The generation of every session, from the attendances of each leader's first day."""
    of_session = np.zeros(len(records.day), np.int16)
    of_learner = np.zeros(records.learners + 1, np.int16)
    lead_day = records.day[records.lead_session]
    taught = (known < 0) & (first[records.lead_learner] < lead_day) & (lead_day != NEVER)
    last = int(known.max(initial=0))
    level, some = 0, True
    while (some or level <= last) and level < DEEPEST:
        leads = (known == level) | (taught & (of_learner[records.lead_learner] == level)) if level else known == 0
        led = records.lead_session[leads]
        led = led[of_session[led] == 0]
        some, level = bool(len(led)), level + 1
        of_session[led] = level
        theirs = learner[of_session[session] == level]
        of_learner[theirs[of_learner[theirs] == 0]] = level
    return of_session


def _everybody(records: Records, generation: Array, leaders: Array, led: Array) -> tuple[Cascade, Array]:
    rows = np.flatnonzero(generation[records.attended_session])
    rows = rows[records.taught(rows, leaders, led)]
    session, learner = records.attended_session[rows], records.attended_learner[rows]
    day = records.day[session]
    first = np.full(records.learners + 1, NEVER, np.int32)
    np.minimum.at(first, learner, day)
    of_learner = np.full(records.learners + 1, DEEPEST, np.int16)
    opens = day == first[learner]
    np.minimum.at(of_learner, learner[opens], generation[session[opens]])
    of_learner[of_learner == DEEPEST] = 0
    return Cascade(generation, first, of_learner), rows
