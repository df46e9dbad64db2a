"""What answers before and after an instrument changed, matched by person. A row is one person in one training."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.measures import ACTIVITIES
from samaki.ground.organisations.measures import ORGANISATIONS
from samaki.ground.people.measures import PEOPLE, person_dimensions
from samaki.ground.programmes.measures import PROGRAMMES
from samaki.kernel.measures import (
    NOTHING,
    YES_NO,
    Array,
    Choice,
    Columns,
    Date,
    Flag,
    Link,
    Made,
    Measure,
    Number,
    Records,
    Table,
    measures,
    tables,
)
from samaki.strands.learning.measures.generations import of_generation
from samaki.strands.learning.measures.series import SERIES_ACTIVITIES
from samaki.strands.learning.models import Instrument, InstrumentVersion, Response
from samaki.strands.learning.rules.cascade import GENERATIONS
from samaki.strands.learning.rules.pairing import Alone, Lack, Pair, Paired, Taken, pair, retained, window
from samaki.strands.learning.rules.scoring import SCALE, gain, rounded

HUNDRED = 100  # tests of different lengths are compared in points of a hundred
KINDS = ("change", "retention")
EPOCH = dt.date(1970, 1, 1)
_MOMENTS = tuple(Response.Moment.values)
_SCORINGS = tuple(Instrument.Scoring.values)
_TESTS = frozenset({Instrument.Scoring.KNOWLEDGE.value, Instrument.Scoring.LAW.value})

INSTRUMENTS = tables.register(Table(Instrument, (Choice("scoring", _SCORINGS),)))
VERSIONS = tables.register(Table(InstrumentVersion, (Link("instrument", to=INSTRUMENTS.key),)))
RESPONSES = tables.register(
    Table(
        Response,
        (
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("person", to=PEOPLE.key),
            Link("activity", to=ACTIVITIES.key),
            Link("version", to=VERSIONS.key),
            Choice("moment", _MOMENTS),
            Date("answered_on"),
            Number("scaled"),
            Number("most"),
        ),
    )
)


def _taken(columns: Columns) -> Iterator[tuple[Taken, int]]:
    """Every scored instrument's answers with the row they stand in, of those who have not withdrawn."""
    responses, people, versions = columns[RESPONSES.key], columns[PEOPLE.key], columns[VERSIONS.key]
    scoring = columns[INSTRUMENTS.key]["scoring"]
    series = np.full(len(columns[ACTIVITIES.key]) + 1, -1, np.int64)  # the last is read where there is no activity
    joined = columns[SERIES_ACTIVITIES.key]
    series[joined["activity"][joined.alive]] = joined["series_id"][joined.alive]
    person = people["canonical"][responses["person"]]
    instrument = versions["instrument"][responses["version"]]
    washington = _SCORINGS.index(Instrument.Scoring.WASHINGTON_GROUP)
    rows = np.flatnonzero(responses.alive & (person >= 0) & (scoring[instrument] != washington))
    activity = responses["activity"][rows]
    told = zip(
        rows.tolist(),
        responses["id"][rows].tolist(),
        person[rows].tolist(),
        responses["version"][rows].tolist(),
        instrument[rows].tolist(),
        zip(series[activity].tolist(), activity.tolist(), strict=True),
        responses["moment"][rows].tolist(),
        responses["answered_on"][rows].tolist(),
        responses["scaled"][rows].tolist(),
        responses["most"][rows].tolist(),
        responses["programme"][rows].tolist(),
        strict=True,
    )
    for row, key, who, version, of, (in_series, in_activity), moment, on, scaled, most, programme in told:
        training = (programme, "series", in_series) if in_series >= 0 else (programme, "activity", in_activity)
        points = None if scaled == NOTHING else scaled
        day = EPOCH + dt.timedelta(days=on)
        yield Taken(key, who, version, of, training, _MOMENTS[moment], day, points, max(most, 0)), row


