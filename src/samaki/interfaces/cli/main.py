"""Runs one command and turns whatever goes wrong into one line on stderr and an exit code."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from django.utils import translation

from samaki.interfaces.cli import site
from samaki.interfaces.cli.arguments import COMMANDS, command_of, parser
from samaki.interfaces.cli.outcome import Outcome, WrongArgument
from samaki.kernel.errors import Conflict, DomainError, Refused, RowsInvalid


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 refused, 2 bad arguments, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # Khmer, whatever the terminal's locale says
    arguments = parser().parse_args(argv)
    try:
        with contextlib.ExitStack() as spoken:
            outcome = _run(arguments, spoken)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _forget_stdout()
        return 0
    return outcome


def _run(arguments: Namespace, spoken: contextlib.ExitStack) -> int:
    """`spoken` keeps the language until an error has been told in it."""
    try:
        language = site.language()
        site.opened()
        spoken.enter_context(translation.override(language))
        module, function = COMMANDS[command_of(arguments)].split(":")
        command = getattr(importlib.import_module(f"samaki.interfaces.cli.{module}"), function)
        return int(command(arguments))
    except WrongArgument as error:
        return _said(error, Outcome.BAD_ARGUMENTS)
    except (Refused, Conflict, RowsInvalid) as error:
        site.keep_refusal(error, arguments)
        return _said(error, Outcome.REFUSED)
    except DomainError as error:
        site.keep_refusal(error, arguments)
        return _said(error, Outcome.BAD_ARGUMENTS)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _said(f"{error.filename or 'samaki'}: {error.strerror or error}", Outcome.REFUSED)


def _said(problem: object, outcome: Outcome) -> Outcome:
    print(f"samaki: {problem}", file=sys.stderr)
    return outcome


def _forget_stdout() -> None:
    """Whoever read has gone; without this Python would complain again while it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
