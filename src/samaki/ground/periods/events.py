"""What the ground tells of periods; a reaction answers in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PeriodLocked:
    """A period of a programme was closed; its figures are to be kept as they are now."""

    lock_id: int
    programme_id: int
    period: str
