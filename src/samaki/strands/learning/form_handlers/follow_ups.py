"""The form of a follow-up: whether a person applies what she learned, some months after the training."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from samaki.kernel.errors import Invalid
from samaki.kernel.form_handlers import (
    Choice,
    Entry,
    FormHandler,
    HandlerField,
    Kind,
    Records,
    Tier,
    form_handlers,
)
from samaki.kernel.policy import Action
from samaki.strands.learning.follow_ups import Asked, follow_ups_of, take_back_follow_ups, take_follow_ups
from samaki.strands.learning.models import FollowUp

FIELDS = (
    HandlerField("person", _("Number of the person"), Kind.PERSON, required=True, hint=_("Such as P000123.")),
    HandlerField("activity", _("Training"), Kind.ACTIVITY, required=True, hint=_("Key of the training.")),
    HandlerField("followed_up_on", _("Date of the follow-up"), Kind.DATE, required=True),
    HandlerField(
        "applied",
        _("Does the person apply what was learned?"),
        Kind.CHOICE,
        required=True,
        choices=tuple(Choice(value, label) for value, label in FollowUp.Applied.choices),
    ),
    HandlerField("evidence", _("What shows it"), Kind.TEXT, hint=_("What was seen or told.")),
)


def asked_in(entry: Entry) -> Asked:
    """Raises Invalid("value_missing")."""
    values = entry.values
    person, on = values.get("person"), values.get("followed_up_on")
    if not isinstance(person, int):
        raise Invalid("value_missing", _("Please write the number of the person."), field="person")
    if not isinstance(on, dt.date):
        raise Invalid("value_missing", _("Please write the date."), field="followed_up_on")
    return Asked(
        origin=entry.origin,
        by=entry.by,
        person=person,
        activity=str(values.get("activity") or "").strip(),
        followed_up_on=on,
        applied=str(values.get("applied") or ""),
        evidence=str(values.get("evidence") or "").strip(),
    )


RECORDS = Records("learning.followup", asked_in, take_follow_ups, take_back_follow_ups, follow_ups_of)

LEARNING_FOLLOW_UP = form_handlers.register(
    FormHandler(
        key="learning_follow_up",
        label=_("Follow-up of learning"),
        action=Action.RECORD_ACTIVITY,
        fields=FIELDS,
        take=RECORDS.take,
        take_back=RECORDS.take_back,
        find=RECORDS.find,
        tier=Tier.T3,
        hint=_("Three to six months after a training: is it applied?"),
    )
)
