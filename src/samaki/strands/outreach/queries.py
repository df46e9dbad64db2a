"""Counts of contacts are T2: for the own programme's people; a group coordinator sees her group's."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach
from samaki.strands.outreach.models import Campaign, OutreachTally


def tallies(
    actor: AnyActor,
    programme: Programme | None = None,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
) -> QuerySet[OutreachTally]:
    """Counts within the actor's sight that touch the days `first` … `last`, the latest first."""
    found = OutreachTally.objects.filter(reach(actor, Action.SEE_PROGRAMME).q(group="group_id"))
    if programme is not None:
        found = found.filter(programme=programme)
    if first is not None:
        found = found.filter(until__gte=first)
    if last is not None:
        found = found.filter(since__lte=last)
    shown = found.select_related("programme", "organisation", "campaign", "group", "place__parent__parent")
    return shown.order_by("-since", "place__code", "channel", "pk")


def tally(actor: AnyActor, tally_id: int) -> OutreachTally:
    """Raises NotFound, saying the same whether it exists or not."""
    found = tallies(actor).filter(pk=tally_id).first()
    if found is None:
        raise NotFound("no_such_tally", _("There is no such count."))
    return found


def campaigns(actor: AnyActor, programme: Programme | None = None) -> QuerySet[Campaign]:
    """Campaigns within the actor's sight, the latest first. They belong to no group: a group coordinator sees none."""
    found = Campaign.objects.filter(reach(actor, Action.SEE_PROGRAMME).q())
    if programme is not None:
        found = found.filter(programme=programme)
    return found.select_related("programme", "organisation").order_by("-starts_on", "key")
