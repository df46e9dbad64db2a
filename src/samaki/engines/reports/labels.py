"""Dimensions and their values in words, found in the registries: an engine knows no strand by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samaki.ground.places.queries import place
from samaki.kernel.errors import NotFound
from samaki.kernel.measures import UNKNOWN, Link, Table, divisions, measures, tables
from samaki.ui import words

PLACES: Mapping[str, str | Promise] = {
    "province": gettext_lazy("Province"),
    "district": gettext_lazy("District (srok)"),
    "commune": gettext_lazy("Commune (khum)"),
}


def dimension(key: str, measure: str) -> str:
    """The name of a dimension of a measure."""
    own = {one.key: one.label for one in measures[measure].records.dimensions}
    shared = {one.key: one.label for one in divisions}
    return str(own.get(key) or shared.get(key) or PLACES.get(key) or key)


def values(key: str, measure: str, found: Iterable[str]) -> dict[str, str]:
    """Each value in words; one that nobody named stays as it is."""
    known = _choices(key, measure)
    return {one: _value(key, one, known) for one in found}


def _value(key: str, one: str, known: Mapping[str, str]) -> str:
    if one == UNKNOWN:
        return _("Unknown")
    if key not in PLACES:
        return known.get(one, one)
    try:
        where = place(one)
    except NotFound:
        return one
    return words.in_language({"km": where.name_km, "en": where.name_latin})


def _choices(key: str, measure: str) -> Mapping[str, str]:
    """The labels of the model field a dimension is read from."""
    for division in divisions:
        if division.key == key:
            table = tables[division.table]
            return _labels(table.model, division.value) if isinstance(table, Table) else {}
    records = measures[measure].records
    path = next((one.path for one in records.dimensions if one.key == key), "")
    table = tables[records.table]
    for step in path.split(".")[:-1]:
        link = next(one for one in table.columns if one.name == step)
        table = tables[link.to] if isinstance(link, Link) else table
    if not isinstance(table, Table):
        return {}
    return _labels(table.model, path.rpartition(".")[2]) or _labels(table.model, key)


def _labels(model: type, name: str) -> dict[str, str]:
    found = {field.name: field for field in model._meta.get_fields()}.get(name)  # type: ignore[attr-defined]  # relations too
    return {str(value): str(label) for value, label in getattr(found, "choices", None) or ()}
