"""The form of a learning need: what a community or partner asks to learn, told where it is heard."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.needs.models import LearningNeed
from samaki.ground.needs.sent import SentNeed, needs_of, take_back_needs, take_needs
from samaki.ground.programmes.offers import working_places
from samaki.kernel.errors import Invalid
from samaki.kernel.form_handlers import (
    Choice,
    Entry,
    FormHandler,
    HandlerField,
    Kind,
    Records,
    Step,
    form_handlers,
)
from samaki.kernel.policy import Action

FIELDS = (
    HandlerField(
        "text",
        _("What do they ask to learn?"),
        Kind.TEXT,
        required=True,
        hint=_("No names: others read this."),
    ),
    HandlerField(
        "raised_by",
        _("Asked by"),
        Kind.CHOICE,
        required=True,
        choices=tuple(Choice(value, label) for value, label in LearningNeed.RaisedBy.choices),
    ),
    HandlerField("raised_on", _("Asked on"), Kind.DATE, required=True),
    HandlerField("group", _("Group"), Kind.GROUP, hint=_("Name or key.")),
    HandlerField(
        "place",
        _("Place"),
        Kind.PLACE,
        hint=_("Leave empty where it is the place of the group."),
        offers=working_places,
    ),
)
STEPS = (
    Step("text", _("What do they ask to learn?"), ("text",)),
    Step("raised_by", _("Asked by"), ("raised_by",)),
    Step("raised_on", _("Asked on"), ("raised_on",)),
    Step("group", _("Group"), ("group",), aside=True),
    Step("place", _("Place"), ("place",), aside=True),
)


def need_in(entry: Entry) -> SentNeed:
    """Raises Invalid("value_missing")."""
    values = entry.values
    raised_on = values.get("raised_on")
    if not isinstance(raised_on, dt.date):
        raise Invalid("value_missing", _("Please write the date."), field="raised_on")
    return SentNeed(
        origin=entry.origin,
        by=entry.by,
        raised_on=raised_on,
        raised_by=str(values.get("raised_by") or ""),
        text=str(values.get("text") or "").strip(),
        group=str(values.get("group") or "").strip(),
        place=str(values.get("place") or "").strip(),
    )


RECORDS = Records("needs.learningneed", need_in, take_needs, take_back_needs, needs_of)


def fits(programme_id: int) -> bool:
    """Programmes in which groups learn, or that were asked before."""
    return (
        Group.objects.filter(programme=programme_id, kind=Group.Kind.LEARNING_GROUP).exists()
        or LearningNeed.objects.filter(programme=programme_id).exists()
    )


LEARNING_NEED = form_handlers.register(
    FormHandler(
        key="learning_need",
        label=_("Learning need"),
        action=Action.RAISE_NEED,
        fields=FIELDS,
        take=RECORDS.take,
        take_back=RECORDS.take_back,
        find=RECORDS.find,
        hint=_("What a community or a partner asks to learn."),
        job=4,
        fits=fits,
        steps=STEPS,
    )
)
