"""The cascade kept up to date: a change is followed forward in time, to those it reaches and no further."""

from __future__ import annotations

import copy
import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from samaki.kernel.measures import Array
from samaki.kernel.reverse import Reverse
from samaki.strands.learning.rules.cascade import NEVER, NOT_KEPT, Records, leaders_of, pairs, settle


@dataclass(frozen=True)
class Found:
    """What may be another now: sessions by their generation, attendances and leads, as numbers of rows."""

    sessions: Array
    attended: Array
    leads: Array


MOST = 20_000  # sessions and learners looked at again, above which everything is
_ROOM = 1.25


class Standing:
    """Records and their cascade. Rows are written by `put_…`; `follow` then brings the cascade up to date."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.cascade, taught = settle(records)
        self._taught: Array | None = taught
        self._leaders = leaders_of(records)
        self._orders: dict[str, Reverse] = {}
        self._days: list[int] = []
        self._sessions: defaultdict[int, set[int]] = defaultdict(set)
        self._learners: defaultdict[int, set[int]] = defaultdict(set)
        self._rows: list[Array] = []
        self._leads: list[Array] = []
        self._shared = False

    def copied(self) -> Standing:
        """The same, to be changed apart; arrays are shared until one of the two is."""
        self._shared = True
        return copy.copy(self)

    def put_sessions(self, sessions: Array, days: Array) -> None:
        self._own()
        known = self.records
        known.day = _longer(known.day, int(sessions.max(initial=0)) + 1, NEVER)
        self.cascade.session = _longer(self.cascade.session, len(known.day), 0)
        before = known.day[sessions]
        changed = np.flatnonzero(before != days)
        known.day[sessions] = days
        for session, was, now in zip(
            sessions[changed].tolist(), before[changed].tolist(), days[changed].tolist(), strict=True
        ):
            self._note(was if now == NEVER else now, sessions=[session])
            if was == NEVER:  # whoever is written down for a new session is put too
                continue
            rows = self._order("attended_session").find(known.attended_session, np.array([session]))
            self._note(min(was, now), learners=known.attended_learner[rows].tolist())
            self._rows.append(rows)
            self._leads.append(self._order("lead_session").find(known.lead_session, np.array([session])))

    def put_leads(self, rows: Array, session: Array, learner: Array, kept: Array) -> None:
        self._own()
        known = self.records
        for name, empty in (("lead_session", 0), ("lead_learner", 0), ("lead_kept", NOT_KEPT)):
            setattr(known, name, _longer(getattr(known, name), int(rows.max(initial=0)) + 1, empty))
        for sessions, learners in ((known.lead_session[rows], known.lead_learner[rows]), (session, learner)):
            for day, one, who in zip(known.day[sessions].tolist(), sessions.tolist(), learners.tolist(), strict=True):
                self._note(day, sessions=[one], learners=[who])  # who leads a session is not taught by it
            if (some := np.unique(learners[learners > 0])).size:
                theirs = self._order("attended_learner").find(known.attended_learner, some)
                self._rows.append(theirs[np.isin(known.attended_session[theirs], sessions)])
        known.lead_session[rows], known.lead_learner[rows], known.lead_kept[rows] = session, learner, kept
        self._leaders[learner[learner > 0]] = True
        self._changed(("lead_session", "lead_learner"), rows)
        self._leads.append(rows)

    def put_attended(self, rows: Array, session: Array, learner: Array) -> None:
        self._own()
        known = self.records
        for name in ("attended_session", "attended_learner"):
            setattr(known, name, _longer(getattr(known, name), int(rows.max(initial=0)) + 1, 0))
        for sessions, learners in ((known.attended_session[rows], known.attended_learner[rows]), (session, learner)):
            for day, who in zip(known.day[sessions].tolist(), learners.tolist(), strict=True):
                self._note(day, learners=[who])
        known.attended_session[rows], known.attended_learner[rows] = session, learner
        self._changed(("attended_session", "attended_learner"), rows)
        self._rows.append(rows)

    def follow(self) -> Found | None:
        """What may be another now; None: everything."""
        sessions: list[Array] = []
        looked_at = 0
        while self._days:
            day = heapq.heappop(self._days)
            again, learners = self._sessions.pop(day, set()), self._learners.pop(day, set())
            looked_at += len(again) + len(learners)
            if looked_at > MOST:
                self._anew()
                return None
            moved = self._sessions_again(np.array(sorted(again), np.int64)) if again else np.empty(0, np.int64)
            if len(moved):
                sessions.append(moved)
                rows = self._order("attended_session").find(self.records.attended_session, moved)
                self._rows.append(rows)
                learners.update(self.records.attended_learner[rows].tolist())
            learners.discard(0)
            if learners:
                self._learners_again(np.array(sorted(learners), np.int64))
        found = Found(_once(sessions), _once(self._rows), _once(self._leads))
        self._rows, self._leads = [], []
        return found

    def led(self, sessions: Array) -> Array:
        """Which of these sessions somebody led."""
        leads = self._order("lead_session").find(self.records.lead_session, sessions)
        found: Array = np.isin(sessions, self.records.lead_session[leads])
        return found

    def _everybody_taught(self) -> Array:
        if self._taught is None:
            return settle(self.records)[1]
        return self._taught

    def codes(self, rows: Array | slice) -> tuple[Array, Array]:
        """Of these attendances, the learner's generation where the session taught her (else 0), and whether it was on
        her first day."""
        known, found = self.records, self.cascade
        session, learner = known.attended_session[rows], known.attended_learner[rows]
        taught = np.zeros(len(session), bool)
        if isinstance(rows, slice):
            taught[self._everybody_taught()] = True
        else:
            some = np.flatnonzero(found.session[session])
            taught[some] = known.taught(rows[some], self._leaders, self._led(learner[some]))
        return np.where(taught, found.learner[learner], 0), taught & (known.day[session] == found.first[learner])

    def _sessions_again(self, sessions: Array) -> Array:
        """Works the generations of these sessions out and returns those that changed."""
        known = self.records
        leads = self._order("lead_session").find(known.lead_session, sessions)
        of_leads = self.cascade.of_leads(known, leads)
        lowest = np.full(len(sessions), NEVER, np.int64)
        has = np.flatnonzero(of_leads >= 0)
        np.minimum.at(lowest, np.searchsorted(sessions, known.lead_session[leads[has]]), of_leads[has])
        now = np.where(lowest == NEVER, 0, lowest + 1).astype(np.int16)
        changed = self.cascade.session[sessions] != now
        self.cascade.session[sessions] = now
        moved: Array = sessions[changed]
        return moved

    def _learners_again(self, learners: Array) -> None:
        """Works out when these were first taught; the sessions that they led since then are to be looked at again."""
        known, found = self.records, self.cascade
        rows = self._order("attended_learner").find(known.attended_learner, learners)
        theirs = rows[found.session[known.attended_session[rows]] > 0]
        theirs = theirs[known.taught(theirs, self._leaders, self._led(learners))]
        session, at = known.attended_session[theirs], np.searchsorted(learners, known.attended_learner[theirs])
        first = np.full(len(learners), NEVER, np.int64)
        np.minimum.at(first, at, known.day[session])
        generation = np.full(len(learners), NEVER, np.int64)
        opens = known.day[session] == first[at]
        np.minimum.at(generation, at[opens], found.session[session[opens]])
        generation[generation == NEVER] = 0
        changed = (found.first[learners] != first) | (found.learner[learners] != generation)
        since = np.minimum(found.first[learners], first)[changed]
        found.first[learners], found.learner[learners] = first, generation
        moved = learners[changed]
        self._rows.append(rows[np.isin(known.attended_learner[rows], moved)])
        moved_leaders = moved[self._leaders[moved]]
        if not len(moved_leaders):
            return
        leads = self._order("lead_learner").find(known.lead_learner, moved_leaders)
        self._leads.append(leads)
        sessions = known.lead_session[leads]
        later = known.day[sessions] > since[np.searchsorted(moved, known.lead_learner[leads])]
        for day, session_ in zip(known.day[sessions[later]].tolist(), sessions[later].tolist(), strict=True):
            self._note(day, sessions=[session_])

    def _led(self, learners: Array) -> Array:
        """The sessions that these learners lead, as pairs."""
        leaders = np.unique(learners[self._leaders[learners]])
        if not len(leaders):
            return np.empty(0, np.int64)
        leads = self._order("lead_learner").find(self.records.lead_learner, leaders)
        return pairs(self.records.lead_session[leads], self.records.lead_learner[leads])

    def _note(self, day: int, *, sessions: Iterable[int] = (), learners: Iterable[int] = ()) -> None:
        if day == NEVER:
            return
        if day not in self._sessions and day not in self._learners:
            heapq.heappush(self._days, day)
        self._sessions[day].update(sessions)
        self._learners[day].update(learners)

    def _order(self, name: str) -> Reverse:
        found = self._orders.get(name)
        if found is None or found.worn:
            found = self._orders[name] = Reverse(getattr(self.records, name))
        return found

    def _changed(self, names: Iterable[str], rows: Array) -> None:
        for name in names:
            if name in self._orders:
                self._orders[name].changed(rows)

    def _anew(self) -> None:
        self.cascade, self._taught = settle(self.records)
        self._days, self._rows, self._leads = [], [], []
        self._sessions.clear()
        self._learners.clear()

    def _own(self) -> None:
        self._taught = None
        if not self._shared:
            return
        self._orders = {name: order.copied() for name, order in self._orders.items()}
        self.records = copy.copy(self.records)
        for holder in (self.records, cascade := copy.copy(self.cascade)):
            for name, value in vars(holder).items():
                if isinstance(value, np.ndarray):
                    setattr(holder, name, value.copy())
        self.cascade = cascade
        self._leaders = self._leaders.copy()
        self._days, self._rows, self._leads = list(self._days), list(self._rows), list(self._leads)
        self._shared = False
        self._sessions, self._learners = copy.deepcopy(self._sessions), copy.deepcopy(self._learners)


def _once(parts: list[Array]) -> Array:
    return np.unique(np.concatenate([np.empty(0, np.int64), *parts]))


def _longer(array: Array, count: int, empty: int) -> Array:
    """The array with room for so many, and for some to come, all of them empty."""
    if count <= len(array):
        return array
    longer = np.full(int(count * _ROOM) + 64, empty, array.dtype)
    longer[: len(array)] = array
    return longer
