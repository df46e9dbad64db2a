"""What is written in his file, sealed under the case's own key of his ring. Asks nobody's leave: callers do."""

from __future__ import annotations

import datetime as dt

from samaki.kernel import sealed
from samaki.kernel.rings import Ring
from samaki.strands.counselling.models import Case, CaseKey

BLOCK = 256  # bytes; all markers of a risk together are fewer


def key_of(case: Case) -> CaseKey:
    """The case's key, made at its first use."""
    key, _is_new = CaseKey.objects.get_or_create(case=case, defaults={"salt": sealed.new_salts(1)[0]})
    return key


def closed(text: str, key: CaseKey, context: str) -> bytes:
    """Filled up to whole blocks: a risk's markers are words of a list, which their length alone would give away."""
    if not text:
        return b""
    return sealed.seal(sealed.filled(text, BLOCK), salt=bytes(key.salt), context=context, ring=Ring.HIS)


def opened(text: bytes, key: CaseKey, context: str) -> str:
    """An empty text where nothing was written. Raises SealBroken."""
    if not text:
        return ""
    return sealed.unseal(bytes(text), salt=bytes(key.salt), context=context, ring=Ring.HIS).rstrip("\0")


def of_session(case_id: int, number: int) -> str:
    return f"case_session:{case_id}:{number}"


def of_risk(case_id: int, assessed_at: dt.datetime) -> str:
    return f"risk:{case_id}:{assessed_at.astimezone(dt.UTC).isoformat()}"
