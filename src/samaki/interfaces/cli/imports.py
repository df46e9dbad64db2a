"""`samaki import` and `samaki example-workbook`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from samaki.interfaces.cli.outcome import Outcome, WrongArgument
from samaki.interfaces.cli.site import acting
from samaki.interfaces.imports import operations
from samaki.interfaces.imports.examples import example_workbook as write_example
from samaki.interfaces.imports.mending import wrong_rows
from samaki.interfaces.imports.outcome import Located
from samaki.interfaces.imports.outcome import Outcome as Taken

MOST_TOLD = 100  # faults on the terminal; the file of wrong rows holds them all


def import_file(arguments: Namespace) -> int:
    if not arguments.file.is_file():
        raise WrongArgument(f"there is no file {arguments.file}")
    taken = operations.run(
        arguments.kind,
        arguments.file,
        acting(arguments),
        dry_run=arguments.dry_run,
        programme=arguments.programme or "",
        organisation=arguments.organisation or "",
        name=arguments.file.name,
        progress=_progress if sys.stderr.isatty() else None,
    )
    for notice in taken.notices():
        print(_told(notice), file=sys.stderr)
    if taken.clean:
        print(_done(taken))
        return Outcome.DONE
    for number, fault in enumerate(taken.faults()):
        if number == MOST_TOLD:
            print(f"… and {taken.fault_count - number:,} more", file=sys.stderr)
            break
        print(_told(fault), file=sys.stderr)
    if arguments.wrong_rows:
        kept = wrong_rows(operations.content_of(arguments.file), taken.table, taken.kind, arguments.wrong_rows)
        print(f"{arguments.wrong_rows}: {kept:,} rows to mend and send again", file=sys.stderr)
    print(f"samaki: {taken.fault_count:,} to mend in {taken.rows:,} rows; nothing was saved", file=sys.stderr)
    return Outcome.REFUSED


def example_workbook(arguments: Namespace) -> int:
    if str(arguments.output) == "-":
        write_example(arguments.kind, sys.stdout.buffer)
        return Outcome.DONE
    path = arguments.output or Path(f"{arguments.kind}.xlsx")
    rows = write_example(arguments.kind, path)
    print(f"{path}: {rows:,} rows")
    return Outcome.DONE


def _done(taken: Taken) -> str:
    written = taken.written
    counts = f"{written.created:,} new, {written.changed:,} changed, {written.unchanged:,} unchanged"
    where = f"{taken.organisation} in {taken.programme}"
    if taken.dry_run:
        return f"Nothing to mend in {taken.rows:,} rows for {where}; they would be {counts}. Nothing was saved."
    return f"Saved {taken.rows:,} rows for {where}: {counts}."


def _told(fault: Located) -> str:
    """Sheet, row and column, the value, why it cannot be taken, and what to do."""
    place = ", ".join(
        part
        for part in (
            fault.sheet,
            f"row {fault.row}" if fault.row else "",
            f"column {fault.letter} ({fault.heading})" if fault.letter else fault.heading,
        )
        if part
    )
    value = f" “{fault.value}”" if fault.value else ""
    return f"{place or 'the file'}:{value} {fault.what} {fault.remedy}".replace("\n", " ")


def _progress(rows: int) -> None:
    print(f"\r{rows:,} rows", end="", file=sys.stderr, flush=True)
