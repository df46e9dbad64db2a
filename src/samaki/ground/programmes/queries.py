"""Programmes: that one exists, with whom and where, is public (T1); what happens in it is for its own people (T2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole, RightsholderGroup
from samaki.kernel.actors import AnyActor, System
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, Extent, reach


def programmes(actor: AnyActor) -> QuerySet[Programme]:
    """All programmes by name; every actor may read that they exist."""
    return Programme.objects.order_by("name_en", "pk")


def programme(actor: AnyActor, key: str) -> Programme:
    """Raises NotFound."""
    found = programmes(actor).filter(key=key).first()
    if found is None:
        raise NotFound("no_such_programme", _("There is no such programme."))
    return found


def own_programmes(actor: AnyActor) -> QuerySet[Programme]:
    """Programmes in which the actor holds a role, whatever that role lets her see."""
    if isinstance(actor, System):
        return programmes(actor)
    return _within(actor, (Extent(grant.organisation_id, grant.programme_id) for grant in actor.grants))


def programmes_for(actor: AnyActor, action: Action) -> QuerySet[Programme]:
    """Programmes in which the actor may do the action, at one organisation at least."""
    span = reach(actor, action)
    return programmes(actor) if span.everything else _within(actor, span.extents)


def _within(actor: AnyActor, extents: Iterable[Extent]) -> QuerySet[Programme]:
    """A grant without a programme stands for those in which its organisation has a part."""
    wanted = Q(pk__in=[])
    for extent in extents:
        if extent.programme_id is not None:
            wanted |= Q(pk=extent.programme_id)
        elif extent.organisation_id is not None:
            wanted |= Q(pk__in=ProgrammeRole.objects.filter(organisation=extent.organisation_id).values("programme_id"))
        else:
            wanted |= Q(pk__isnull=False)
    return programmes(actor).filter(wanted)


def roles(actor: AnyActor, programme: Programme, *, on: dt.date | None = None) -> QuerySet[ProgrammeRole]:
    """Who takes part and as what, on a date or ever (None). Public."""
    found = ProgrammeRole.objects.filter(programme=programme).select_related("organisation")
    if on is not None:
        found = found.filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gte=on))
    return found.order_by("part", "organisation__name_latin", "pk")


def partners(actor: AnyActor, programme: Programme, *, on: dt.date | None = None) -> QuerySet[Organisation]:
    """Organisations that do the programme's work: lead, partners, members; in alphabetical order, never ranked."""
    working = (ProgrammeRole.Part.LEAD, ProgrammeRole.Part.PARTNER, ProgrammeRole.Part.MEMBER)
    held = roles(actor, programme, on=on).filter(part__in=working)
    return Organisation.objects.filter(pk__in=held.values("organisation_id")).order_by("name_latin", "pk")


def working_places(actor: AnyActor, programme: Programme) -> QuerySet[ProgrammePlace]:
    """Where the programme works, with old and new areas. Public."""
    return (
        ProgrammePlace.objects.filter(programme=programme)
        .select_related("place__parent__parent")
        .order_by("place__code", "since", "pk")
    )


def rightsholder_groups(actor: AnyActor, programme: Programme) -> QuerySet[RightsholderGroup]:
    """The groups the programme names, under which people are tallied, never listed. Public."""
    return RightsholderGroup.objects.filter(programme=programme).order_by("pk")