def _rows(columns: Columns, known_on: int) -> Mapping[str, Array]:
    """A row for each pair and for each set of answers that stands alone, on the day of the later answers.

    `gain`, and `change` in points of the whole instrument (of a hundred for a test), are in SCALE parts; NOTHING where
    there is no pair, and no gain where the first was the maximum.
    """
    responses, instruments = columns[RESPONSES.key], columns[INSTRUMENTS.key]
    row_of: dict[int, int] = {}
    taken = []
    for one, row in _taken(columns):
        taken.append(one)
        row_of[one.id] = row
    day = EPOCH + dt.timedelta(days=known_on)
    found = [(0, one) for one in _both(pair(taken))] + [(1, one) for one in _both(retained(taken, day))]
    last = [one.second if isinstance(one, Pair) else one.taken for _kind, one in found]
    scorings = [_SCORINGS[instruments["scoring"][one.instrument]] for one in last]
    at = np.array([row_of[one.id] for one in last], np.int64)
    numbers: dict[str, Array] = {
        "id": np.array([one.id * len(KINDS) + kind for (kind, _one), one in zip(found, last, strict=True)], np.int64),
        "kind": np.array([kind for kind, _one in found], np.int8),
        "person": np.array([one.person for one in last], np.int64),
        "matched": np.array([isinstance(one, Pair) for _kind, one in found], np.int8),
        "gain": np.array([_gain(one) for _kind, one in found], np.int64),
        "change": np.array([_change(one, how) for (_kind, one), how in zip(found, scorings, strict=True)], np.int64),
        "scoring": np.array([_SCORINGS.index(how) for how in scorings], np.int8),
    }
    numbers["gained"] = (numbers["gain"] != NOTHING).astype(np.int8)
    links = ("programme", "organisation", "activity")
    return {
        **numbers,
        "on": np.array([_day(one) for _kind, one in found], np.int64),
        "generation": responses["generation"][at],
        **{name: responses[name][at] for name in links},
    }


def _both(paired: Paired) -> list[Pair | Alone]:
    return [*paired.pairs, *paired.alone]


def _day(one: Pair | Alone) -> int:
    """As days since 1970. Where nobody asked what stayed, the last day on which it could be asked."""
    if isinstance(one, Pair):
        return (one.second.on - EPOCH).days
    on = window(one.taken.on)[1] if one.lack is Lack.NO_FOLLOW_UP else one.taken.on
    return (on - EPOCH).days


def _gain(one: Pair | Alone) -> int:
    if isinstance(one, Alone):
        return NOTHING
    found = gain(one.first.scaled or 0, one.second.scaled or 0, one.first.most * SCALE)
    return NOTHING if found is None else found


def _change(one: Pair | Alone, scoring: str) -> int:
    if isinstance(one, Alone):
        return NOTHING
    if scoring in _TESTS:
        return rounded(Fraction(one.change * HUNDRED, one.first.most)) if one.first.most else NOTHING
    return one.change


def response_and_kind(row_id: int) -> tuple[int, int]:
    """The response's id, and 0 for a change or 1 for what stayed, that an id of these rows stands for."""
    return divmod(row_id, len(KINDS))


CHANGES = tables.register(
    Made(
        "learning_changes",
        (
            Link("programme", to=PROGRAMMES.key),
            Link("organisation", to=ORGANISATIONS.key),
            Link("person", to=PEOPLE.key),
            Link("activity", to=ACTIVITIES.key),
            Date("on"),
            Choice("kind", KINDS),
            Choice("scoring", _SCORINGS),
            Flag("matched", "", YES_NO),
            Flag("gained", "", YES_NO),
            Choice("generation", GENERATIONS),
            Number("gain"),
            Number("change"),
        ),
        reads=(RESPONSES.key, PEOPLE.key, VERSIONS.key, INSTRUMENTS.key, SERIES_ACTIVITIES.key, ACTIVITIES.key),
        rows=_rows,
        described=response_and_kind,
    )
)


def _records(kind: str, scoring: str, flag: str, value: str, weight: str) -> Records:
    return Records(
        CHANGES.key,
        programme="programme",
        organisation="organisation",
        place="activity.place",
        since="on",
        weight=weight,
        conditions=(("kind", (kind,)), ("scoring", (scoring,)), (flag, (value,))),
        dimensions=(*person_dimensions("person"), of_generation("generation")),
    )


def _mean(
    key: str, label: object, kind: str, scoring: str, *, weight: str = "change", flag: str = "matched"
) -> Measure:
    """Those without a pair are unknown, beside the mean of those who have one."""
    known, lacking = (_records(kind, scoring, flag, value, weight) for value in ("yes", "no"))
    return measures.register(Measure(key, label, "person", known, gaps=(lacking,)))


_KNOWLEDGE, _GEM, _LAW = (
    one.value for one in (Instrument.Scoring.KNOWLEDGE, Instrument.Scoring.GEM, Instrument.Scoring.LAW)
)
GAIN = _mean("learning_gain", _("Gain of knowledge, matched"), "change", _KNOWLEDGE, weight="gain", flag="gained")
RETENTION = _mean("learning_retention", _("Knowledge 5 to 7 months later, matched"), "retention", _KNOWLEDGE)
ATTITUDES = _mean("attitude_change", _("Change of attitudes, matched"), "change", _GEM)
LAW = _mean("law_change", _("Change of awareness of the law, matched"), "change", _LAW)
