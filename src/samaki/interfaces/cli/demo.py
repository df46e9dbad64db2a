"""`samaki demo`."""

from __future__ import annotations

from argparse import Namespace

from samaki.interfaces.cli.outcome import Outcome
from samaki.interfaces.demo import EXAMPLE_PASSWORD, POSTS, load


def demo(arguments: Namespace) -> int:
    load(records=not arguments.without_records, progress=lambda part: print(f"example: {part}", flush=True))
    print(f"Example users: {', '.join(sorted(POSTS))}; password of each: {EXAMPLE_PASSWORD}")
    return Outcome.DONE
