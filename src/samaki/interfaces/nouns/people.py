"""People: rows without names; a name takes a tap and a reason, is logged, and masks itself again.

A search text may be a name, so it travels in the body of a request, never in an address.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.people import operations, queries
from samaki.ground.people.identities import Identity
from samaki.ground.people.models import AgeBand, Gender
from samaki.ground.people.queries import PersonRow
from samaki.ground.places.queries import KnownPlace, paths
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.kernel.errors import Conflict
from samaki.kernel.panels import shown
from samaki.ui.templatetags.words import named

PER_PAGE = 50
MASK_AFTER = 60  # seconds
OPEN_NAMES = "open_names"  # in the session: whose, and until when
GOES_ON = "goes on with the pairs opened in this minute"  # the reason in the trail; she gave hers at the first look


class Search(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Name or phone number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class Reason(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why do you need to see this name?"), max_length=300)


@require_http_methods(["GET", "POST"])
def people(request: ActorRequest) -> HttpResponse:
    """The list, and by POST a search in it."""
    today = timezone.localdate()
    form = Search(request.POST or None)
    context: dict[str, object] = {"form": form, "searched": False}
    if request.method == "POST" and form.is_valid():
        hits = queries.search(request.actor, form.cleaned_data["text"])
        ids = [hit.person_id for hit in hits]
        found = queries.people(request.actor, on=today, person_ids=ids, limit=len(ids) or 1)
        by_id = {row.id: row for row in found.rows}
        ordered = [by_id[one] for one in ids if one in by_id]
        return page(request, "nouns/people.html", {"form": Search(), "rows": _described(ordered), "searched": True})
    after = request.GET.get("after", "")
    listed = queries.people(request.actor, on=today, after=int(after) if after.isdecimal() else 0, limit=PER_PAGE)
    context |= {
        "rows": _described(listed.rows),
        "listed": listed,
        "pairs": queries.open_candidates(request.actor, limit=1).total,
    }
    return page(request, "nouns/people.html", context, status=422 if form.errors else 200)


@require_GET
def person(request: ActorRequest, person_id: int) -> HttpResponse:
    row = queries.person(request.actor, person_id, on=timezone.localdate())
    (described,) = _described([row])
    context = {
        "row": row,
        "described": described,
        "form": Reason(),
        "panels": [(panel.template, context) for panel, context in shown("person", request.actor, row)],
    }
    return page(request, "nouns/person.html", context)


@require_POST
def reveal(request: ActorRequest, person_id: int) -> HttpResponse:
    """The name, for a minute. Logged with the reason."""
    form = Reason(request.POST)
    identity = None
    if form.is_valid():
        with told_in(form):
            identity = queries.reveal(request.actor, person_id, form.cleaned_data["reason"])
    context = {
        "row": queries.person(request.actor, person_id, on=timezone.localdate()),
        "form": form,
        "identity": identity,
        "name": identity.name(get_language() or "km") if identity else "",
        "mask_after": MASK_AFTER,
    }
    status = 422 if form.errors else 200
    if not request.htmx:
        (context["described"],) = _described([context["row"]])  # type: ignore[list-item]  # the row is a PersonRow
    return page(request, "nouns/person.html", context, fragment="nouns/_name.html", status=status)


@require_http_methods(["GET", "POST"])
def duplicates(request: ActorRequest) -> HttpResponse:
    """Pairs that may be one person, for the organisation's own staff. Names open for the page by one reason."""
    today = timezone.localdate()
    found = queries.open_candidates(request.actor, limit=20)
    ids = sorted({person_id for one in found.rows for person_id in (one.first_id, one.second_id)})
    rows = queries.people(request.actor, on=today, person_ids=ids, with_merged=True, limit=len(ids) or 1).rows
    described = dict(zip((row.id for row in rows), _described(rows), strict=True))
    form = Reason(request.POST or None)
    names: dict[int, str] = {}
    if request.method == "POST" and form.is_valid() and ids:
        with told_in(form):
            names = _both_names(queries.reveal_many(request.actor, ids, form.cleaned_data["reason"]))
            request.session[OPEN_NAMES] = {"until": time.time() + MASK_AFTER, "people": ids}
    elif left := _still_open(request, ids):
        names = _both_names(queries.reveal_many(request.actor, left, GOES_ON))
    pairs = [
        (one, [(described[key], names.get(key)) for key in (one.first_id, one.second_id) if key in described])
        for one in found.rows
    ]
    context = {
        "pairs": pairs,
        "total": found.total,
        "joined": queries.decided_lately(request.actor),
        "form": form,
        "names": names,
        "mask_after": _seconds_left(request),
    }
    return page(request, "nouns/duplicates.html", context, status=422 if form.errors else 200)


def _both_names(opened: Mapping[int, Identity]) -> dict[int, str]:
    return {key: f"{identity.full_km} {identity.full_latin}".strip() for key, identity in opened.items()}


def _still_open(request: ActorRequest, ids: Collection[int]) -> list[int]:
    """Of these, the people whose names were opened less than a minute ago: each decision in that minute shows them
    again, and no other name. The session keeps numbers alone."""
    kept = request.session.get(OPEN_NAMES)
    if kept and not _seconds_left(request):
        del request.session[OPEN_NAMES]
        return []
    return sorted(set(kept["people"]) & set(ids)) if kept else []


def _seconds_left(request: ActorRequest) -> int:
    kept = request.session.get(OPEN_NAMES)
    return max(0, round(kept["until"] - time.time())) if kept else 0


@require_POST
def decide(request: ActorRequest, candidate_id: int) -> HttpResponse:
    """The same person, or two; each can be taken back."""
    now = timezone.now()
    try:
        if "same" in request.POST:
            operations.confirm_same(
                candidate_id, by=request.actor, at=now, although_years_differ="although" in request.POST
            )
            messages.success(request, _("Kept as one person. It can be undone below."))
        elif "undo" in request.POST:
            operations.undo_merge(candidate_id, by=request.actor, at=now)
            messages.success(request, _("Undone: these are two records again."))
        else:
            operations.reject(candidate_id, by=request.actor, at=now)
            messages.success(request, _("Kept as two different people."))
    except Conflict as conflict:
        messages.warning(request, conflict.message)
    return redirect("duplicates")


def _described(rows: Iterable[PersonRow]) -> list[dict[str, object]]:
    """Gender, age band and place of each in words, by one look-up."""
    listed = list(rows)
    known = paths(row.place_id for row in listed if row.place_id is not None)
    return [
        {
            "row": row,
            "gender": Gender(row.gender).label,
            "age": AgeBand(row.age_band).label,
            "place": _place(known.get(row.place_id or 0, ())),
        }
        for row in listed
    ]


def _place(path: tuple[KnownPlace, ...]) -> str:
    """The place and the one above it."""
    return ", ".join(named(one) for one in path[:2])
