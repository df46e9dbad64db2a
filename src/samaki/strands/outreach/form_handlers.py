"""The form of an outreach tally: times people were reached, by channel, place and time. Contacts, never persons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
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
from samaki.strands.outreach.models import Campaign, OutreachTally
from samaki.strands.outreach.sent_counts import SentCount, counts_of, take_back_sent_counts, take_sent_counts

FIELDS = (
    HandlerField("place", _("Place"), Kind.PLACE, required=True, offers=working_places),
    HandlerField(
        "channel",
        _("Channel"),
        Kind.CHOICE,
        choices=tuple(Choice(value, label) for value, label in OutreachTally.Channel.choices),
    ),
    HandlerField("since", _("From (date)"), Kind.DATE, hint=_("Or the month, further down.")),
    HandlerField("until", _("Until (date)"), Kind.DATE, hint=_("Leave empty where it was one day.")),
    HandlerField("month", _("Month"), Kind.MONTH, hint=_("Instead of the dates.")),
    HandlerField("contacts", _("Contacts (times reached, not persons)"), Kind.COUNT, required=True),
    HandlerField("campaign", _("Campaign"), Kind.TEXT, hint=_("Name or key.")),
    HandlerField("group", _("Group"), Kind.GROUP, hint=_("Name or key.")),
)

STEPS = (
    Step("channel", _("Channel"), ("channel",)),
    Step("place", _("Place"), ("place",)),
    Step("since", _("From (date)"), ("since",)),
    Step("contacts", _("Contacts (times reached, not persons)"), ("contacts",)),
    Step("until", _("Until (date)"), ("until",), aside=True),
    Step("group", _("Group"), ("group",), aside=True),
    Step("campaign", _("Campaign"), ("campaign",), aside=True),
)


def count_of(entry: Entry) -> SentCount:
    """Raises Invalid: value_missing, time_given_twice."""
    values = entry.values
    place, contacts = str(values.get("place") or "").strip(), values.get("contacts")
    if not place:
        raise Invalid("value_missing", _("Please write the place."), field="place")
    if not isinstance(contacts, int):
        raise Invalid("value_missing", _("Please write the number of contacts."), field="contacts")
    since, until = _span(values)
    return SentCount(
        origin=entry.origin,
        by=entry.by,
        since=since,
        until=until,
        contacts=contacts,
        place=place,
        channel=str(values.get("channel") or OutreachTally.Channel.NOT_RECORDED.value),
        group=str(values.get("group") or "").strip(),
        campaign=str(values.get("campaign") or "").strip(),
    )


def _span(values: Mapping[str, object]) -> tuple[dt.date, dt.date]:
    since, until, month = values.get("since"), values.get("until"), values.get("month")
    if isinstance(month, dt.date):
        if since or until:
            words = _("The time is given in two ways. Please keep either the dates or the month.")
            raise Invalid("time_given_twice", words, field="month")
        after = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        return month, after - dt.timedelta(days=1)
    if not isinstance(since, dt.date):
        raise Invalid("value_missing", _("Please write the date, or the month."), field="since")
    return since, until if isinstance(until, dt.date) else since


RECORDS = Records("outreach.outreachtally", count_of, take_sent_counts, take_back_sent_counts, counts_of)


def fits(programme_id: int) -> bool:
    """Programmes that reach people outside sessions: with men's groups, campaigns, or contacts counted before."""
    return (
        Group.objects.filter(programme=programme_id, kind=Group.Kind.MENS_GROUP).exists()
        or Campaign.objects.filter(programme=programme_id).exists()
        or OutreachTally.objects.filter(programme=programme_id).exists()
    )


OUTREACH_TALLY = form_handlers.register(
    FormHandler(
        key="outreach_tally",
        label=_("Outreach tally"),
        action=Action.RECORD_TALLY,
        fields=FIELDS,
        take=RECORDS.take,
        take_back=RECORDS.take_back,
        find=RECORDS.find,
        hint=_("Campaigns, fliers, house visits: how often people were reached."),
        job=2,
        fits=fits,
        steps=STEPS,
        one_of=(("since", "month"),),
    )
)
