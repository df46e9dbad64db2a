"""The hash chain over the audit trail: sealed within a second of the act, checked by `samaki audit verify`."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from samaki.kernel.audit.anchor import Mark, disagreements, marks
from samaki.kernel.audit.models import AuditEntry, AuditSeal

GENESIS = "0" * 64
SEALED_WITHIN = dt.timedelta(minutes=1)  # the sealer takes a second; a minute forgives a slow machine
ONE_SEALER = 0x5341_4D41_4B49  # PostgreSQL's advisory lock of whoever seals: "SAMAKI"


@dataclass(frozen=True)
class Verdict:
    """`broken_at` is the id of the first entry whose link does not hold; `unsealed` counts the entries without a link,
    `overdue` those of them older than a minute: no sealer has run since, or links were taken out. `unanchored` are the
    marks kept outside that the chain does not bear out."""

    sealed: int
    unsealed: int
    overdue: int
    broken_at: int | None
    unanchored: tuple[Mark, ...] = ()

    @property
    def whole(self) -> bool:
        return self.broken_at is None and not self.unanchored


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
    """Chains up to `limit` unsealed entries in order of id; returns how many. One sealer at a time: another waits until
    the first has committed or undone, and only then reads the last link."""
    _wait_for_other_sealers()
    last = AuditSeal.objects.order_by("-position").first()
    position, previous = (last.position, last.digest) if last else (0, GENESIS)
    links = []
    for entry in AuditEntry.objects.filter(seal__isnull=True).order_by("pk")[:limit]:
        position, previous = position + 1, _digest(previous, entry)
        links.append(AuditSeal(position=position, entry=entry, digest=previous))
    AuditSeal.objects.bulk_create(links)
    return len(links)


def _wait_for_other_sealers() -> None:
    """SQLite's transactions, begun IMMEDIATE, wait for each other already. A row lock would not do: the row that is
    last when the wait begins is not the last when it ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_SEALER])


def verify() -> Verdict:
    """Follows the chain from its first link, whose position is 1, each one more than the last, and holds it against the
    marks kept outside. Raises AnchorBroken where their file is no such file."""
    wanted, links = {mark.position for mark in marks()}, {}
    previous, sealed, broken = GENESIS, 0, None
    for link in AuditSeal.objects.select_related("entry").order_by("position").iterator(chunk_size=2000):
        sealed += 1
        if broken is None and (link.position, link.digest) != (sealed, _digest(previous, link.entry)):
            broken = link.entry_id
        previous = link.digest
        if link.position in wanted:
            links[link.position] = link.digest
    tail = AuditEntry.objects.filter(seal__isnull=True)
    return Verdict(
        sealed,
        tail.count(),
        tail.filter(at__lt=timezone.now() - SEALED_WITHIN).count(),
        broken,
        tuple(disagreements(links)),
    )
