"""What the directory of services says of each. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

LANGUAGES = ("km", "en", "vi", "cham", "jarai", "tampuan", "bunong", "kuy", "sign")
STALE_AFTER = dt.timedelta(days=180)


@dataclass(frozen=True)
class Entry:
    """A service as somebody describes it. `is_public` False where naming its place would endanger those it shelters;
    `verified_on` is the day somebody last asked the service itself."""

    kind: str
    name_km: str
    name_en: str
    languages: tuple[str, ...] = ()
    access_km: str = ""
    access_en: str = ""
    hours_km: str = ""
    hours_en: str = ""
    telephone: str = ""
    verified_on: dt.date | None = None
    is_public: bool = False
    is_closed: bool = False


def is_stale(verified_on: dt.date | None, today: dt.date) -> bool:
    """Not verified for half a year, or never: call before you send somebody there."""
    return verified_on is None or today - verified_on > STALE_AFTER
