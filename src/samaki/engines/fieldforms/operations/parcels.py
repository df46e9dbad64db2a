"""What a phone hands over, what it is told, and the ways it can be refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import Actor
from samaki.kernel.errors import Conflict, DomainError, NotFound


@dataclass(frozen=True)
class Received:
    """A file that came with a submission, sealed already at `stored`, below the site's folder."""

    content_type: str
    size: int
    digest: bytes
    stored: str


@dataclass(frozen=True)
class Nonce:
    """A Digest nonce and its count, spent with the submission in one commit."""

    nonce: str
    count: int
    expires_at: dt.datetime


@dataclass(frozen=True)
class Parcel:
    """A submission as it came in. `actor` holds the sender's grants of today; her organisation is the credential's."""

    programme_id: int
    organisation_id: int
    actor: Actor
    xml: bytes
    device_id: int | None = None
    files: Mapping[str, Received] = field(default_factory=dict)
    nonce: Nonce | None = None


@dataclass(frozen=True)
class Receipt:
    """`number` is what the sender is told. Not new and nothing attached: the same was here already.
    `kept` are the names of files that now belong to the submission; the others were not wanted."""

    number: int
    instance_id: str
    state: str
    is_new: bool
    kept: frozenset[str] = frozenset()


class Unauthenticated(DomainError):
    """Who asks has not been proved (401)."""

    status = 401


def nonce_spent() -> Unauthenticated:
    return Unauthenticated("nonce_spent", _("This request was made before. Please send it again."))


def no_such_form() -> NotFound:
    return NotFound("no_such_form", _("There is no such form here."))


def form_closed() -> Conflict:
    return Conflict("form_closed", _("This form is closed and takes no more records."))


def other_content() -> Conflict:
    return Conflict("other_content", _("Another record with this id was received already."))


def deleted() -> Conflict:
    return Conflict("submission_deleted", _("This record was deleted. It is not taken again."))


def no_such_submission() -> NotFound:
    return NotFound("no_such_submission", _("The record that this one corrects is not here."))


def superseded() -> Conflict:
    return Conflict("superseded", _("This record was corrected meanwhile. Please open the newest."))


def verified() -> Conflict:
    return Conflict("verified", _("This record is verified. Ask the verifier to return it before you correct it."))


def other_file(name: str) -> Conflict:
    return Conflict("other_file", _("Another file named %(name)s was received already."), name=name)
