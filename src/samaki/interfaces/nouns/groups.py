"""Groups and who belonged to them on any date: counts for the programme's people, names one tap further."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from samaki.ground.groups import queries
from samaki.interfaces.nouns.composition import in_words, over_time, publishes
from samaki.interfaces.nouns.filters import chosen_programme
from samaki.kernel.panels import shown
from samaki.kernel.policy import Action, may
from samaki.ui.entries import DayField
from samaki.ui.requests import ActorRequest, page

PER_PAGE = 50


class OnDate(forms.Form):
    on = DayField(label=_("As of"))


@require_GET
def groups(request: ActorRequest) -> HttpResponse:
    today = timezone.localdate()
    programme, form = chosen_programme(request)
    listed = Paginator(queries.groups_with_sizes(request.actor, today, programme), PER_PAGE)
    return page(request, "nouns/groups.html", {"form": form, "listed": listed.get_page(request.GET.get("page"))})


@require_GET
def group(request: ActorRequest, key: str) -> HttpResponse:
    found = queries.group(request.actor, key)
    form = OnDate(request.GET or None, initial={"on": timezone.localdate()})
    on = form.cleaned_data["on"] if form.is_valid() else timezone.localdate()
    composition = queries.composition(request.actor, found, on)
    csv = reverse("group_composition_csv", args=[key]) if publishes(found) else ""
    sees_people = may(
        request.actor,
        Action.SEE_PEOPLE,
        organisation_id=found.organisation_id,
        programme_id=found.programme_id,
        group_id=found.pk,
    )
    context = {
        "group": found,
        "form": form,
        "on": on,
        "composition": composition,
        "genders": in_words(composition.by_gender),
        "over_time": over_time(request.actor, found, timezone.localdate(), csv),
        "sees_people": sees_people,
        "members": queries.members(request.actor, found, on)[:200],
        "panels": [(panel.template, context) for panel, context in shown("group", request.actor, found)],
    }
    return page(request, "nouns/group.html", context)
