"""Reports to authorities and their answers, for who records them (T2: nobody is named)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach, refusal
from samaki.strands.counselling.models import AuthorityResponse

LONGEST = 50


@dataclass(frozen=True)
class ResponsePage:
    """`waiting` have no answer yet, the longest first; `answered` are a page of the latest."""

    waiting: tuple[AuthorityResponse, ...]
    answered: tuple[AuthorityResponse, ...]
    next_after: int | None


def authority_responses(actor: AnyActor, *, after: int = 0) -> ResponsePage:
    """Raises Refused to whoever records none."""
    seen = _seen(actor)
    found = seen.filter(acted_at__isnull=False).order_by("-pk")
    page = list((found.filter(pk__lt=after) if after else found)[: LONGEST + 1])
    waiting = () if after else tuple(seen.filter(acted_at__isnull=True).order_by("reported_at", "pk"))
    return ResponsePage(waiting, tuple(page[:LONGEST]), page[LONGEST - 1].pk if len(page) > LONGEST else None)


def authority_response(actor: AnyActor, response_id: int) -> AuthorityResponse:
    """Raises Refused, or NotFound alike for what is not there and what is another's."""
    found = _seen(actor).filter(pk=response_id).first()
    if found is None:
        raise NotFound("not_found", _("This is not in your list."))
    return found


def _seen(actor: AnyActor) -> QuerySet[AuthorityResponse]:
    within = reach(actor, Action.RECORD_AUTHORITY)
    if not within:
        raise refusal(actor, Action.RECORD_AUTHORITY)
    return AuthorityResponse.objects.filter(within.q(group="group_id")).select_related("office", "group", "place")
