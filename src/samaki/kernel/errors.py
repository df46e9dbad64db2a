"""What may go wrong in the words of the person who must mend it; every interface maps these once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule said no. `code` is stable English for programs, `message` is for people in their language.

    `field` names the entry to mend, where there is one; `params` are %-formatted into the message. A refusal is
    `recorded` once the audit trail holds it: it is written once.
    """

    status = 422
    recorded = False

    def __init__(self, code: str, message: str | Promise, *, field: str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.template = message
        self.field = field
        self.params: Mapping[str, object] = params

    @property
    def message(self) -> str:
        return str(self.template) % self.params if self.params else str(self.template)

    def __str__(self) -> str:
        return self.message


class Invalid(DomainError):
    """The entry cannot be taken as it is (422)."""


class Refused(DomainError):
    """This actor may not do this to that (403); always kept in the audit trail."""

    status = 403


class NotFound(DomainError):
    """There is no such thing within this actor's sight (404); says the same whether it exists or not. Kept in
    the audit trail where somebody signed in asked: it may be a door that was tried."""

    status = 404


class Conflict(DomainError):
    """Somebody else changed it meanwhile, or the state does not allow it (409)."""

    status = 409


class RowsInvalid(Invalid):
    """Rows written together, of which some cannot be taken: none is. `faults` pairs each index (from 0) with a why."""

    def __init__(self, faults: Sequence[tuple[int, DomainError]]) -> None:
        super().__init__("rows_invalid", _("Some rows need correction. Nothing was saved."))
        self.faults = tuple(faults)
