"""States of what a phone sent, and how a fault of it is kept: in both languages, for whoever mends it."""

from __future__ import annotations

from typing import TypedDict

from django.utils import translation

from samaki.kernel.errors import DomainError

LANGUAGES = ("km", "en")


class StoredFault(TypedDict):
    """`field` is the handler's field ("people.gender"), "" where the whole form is meant."""

    code: str
    field: str
    km: str
    en: str


def stored_fault(error: DomainError) -> StoredFault:
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = error.message
    return StoredFault(code=error.code, field=error.field or "", km=said["km"], en=said["en"])
