"""The directory of services: a page for everyone, and its entries for those who keep them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.queries import organisations_for
from samaki.ground.places.models import Level, Place
from samaki.ground.places.queries import paths, provinces
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programmes_for
from samaki.ground.services import operations, queries, rules
from samaki.ground.services.models import Service
from samaki.kernel.actors import Actor, AnyActor
from samaki.kernel.panels import MenuEntry, menu
from samaki.kernel.policy import Action, may, reach, refusal
from samaki.ui.entries import DayField
from samaki.ui.requests import ActorRequest, page, told_in
from samaki.ui.templatetags.words import named

MOST = 100
# Each in its own words, as somebody who speaks it looks for it.
LANGUAGES = {
    "km": "ភាសាខ្មែរ",
    "en": "English",
    "vi": "Tiếng Việt",
    "cham": "ចាម · Cham",
    "jarai": "ចារ៉ាយ · Jarai",
    "tampuan": "ទំពួន · Tampuan",
    "bunong": "ព្នង · Bunong",
    "kuy": "កួយ · Kuy",
    "sign": gettext_lazy("Sign language"),
}


class Narrowed(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Kind of service"), required=False)
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)

    def __init__(self, data: QueryDict | None) -> None:
        super().__init__(data)
        anything = ("", _("All"))
        _choose(self, "kind", [anything, *Service.Kind.choices])
        _choose(self, "province", [anything, *((one.code, named(one)) for one in provinces())])
        _choose(self, "language", [anything, *LANGUAGES.items()])


class Describe(forms.Form):
    """An entry of the directory."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of service"), choices=Service.Kind.choices)
    name_km = forms.CharField(label=gettext_lazy("Name in Khmer"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200)
    province = forms.ChoiceField(label=gettext_lazy("Province"), required=False)
    telephone = forms.CharField(
        label=gettext_lazy("Telephone of the service"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("The number of the service, never of a person."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=list(LANGUAGES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    access_km = forms.CharField(label=gettext_lazy("How to get in (Khmer)"), max_length=300, required=False)
    access_en = forms.CharField(label=gettext_lazy("How to get in (English)"), max_length=300, required=False)
    hours_km = forms.CharField(label=gettext_lazy("Hours (Khmer)"), max_length=200, required=False)
    hours_en = forms.CharField(label=gettext_lazy("Hours (English)"), max_length=200, required=False)
    verified_on = DayField(
        label=gettext_lazy("Verified on"),
        required=False,
        help_text=gettext_lazy("The day the service itself was last asked whether this is right."),
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("Show it to everyone, without signing in"),
        required=False,
        help_text=gettext_lazy("Not where naming the place would endanger somebody who lives there."),
    )
    is_closed = forms.BooleanField(label=gettext_lazy("This service has closed"), required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, kept: Place | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.places = {one.code: one for one in _standing_provinces()}
        if kept is not None:
            self.places.setdefault(kept.code, kept)
        listed = [("", _("None")), *((code, named(one)) for code, one in self.places.items())]
        _choose(self, "province", listed)

    def entry(self) -> rules.Entry:
        said = {name: value for name, value in self.cleaned_data.items() if name not in {"province", "revision"}}
        return rules.Entry(**{**said, "languages": tuple(said["languages"])})

    @property
    def place(self) -> Place | None:
        return self.places.get(self.cleaned_data["province"])


@require_GET
@login_not_required
def services(request: ActorRequest) -> HttpResponse:
    """Who helps, where and when. Without signing in the public ones alone; kept out of the browser's disk."""
    form = Narrowed(request.GET or None)
    said = form.cleaned_data if form.is_valid() else {}
    wanted = queries.Wanted(said.get("kind") or None, said.get("province") or None, said.get("language") or None)
    listed = list(queries.services(request.actor, wanted)[:MOST])
    context = {
        "form": form,
        "rows": _rows(request.actor, listed),
        "keeps": bool(_where(request.actor)),
    }
    response = page(request, "nouns/services.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
def add(request: ActorRequest) -> HttpResponse:
    """A new entry of one's own organisation; where the actor keeps several, `for` in the address says which."""
    places = _where(request.actor)
    if not places:
        raise refusal(request.actor, Action.EDIT_SERVICES)
    programme, organisation = places.get(request.GET.get("for", "")) or next(iter(places.values()))
    form = Describe(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            operations.add_service(
                programme=programme,
                organisation=organisation,
                entry=form.entry(),
                place=form.place,
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("services")
    others = [(key, *pair) for key, pair in places.items() if pair != (programme, organisation)]
    context = {"form": form, "programme": programme, "organisation": organisation, "others": others}
    return page(request, "nouns/service_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, service_id: int) -> HttpResponse:
    """An entry anew: what it gives, and when that was last verified."""
    found = queries.kept_service(request.actor, service_id)
    initial = {name: getattr(found, name) for name in Describe.base_fields if name != "province"}
    initial["province"] = found.place.code if found.place else ""
    form = Describe(request.POST or None, found.place, initial=initial)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            operations.edit_service(
                service=found,
                revision=form.cleaned_data["revision"] or 0,
                entry=form.entry(),
                place=form.place,
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("services")
    context = {"form": form, "programme": found.programme, "organisation": found.organisation, "others": ()}
    return page(request, "nouns/service_edit.html", context, status=422 if form.errors else 200)


def _rows(actor: AnyActor, listed: list[Service]) -> list[dict[str, object]]:
    today: dt.date = timezone.localdate()
    known = paths(one.place_id for one in listed if one.place_id is not None)
    return [
        {
            "service": one,
            "province": named(known[one.place_id][-1]) if one.place_id in known else "",
            "languages": [str(LANGUAGES[key]) for key in one.languages if key in LANGUAGES],
            "days": (today - one.verified_on).days if one.verified_on else None,
            "is_stale": rules.is_stale(one.verified_on, today),
            "keeps": may(
                actor,
                Action.EDIT_SERVICES,
                organisation_id=one.organisation_id,
                programme_id=one.programme_id,
            ),
        }
        for one in listed
    ]


def _where(actor: AnyActor) -> dict[str, tuple[Programme, Organisation]]:
    """Programme and organisation for which the actor keeps services, by a key for the address."""
    within = reach(actor, Action.EDIT_SERVICES)
    if not within:
        return {}
    organisations = [one for one in organisations_for(actor, Action.EDIT_SERVICES) if _is_own(actor, one)]
    return {
        f"{programme.key}.{organisation.key}": (programme, organisation)
        for programme in programmes_for(actor, Action.EDIT_SERVICES)
        for organisation in organisations
        if within.covers(organisation_id=organisation.pk, programme_id=programme.pk)
    }


def _is_own(actor: AnyActor, organisation: Organisation) -> bool:
    return isinstance(actor, Actor) and any(grant.organisation_id == organisation.pk for grant in actor.grants)


def _standing_provinces() -> list[Place]:
    return list(Place.objects.filter(level=Level.PROVINCE, valid_until__isnull=True).order_by("code"))


def _choose(form: forms.Form, name: str, choices: list[Any]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField


menu.register(
    MenuEntry(
        "services",
        gettext_lazy("Services that help"),
        "services",
        gettext_lazy("Registers"),
        gettext_lazy("Who helps, where, in which languages and when."),
        order=24,
    )
)
