"""From a definition and its limits to counted tables, asked of the columns in as few turns as can be.

Unique persons across organisations are a range until matched: nobody may compare their people (domain.md section 1).
A steward's links narrow it for those who agreed to be counted across; where all of them are compared and decided, it is
one number.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils import timezone

from samaki.engines.results.columns import Answer, Question, answer
from samaki.engines.results.definitions import Basis, Counts, Where, both
from samaki.engines.results.dimensions import dimensions_of
from samaki.engines.results.means import twice_the_median
from samaki.ground.people.across.programmes import all_compared_in, undecided_in
from samaki.ground.periods.rules import Period

Key = tuple[str, ...]
ORGANISATION = "organisation"
AT_MOST = 3  # dimensions of one question
DAWN = dt.date(1, 1, 1)  # "up to a date" begins here, so that undated records are unknown to it


@dataclass(frozen=True)
class Part:
    """The whole table or one cell. `count` is the figure, or the denominator of a ratio; None is unknown. Of a mean,
    `count` is how many it is of and `numerator` their sum, in the definition's scale; of a median, `numerator` is twice
    the median in that scale, so that it is whole.

    `unknown` are records that may belong and are not in the count; `undecided` those of the denominator of which nobody
    can say whether they belong to the numerator. `low` and `high` are set, and `count` is None, where persons of
    several organisations are not matched. `apart` is the range of the same persons without any link, where links have
    narrowed it: the most of one organisation, and the sum of all.
    """

    count: int | None
    numerator: int | None = None
    unknown: int = 0
    undecided: int = 0
    low: int | None = None
    high: int | None = None
    communes: int = 0
    apart: tuple[int, int] | None = None

    def without_links(self) -> Part:
        """As if no steward had said anything."""
        if self.apart is None:
            return self
        return Part(None, None, self.unknown, low=self.apart[0], high=self.apart[1], communes=self.communes)


@dataclass(frozen=True)
class Counted:
    """A table before it goes through the door: its total and its cells, keyed in the order of `by`."""

    by: tuple[str, ...]
    total: Part
    cells: Mapping[Key, Part] = field(default_factory=dict)
    tallied: int | None = None
    organisation_ids: frozenset[int] = frozenset()  # those with rows


@dataclass(frozen=True)
class Wanted:
    """One table to be counted. `period` None is all time; `today` is the date of states where nothing else is said."""

    counts: Counts
    unit: str
    programme_id: int
    today: dt.date
    period: Period | None = None
    as_of: dt.date | None = None
    organisation_ids: frozenset[int] | None = None
    places: tuple[str, ...] = ()
    where: Where = ()
    by: tuple[str, ...] = ()

    @property
    def counts_persons_once(self) -> bool:
        return self.unit == "person" and self.counts.aggregate == "unique"

    def question(self) -> Question:
        """The count itself, or the denominator."""
        first, last, as_of = self._dates()
        return Question(
            measure=self.counts.measure,
            aggregate="rows"
            if self.counts.aggregate == "mean" or self.counts.aggregate == "median"
            else self.counts.aggregate,
            programme_id=self.programme_id,
            organisation_ids=self.organisation_ids,
            first=first,
            last=last,
            as_of=as_of,
            place_codes=self.places,
            where=both(self.counts.where, self.where),
            by=self.by,
        )

    def _dates(self) -> tuple[dt.date | None, dt.date | None, dt.date | None]:
        first, last = (self.period.first, self.period.last) if self.period else (None, None)
        if self.counts.basis is Basis.STATE:
            return None, None, self.as_of or min(last or self.today, self.today)
        if self.as_of is None:
            return first, last, None
        return first or DAWN, min(last or self.as_of, self.as_of), self.as_of


@dataclass
class Asked:
    """The questions of one table and where their answers stand."""

    wanted: Wanted
    main: int
    numerator: int | None = None
    unknown: int | None = None
    also: int | None = None
    also_numerator: int | None = None
    tallied: int | None = None
    per_organisation: int | None = None


def count(wanted: Sequence[Wanted]) -> list[Counted]:
    """Each table, in the order asked, by one call of the columns; by a second where three dimensions of unique persons
    cross several organisations. Call inside a read snapshot."""
    questions: list[Question] = []

    def ask(question: Question) -> int:
        questions.append(question)
        return len(questions) - 1

    asked = []
    for one in wanted:
        main = one.question()
        held = Asked(one, ask(main))
        narrowed, unknown = one.counts.narrowed, one.counts.unknown
        if one.counts.of is not None:
            held.numerator = ask(replace(main, by=(*main.by, one.counts.of)))
        elif one.counts.is_mean:
            held.numerator = ask(replace(main, aggregate="sum"))
        if narrowed is not None:
            held.numerator = ask(replace(main, where=both(main.where, narrowed)))
        if unknown is not None:
            held.unknown = ask(replace(main, where=both(main.where, unknown)))
        if one.counts.also is not None:
            added = replace(main, aggregate="sum", where=one.where)
            held.also = ask(replace(added, measure=one.counts.also.count))
            if one.counts.also.numerator is not None:
                held.also_numerator = ask(replace(added, measure=one.counts.also.numerator))
        if one.counts.tallied is not None and {name for name, _values in main.where} <= dimensions_of(
            one.counts.tallied
        ):
            held.tallied = ask(replace(main, measure=one.counts.tallied, aggregate="sum", by=()))
        if one.counts_persons_once and one.by and ORGANISATION not in one.by and len(one.by) < AT_MOST:
            held.per_organisation = ask(replace(main, by=(*one.by, ORGANISATION)))
        asked.append(held)
    answers = answer(questions)
    crossed = _across(asked, answers)
    linked = _linked(asked, answers)
    return [_counted(held, answers, crossed.get(i), linked.get(i)) for i, held in enumerate(asked)]


@dataclass(frozen=True)
class Linked:
    """Persons of one table as they stand across organisations, those among them who were compared, and the part of a
    ratio's numerator. `undecided` pairs may still make fewer of them; None: not everybody was compared."""

    union: Answer
    compared: Answer
    numerator: Answer | None
    undecided: int | None


