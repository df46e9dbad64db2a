"""Who taught whom in a programme: T2 as figures and counts; persons, by number, for who sees their organisation's."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from samaki.engines.results.columns import settled
from samaki.engines.results.queries import figures
from samaki.engines.results.scope import scope_of
from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programme as programme_of
from samaki.kernel.actors import AnyActor
from samaki.kernel.figures import Figure, FigureQuery
from samaki.kernel.policy import Action, reach, refusal
from samaki.strands.learning.models import Instrument, Lead, Response, SeriesActivity
from samaki.strands.learning.queries.series import CANONICAL
from samaki.strands.learning.rules.cascade import OF_LEADERS
from samaki.strands.learning.rules.pairing import Taken, pair
from samaki.strands.learning.rules.scoring import SCALE, gain

BY = ("generation",)
REACH, NEW, ATTENDANCES = "cascade_reach", "cascade_new", "cascade_attendances"
FACILITATORS, TALLIED, GAIN = "cascade_facilitators", "cascade_tallied", "learning_gain"
ASKED = (REACH, NEW, ATTENDANCES, FACILITATORS, TALLIED, GAIN)
WITHOUT_GENDER = (TALLIED,)
KNOWLEDGE = Instrument.Scoring.KNOWLEDGE
FEWEST_PAIRS = 5
MOST_BRANCHES = 500  # facilitators in one tree


@dataclass(frozen=True)
class Asked:
    """What the figures are limited to; "" is no limit."""

    period: str = ""
    place: str = ""
    gender: str = ""


def open_programme(actor: AnyActor, key: str) -> Programme:
    """Raises NotFound, and Refused for who sees nothing of the programme from within."""
    where = programme_of(actor, key)
    if not scope_of(actor, where.pk).inside:
        raise refusal(actor, Action.SEE_PROGRAMME)
    return where


def by_generation(actor: AnyActor, where: Programme, asked: Asked) -> dict[str, Figure]:
    """The cascade's figures by generation, as this reader may see them. Counts without names tell no gender, so they
    are left out where one is asked for. Raises Invalid for a period or place that is none, Refused where what is
    published may not be limited so."""
    only = (("gender", asked.gender),) if asked.gender else ()
    names = [name for name in ASKED if not (only and name in WITHOUT_GENDER)]
    wanted = [
        FigureQuery(where.key, name, period=asked.period or None, place=asked.place or None, by=BY, only=only)
        for name in names
    ]
    return dict(zip(names, figures(actor, wanted), strict=True))


@dataclass(frozen=True)
class Taught:
    """A session as one of its leaders gave it: how many the cascade reached there, and how many for the first time."""

    session: Session
    reached: int
    new: int


@dataclass
class Branch:
    """A facilitator: whom she taught, and those of them who lead in their turn. `generation` is that of her first
    lead. `taught` counts persons once; `gain` is the mean g of the `pairs` matched at trainings she led in, None where
    they are fewer than five."""

    person_id: int
    generation: str
    taught: int = 0
    gain: float | None = None
    pairs: int = 0
    sessions: list[Taught] = field(default_factory=list)
    below: list[Branch] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """`others` counts facilitators of organisations whose people the reader does not see, by generation. `left_out`
    are beyond what one page holds."""

    roots: Sequence[Branch]
    others: Mapping[str, int]
    left_out: int

    @property
    def person_ids(self) -> list[int]:
        found: list[int] = []
        walk = list(self.roots)
        while walk:
            one = walk.pop()
            found.append(one.person_id)
            walk += one.below
        return found


@dataclass(frozen=True)
class _Led:
    lead_id: int
    session_id: int
    person_id: int
    organisation_id: int
    on: dt.date


def tree(actor: AnyActor, where: Programme) -> Tree:
    """Facilitators under those who taught them, from the working group down; each stands once, under the leader of her
    first session who was nearest to the working group. By a fixed number of queries."""
    leads = _leads(where)
    of_lead = settled(Lead._meta.db_table, "generation", [one.lead_id for one in leads])
    leads = [one for one in leads if one.lead_id in of_lead]
    first: dict[int, _Led] = {}
    for one in sorted(leads, key=lambda led: (led.on, led.lead_id)):
        first.setdefault(one.person_id, one)
    sees = reach(actor, Action.SEE_PEOPLE)
    mine = {
        person
        for person, one in first.items()
        if sees.covers(organisation_id=one.organisation_id, programme_id=where.pk)
    }
    others: dict[str, int] = defaultdict(int)
    for person, one in first.items():
        if person not in mine:
            others[of_lead[one.lead_id]] += 1
    kept = sorted(mine, key=lambda who: (OF_LEADERS.index(of_lead[first[who].lead_id]), who))
    shown = kept[:MOST_BRANCHES]
    branches = {who: Branch(who, of_lead[first[who].lead_id]) for who in shown}
    _grown(branches, leads)
    parents = _parents(leads, of_lead, set(shown))
    roots: list[Branch] = []
    for who, branch in branches.items():
        above = branches.get(parents[who]) if branch.generation != OF_LEADERS[0] and who in parents else None
        (roots if above is None else above.below).append(branch)
    return Tree(roots, dict(sorted(others.items())), len(kept) - len(shown))


def _leads(where: Programme) -> list[_Led]:
    found = Lead.objects.filter(
        session__activity__programme=where,
        session__activity__state=Activity.State.HELD,
        person__withdrawn_at__isnull=True,
    ).annotate(whose=CANONICAL)
    return [
        _Led(*row)
        for row in found.order_by("pk").values_list(
            "pk", "session_id", "whose", "person__organisation_id", "session__held_on"
        )
    ]


def _grown(branches: Mapping[int, Branch], leads: Sequence[_Led]) -> None:
    """Sessions of each branch in their order, whom she taught, and what they gained."""
    mine = sorted((one for one in leads if one.person_id in branches), key=lambda led: (led.on, led.session_id))
    ids = {one.session_id for one in mine}
    known = Session.objects.select_related("activity__place").in_bulk(ids)
    rows = _came(ids)
    firsts = settled(Attendance._meta.db_table, "first", [row for row, *_ in rows])
    reached: dict[int, set[int]] = defaultdict(set)
    new: dict[int, set[int]] = defaultdict(set)
    for row, session, person in rows:
        if row in firsts:
            reached[session].add(person)
            if firsts[row] == "yes":
                new[session].add(person)
    gains = _gains({known[pk].activity_id for pk in ids})
    for who, theirs in groupby(sorted(mine, key=lambda led: led.person_id), key=lambda led: led.person_id):
        branch, hers = branches[who], [one.session_id for one in theirs]
        branch.sessions = [Taught(known[pk], len(reached[pk]), len(new[pk])) for pk in hers]
        branch.taught = len(set().union(*(reached[pk] for pk in hers)))
        pairs = [g for activity in sorted({known[pk].activity_id for pk in hers}) for g in gains[activity]]
        branch.pairs = len(pairs)
        branch.gain = sum(pairs) / len(pairs) / SCALE if len(pairs) >= FEWEST_PAIRS else None


def _came(session_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Attendance, session and person of who came to these and has not withdrawn."""
    found = Attendance.objects.filter(session__in=session_ids, person__withdrawn_at__isnull=True)
    return list(found.annotate(whose=CANONICAL).values_list("pk", "session_id", "whose"))


