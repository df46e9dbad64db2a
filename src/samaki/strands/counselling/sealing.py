"""What is written in his file, sealed under the case's own key of his ring. Asks nobody's leave: callers do."""

from __future__ import annotations

import datetime as dt

from samaki.kernel import sealed
from samaki.kernel.rings import Ring
from samaki.strands.counselling.models import Case, CaseKey


def key_of(case: Case) -> CaseKey:
    """The case's key, made at its first use."""
    key, _is_new = CaseKey.objects.get_or_create(case=case, defaults={"salt": sealed.new_salts(1)[0]})
    return key


def closed(text: str, key: CaseKey, context: str) -> bytes:
    return sealed.seal(text, salt=bytes(key.salt), context=context, ring=Ring.HIS) if text else b""


def opened(text: bytes, key: CaseKey, context: str) -> str:
    """An empty text where nothing was written. Raises SealBroken."""
    return sealed.unseal(bytes(text), salt=bytes(key.salt), context=context, ring=Ring.HIS) if text else ""


def of_session(case_id: int, number: int) -> str:
    return f"case_session:{case_id}:{number}"


def of_risk(case_id: int, assessed_at: dt.datetime) -> str:
    return f"risk:{case_id}:{assessed_at.astimezone(dt.UTC).isoformat()}"
