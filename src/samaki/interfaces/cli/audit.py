"""`samaki audit verify`."""

from __future__ import annotations

import sys
from argparse import Namespace

from samaki.interfaces.cli.outcome import Outcome
from samaki.kernel.audit.anchor import AnchorBroken, path_of
from samaki.kernel.audit.chain import verify as follow
from samaki.kernel.audit.models import AuditSeal


def verify(arguments: Namespace) -> int:
    try:
        verdict = follow()
    except AnchorBroken as error:
        print(f"samaki: {path_of()} holds a line that is no mark of the audit trail: {error}", file=sys.stderr)
        return Outcome.REFUSED
    if verdict.unanchored:
        first = verdict.unanchored[0]
        print(
            f"samaki: {path_of()} says that link {first.position} was {first.digest} at {first.at}; the trail does not "
            "have it: it was rewritten, or its end was taken away",
            file=sys.stderr,
        )
        return Outcome.REFUSED
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
