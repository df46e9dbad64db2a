"""Activities: when, where, by whom, how many; who was there is one tap further, for those who may."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET

from samaki.ground.activities import queries
from samaki.ground.activities.models import Tally
from samaki.ground.activities.own_rosters import keeps_names
from samaki.ground.activities.sheets import may_print
from samaki.ground.people.identities import Identity
from samaki.ground.people.models import AgeBand, Gender
from samaki.ground.programmes.queries import rightsholder_groups
from samaki.interfaces.nouns.filters import chosen_programme
from samaki.kernel.panels import shown
from samaki.ui.requests import ActorRequest, page
from samaki.ui.templatetags.words import named

PER_PAGE = 50
WORDS: Mapping[tuple[str, str], str | Promise] = {
    ("all", "all"): gettext_lazy("All who came"),
    **{("gender", key): label for key, label in Gender.choices},
    **{("age_band", key): label for key, label in AgeBand.choices},
    ("id_poor", "1"): gettext_lazy("IDPoor level 1"),
    ("id_poor", "2"): gettext_lazy("IDPoor level 2"),
    ("id_poor", "none"): gettext_lazy("No IDPoor card"),
}


@require_GET
def activities(request: ActorRequest) -> HttpResponse:
    programme, form = chosen_programme(request)
    listed = Paginator(queries.activities_with_counts(request.actor, programme), PER_PAGE)
    return page(request, "nouns/activities.html", {"form": form, "listed": listed.get_page(request.GET.get("page"))})


@require_GET
def activity(request: ActorRequest, key: str) -> HttpResponse:
    found = queries.activity(request.actor, key)
    groups = {one.key: named(one) for one in rightsholder_groups(request.actor, found.programme)}
    sheets = [
        (sheet, [(_label(tally, groups), tally.count) for tally in sheet.tallies])
        for sheet in queries.sheets(request.actor, found)
    ]
    opened = queries.names(request.actor, found) if queries.facilitates(request.actor, found) else {}
    language = get_language() or "km"
    context = {
        "activity": found,
        "sheets": [(sheet, tallies, _people(sheet, opened, language)) for sheet, tallies in sheets],
        "named": bool(opened),
        "panels": [(panel.template, context) for panel, context in shown("activity", request.actor, found)],
        "prints": may_print(request.actor, found) and keeps_names(found),
    }
    return page(request, "nouns/activity.html", context)


def _label(tally: Tally, groups: Mapping[str, str]) -> str:
    """What a count is of; a value of a programme's own list, or that people wrote, stays as it is."""
    if tally.dimension == "rightsholder_group":
        return groups.get(tally.value, tally.value)
    return str(WORDS.get((tally.dimension, tally.value), tally.value))


def _people(sheet: queries.Sheet, opened: Mapping[int, Identity], language: str) -> list[tuple[int, str]]:
    """Those who were there, in the order of the sheet, with a name where the reader is their facilitator."""
    return [(one, opened[one].name(language) if one in opened else "") for one in sheet.people or ()]
