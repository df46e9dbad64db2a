"""What every record of the ground and the strands has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from django.db import models
from django.utils.translation import gettext_lazy as _

from samaki.kernel.errors import Conflict


class Record(models.Model):
    """`revision` counts saves, so that the second of two people saving one record is told of the first.

    `origin` is what the record came from (import run, form, demo), so that a figure opens down to its source.
    """

    is_example = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


def expect_revision(record: Record, revision: int, yours: Mapping[str, object]) -> None:
    """Raises Conflict where somebody saved the record after `revision` was read, carrying `theirs` and `yours` by field
    so that the second of two people sees both. Call with the record locked."""
    if record.revision != revision:
        raise Conflict(
            "changed_meanwhile",
            _("Somebody else saved this meanwhile. Please look at both and save again."),
            theirs={name: getattr(record, name) for name in yours},
            yours=dict(yours),
            revision=record.revision,
        )


class Scope(TypedDict):
    """Whose record it is, as leave and the audit trail ask for it; None stands for any."""

    organisation_id: int | None
    programme_id: int | None


@dataclass(frozen=True)
class Written:
    """What writing many rows did, in rows: the same rows written again are all `unchanged`."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