def _linked(asked: Sequence[Asked], answers: Sequence[Answer]) -> dict[int, Linked]:
    """For tables of persons of several organisations, in programmes where people were compared across."""
    several = {
        i: held
        for i, held in enumerate(asked)
        if held.wanted.counts_persons_once
        and held.also is None
        and sum(n > 0 for n in answers[held.main].per_organisation.values()) > 1
    }
    undecided = undecided_in({held.wanted.programme_id for held in several.values()}) if several else {}
    several = {i: held for i, held in several.items() if undecided[held.wanted.programme_id] is not None}
    if not several:
        return {}
    whole = all_compared_in({held.wanted.programme_id for held in several.values()}, timezone.localdate())
    questions: list[Question] = []
    for held in several.values():
        main, narrowed = held.wanted.question(), held.wanted.counts.narrowed
        questions += [replace(main, persons="linked"), replace(main, persons="compared")]
        if narrowed is not None:
            questions.append(replace(main, persons="linked", where=both(main.where, narrowed)))
    found = iter(answer(questions))
    return {
        i: Linked(
            next(found),
            next(found),
            next(found) if held.wanted.counts.narrowed is not None else None,
            undecided[held.wanted.programme_id] if whole[held.wanted.programme_id] else None,
        )
        for i, held in several.items()
    }


Spread = Mapping[Key, Mapping[str, int]]  # cell → organisation → persons


