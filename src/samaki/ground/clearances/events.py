"""What the ground tells of clearances; strands answer in the same transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from samaki.kernel.actors import AnyActor


@dataclass(frozen=True)
class ClearanceStopped:
    """A person may do no trusted work in the programme from `on`: what she does must go to others at once. `person_ids`
    are all records of hers, the one that stands for the others first."""

    person_ids: tuple[int, ...]
    programme_id: int
    on: dt.date
    at: dt.datetime
    by: AnyActor
