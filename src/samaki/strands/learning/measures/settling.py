"""The cascade as columns beside sessions, attendances and leads: from tables of the store to the rules and back."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np

from samaki.ground.activities.measures import ACTIVITIES, ATTENDANCES, SESSIONS
from samaki.ground.activities.models import Activity
from samaki.ground.groups.measures import GROUPS, MEMBERSHIPS
from samaki.ground.groups.models import Group
from samaki.ground.people.measures import PEOPLE
from samaki.kernel.measures import (
    NOTHING,
    YES_NO,
    Array,
    Columns,
    Link,
    Number,
    Settled,
    SettledRows,
    Settlement,
    Settling,
    Table,
    settlements,
    tables,
)
from samaki.strands.learning.measures.responses import RESPONSES
from samaki.strands.learning.models import Lead
from samaki.strands.learning.rules.cascade import GENERATIONS, NEVER, NOT_KEPT, OF_LEADERS, Members, Records
from samaki.strands.learning.rules.cascade_changes import Standing

_KINDS, _STATES = tuple(Group.Kind.values), tuple(Activity.State.values)
_ROOM = 1.25

LEADS = tables.register(
    Table(Lead, (Link("session", to=SESSIONS.key), Link("person", to=PEOPLE.key), Number("kept_generation")))
)


class _Cascade:
    """One cascade for all programmes in which somebody led. A learner's number is that of her standing record, after
    the room that each programme before hers takes."""

    def __init__(self) -> None:
        self._standing: Standing | None = None
        self._bases = self._canonical = self._slots = np.empty(0, np.int64)
        self._session_bases = np.empty(0, np.int64)
        self._room = 0

    def copied(self) -> Settling:
        other = copy.copy(self)
        other._standing = None if self._standing is None else self._standing.copied()
        return other

    def follow(self, columns: Columns, touched: Mapping[str, Array] | None) -> SettledRows:
        if touched is None or (self._standing is None and LEADS.key in touched):
            return self._anew(columns)
        if self._standing is None:
            rows = touched.get(SESSIONS.key, np.empty(0, np.int64))
            asked = touched.get(RESPONSES.key, np.empty(0, np.int64))
            return {
                RESPONSES.key: (asked, {"generation": np.full(len(asked), -1, np.int8)}),
                SESSIONS.key: (rows, {"generation": np.full(len(rows), -1), "led": np.zeros(len(rows), np.int8)}),
            }
        if not self._stands(columns, touched):
            return self._anew(columns)
        return self._patched(self._standing, columns, touched)

    def _anew(self, columns: Columns) -> SettledRows:
        leads, sessions, attendances = columns[LEADS.key], columns[SESSIONS.key], columns[ATTENDANCES.key]
        self._room = int(len(columns[PEOPLE.key]) * _ROOM) + 64
        self._canonical = columns[PEOPLE.key]["canonical"].copy()
        of_leads = sessions["activity"][leads["session"][leads.alive]]
        programmes = np.unique(columns[ACTIVITIES.key]["programme"][of_leads])
        if not len(programmes):
            self._standing = None
            every = np.arange(len(sessions))
            nothing = np.full(len(attendances), -1, np.int8)
            return {
                SESSIONS.key: (every, {"generation": np.full(len(every), -1), "led": np.zeros(len(every), np.int8)}),
                ATTENDANCES.key: (np.arange(len(attendances)), {"generation": nothing, "first": nothing}),
                LEADS.key: (np.arange(len(leads)), {"generation": np.full(len(leads), -1, np.int8)}),
                RESPONSES.key: self._answered(columns, None),
            }
        self._slots = np.full(int(programmes.max()) + 1, -1, np.int64)
        self._slots[programmes] = np.arange(len(programmes))
        self._bases = self._bases_of(columns)
        self._session_bases = self._bases[sessions["activity"]]
        self._standing = Standing(
            Records(
                learners=len(programmes) * self._room,
                members=self._members(columns),
                day=np.append(np.int32(NEVER), self._days(columns, slice(None))),
                **self._leads(columns, slice(None)),
                **self._attended(columns, slice(None)),
            )
        )
        return self._told(self._standing, columns, None, None, None)

    def _stands(self, columns: Columns, touched: Mapping[str, Array]) -> bool:
        """Whether nothing moved beneath the numbers of learners: activities held, merges, members, programmes."""
        known = self._standing
        assert known is not None
        people = columns[PEOPLE.key]
        if PEOPLE.key in touched:
            before = len(self._canonical)
            if len(people) > self._room or not np.array_equal(people["canonical"][:before], self._canonical):
                return False
            self._canonical = people["canonical"].copy()
        if ACTIVITIES.key in touched:
            bases = self._bases_of(columns)
            if not np.array_equal(bases[: len(self._bases)], self._bases):
                return False
            self._bases = bases
        if not touched.keys().isdisjoint((MEMBERSHIPS.key, GROUPS.key)) and known.records.members != self._members(
            columns
        ):
            return False
        return self._same_programmes(columns, touched)

    def _same_programmes(self, columns: Columns, touched: Mapping[str, Array]) -> bool:
        """No session moved to another activity that counts otherwise, and nobody led in a programme without leads."""
        sessions, leads = columns[SESSIONS.key], columns[LEADS.key]
        if SESSIONS.key in touched:
            rows, before = touched[SESSIONS.key], len(self._session_bases)
            self._session_bases = np.append(self._session_bases, self._bases[sessions["activity"][before:]])
            known = rows[rows < before]
            if not np.array_equal(self._bases[sessions["activity"][known]], self._session_bases[known]):
                return False
        rows = touched.get(LEADS.key, np.empty(0, np.int64))
        rows = rows[leads.alive[rows]]
        programmes = columns[ACTIVITIES.key]["programme"][sessions["activity"][leads["session"][rows]]]
        return bool(((programmes < len(self._slots)) & (self._slots[programmes % len(self._slots)] >= 0)).all())

    def _patched(self, known: Standing, columns: Columns, touched: Mapping[str, Array]) -> SettledRows:
        sessions, leads = touched.get(SESSIONS.key), touched.get(LEADS.key)
        led = known.records.lead_session[leads[leads < len(known.records.lead_session)]] if leads is not None else None
        if sessions is not None:
            known.put_sessions(sessions + 1, self._days(columns, sessions))
        if leads is not None:
            known.put_leads(leads, *self._leads(columns, leads).values())
        if (attended := touched.get(ATTENDANCES.key)) is not None:
            known.put_attended(attended, *self._attended(columns, attended).values())
        found = known.follow()
        if found is None:
            return self._told(known, columns, None, None, None)
        asked = [found.sessions - 1] + ([] if sessions is None else [sessions])
        if leads is not None and led is not None:
            asked += [each[each > 0] - 1 for each in (led, known.records.lead_session[leads])]
        return self._told(known, columns, np.unique(np.concatenate(asked)), found.attended, found.leads)

    def _told(
        self, known: Standing, columns: Columns, sessions: Array | None, attended: Array | None, leads: Array | None
    ) -> SettledRows:
        """Codes of these rows; None: of all."""
        sessions = np.arange(len(columns[SESSIONS.key])) if sessions is None else sessions
        rows: Array | slice = slice(0, len(columns[ATTENDANCES.key])) if attended is None else attended
        leads = np.arange(len(columns[LEADS.key])) if leads is None else leads
        generation, is_first = known.codes(rows)
        taught = generation > 0
        return {
            SESSIONS.key: (
                sessions,
                {
                    "generation": _coded(known.cascade.session[sessions + 1]),
                    "led": known.led(sessions + 1).astype(np.int8),
                },
            ),
            ATTENDANCES.key: (
                np.arange(len(columns[ATTENDANCES.key])) if attended is None else attended,
                {"generation": _coded(generation), "first": np.where(taught, is_first, -1).astype(np.int8)},
            ),
            LEADS.key: (leads, {"generation": _coded(known.cascade.of_leads(known.records, leads) + 1)}),
            RESPONSES.key: self._answered(columns, known),
        }

    def _answered(self, columns: Columns, known: Standing | None) -> tuple[Array, Mapping[str, Array]]:
        """Every set of answers with the generation of who gave them, in the programme they were given in."""
        responses = columns[RESPONSES.key]
        person, programme = self._canonical[responses["person"]], responses["programme"]
        found = np.full(len(responses), 0, np.int16)
        if known is not None and len(responses):
            slot = np.where(programme < len(self._slots), self._slots[programme % len(self._slots)], -1)
            some = np.flatnonzero((slot >= 0) & (person >= 0))
            found[some] = known.cascade.learner[slot[some] * self._room + 1 + person[some]]
        return np.arange(len(responses)), {"generation": _coded(found)}

    def _bases_of(self, columns: Columns) -> Array:
        """By activity, what is added to a person to number her as learner of its programme; -1 where it was not held,
        or nobody leads there. The last is read for none."""
        activities = columns[ACTIVITIES.key]
        programme = activities["programme"]
        slot = np.where(programme < len(self._slots), self._slots[programme % len(self._slots)], -1)
        held = (activities["state"] == _STATES.index(Activity.State.HELD)) & activities.alive & (slot >= 0)
        return np.where(held, slot * self._room + 1, -1)

    def _days(self, columns: Columns, sessions: Array | slice) -> Array:
        table = columns[SESSIONS.key]
        day = table["held_on"][sessions]
        counts = table.alive[sessions] & (self._bases[table["activity"][sessions]] > 0) & (day != NOTHING)
        return np.where(counts, day, np.int32(NEVER))

    def _learners(self, session: Array, person: Array) -> Array:
        """The number of each person as learner of the session's programme; 0 for none, and for who withdrew."""
        base, stands = self._session_bases[session], self._canonical[person]
        return np.where((session >= 0) & (person >= 0) & (base > 0) & (stands >= 0), base + stands, 0).astype(np.int32)

    def _leads(self, columns: Columns, rows: Array | slice) -> dict[str, Array]:
        table = columns[LEADS.key]
        session = np.where(table.alive[rows], table["session"][rows], -1)
        kept = table["kept_generation"][rows]
        return {
            "lead_session": (session + 1).astype(np.int32),
            "lead_learner": self._learners(session, table["person"][rows]),
            "lead_kept": np.where((session >= 0) & (kept != NOTHING), kept, NOT_KEPT).astype(np.int32),
        }

    def _attended(self, columns: Columns, rows: Array | slice) -> dict[str, Array]:
        table = columns[ATTENDANCES.key]
        session = np.where(table.alive[rows], table["session"][rows], np.int32(-1))
        return {
            "attended_session": session + np.int32(1),
            "attended_learner": self._learners(session, table["person"][rows]),
        }

    def _members(self, columns: Columns) -> Members:
        memberships, groups = columns[MEMBERSHIPS.key], columns[GROUPS.key]
        group = memberships["group"]
        rows = np.flatnonzero(memberships.alive & (groups["kind"][group] == _KINDS.index(Group.Kind.WORKING_GROUP)))
        group, programme = group[rows], groups["programme"][group[rows]]
        slot = np.where(programme < len(self._slots), self._slots[programme % len(self._slots)], -1)
        stands = self._canonical[memberships["person"][rows]]
        until, ended = memberships["until"][rows].astype(np.int64), groups["ended_on"][group].astype(np.int64)
        last = np.minimum(np.where(until == NOTHING, NEVER, until), np.where(ended == NOTHING, NEVER, ended + 1))
        counts = (slot >= 0) & (stands >= 0)
        learner = (slot * self._room + 1 + stands)[counts].astype(np.int64)
        return Members(learner, memberships["since"][rows][counts].astype(np.int64), last[counts])


def _coded(generation: Array) -> Array:
    """Generations from 1 as codes; 0 for none becomes -1, and what lies deeper than the last key has the last."""
    return (np.minimum(generation, len(GENERATIONS)) - 1).astype(np.int8)


settlements.register(
    Settlement(
        "learning.cascade",
        {
            SESSIONS.key: (Settled("generation", GENERATIONS), Settled("led", YES_NO)),
            ATTENDANCES.key: (Settled("generation", GENERATIONS), Settled("first", YES_NO)),
            LEADS.key: (Settled("generation", OF_LEADERS),),
            RESPONSES.key: (Settled("generation", GENERATIONS),),
        },
        (
            ATTENDANCES.key,
            SESSIONS.key,
            ACTIVITIES.key,
            LEADS.key,
            PEOPLE.key,
            MEMBERSHIPS.key,
            GROUPS.key,
            RESPONSES.key,
        ),
        _Cascade,
    )
)
