"""What was seen of a person, and her answers, sealed under her own key. Asks nobody's leave: callers do."""

from __future__ import annotations

import json
from collections.abc import Mapping

from samaki.ground.people.models import PersonKey
from samaki.kernel import sealed
from samaki.strands.learning.models import CoachingVisit, EarlierAnswers, FollowUp, Response

BLOCK = 256  # bytes


def opened(found: FollowUp, key: PersonKey) -> str:
    """An empty text where nothing was written. Raises SealBroken."""
    if not found.evidence:
        return ""
    context = _context(found.person_id, found.origin)
    return sealed.unseal(bytes(found.evidence), salt=bytes(key.salt), context=context).rstrip("\0")


def closed(text: str, *, person_id: int, origin: str, key: PersonKey) -> bytes:
    if not text:
        return b""
    return sealed.seal(sealed.filled(text, BLOCK), salt=bytes(key.salt), context=_context(person_id, origin))


def _context(person_id: int, origin: str) -> str:
    return f"follow_up:{person_id}:{origin}"


def opened_notes(visit: CoachingVisit, key: PersonKey) -> str:
    """What was noted at a coaching visit, "" where nothing was. Raises SealBroken."""
    if not visit.notes:
        return ""
    context = _visit(visit.person_id, visit.origin)
    return sealed.unseal(bytes(visit.notes), salt=bytes(key.salt), context=context).rstrip("\0")


def closed_notes(text: str, *, person_id: int, origin: str, key: PersonKey) -> bytes:
    if not text:
        return b""
    return sealed.seal(sealed.filled(text, BLOCK), salt=bytes(key.salt), context=_visit(person_id, origin))


def _visit(person_id: int, origin: str) -> str:
    return f"coaching_visit:{person_id}:{origin}"


def closed_answers(answers: Mapping[int, int], *, person_id: int, version_id: int, key: PersonKey) -> bytes:
    """A person's answers by item, under her own key and bound to her and the instrument's version."""
    text = json.dumps({str(number): value for number, value in sorted(answers.items())}, separators=(",", ":"))
    text = sealed.filled(text, BLOCK, sign=" ")  # how many she left out would show
    return sealed.seal(text, salt=bytes(key.salt), context=f"response:{person_id}:{version_id}")


def opened_answers(found: Response | EarlierAnswers, key: PersonKey) -> dict[int, int]:
    """Empty where nothing was kept. Raises SealBroken."""
    if not found.answers:
        return {}
    context = f"response:{found.person_id}:{found.version_id}"
    text = sealed.unseal(bytes(found.answers), salt=bytes(key.salt), context=context)
    return {int(number): value for number, value in json.loads(text).items()}
