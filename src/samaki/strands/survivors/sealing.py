"""Her side, sealed under each file's own key of her ring. Asks nobody's leave: callers do."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from samaki.kernel import sealed
from samaki.kernel.rings import Ring

BLOCK = 512  # bytes
Kept = bytes | memoryview  # PostgreSQL hands out the latter


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


def closed_fields(fields: Mapping[str, object], salt: Kept, context: str) -> bytes:
    """The fields as sealed JSON, filled up to whole blocks: the length of a sealed "no" is that of a sealed "yes"."""
    text = json.dumps(dict(fields), ensure_ascii=False, sort_keys=True)
    return closed(sealed.filled(text, BLOCK, sign=" "), bytes(salt), context)


def opened_fields(text: Kept, salt: Kept, context: str) -> dict[str, Any]:
    """Raises SealBroken."""
    return dict(json.loads(opened(bytes(text), bytes(salt), context) or "{}"))


def link_digest(token: str) -> str:
    """What is kept of a link's token."""
    return sealed.keyed_digest(token, purpose="referral link").hex()
