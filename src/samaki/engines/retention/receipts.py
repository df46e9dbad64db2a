"""What a receipt is known by."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

from samaki.engines.retention.models import Receipt


def digest_of(receipt: Receipt) -> str:
    """SHA-256 of the receipt's content."""
    content = [
        receipt.rule,
        receipt.organisation_id,
        receipt.number,
        receipt.things,
        receipt.went,
        receipt.let_go_at.astimezone(dt.UTC).isoformat(),
        receipt.let_go_by,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
