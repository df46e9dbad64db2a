"""`samaki lock` and `samaki reopen`."""

from __future__ import annotations

import sys
from argparse import Namespace

from django.utils import timezone

from samaki.ground.periods.operations import lock_period, reopen_period
from samaki.ground.programmes.queries import programme
from samaki.interfaces.cli.outcome import Outcome
from samaki.interfaces.cli.site import acting
from samaki.kernel.errors import Conflict


def lock(arguments: Namespace) -> int:
    by = acting(arguments)
    try:
        made = lock_period(
            programme=programme(by, arguments.programme),
            period=arguments.period,
            by=by,
            at=timezone.now(),
            reason=arguments.reason,
            although_missing=arguments.although_missing,
        )
    except Conflict as conflict:
        if conflict.code == "reports_missing":
            print("samaki: to lock it all the same: --although-missing --reason TEXT", file=sys.stderr)
        raise
    print(f"{arguments.programme} {made.period} is locked, version {made.version}.")
    return Outcome.DONE


def reopen(arguments: Namespace) -> int:
    by = acting(arguments)
    opened = reopen_period(
        programme=programme(by, arguments.programme),
        period=arguments.period,
        reason=arguments.reason,
        by=by,
        at=timezone.now(),
    )
    print(f"{arguments.programme} {opened.period} is open for a correction; what was published stays as it is.")
    return Outcome.DONE
