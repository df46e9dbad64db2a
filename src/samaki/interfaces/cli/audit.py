"""`samaki audit verify`."""

from __future__ import annotations

import sys
from argparse import Namespace

from samaki.interfaces.cli.outcome import Outcome
from samaki.kernel.audit.chain import verify as follow
from samaki.kernel.audit.models import AuditSeal


def verify(arguments: Namespace) -> int:
    verdict = follow()
    if not verdict.whole:
        print(f"samaki: the audit trail was altered at or before entry {verdict.broken_at}", file=sys.stderr)
        return Outcome.REFUSED
    print(f"The audit trail is whole: {verdict.sealed:,} entries sealed, {verdict.unsealed:,} not yet.")
    if verdict.overdue:
        print(
            f"samaki: {verdict.overdue:,} unsealed entries are older than a minute: `samaki serve` has not run since, "
            "or their links were taken out. Compare the count and the last link with those you kept elsewhere.",
            file=sys.stderr,
        )
    last = AuditSeal.objects.order_by("-position").values_list("digest", flat=True).first()
    if last:
        print(f"Last link: {last}")
    return Outcome.DONE
