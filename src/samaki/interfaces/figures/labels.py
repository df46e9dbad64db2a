"""Dimensions and their values in words: from the fields they are read from, and the names of what they point at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import AgeBand
from samaki.ground.places.queries import of_codes
from samaki.ground.programmes.models import ProgrammePlace
from samaki.kernel.measures import TIMES, UNKNOWN, Choice, Link, Table, divisions, measures, tables
from samaki.strands.counselling.models import Outcome
from samaki.strands.outreach.models import Campaign
from samaki.ui import words
from samaki.ui.templatetags.words import named

PLACES: Mapping[str, str | Promise] = {
    "province": gettext_lazy("Province"),
    "district": gettext_lazy("District (srok)"),
    "commune": gettext_lazy("Commune (khum)"),
    "village": gettext_lazy("Village"),
}
OTHERS: Mapping[str, str | Promise] = {
    "organisation": gettext_lazy("Organisation"),
    "month": gettext_lazy("Month"),
    "quarter": gettext_lazy("Quarter"),
    "year": gettext_lazy("Year"),
}
TIMELINESS: Mapping[str, str | Promise] = {
    "on_time": gettext_lazy("On time"),
    "late": gettext_lazy("Late"),
    "missing": gettext_lazy("Not received"),
}
_GIVEN: Mapping[str, Mapping[str, str | Promise]] = {
    "age_band": dict(AgeBand.choices),
    "area": dict(ProgrammePlace.Area.choices),
    "judged": dict(Outcome.Value.choices),
    "physical": dict(Outcome.Value.choices),
    "timeliness": TIMELINESS,
}


def dimension(key: str, measure: str) -> str:
    """The name of a dimension of a measure."""
    for known in measures[measure].records.dimensions if measure in measures else ():
        if known.key == key:
            return str(known.label)
    for division in divisions:
        if division.key == key:
            return str(division.label)
    return str(PLACES.get(key) or OTHERS.get(key) or key)


def values(key: str, measure: str, found: Iterable[str]) -> dict[str, str]:
    """Each value in words, by one look-up however many; a key nobody knows stays as it is."""
    keys = sorted(set(found))
    known = _named(key, measure, keys)
    return {one: _("Unknown") if one == UNKNOWN else str(known.get(one, one)) for one in keys}


def _named(key: str, measure: str, keys: list[str]) -> Mapping[str, str | Promise]:
    if key in PLACES:
        return {code: named(known) for code, known in of_codes(keys).items()}
    if key in TIMES:
        return {period: words.period(period) for period in keys}
    if key == "organisation":
        return {one.key: named(one) for one in Organisation.objects.filter(key__in=keys)}
    if key == "group":
        return {one.key: named(one) for one in Group.objects.filter(key__in=keys)}
    if key == "campaign":
        campaigns = Campaign.objects.filter(key__in=keys)
        return {one.key: words.in_language({"km": one.title_km, "en": one.title_en}) for one in campaigns}
    return _GIVEN.get(key) or _choices(key, measure)


def _choices(key: str, measure: str) -> Mapping[str, str | Promise]:
    """The labels of the field a dimension is read from, found along its path."""
    records = measures[measure].records
    path = next((one.path for one in records.dimensions if one.key == key), "")
    table = tables[records.table]
    for step in path.split("."):
        column = next((one for one in table.columns if one.name == step), None)
        if isinstance(column, Link):
            table = tables[column.to]
        elif isinstance(column, Choice) and isinstance(table, Table):
            field = table.model._meta.get_field(step)
            return dict(getattr(field, "choices", None) or ())
    return {}
