"""What was said in vetting, sealed under the candidacy's own key of his ring. Asks nobody's leave: callers do."""

from __future__ import annotations

import datetime as dt

from samaki.kernel import sealed
from samaki.kernel.rings import Ring
from samaki.strands.vetting.models import Candidacy, CandidacyKey

BLOCK = 256  # bytes


def key_of(candidacy: Candidacy) -> CandidacyKey:
    """The candidacy's key, made at its first use."""
    key, _is_new = CandidacyKey.objects.get_or_create(candidacy=candidacy, defaults={"salt": sealed.new_salts(1)[0]})
    return key


def salt_of(candidacy: Candidacy) -> bytes:
    """For reading, which makes no key: b"" once it was destroyed with the words it sealed."""
    key = CandidacyKey.objects.filter(candidacy=candidacy).first()
    return bytes(key.salt) if key else b""


def closed(text: str, salt: bytes, context: str) -> bytes:
    if not text:
        return b""
    return sealed.seal(sealed.filled(text, BLOCK), salt=bytes(salt), context=context, ring=Ring.HIS)


def opened(text: bytes, salt: bytes, context: str) -> str:
    """An empty text where nothing was written. Raises SealBroken."""
    if not text:
        return ""
    return sealed.unseal(bytes(text), salt=bytes(salt), context=context, ring=Ring.HIS).rstrip("\0")


def of_step(candidacy_id: int, kind: str, taken_on: dt.date) -> str:
    return f"step:{candidacy_id}:{kind}:{taken_on.isoformat()}"


def of_allegation(candidacy_id: int, received_on: dt.date) -> str:
    return f"allegation:{candidacy_id}:{received_on.isoformat()}"


def of_bar(organisation_id: int, barred_on: dt.date) -> str:
    return f"bar:{organisation_id}:{barred_on.isoformat()}"
