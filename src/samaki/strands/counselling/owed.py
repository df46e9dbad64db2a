"""Which monthly reports of men's groups an actor owes: what her home and her phone remind her of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import translation

from samaki.ground.groups.queries import groups_for
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.form_handlers import Owed
from samaki.kernel.policy import Action
from samaki.strands.counselling.queries import group_months
from samaki.strands.counselling.rules import Timeliness, month_start
from samaki.ui import words

MONTHS_BACK = 3


def months_owed(actor: AnyActor, programme_id: int, on: dt.date) -> Sequence[Owed]:
    """Full months of the last three of which a group of the actor's has no report yet, the longest due first. Reports
    on a month that is still running are not owed."""
    last = month_start(on) - dt.timedelta(days=1)
    first = last
    for _month in range(MONTHS_BACK - 1):
        first = month_start(first) - dt.timedelta(days=1)
    hers = set(groups_for(actor, Action.SUBMIT_REPORT).filter(programme=programme_id).values_list("pk", flat=True))
    if not hers:
        return ()
    matrix = group_months(actor, Programme.objects.get(pk=programme_id), first=month_start(first), last=last, on=on)
    owed = [
        Owed(
            values={"group": row.group.key, "month": f"{cell.month:%Y-%m}"},
            label_km=f"{row.group.name_km}, {_month_in('km', cell.month)}",
            label_en=f"{row.group.name_latin}, {_month_in('en', cell.month)}",
            due_on=cell.due_on,
            is_late=cell.timeliness is Timeliness.MISSING,
        )
        for row in matrix.rows
        if row.group.pk in hers
        for cell in row.cells
        if cell.timeliness in {Timeliness.MISSING, Timeliness.NOT_DUE}
    ]
    return sorted(owed, key=lambda one: (one.due_on, one.label_en))


def _month_in(language: str, month: dt.date) -> str:
    with translation.override(language):
        return words.period(f"{month:%Y-%m}")
