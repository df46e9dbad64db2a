"""Sessions as forms tell them, many at once: recorded, corrected by the same form, and taken back."""

from samaki.ground.activities.sittings.leaving import sittings_of, take_back_sittings
from samaki.ground.activities.sittings.sitting import RIGHTSHOLDER_GROUP, Listed, Sitting, with_total
from samaki.ground.activities.sittings.taking import take_sittings

__all__ = [
    "RIGHTSHOLDER_GROUP",
    "Listed",
    "Sitting",
    "sittings_of",
    "take_back_sittings",
    "take_sittings",
    "with_total",
]
