"""What must reach a women's service at once, whoever heard it; her side answers in the same transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from samaki.kernel.actors import AnyActor


@dataclass(frozen=True)
class ThreatHeard:
    """A threat was heard at work with the man of `case_code`: the service `womens_service_id` (an organisation) is
    warned. Whoever raises it learns nothing of whether anybody is known there."""

    programme_id: int
    womens_service_id: int
    case_code: str
    words: str
    at: dt.datetime
    by: AnyActor