def _gains(activity_ids: Iterable[int]) -> dict[int, list[int]]:
    """The gains of matched pairs of knowledge tests by each activity of the training they were taken at."""
    series = dict(SeriesActivity.objects.filter(activity__in=activity_ids).values_list("activity_id", "series_id"))
    of_series: dict[int, list[int]] = defaultdict(list)
    members = SeriesActivity.objects.filter(series__in=set(series.values())).values_list("series_id", "activity_id")
    for training, activity in members:
        of_series[training].append(activity)
    asked = {*activity_ids, *(activity for found in of_series.values() for activity in found)}
    answers = Response.objects.filter(
        activity__in=asked, person__withdrawn_at__isnull=True, version__instrument__scoring=KNOWLEDGE
    ).annotate(whose=CANONICAL)
    of_activity = {activity: training for training, found in of_series.items() for activity in found}
    columns = ("pk", "whose", "version_id", "version__instrument_id", "activity_id", "moment", "answered_on")
    taken = [
        Taken(pk, who, version, instrument, of_activity.get(activity, -activity), moment, on, scaled, most or 0)
        for pk, who, version, instrument, activity, moment, on, scaled, most in answers.values_list(
            *columns, "scaled", "most"
        )
    ]
    found: dict[int, list[int]] = defaultdict(list)
    for one in pair(taken).pairs:
        g = gain(one.first.scaled or 0, one.second.scaled or 0, one.first.most * SCALE)
        at = one.second.training
        if g is not None and isinstance(at, int):
            for activity in of_series.get(at, [-at]):
                found[activity].append(g)
    return found


def _parents(leads: Sequence[_Led], of_lead: Mapping[int, str], people: set[int]) -> dict[int, int]:
    """For each of these people, who of the leaders of her first day was nearest to the working group."""
    ids = {one.session_id for one in leads}
    rows = [row for row in _came(ids) if row[2] in people]
    firsts = settled(Attendance._meta.db_table, "first", [row for row, *_ in rows])
    leaders: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one in leads:
        leaders[one.session_id].append((OF_LEADERS.index(of_lead[one.lead_id]), one.person_id))
    nearest: dict[int, tuple[int, int]] = {}
    for row, session, person in rows:
        if firsts.get(row) == "yes" and leaders[session]:
            nearest[person] = min([*leaders[session], *([nearest[person]] if person in nearest else [])])
    return {person: leader for person, (_generation, leader) in nearest.items()}
