"""Instruments as they ship, and answers to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from samaki.ground.people.models import Person
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import RowsInvalid
from samaki.kernel.records import Written
from samaki.strands.learning.models import InstrumentVersion
from samaki.strands.learning.operations.instruments import load_instruments
from samaki.strands.learning.operations.responses import Told, take_responses
from tests.factories.field import HELD, NOW, Field
from tests.factories.people import SETUP

TEST, GEM, LAW, HEALTH = "curriculum-test", "gem-scale", "law-2005", "washington-group"
BEFORE, AFTER, LATER = HELD, HELD + dt.timedelta(days=4), dt.date(2024, 9, 1)


def an_instrument(key: str = TEST) -> InstrumentVersion:
    load_instruments(by=SETUP)
    return InstrumentVersion.objects.filter(instrument__key=key).order_by("-number")[0]


def right_answers(version: InstrumentVersion, right: int) -> dict[int, int]:
    """Answers to a test's every question, of which so many are right."""
    items = list(version.items.order_by("number"))
    return {
        item.number: item.right
        if item.number <= right
        else next(one["value"] for one in item.choices if one["value"] != item.right)
        for item in items
    }


def same_answers(version: InstrumentVersion, value: int) -> dict[int, int]:
    return {item.number: value for item in version.items.all()}


def told(
    field: Field,
    person: Person,
    version: InstrumentVersion,
    answers: Mapping[int, int],
    moment: str = "pre",
    on: dt.date = BEFORE,
    *,
    by: AnyActor | None = None,
    activity: str = "meeting",
    origin: str = "keyed",
) -> Told:
    return Told(origin, by or field.me, person.pk, version.pk, moment, on, answers, activity)


def take(field: Field, *rows: Told, corrections: bool = False, at: dt.datetime = NOW) -> Written:
    return take_responses(
        rows, programme_id=field.programme.pk, organisation_id=field.ours.pk, at=at, corrections=corrections
    )


def faults(field: Field, *rows: Told, corrections: bool = False) -> Sequence[tuple[int, str, str | None]]:
    """Index, code and field of what keeps the rows from being taken."""
    try:
        take(field, *rows, corrections=corrections)
    except RowsInvalid as invalid:
        return [(index, fault.code, fault.field) for index, fault in invalid.faults]
    return []
