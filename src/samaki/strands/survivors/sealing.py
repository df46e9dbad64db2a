"""Her side, sealed under each file's own key of her ring. Asks nobody's leave: callers do."""

from __future__ import annotations

import datetime as dt

from samaki.kernel import sealed
from samaki.kernel.rings import Ring


def closed(text: str, salt: bytes, context: str) -> bytes:
    return sealed.seal(text, salt=bytes(salt), context=context, ring=Ring.HERS) if text else b""


def opened(text: bytes, salt: bytes, context: str) -> str:
    """An empty text where nothing was written. Raises SealBroken."""
    return sealed.unseal(bytes(text), salt=bytes(salt), context=context, ring=Ring.HERS) if text else ""


def of_file(organisation_id: int, code: str) -> str:
    return f"file:{organisation_id}:{code}"


def of_risk(file_id: int, assessed_on: dt.date) -> str:
    return f"her_risk:{file_id}:{assessed_on.isoformat()}"


def of_follow_up(file_id: int, window: int, informant: str, asked_on: dt.date) -> str:
    return f"her_follow_up:{file_id}:{window}:{informant}:{asked_on.isoformat()}"


def of_warning(organisation_id: int, raised_at: dt.datetime) -> str:
    return f"warning:{organisation_id}:{raised_at.astimezone(dt.UTC).isoformat()}"


def of_referral(file_id: int, service_id: int) -> str:
    return f"referral:{file_id}:{service_id}"
