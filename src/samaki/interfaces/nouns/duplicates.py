"""Who may be entered twice: one pair at a time, two cards side by side, and the next after each decision."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from samaki.ground.people import operations, queries
from samaki.ground.people.identities import Identity
from samaki.ground.people.models import MatchCandidate
from samaki.ground.people.queries import Candidate, PersonRow
from samaki.interfaces.nouns.people import MASK_AFTER, rows_in_words
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.kernel.errors import Conflict

REVIEW_FOR = 15 * 60  # seconds for which one reason opens the names of pair after pair
REVIEWING = "reviewing_pairs"  # in the session: why, and until when
PUT_OFF = "pairs_put_off"  # in the session: pairs this reader was unsure of, the latest last
_KEPT_OFF = 100
_State = MatchCandidate.State


class Reason(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why do you need to see these names?"), max_length=300)


@dataclass(frozen=True)
class Row:
    """One line of a card. `secret` masks itself again after a minute."""

    label: str | Promise
    value: str | Promise
    differs: bool
    secret: bool = False


@dataclass(frozen=True)
class Card:
    id: int
    rows: tuple[Row, ...]


@require_http_methods(["GET", "POST"])
def duplicates(request: ActorRequest) -> HttpResponse:
    """The likeliest pair of the organisation's own staff to decide, and what was decided lately. Names open by a reason
    that stands for a quarter of an hour; each pair's opening is written down."""
    found = queries.open_candidates(request.actor, skipped=request.session.get(PUT_OFF, ()), limit=1)
    pair = found.rows[0] if found.rows else None
    form = Reason(request.POST or None)
    names: Mapping[int, Identity] = {}
    if pair and request.method == "POST" and form.is_valid():
        with told_in(form):
            names = _opened(request, pair, form.cleaned_data["reason"])
            request.session[REVIEWING] = {"reason": form.cleaned_data["reason"], "until": time.time() + REVIEW_FOR}
    elif pair and (reason := _reason_given(request)):
        names = _opened(request, pair, reason)
    context = {
        "pair": pair,
        "sides": _cards(request, pair, names) if pair else (),
        "total": found.total,
        "decided": [_decided(one) for one in queries.decided_lately(request.actor)],
        "form": form,
        "names": names,
        "mask_after": MASK_AFTER,
    }
    return page(request, "nouns/duplicates.html", context, status=422 if form.errors else 200)


@require_POST
def decide(request: ActorRequest, candidate_id: int) -> HttpResponse:
    """The same person, two, or not sure yet; each can be taken back, and the next pair follows."""
    now = timezone.now()
    try:
        if "same" in request.POST:
            operations.confirm_same(
                candidate_id, by=request.actor, at=now, although_years_differ="although" in request.POST
            )
            messages.success(request, _("Kept as one person. It can be undone below."))
        elif "undo" in request.POST:
            _undo(request, candidate_id)
            messages.success(request, _("Undone: the pair waits again."))
        elif "unsure" in request.POST:
            operations.put_off(candidate_id, by=request.actor, at=now)
            before = [one for one in request.session.get(PUT_OFF, []) if one != candidate_id]
            request.session[PUT_OFF] = [*before, candidate_id][-_KEPT_OFF:]
            messages.info(request, _("Put off: it comes again after the others."))
        else:
            operations.reject(candidate_id, by=request.actor, at=now)
            messages.success(request, _("Kept as two different people. They are not proposed again."))
    except Conflict as conflict:
        messages.warning(request, conflict.message)
    return redirect("duplicates")


def _undo(request: ActorRequest, candidate_id: int) -> None:
    """Whichever was said; an operation tells if it was another."""
    said = {one.pk: one.state for one in queries.decided_lately(request.actor, limit=_KEPT_OFF)}
    if said.get(candidate_id) == _State.DIFFERENT:
        operations.take_back(candidate_id, by=request.actor, at=timezone.now())
    else:
        operations.undo_merge(candidate_id, by=request.actor, at=timezone.now())


def _reason_given(request: ActorRequest) -> str:
    kept = request.session.get(REVIEWING)
    if not kept:
        return ""
    if kept["until"] <= time.time():
        del request.session[REVIEWING]
        return ""
    reason: str = kept["reason"]
    return reason


def _opened(request: ActorRequest, pair: Candidate, reason: str) -> dict[int, Identity]:
    return queries.reveal_many(request.actor, (pair.first_id, pair.second_id), reason)


def _cards(request: ActorRequest, pair: Candidate, names: Mapping[int, Identity]) -> tuple[Card, ...]:
    ids = (pair.first_id, pair.second_id)
    found = queries.people(request.actor, on=timezone.localdate(), person_ids=ids, with_merged=True, limit=2).rows
    by_id = {one["row"].id: one for one in rows_in_words(found)}
    lines = [_lines(by_id[key], names.get(key)) for key in ids if key in by_id]
    none = _("Not recorded")
    said = [{str(line[at][1]) for line in lines} - {none} for at in range(len(lines[0]))] if lines else []
    # What one of the two never said is not known, which is no difference.
    return tuple(
        Card(
            key,
            tuple(Row(label, value, len(said[at]) > 1, secret) for at, (label, value, secret) in enumerate(line)),
        )
        for key, line in zip(ids, lines, strict=True)
    )


_Line = tuple[str | Promise, str | Promise, bool]


def _lines(person: Mapping[str, object], name: Identity | None) -> Sequence[_Line]:
    row = person["row"]
    assert isinstance(row, PersonRow)
    none = _("Not recorded")
    plain: list[_Line] = [
        (_("Gender"), str(person["gender"]), False),
        (_("Birth year"), str(row.birth_year or none), False),
        (_("Age"), str(person["age"]), False),
        (_("Place"), str(person["place"] or none), False),
    ]
    if name is None:
        return plain
    return [
        (_("Name in Khmer"), name.full_km or none, True),
        (_("Name in Latin letters"), name.full_latin or none, True),
        (_("Phone number"), name.phone or none, True),
        *plain,
    ]


def _decided(one: MatchCandidate) -> dict[str, object]:
    return {
        "what": f"{one.first_id} + {one.second_id}",
        "said": _State(one.state).label,
        "who": one.decided_by,
        "at": one.decided_at,
        "action": reverse("decide_duplicate", args=[one.pk]),
    }
