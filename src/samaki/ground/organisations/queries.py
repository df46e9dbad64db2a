"""Organisations are known to everyone (T1): whether one takes part is no secret, what it records is."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach


def organisations(actor: AnyActor) -> QuerySet[Organisation]:
    """All organisations by name; every actor may read the list."""
    return Organisation.objects.select_related("place").order_by("name_latin", "pk")


def organisation(actor: AnyActor, key: str) -> Organisation:
    """Raises NotFound."""
    found = organisations(actor).filter(key=key).first()
    if found is None:
        raise NotFound("no_such_organisation", _("There is no such organisation."))
    return found


def organisations_for(actor: AnyActor, action: Action) -> QuerySet[Organisation]:
    """Organisations in whose name the actor may do the action in some programme."""
    within = reach(actor, action).organisations()
    found = organisations(actor)
    return found if within is None else found.filter(pk__in=within)
