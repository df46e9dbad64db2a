"""A form of answers to an instrument. Which one is a question of the form, or the same for all it brings (a constant):
each published version has one ready for before, after and some months later.

The Washington Group's answers come by no form: what a phone sent stands beside the person's number for who mends it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import DomainError, Invalid, RowsInvalid
from samaki.kernel.form_handlers import (
    Choice,
    Entry,
    FormHandler,
    HandlerField,
    Handling,
    Kind,
    ReadyForm,
    RecordOf,
    Tier,
    form_handlers,
)
from samaki.kernel.policy import Action
from samaki.strands.learning.models import Instrument, InstrumentVersion, Response
from samaki.strands.learning.operations.responses import Told, responses_of, take_back_responses, take_responses
from samaki.strands.learning.queries.instruments import by_name, published
from samaki.strands.learning.rules.instruments import MOST_ITEMS

LONGEST_TITLE = 200  # characters
FIELDS = (
    HandlerField("person", _("Number of the person"), Kind.PERSON, required=True, hint=_("Such as P000123.")),
    HandlerField(
        "instrument", _("Instrument"), Kind.TEXT, required=True, hint=_("Its key, with its version: gem-scale 1.")
    ),
    HandlerField(
        "moment",
        _("When answered"),
        Kind.CHOICE,
        required=True,
        choices=tuple(Choice(value, label) for value, label in Response.Moment.choices),
    ),
    HandlerField("answered_on", _("Date"), Kind.DATE, required=True),
    HandlerField("activity", _("Training"), Kind.ACTIVITY, hint=_("Key of the training.")),
    *(
        HandlerField(f"item{number}", str(number), Kind.COUNT, hint=_("The number of the answer."))
        for number in range(1, MOST_ITEMS + 1)
    ),
)


def take(entries: Sequence[Entry], handling: Handling) -> None:
    known = by_name(Programme.objects.get(pk=handling.programme_id))
    told: list[Told] = []
    faults: list[tuple[int, DomainError]] = []
    for index, entry in enumerate(entries):
        version = known.get(str(entry.values.get("instrument") or "").strip().casefold())
        person, on = entry.values.get("person"), entry.values.get("answered_on")
        if version is None:
            words = _("There is no such published instrument in this programme.")
            faults.append((index, Invalid("no_such_instrument", words, field="instrument")))
        elif version.instrument.scoring == Instrument.Scoring.WASHINGTON_GROUP:
            words = _("These answers come by no form. Please key them from paper.")
            faults.append((index, Invalid("instrument_by_no_form", words, field="instrument")))
        elif not isinstance(person, int):
            words = _("Please write the number of the person.")
            faults.append((index, Invalid("value_missing", words, field="person")))
        elif not isinstance(on, dt.date):
            faults.append((index, Invalid("value_missing", _("Please write the date."), field="answered_on")))
        else:
            told.append(_told(entry, person, version.pk, on))
    if faults:
        raise RowsInvalid(faults)
    take_responses(told, programme_id=handling.programme_id, organisation_id=handling.organisation_id, at=handling.at)


def _told(entry: Entry, person: int, version_id: int, on: dt.date) -> Told:
    answers = {
        number: value
        for number in range(1, MOST_ITEMS + 1)
        if isinstance(value := entry.values.get(f"item{number}"), int)
    }
    activity = str(entry.values.get("activity") or "").strip()
    moment = str(entry.values.get("moment") or "")
    return Told(entry.origin, entry.by, person, version_id, moment, on, answers, activity)


def take_back(origins: Sequence[str], handling: Handling, by: AnyActor) -> None:
    take_back_responses(origins, programme_id=handling.programme_id, organisation_id=handling.organisation_id, by=by)


def find(origins: Sequence[str]) -> Mapping[str, RecordOf]:
    return {origin: RecordOf("learning.response", pk) for origin, pk in responses_of(origins).items()}


def ready(programme_id: int) -> list[ReadyForm]:
    """Three forms of each version that can be answered. The Washington Group's questions have none."""
    versions = published(Programme.objects.get(pk=programme_id))
    return [
        _ready(version, moment)
        for version in versions
        if version.instrument.scoring != Instrument.Scoring.WASHINGTON_GROUP
        for moment in Response.Moment
    ]


def _ready(version: InstrumentVersion, moment: Response.Moment) -> ReadyForm:
    one = version.instrument
    asked = (field for field in FIELDS if field.key in ("activity", "person", "answered_on"))
    items = (
        HandlerField(
            f"item{item.number}",
            item.text_en,
            Kind.CHOICE,
            choices=tuple(Choice(str(choice["value"]), choice["en"], choice["km"]) for choice in item.choices),
            label_km=item.text_km,
        )
        for item in version.items.all()
    )
    return ReadyForm(
        key=f"{one.key}-{version.number}-{moment.value}",
        title_km=_title(one.title_km, version.number, moment, "km"),
        title_en=_title(one.title_en, version.number, moment, "en"),
        fields=(*asked, *items),
        constants={"instrument": f"{one.key} {version.number}", "moment": moment.value},
    )


def _title(title: str, number: int, moment: Response.Moment, language: str) -> str:
    """Cut where it is longer than a form's title may be, never in the part that tells the forms apart."""
    with translation.override(language):
        which = f" {number} · {moment.label}"
    return title[: LONGEST_TITLE - len(which)] + which


LEARNING_RESPONSES = form_handlers.register(
    FormHandler(
        key="learning_responses",
        label=_("Answers to an instrument"),
        action=Action.RECORD_ACTIVITY,
        fields=FIELDS,
        take=take,
        take_back=take_back,
        find=find,
        tier=Tier.T3,
        ready=ready,
        hint=_("A test or a scale, before or after a training, or some months later."),
    )
)
