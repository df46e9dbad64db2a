"""The form of a men's group's monthly report: counts only, kept as it came."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.kernel.errors import Invalid
from samaki.kernel.form_handlers import (
    Entry,
    FormHandler,
    HandlerField,
    Kind,
    Records,
    Step,
    form_handlers,
)
from samaki.kernel.policy import Action
from samaki.strands.counselling.operations.sent_months import (
    SentMonth,
    months_of,
    take_back_sent_months,
    take_sent_months,
)
from samaki.strands.counselling.owed import months_owed
from samaki.strands.counselling.rules import GroupMonthRow

FIELDS = (
    HandlerField("group", _("Men’s group"), Kind.GROUP, required=True, hint=_("Name or key.")),
    HandlerField("month", _("Month"), Kind.MONTH, required=True),
    HandlerField(
        "received_on",
        _("Received on"),
        Kind.DATE,
        hint=_("The day the group’s report was in your hands; empty is the day this form arrives."),
    ),
    HandlerField("sessions_held", _("Sessions held"), Kind.COUNT),
    HandlerField("men_counselled", _("Men counselled for the first time"), Kind.COUNT),
    HandlerField("men_success", _("Of them, judged improved or stopped"), Kind.COUNT),
    HandlerField("men_stopped", _("Of those, stopped physical violence"), Kind.COUNT),
)

STEPS = (
    Step("group", _("Men’s group"), ("group",)),
    Step("month", _("Month"), ("month",)),
    Step("counts", _("Counts of the month"), ("sessions_held", "men_counselled", "men_success", "men_stopped")),
    Step("received_on", _("Received on"), ("received_on",), aside=True),
)


def month_of(entry: Entry) -> SentMonth:
    """Raises Invalid("value_missing"). A count left out is not said, which is not 0."""
    values = entry.values
    group, month = str(values.get("group") or "").strip(), values.get("month")
    if not group:
        raise Invalid("value_missing", _("Please choose the group."), field="group")
    if not isinstance(month, dt.date):
        raise Invalid("value_missing", _("Please write the month."), field="month")
    received = values.get("received_on")
    counts = {
        name: count if isinstance(count := values.get(name), int) else None
        for name in ("sessions_held", "men_counselled", "men_success", "men_stopped")
    }
    received_on = received if isinstance(received, dt.date) else timezone.localdate(entry.received_at)
    return SentMonth(entry.origin, entry.by, group, GroupMonthRow(0, month, received_on, **counts))


RECORDS = Records("counselling.groupmonth", month_of, take_sent_months, take_back_sent_months, months_of)


def fits(programme_id: int) -> bool:
    """Programmes with men's groups: they owe a report each month."""
    return Group.objects.filter(programme=programme_id, kind=Group.Kind.MENS_GROUP).exists()


GROUP_MONTH = form_handlers.register(
    FormHandler(
        key="group_month",
        label=_("Monthly report of a men’s group"),
        action=Action.SUBMIT_REPORT,
        fields=FIELDS,
        take=RECORDS.take,
        take_back=RECORDS.take_back,
        find=RECORDS.find,
        hint=_("Counts of one month. Send it again to correct it."),
        job=3,
        fits=fits,
        steps=STEPS,
        owed=months_owed,
    )
)
