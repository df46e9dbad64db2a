"""What people answered before and after a training, as numbers of the group: nobody's answers, nobody's name."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.people.models import PersonKey
from samaki.kernel.actors import AnyActor
from samaki.kernel.database.bulk import among
from samaki.kernel.disclosure import (
    TOTAL,
    CountTable,
    Dimension,
    DisclosurePolicy,
    PublishedRatio,
    PublishedRatios,
    RatioTable,
    publish,
)
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach
from samaki.strands.learning.models import Instrument, InstrumentVersion, Response, Series, SeriesActivity
from samaki.strands.learning.queries.instruments import questions_of
from samaki.strands.learning.rules import pairing
from samaki.strands.learning.rules.instruments import items_of
from samaki.strands.learning.rules.pairing import Alone, Taken
from samaki.strands.learning.rules.scoring import SCALE, gain, gem_band, washington_group
from samaki.strands.learning.rules.statistics import Paired, paired
from samaki.strands.learning.sealing import opened_answers

HEALTH = Instrument.Scoring.WASHINGTON_GROUP
SERIES, ACTIVITY = "series", "activity"
DISABILITY = frozenset({"disability"})


@dataclass(frozen=True)
class Training:
    """A series, or an activity that is in none. `over_on` is its last day, None while it is open."""

    kind: str
    id: int
    title_km: str
    title_en: str
    over_on: dt.date | None


@dataclass(frozen=True)
class Asked:
    """A version asked at a training, and how many sets of answers there are by moment."""

    training: Training
    version: InstrumentVersion
    counts: dict[str, int]


@dataclass(frozen=True)
class Change:
    """Scores are in points of the whole instrument, whose lowest and highest are `least` and `most`.

    `changed` None: fewer than five pairs. `gain` is the mean g of those who could gain, None where the instrument is no
    test. `before` and `after` count pairs by band, where the scale has bands, else by fifths of the range.
    """

    asked: Asked
    pairs: int
    changed: Paired | None
    gain: float | None
    least: int
    most: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    alone: dict[str, int]  # persons by why their answers stand alone
    retained: Paired | None
    retained_pairs: int


@dataclass(frozen=True)
class Health:
    """How many of those asked have a disability, through the door: k = 10. `ratio` None until the training is over."""

    asked: Asked
    ratio: PublishedRatio | None


def trainings(actor: AnyActor) -> list[Asked]:
    """Every version asked at each training within the actor's sight, the latest training first."""
    return _asked(Response.objects.filter(reach(actor, Action.SEE_PROGRAMME).q(), activity__isnull=False))


def asked_of(actor: AnyActor, activities: Iterable[Activity]) -> list[Asked]:
    """What was asked at these activities, with as many answers as these alone have."""
    within = reach(actor, Action.SEE_PROGRAMME).q()
    return _asked(Response.objects.filter(within, activity__in=[one.pk for one in activities]))


def _asked(found: QuerySet[Response]) -> list[Asked]:
    rows = found.values_list("activity_id", "version_id", "moment")
    by_activity: Counter[tuple[int, int, str]] = Counter(rows.order_by().iterator())
    activities = Activity.objects.in_bulk({activity for activity, _version, _moment in by_activity})
    known = _trainings(list(activities.values()))
    versions = InstrumentVersion.objects.select_related("instrument").in_bulk({one[1] for one in by_activity})
    counts: dict[tuple[Training, int], Counter[str]] = defaultdict(Counter)
    for (activity_id, version_id, moment), number in by_activity.items():
        counts[known[activity_id], version_id][moment] += number
    asked = [Asked(training, versions[version], dict(count)) for (training, version), count in counts.items()]
    return sorted(asked, key=lambda one: (one.training.title_en, one.version.instrument.key, one.version.number))


def asked_at(actor: AnyActor, kind: str, training_id: int, version_id: int) -> Asked:
    """Raises NotFound, saying the same whether it exists or not."""
    for one in trainings(actor):
        if (one.training.kind, one.training.id, one.version.pk) == (kind, training_id, version_id):
            return one
    raise NotFound("no_such_answers", _("There are no such answers here."))


def change(actor: AnyActor, asked: Asked, *, on: dt.date) -> Change:
    """What changed between before and after, of an instrument with scores."""
    version = asked.version
    every = _responses(actor, asked.training, version.instrument_id)
    taken = [_taken(one, asked.training) for one in every]
    found = pairing.pair(taken)
    pairs = [one for one in found.pairs if one.first.version == version.pk]
    stays = pairing.retained(taken, on)
    later = [one for one in stays.pairs if one.first.version == version.pk]
    number = version.items.count()
    items = items_of(questions_of(list(version.items.order_by("number"))))
    is_test = version.instrument.scoring in (Instrument.Scoring.KNOWLEDGE, Instrument.Scoring.LAW)
    least = 0 if is_test else sum(min(item.values) for item in items)
    most = number if is_test else sum(max(item.values) for item in items)
    gains = [gain(one.first.scaled or 0, one.second.scaled or 0, most * SCALE) for one in pairs] if is_test else []
    known = [one for one in gains if one is not None]
    firsts, seconds = [_points(one.first) for one in pairs], [_points(one.second) for one in pairs]
    band = _band_of(version, least, most)
    return Change(
        asked,
        len(pairs),
        paired(firsts, seconds),
        sum(known) / len(known) / SCALE if known else None,
        least,
        most,
        _spread(firsts, *band),
        _spread(seconds, *band),
        _by_lack([one for one in found.alone if one.taken.version == version.pk]),
        paired([_points(one.first) for one in later], [_points(one.second) for one in later]),
        len(later),
    )


