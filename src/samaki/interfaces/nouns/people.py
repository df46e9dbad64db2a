"""People: rows without names; a name takes a tap and a reason, is logged, and masks itself again.

A search text may be a name, so it travels in the body of a request, never in an address.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.people import queries
from samaki.ground.people.models import AgeBand, Gender
from samaki.ground.people.queries import PersonRow
from samaki.ground.places.queries import KnownPlace, paths
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.kernel.panels import shown
from samaki.ui.templatetags.words import named

PER_PAGE = 50
MASK_AFTER = 60  # seconds


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
        return page(request, "nouns/people.html", {"form": Search(), "rows": rows_in_words(ordered), "searched": True})
    after = request.GET.get("after", "")
    listed = queries.people(request.actor, on=today, after=int(after) if after.isdecimal() else 0, limit=PER_PAGE)
    context |= {
        "rows": rows_in_words(listed.rows),
        "listed": listed,
        "pairs": queries.open_candidates(request.actor, limit=1).total,
    }
    return page(request, "nouns/people.html", context, status=422 if form.errors else 200)


@require_GET
def person(request: ActorRequest, person_id: int) -> HttpResponse:
    row = queries.person(request.actor, person_id, on=timezone.localdate())
    (described,) = rows_in_words([row])
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
        (context["described"],) = rows_in_words([context["row"]])  # type: ignore[list-item]  # the row is a PersonRow
    return page(request, "nouns/person.html", context, fragment="nouns/_name.html", status=status)


def rows_in_words(rows: Iterable[PersonRow]) -> list[dict[str, Any]]:
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
