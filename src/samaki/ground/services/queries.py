"""The directory: public where that is safe; the rest for those who keep it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.places.queries import below
from samaki.ground.services.models import Service
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach


@dataclass(frozen=True)
class Wanted:
    """None stands for any."""

    kind: str | None = None
    province: str | None = None
    language: str | None = None


def services(actor: AnyActor, wanted: Wanted | None = None) -> QuerySet[Service]:
    """Services that are open: the public ones, and those the actor keeps. One whose place is kept quiet is known to
    nobody else here."""
    found = Service.objects.filter(Q(is_public=True, is_closed=False) | reach(actor, Action.EDIT_SERVICES).q())
    wanted = wanted or Wanted()
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.province:
        found = found.filter(place__in=below([wanted.province]))
    if wanted.language:
        found = found.filter(pk__in=_speaking(found, wanted.language))
    return found.select_related("organisation", "place").order_by("is_closed", "kind", "name_en", "pk")


def kept_service(actor: AnyActor, service_id: int) -> Service:
    """One that the actor may edit. Raises NotFound, saying the same whether it exists or not."""
    found = Service.objects.filter(reach(actor, Action.EDIT_SERVICES).q(), pk=service_id)
    one = found.select_related("organisation", "programme", "place").first()
    if one is None:
        raise NotFound("no_such_service", _("There is no such service."))
    return one


def _speaking(found: Iterable[Service], language: str) -> list[int]:
    """By hand: SQLite has no look-up of what a JSON list contains, and a directory is short."""
    return [one.pk for one in found if language in one.languages]