def _across(asked: Sequence[Asked], answers: Sequence[Answer]) -> dict[int, Spread]:
    """Persons of each cell by organisation, for the tables where several organisations have some."""
    spread: dict[int, Spread] = {}
    questions: list[Question] = []
    owners: list[tuple[int, int]] = []
    for i, held in enumerate(asked):
        organisations = {o for o, n in answers[held.main].per_organisation.items() if n}
        if not held.wanted.counts_persons_once or len(organisations) < 2:
            continue
        if held.per_organisation is not None:
            cells: dict[Key, dict[str, int]] = defaultdict(dict)
            for key, persons in answers[held.per_organisation].cells.items():
                cells[key[:-1]][key[-1]] = persons
            spread[i] = cells
        elif held.wanted.by and ORGANISATION not in held.wanted.by:
            spread[i] = {}
            for organisation in sorted(organisations):
                questions.append(replace(held.wanted.question(), organisation_ids=frozenset({organisation})))
                owners.append((i, organisation))
    if questions:
        found: dict[int, dict[Key, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
        for (i, organisation), one in zip(owners, answer(questions), strict=True):
            for key, persons in one.cells.items():
                found[i][key][str(organisation)] = persons
        spread |= found
    return spread


def _counted(held: Asked, answers: Sequence[Answer], spread: Spread | None, linked: Linked | None) -> Counted:
    wholes = [answers[i] for i in (held.main, held.also) if i is not None]
    parts = [answers[i] for i in (held.numerator, held.also_numerator) if i is not None]
    if held.wanted.counts.is_median:
        parts = [_middles(one) for one in parts]
    doubts = [answers[i] for i in (held.unknown,) if i is not None]
    # A report silent about the whole is silent about its part too: the part's unknown holds both.
    unsure = [
        answers[i]
        for i in (held.main, held.also if held.also_numerator is None else held.also_numerator)
        if i is not None
    ]
    known = all(one.known for one in wholes) or any(one.total for one in wholes)
    keys = {key for one in wholes for key in (*one.cells, *one.unknown_cells) if key}
    cells = {
        key: _part(
            _cell_count(
                sum(one.cells.get(key, 0) for one in wholes), sum(one.unknown_cells.get(key, 0) for one in unsure)
            ),
            sum(one.cells.get(key, 0) for one in parts) if parts else None,
            sum(one.unknown_cells.get(key, 0) for one in unsure),
            sum(one.cells.get(key, 0) for one in doubts),
            max(one.communes.get(key, 0) for one in wholes),
            () if spread is None else spread.get(key, {}).values(),
            _linked_at(linked, key),
        )
        for key in sorted(keys)
    }
    organisations = {o: n for o, n in answers[held.main].per_organisation.items() if n}
    with_rows = frozenset(o for one in wholes for o, n in one.per_organisation.items() if n)
    return Counted(
        by=held.wanted.by,
        total=_part(
            sum(one.total for one in wholes) if known else None,
            sum(one.total for one in parts) if parts else None,
            sum(one.unknown for one in unsure),
            sum(one.total for one in doubts),
            max(one.communes.get((), 0) for one in wholes),
            organisations.values() if held.wanted.counts_persons_once else (),
            _linked_at(linked, None),
        ),
        cells=cells,
        tallied=_if_known(answers[held.tallied]) if held.tallied is not None else None,
        organisation_ids=with_rows,
    )


def _middles(one: Answer) -> Answer:
    """Twice the median of what the last part of each key says, by the parts before it; the whole as `total`."""
    spread: dict[Key, Counter[int]] = defaultdict(Counter)
    for key, count in one.cells.items():
        spread[key[:-1]][int(key[-1])] += count
        if len(key) > 1:
            spread[()][int(key[-1])] += count
    found = {key: twice_the_median(counts) for key, counts in spread.items()}
    return replace(one, total=found.pop((), 0), cells=found)


def _cell_count(counted: int, unknown: int) -> int | None:
    """Nobody counted where some may belong is not 0 but unknown."""
    return None if unknown and not counted else counted


def _if_known(one: Answer) -> int | None:
    return one.total if one.known else None


@dataclass(frozen=True)
class _Union:
    """Persons of one part as `Linked` has them; `at_least` how many there are whatever is decided yet."""

    size: int
    at_least: int
    numerator: int | None


def _linked_at(linked: Linked | None, key: Key | None) -> _Union | None:
    """Of one cell, or (None) of the whole."""
    if linked is None:
        return None

    def of(one: Answer) -> int:
        return one.total if key is None else one.cells.get(key, 0)

    sure = 0 if linked.undecided is None else max(0, of(linked.compared) - linked.undecided)
    return _Union(of(linked.union), sure, None if linked.numerator is None else of(linked.numerator))


def _part(
    count: int | None,
    numerator: int | None,
    unknown: int,
    undecided: int,
    communes: int,
    persons: Iterable[int],
    union: _Union | None = None,
) -> Part:
    """`persons` are the unique persons of each organisation that has any, `union` they all as links join them."""
    some = [n for n in persons if n]
    if count is None:
        return Part(None, None, unknown, communes=communes)
    if len(some) < 2:
        return Part(count, numerator, unknown, undecided, communes=communes)
    largest, together = max(some), sum(some)
    if union is None:
        return Part(None, None, unknown, low=largest, high=together, communes=communes)
    low, high, apart = max(largest, union.at_least), union.size, (largest, together)
    if low == high:
        return Part(high, union.numerator, unknown, undecided, communes=communes, apart=apart)
    return Part(None, None, unknown, low=low, high=high, communes=communes, apart=apart)
