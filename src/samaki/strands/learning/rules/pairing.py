"""Which answers before and after belong together (domain.md section 4). Pure: no database, no clock.

One person (after merges), one version of one instrument, one training: a series, or an activity in none. Of her answers
before, the latest that is no later than her first answers after; a day counts as both, since a training of one day asks
in its morning and its evening.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from samaki.strands.learning.rules.follow_ups import months_after

RETENTION_EARLIEST, RETENTION_LATEST = 5, 7  # months after the post-test
PRE, POST, FOLLOW_UP = "pre", "post", "follow_up"


class Lack(StrEnum):
    """Why answers stand alone."""

    NO_PRE = "no_pre"
    NO_POST = "no_post"
    POST_FIRST = "post_first"  # the answers after are dated before those before
    OTHER_VERSION = "other_version"
    NOT_SCORED = "not_scored"  # too few items answered, here or in its other half
    NO_FOLLOW_UP = "no_follow_up"  # nobody asked within the window


@dataclass(frozen=True)
class Taken:
    """Answers of a person on a day. `training` is whatever names the series or activity; `scaled` None: not scored."""

    id: int
    person: int
    version: int
    instrument: int
    training: Hashable
    moment: str
    on: dt.date
    scaled: int | None
    most: int = 0


@dataclass(frozen=True)
class Pair:
    """Two scored answers of one person, earlier first."""

    first: Taken
    second: Taken

    @property
    def change(self) -> int:
        return (self.second.scaled or 0) - (self.first.scaled or 0)


@dataclass(frozen=True)
class Alone:
    taken: Taken
    lack: Lack


@dataclass(frozen=True)
class Paired:
    pairs: tuple[Pair, ...]
    alone: tuple[Alone, ...]


class _Group:
    """Answers of one person and training by version and moment, each list by day and then by number."""

    def __init__(self, taken: Iterable[Taken]) -> None:
        self.found: dict[tuple[int, str], list[Taken]] = defaultdict(list)
        for one in sorted(taken, key=lambda one: (one.on, one.id)):
            self.found[one.version, one.moment].append(one)

    def of(self, version: int, moment: str) -> list[Taken]:
        return self.found.get((version, moment), [])

    def has(self, instrument: int, moment: str) -> bool:
        return any(one[0].instrument == instrument and kind == moment for (_v, kind), one in self.found.items())


def pair(taken: Iterable[Taken]) -> Paired:
    """Every person's answers before and after, matched or standing alone with why: each version once."""
    pairs: list[Pair] = []
    alone: list[Alone] = []
    for group in _grouped(taken):
        for version in sorted({version for version, _moment in group.found}):
            pre, post = group.of(version, PRE), group.of(version, POST)
            if not pre and not post:
                continue
            earlier = [one for one in pre if post and one.on <= post[0].on]
            if earlier:
                _match(earlier[-1], post[0], pairs, alone)
            else:
                alone += [Alone(some[0], _lack(group, some[0], bool(pre and post))) for some in (pre, post) if some]
    return Paired(tuple(pairs), tuple(alone))


def retained(taken: Iterable[Taken], known_on: dt.date) -> Paired:
    """Each person's first answers after and the first asked 5 to 7 months later, both days included. An answer after
    whose window has closed by `known_on` with nobody asked stands alone; so does a follow-up that fits no window."""
    pairs: list[Pair] = []
    alone: list[Alone] = []
    for group in _grouped(taken):
        for version in sorted({version for version, _moment in group.found}):
            post, later = group.of(version, POST)[:1], group.of(version, FOLLOW_UP)
            if not post:
                alone += [Alone(one, Lack.NO_POST) for one in later[:1]]
                continue
            since, until = window(post[0].on)
            fits = [one for one in later if since <= one.on <= until]
            if fits:
                _match(post[0], fits[0], pairs, alone, scored_at_second=True)
            elif until < known_on:
                alone.append(Alone(post[0], Lack.NO_FOLLOW_UP))
    return Paired(tuple(pairs), tuple(alone))


def window(post_on: dt.date) -> tuple[dt.date, dt.date]:
    """The first and last day on which what stayed is asked."""
    return months_after(post_on, RETENTION_EARLIEST), months_after(post_on, RETENTION_LATEST)


def _grouped(taken: Iterable[Taken]) -> Iterator[_Group]:
    found: dict[Hashable, list[Taken]] = defaultdict(list)
    for one in taken:
        found[one.person, one.training].append(one)
    for some in found.values():
        yield _Group(some)


def _match(
    first: Taken, second: Taken, pairs: list[Pair], alone: list[Alone], *, scored_at_second: bool = False
) -> None:
    if first.scaled is None or second.scaled is None:
        alone.append(Alone(second if scored_at_second or second.scaled is None else first, Lack.NOT_SCORED))
    else:
        pairs.append(Pair(first, second))


def _lack(group: _Group, one: Taken, both: bool) -> Lack:
    if both:
        return Lack.POST_FIRST
    other = POST if one.moment == PRE else PRE
    if group.has(one.instrument, other):
        return Lack.OTHER_VERSION
    return Lack.NO_POST if one.moment == PRE else Lack.NO_PRE


def people(alone: Sequence[Alone]) -> int:
    """How many persons stand alone with some of their answers."""
    return len({one.taken.person for one in alone})