def health(actor: AnyActor, asked: Asked, *, on: dt.date) -> Health:
    """The Washington Group's answers of a training, each person once by her latest, as a share that passed the door.

    Nothing is told before the training is over: two shares a day apart would differ by one person.
    """
    over_on = asked.training.over_on
    if over_on is None or over_on >= on:
        return Health(asked, None)
    latest: dict[int, Response] = {}
    for one in _responses(actor, asked.training, asked.version.instrument_id):
        if one.version_id == asked.version.pk:
            latest[one.person.merged_into_id or one.person_id] = one
    keys = {key.pk: key for key in PersonKey.objects.filter(among("pk", {one.person_id for one in latest.values()}))}
    items = items_of(questions_of(list(asked.version.items.order_by("number"))))
    told = [
        washington_group(items, opened_answers(one, keys[one.person_id]))
        for one in latest.values()
        if one.person_id in keys
    ]
    counts = {"numerator": told.count(True), "denominator": len(told), "unknown": told.count(None)}
    tables = {name: CountTable((Dimension("training", ("this",)),), dict.fromkeys([("this",), (TOTAL,)], n))
              for name, n in counts.items()}  # fmt: skip
    policy = DisclosurePolicy(unit="person", fixed_period=True, subjects=DISABILITY)
    passed = publish(RatioTable(tables["numerator"], tables["denominator"], tables["unknown"]), policy)
    assert isinstance(passed, PublishedRatios)
    return Health(asked, passed[("this",)])


def _responses(actor: AnyActor, training: Training, instrument_id: int) -> list[Response]:
    """The oldest first, of every version of the instrument; of those who have not withdrawn."""
    activities = (
        SeriesActivity.objects.filter(series=training.id).values_list("activity_id", flat=True)
        if training.kind == SERIES
        else [training.id]
    )
    found = Response.objects.filter(
        reach(actor, Action.SEE_PROGRAMME).q(),
        activity__in=activities,
        version__instrument=instrument_id,
        person__withdrawn_at__isnull=True,
    )
    return list(found.select_related("person", "version").order_by("answered_on", "pk"))


def _trainings(activities: Sequence[Activity]) -> dict[int, Training]:
    """The training of each activity, by two queries."""
    joined = dict(SeriesActivity.objects.filter(activity__in=activities).values_list("activity_id", "series_id"))
    series = Series.objects.in_bulk(set(joined.values()))
    found = {}
    for one in activities:
        if one.pk in joined:
            of = series[joined[one.pk]]
            found[one.pk] = Training(SERIES, of.pk, of.title_km, of.title_en, of.ends_on)
        else:
            found[one.pk] = Training(ACTIVITY, one.pk, one.title_km, one.title_en, one.ends_on)
    return found


def _taken(one: Response, training: Training) -> Taken:
    person = one.person.merged_into_id or one.person_id
    of = (training.kind, training.id)
    instrument = one.version.instrument_id
    return Taken(one.pk, person, one.version_id, instrument, of, one.moment, one.answered_on, one.scaled, one.most or 0)


def _points(one: Taken) -> float:
    return (one.scaled or 0) / SCALE


def _band_of(version: InstrumentVersion, least: int, most: int) -> tuple[int, Callable[[float], int]]:
    """How many bands there are, and in which a sum stands."""
    if version.instrument.scoring == Instrument.Scoring.GEM:
        order = ("low", "moderate", "high")
        return 3, lambda points: order.index(gem_band(round(points * SCALE), (least or 1) * SCALE).value)
    if starts := [band["from"] for band in version.bands]:
        return len(starts), lambda points: max(0, bisect_right(starts, points) - 1)
    width = (most - least) / 5 or 1
    return 5, lambda points: min(4, int((points - least) / width))


def _spread(points: Sequence[float], bands: int, band_of: Callable[[float], int]) -> tuple[int, ...]:
    found = Counter(band_of(one) for one in points)
    return tuple(found[band] for band in range(bands))


def _by_lack(alone: Sequence[Alone]) -> dict[str, int]:
    people: dict[str, set[int]] = defaultdict(set)
    for one in alone:
        people[one.lack.value].add(one.taken.person)
    return {lack: len(found) for lack, found in sorted(people.items())}
