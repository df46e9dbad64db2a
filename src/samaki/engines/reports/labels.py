"""Dimensions and their values in words, found in the registries: an engine knows no strand by name. Pages, files and
reports all ask here, so that one thing has one name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samaki.ground.organisations.models import Organisation
from samaki.ground.places.queries import of_codes
from samaki.kernel.measures import TIMES, UNKNOWN, Dimension, Link, Table, divisions, measures, tables
from samaki.ui import words
from samaki.ui.templatetags.words import named

Words = Mapping[str, str | Promise]

PLACES: Words = {
    "province": gettext_lazy("Province"),
    "district": gettext_lazy("District (srok)"),
    "commune": gettext_lazy("Commune (khum)"),
    "village": gettext_lazy("Village"),
}
OTHERS: Words = {
    "organisation": gettext_lazy("Organisation"),
    "month": gettext_lazy("Month"),
    "quarter": gettext_lazy("Quarter"),
    "year": gettext_lazy("Year"),
}
KEY = "key"  # the column by which a noun with a name of its own is told


def dimension(key: str, measure: str) -> str:
    """The name of a dimension of a measure; a key nobody knows stays as it is."""
    own = _own(key, measure)
    shared = next((one for one in divisions if one.key == key), None)
    return str(own.label if own else shared.label if shared else PLACES.get(key) or OTHERS.get(key) or key)


def values(key: str, measure: str, found: Iterable[str]) -> dict[str, str]:
    """Each value in words, by one look-up however many; one that nobody named stays as it is. They come in the order in
    which people tell them: choices as their field lists them, names by the alphabet, what is unknown last."""
    keys = sorted(set(found))
    known = _known(key, measure, keys)
    order = {one: at for at, one in enumerate(known)}
    keys.sort(key=lambda one: (one == UNKNOWN, order.get(one, len(order))))
    return {one: _("Unknown") if one == UNKNOWN else str(known.get(one, one)) for one in keys}


def _known(key: str, measure: str, keys: list[str]) -> Words:
    if key in PLACES:
        return {code: named(known) for code, known in of_codes(keys).items()}
    if key in TIMES:
        return {period: words.period(period) for period in keys}
    if key == "organisation":
        return _by_name({one.key: named(one) for one in Organisation.objects.filter(key__in=keys)})
    for division in divisions:
        if division.key == key:
            table = tables[division.table]
            return _choices(table.model, division.value) if isinstance(table, Table) else {}
    return _of_measure(key, measure, keys)


def _by_name(names: Mapping[str, str]) -> Words:
    return dict(sorted(names.items(), key=lambda one: one[1].casefold()))


def _of_measure(key: str, measure: str, keys: list[str]) -> Words:
    """The words the dimension brings; else those of the field it is read from, or the names of what it leads to."""
    if measure not in measures:
        return {}
    own = _own(key, measure)
    if own is not None and own.labels is not None:
        return own.labels
    *links, last = (own.path if own else key).split(".")
    table = tables[measures[measure].records.table]
    for step in links:
        link = next(one for one in table.columns if one.name == step)
        table = tables[link.to] if isinstance(link, Link) else table
    if not isinstance(table, Table):
        return {}
    if last == KEY:
        found = table.model._default_manager.filter(key__in=keys)
        return _by_name({getattr(one, KEY): named(one) for one in found})
    return _choices(table.model, last) or _choices(table.model, key)


def _own(key: str, measure: str) -> Dimension | None:
    known = measures[measure].records.dimensions if measure in measures else ()
    return next((one for one in known if one.key == key), None)


def _choices(model: type, name: str) -> Words:
    found = {field.name: field for field in model._meta.get_fields()}.get(name)  # type: ignore[attr-defined]  # relations too
    return {str(value): label for value, label in getattr(found, "choices", None) or ()}
