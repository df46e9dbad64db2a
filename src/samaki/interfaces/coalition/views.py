"""A steward's pages: masked pairs one at a time, comparing whoever agreed since, and how far the work has come."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from samaki.ground.people.across import operations, queries
from samaki.ground.people.across.masks import Mask
from samaki.ground.people.across.queries import MaskedPair
from samaki.ground.people.models import MatchCandidate
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programme as programme_by_key
from samaki.interfaces.coalition.words import AGREES, MASKS, TRAITS
from samaki.interfaces.web.requests import ActorRequest, page
from samaki.kernel.errors import Conflict
from samaki.kernel.policy import Action, reach, refusal

PUT_OFF = "across_put_off"  # in the session: pairs this steward was unsure of, the latest last
_KEPT_OFF = 100
_State = MatchCandidate.State


@require_GET
def stewarded(request: ActorRequest) -> HttpResponse:
    """The programmes whose steward she is; straight on where there is one."""
    if not reach(request.actor, Action.LINK_ACROSS):
        raise refusal(request.actor, Action.LINK_ACROSS)
    found = list(queries.stewarded(request.actor))
    if len(found) == 1:
        return redirect("across_review", found[0].key)
    return page(request, "coalition/programmes.html", {"programmes": found})


@require_GET
def review(request: ActorRequest, key: str) -> HttpResponse:
    programme = programme_by_key(request.actor, key)
    skipped = tuple(request.session.get(PUT_OFF, ()))
    pairs = queries.pairs(request.actor, programme.pk, skipped=skipped, limit=1)
    context = {
        "programme": programme,
        "pair": pairs[0] if pairs else None,
        "rows": _rows(pairs[0]) if pairs else (),
        "progress": queries.progress(request.actor, programme.pk),
        "decided": [
            _decided(one, programme) for one in queries.pairs(request.actor, programme.pk, decided=True, limit=10)
        ],
    }
    return page(request, "coalition/review.html", context)


@require_POST
def compare(request: ActorRequest, key: str) -> HttpResponse:
    programme = programme_by_key(request.actor, key)
    new = operations.compare(programme.pk, by=request.actor, at=timezone.now())
    messages.success(request, ngettext("Compared. %(n)s new pair.", "Compared. %(n)s new pairs.", new) % {"n": new})
    return redirect("across_review", key)


@require_POST
def decide(request: ActorRequest, key: str, pair_id: int) -> HttpResponse:
    programme_id = programme_by_key(request.actor, key).pk
    now = timezone.now()
    try:
        if "same" in request.POST:
            operations.say_same(pair_id, programme_id, by=request.actor, at=now)
            messages.success(request, _("Counted as one person from now on. It can be undone below."))
        elif "undo" in request.POST:
            operations.take_back(pair_id, programme_id, by=request.actor, at=now)
            messages.success(request, _("Undone: the pair waits again."))
        elif "unsure" in request.POST:
            operations.say_unsure(pair_id, programme_id, by=request.actor, at=now)
            before = [one for one in request.session.get(PUT_OFF, []) if one != pair_id]
            request.session[PUT_OFF] = [*before, pair_id][-_KEPT_OFF:]
            messages.info(request, _("Put off: it comes again after the others."))
        else:
            operations.say_different(pair_id, programme_id, by=request.actor, at=now)
            messages.success(request, _("Kept as two different people. They are not proposed again."))
    except Conflict as conflict:
        messages.warning(request, conflict.message)
    return redirect("across_review", key)


def _rows(pair: MaskedPair) -> list[dict[str, object]]:
    """What can be said of the two, in the order of the traits; of names only what both have."""
    told = dict(pair.agreement)
    return [
        {
            "label": label,
            "said": MASKS[Mask(told[trait])],
            "differs": told[trait] == Mask.DIFFERENT,
            "agrees": told[trait] in AGREES,
        }
        for trait, label in TRAITS.items()
        if not (trait.startswith("name_") and told[trait] == Mask.UNKNOWN)
    ]


def _decided(one: MaskedPair, programme: Programme) -> dict[str, object]:
    return {
        "what": " + ".join(side.code for side in one.sides),
        "said": _State(one.state).label,
        "who": one.decided_by,
        "at": one.decided_at,
        "action": reverse("decide_across", args=[programme.key, one.id]),
    }
