"""What every record of the ground and the strands has."""

from __future__ import annotations

from django.db import models


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
