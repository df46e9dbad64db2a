"""Places as a form's answer names them, by code or name, a batch at once. What is not one place is asked back."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from samaki.ground.places.columns import spelled_out
from samaki.ground.places.queries import Asked, Found, find_many
from samaki.kernel.errors import DomainError, Invalid


def places_named(texts: Iterable[str], *, field: str = "place") -> dict[str, int | DomainError]:
    """The key of the place each text names, or the fault to mend: place_unknown with suggestions in its words, or
    place_ambiguous listing the places of that name."""
    asked = list(dict.fromkeys(texts))
    if not asked:
        return {}
    return {
        text: found.place.id if found.place else _fault(text, found, field)
        for text, found in zip(asked, find_many(Asked(text) for text in asked), strict=True)
    }


def _fault(text: str, found: Found, field: str) -> Invalid:
    if found.places:
        return Invalid(
            "place_ambiguous",
            _("Several places are named %(name)s: %(suggestions)s. Please choose which one, or write its code."),
            field=field,
            name=text,
            suggestions=spelled_out(found.places),
        )
    if found.suggestions:
        return Invalid(
            "place_unknown",
            _("There is no place named %(name)s. Did you mean %(suggestions)s?"),
            field=field,
            name=text,
            suggestions=spelled_out(found.suggestions),
        )
    return Invalid(
        "place_unknown",
        _("There is no place named %(name)s. Please check the spelling, or write the code of the place."),
        field=field,
        name=text,
        suggestions="",
    )
