"""The cascade on arrays, beside one written out day by day from the words of the rule."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from samaki.strands.learning.rules import cascade_changes
from samaki.strands.learning.rules.cascade import NEVER, NOT_KEPT, Members, Records, settle
from samaki.strands.learning.rules.cascade_changes import Standing

PEOPLE, DAYS = 9, 7


@dataclass
class Sitting:
    day: int
    leaders: frozenset[int] = frozenset()
    attended: frozenset[int] = frozenset()
    kept: tuple[int, ...] = ()


@dataclass
class Plain:
    """Day after day, nothing clever. `members` are (person, since, until)."""

    sittings: list[Sitting]
    members: list[tuple[int, int, int]]
    fixed: dict[int, tuple[int, int]] = field(default_factory=dict)  # person → first day, generation
    generation: dict[int, int] = field(default_factory=dict)  # of sittings, by their place in the list

    def __post_init__(self) -> None:
        for day in sorted({one.day for one in self.sittings} - {NEVER}):
            today = [(at, one) for at, one in enumerate(self.sittings) if one.day == day]
            for at, one in today:
                of_leaders = [known for who in one.leaders if (known := self._of(who, day)) is not None]
                if of_leaders or one.kept:
                    self.generation[at] = 1 + min([*of_leaders, *one.kept])
            new: dict[int, int] = {}
            for at, one in today:
                for who in one.attended - one.leaders:
                    if at in self.generation and not self._is_member(who, day) and who not in self.fixed:
                        new[who] = min(new.get(who, NEVER), self.generation[at])
            self.fixed |= {who: (day, generation) for who, generation in new.items()}

    def _is_member(self, who: int, day: int) -> bool:
        return any(member == who and since <= day < until for member, since, until in self.members)

    def _of(self, who: int, day: int) -> int | None:
        if self._is_member(who, day):
            return 0
        first, generation = self.fixed.get(who, (NEVER, 0))
        return generation if first < day else None

    def taught(self, at: int, who: int) -> bool:
        one = self.sittings[at]
        return at in self.generation and who not in one.leaders and not self._is_member(who, one.day)


def records(sittings: list[Sitting], members: list[tuple[int, int, int]]) -> Records:
    leads = [(at + 1, who, NOT_KEPT) for at, one in enumerate(sittings) for who in sorted(one.leaders)]
    leads += [(at + 1, 0, kept) for at, one in enumerate(sittings) for kept in one.kept]
    attended = [(at + 1, who) for at, one in enumerate(sittings) for who in sorted(one.attended)]
    columns = np.array(members, np.int64).reshape(-1, 3).T
    lead_columns = np.array(leads, np.int64).reshape(-1, 3).T
    attended_columns = np.array(attended, np.int64).reshape(-1, 2).T
    return Records(
        PEOPLE,
        Members(*columns),
        np.array([NEVER, *(one.day for one in sittings)], np.int32),
        *lead_columns,
        *attended_columns,
    )


def told(standing: Standing) -> tuple[dict[int, int], dict[int, tuple[int, int]], set[tuple[int, int, int, bool]]]:
    """Generations of sessions and of people, and of each attendance that taught, whether it was on the first day."""
    found, known = standing.cascade, standing.records
    generation, is_first = standing.codes(slice(None))
    return (
        {at - 1: int(found.session[at]) for at in np.flatnonzero(found.session).tolist()},
        {who: (int(found.first[who]), int(found.learner[who])) for who in np.flatnonzero(found.learner).tolist()},
        {
            (
                int(known.attended_session[row]) - 1,
                int(known.attended_learner[row]),
                int(generation[row]),
                bool(is_first[row]),
            )
            for row in np.flatnonzero(generation).tolist()
        },
    )


def expected(plain: Plain) -> tuple[dict[int, int], dict[int, tuple[int, int]], set[tuple[int, int, int, bool]]]:
    rows = {
        (at, who, plain.fixed[who][1], one.day == plain.fixed[who][0])
        for at, one in enumerate(plain.sittings)
        for who in one.attended
        if plain.taught(at, who)
    }
    return plain.generation, plain.fixed, rows


people = st.integers(1, PEOPLE)
sittings_ = st.builds(
    Sitting,
    st.one_of(st.integers(0, DAYS), st.just(NEVER)),
    st.frozensets(people, max_size=2),
    st.frozensets(people, max_size=5),
    st.lists(st.integers(0, 3), max_size=1).map(tuple),
)
unkept = st.builds(Sitting, st.integers(0, DAYS), st.frozensets(people, max_size=2), st.frozensets(people, max_size=5))
members_ = st.lists(
    st.tuples(people, st.integers(0, DAYS), st.one_of(st.integers(1, DAYS + 1), st.just(NEVER))), max_size=3
)


@settings(max_examples=400, deadline=None)
@given(st.lists(sittings_, max_size=12), members_)
def test_the_arrays_say_what_the_words_say(sittings: list[Sitting], members: list[tuple[int, int, int]]) -> None:
    assert told(Standing(records(sittings, members))) == expected(Plain(sittings, members))


@settings(max_examples=300, deadline=None)
@given(st.lists(unkept, max_size=10), unkept, members_)
def test_adding_a_session_never_lowers_how_many_are_reached(
    sittings: list[Sitting], added: Sitting, members: list[tuple[int, int, int]]
) -> None:
    before, after = Plain(sittings, members), Standing(records([*sittings, added], members))
    reached = set(np.flatnonzero(after.cascade.learner).tolist())
    assert reached >= set(before.fixed)
    assert reached == set(Plain([*sittings, added], members).fixed)


@settings(max_examples=300, deadline=None)
@given(st.lists(unkept, max_size=10), unkept, members_)
def test_a_later_session_changes_no_earlier_generation(
    sittings: list[Sitting], later: Sitting, members: list[tuple[int, int, int]]
) -> None:
    later.day = max([one.day for one in sittings], default=0) + 1
    before, _ = settle(records(sittings, members))
    after, _ = settle(records([*sittings, later], members))
    known = np.flatnonzero(before.learner)
    assert after.learner[known].tolist() == before.learner[known].tolist()
    assert after.first[known].tolist() == before.first[known].tolist()
    assert after.session[: len(before.session)].tolist() == before.session.tolist()


class Kept:
    """A standing cascade, with the rows of each sitting, so that one can be written anew or away."""

    def __init__(self, sittings: list[Sitting], members: list[tuple[int, int, int]]) -> None:
        self.sittings, self.members = list(sittings), members
        self.standing = Standing(records(sittings, members))
        known = self.standing.records
        self.leads = {
            (int(s) - 1, int(who), int(kept)): row
            for row, (s, who, kept) in enumerate(
                zip(known.lead_session, known.lead_learner, known.lead_kept, strict=True)
            )
        }
        self.attended = {
            (int(s) - 1, int(who)): row
            for row, (s, who) in enumerate(zip(known.attended_session, known.attended_learner, strict=True))
        }
        self._next = itertools.count(1_000)

    def write(self, at: int, one: Sitting) -> None:
        standing = self.standing
        if at == len(self.sittings):
            self.sittings.append(Sitting(NEVER))
        self.sittings[at] = one
        standing.put_sessions(np.array([at + 1]), np.array([one.day]))
        wanted = {(at, who, NOT_KEPT) for who in one.leaders} | {(at, 0, kept) for kept in one.kept}
        for lead in [known for known in self.leads if known[0] == at and known not in wanted]:
            standing.put_leads(np.array([self.leads.pop(lead)]), np.array([0]), np.array([0]), np.array([NOT_KEPT]))
        for lead in wanted - self.leads.keys():
            self.leads[lead] = next(self._next)
            standing.put_leads(
                np.array([self.leads[lead]]), np.array([at + 1]), np.array([lead[1]]), np.array([lead[2]])
            )
        for row in [known for known in self.attended if known[0] == at and known[1] not in one.attended]:
            standing.put_attended(np.array([self.attended.pop(row)]), np.array([0]), np.array([0]))
        for who in one.attended - {known[1] for known in self.attended if known[0] == at}:
            self.attended[at, who] = next(self._next)
            standing.put_attended(np.array([self.attended[at, who]]), np.array([at + 1]), np.array([who]))


changes = st.lists(st.tuples(st.integers(0, 12), sittings_), min_size=1, max_size=6)


@settings(max_examples=400, deadline=None)
@given(st.lists(sittings_, max_size=10), members_, changes, st.sampled_from([0, 3, 20_000]))
def test_following_changes_gives_what_settling_anew_gives(
    sittings: list[Sitting], members: list[tuple[int, int, int]], written: list[tuple[int, Sitting]], most: int
) -> None:
    kept = Kept(sittings, members)
    usual, cascade_changes.MOST = cascade_changes.MOST, most
    try:
        for at, one in written:
            before = told(kept.standing)
            apart = kept.standing.copied()
            codes = kept.standing.codes(slice(None))
            kept.write(min(at, len(kept.sittings)), one)
            found = kept.standing.follow()
            assert told(kept.standing) == expected(Plain(kept.sittings, members))
            assert told(apart) == before  # the copy stays as it was
            if found is not None:  # whatever is another now, it tells
                rows = np.arange(len(codes[0]))
                now = kept.standing.codes(rows)
                other = (now[0] != codes[0]) | (now[1] != codes[1])
                assert set(rows[other].tolist()) <= set(found.attended.tolist())
    finally:
        cascade_changes.MOST = usual
