"""`samaki report`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from samaki.engines.reports.queries import period_report
from samaki.interfaces.cli.outcome import Outcome
from samaki.interfaces.cli.site import acting


def report(arguments: Namespace) -> int:
    made = period_report(acting(arguments), arguments.programme, arguments.period, arguments.format)
    if str(arguments.output) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(made.content)
        return Outcome.DONE
    path = arguments.output or Path(made.name)
    path.write_bytes(made.content)
    print(path)
    return Outcome.DONE
