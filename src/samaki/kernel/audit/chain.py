"""The hash chain over the audit trail: sealed within a second of the act, checked by `samaki audit verify`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from django.db import transaction

from samaki.kernel.audit.models import AuditEntry, AuditSeal

GENESIS = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """`broken_at` is the id of the first entry whose link does not hold; `unsealed` counts the tail."""

    sealed: int
    unsealed: int
    broken_at: int | None

    @property
    def whole(self) -> bool:
        return self.broken_at is None


def _digest(previous: str, entry: AuditEntry) -> str:
    content = [
        entry.pk,
        entry.at.isoformat(),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.refused,
        entry.object_type,
        entry.object_id,
        entry.organisation_id,
        entry.programme_id,
        entry.reason,
        entry.details,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


@transaction.atomic
def seal_tail(limit: int = 10_000) -> int:
    """Chains up to `limit` unsealed entries in order of id; returns how many. One sealer at a time: the last link is
    locked, and a second sealer that read the same tail fails on the entry's unique link and retries later."""
    last = AuditSeal.objects.select_for_update().order_by("-position").first()
    previous = last.digest if last else GENESIS
    links = []
    for entry in AuditEntry.objects.filter(seal__isnull=True).order_by("pk")[:limit]:
        previous = _digest(previous, entry)
        links.append(AuditSeal(entry=entry, digest=previous))
    AuditSeal.objects.bulk_create(links)
    return len(links)


def verify() -> Verdict:
    previous, sealed, broken = GENESIS, 0, None
    positions: list[int] = []
    for link in AuditSeal.objects.select_related("entry").order_by("position").iterator(chunk_size=2000):
        expected = _digest(previous, link.entry)
        if broken is None and expected != link.digest:
            broken = link.entry_id
        positions.append(link.position)
        previous, sealed = link.digest, sealed + 1
    if broken is None and positions and sealed != positions[-1] - positions[0] + 1:
        broken = positions[-1]
    return Verdict(sealed, AuditEntry.objects.filter(seal__isnull=True).count(), broken)
