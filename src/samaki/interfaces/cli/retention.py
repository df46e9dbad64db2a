"""`samaki retention`: what must go after its time, what went, and holding to it when an older copy is put back."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable

from django.utils import timezone

from samaki.engines.retention import operations, queries
from samaki.engines.retention.models import Receipt
from samaki.interfaces.cli.outcome import Outcome
from samaki.interfaces.cli.site import acting
from samaki.kernel.keyrings import erasures
from samaki.kernel.retention import rules


def plan(arguments: Namespace) -> int:
    on = arguments.on or timezone.localdate()
    planned = queries.plan(acting(arguments), on)
    for one in planned:
        print(f"{one.rule.label} ({one.organisation.key}): {one.count:,}, the first due on {one.first_due}")
        for due in one.dues or ():
            print(f"  {due.code}  {due.due_on}")
    print(f"{sum(one.count for one in planned):,} things are due by {on}. Nothing was changed.")
    return Outcome.DONE


def run(arguments: Namespace) -> int:
    made = operations.run(by=acting(arguments), at=timezone.now())
    _print(made)
    print(f"{len(made):,} receipts." if made else "Nothing was due.")
    return Outcome.DONE


def receipts(arguments: Namespace) -> int:
    _print(queries.receipts(acting(arguments)))
    return Outcome.DONE


def replay(arguments: Namespace) -> int:
    """Opening the site has done it already; what a running server would still have to do is done here."""
    done = erasures.replay()
    for kind, count in done.items():
        print(f"erased again: {count:,} {kind}")
    print("Everything erased before is erased here.")
    return Outcome.DONE


def _print(made: Iterable[Receipt]) -> None:
    for one in made:
        kinds = rules[one.rule].kinds
        went = ", ".join(f"{kinds.get(kind, kind)}: {count:,}" for kind, count in one.went.items())
        when = timezone.localtime(one.let_go_at).strftime("%Y-%m-%d %H:%M")
        print(f"Receipt {one.number} of {rules[one.rule].label} ({one.organisation.key}), {when}, by {one.let_go_by}")
        print(f"  {one.things:,} things; {went}")
        print(f"  {one.digest}")
