"""The words of the command line. Scripts rely on them: a word once given is not taken away."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from samaki import __version__
from samaki.kernel.actors import Role
from samaki.kernel.figures import Source

KINDS = ("cases", "group-reports", "tallies", "roster")
# Command → module and function that runs it; loaded only when asked for, so that --help is quick.
COMMANDS = {
    "demo": "demo:demo",
    "serve": "serve:serve",
    "import": "imports:import_file",
    "example-workbook": "imports:example_workbook",
    "figure": "figures:figure",
    "records": "figures:records",
    "report": "reports:report",
    "lock": "periods:lock",
    "reopen": "periods:reopen",
    "audit": "audit:verify",
    "user": "users:add",
    "migrate": "site:migrate",
}


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="samaki",
        description="Field records become figures anyone can open. SAMAKI_DATA names the folder of database and files.",
        epilog="Exit code: 0 done, 1 refused (or rows that cannot be taken), 2 bad arguments.",
    )
    whole.add_argument("--version", action="version", version=f"samaki {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)

    demo = commands.add_parser("demo", help="load the five example programmes; again changes nothing")
    demo.add_argument("--without-records", action="store_true", help="programmes, places and users, but no records")

    serve = commands.add_parser("serve", help="serve the site, its tasks and the sealing of the audit trail")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000)
    serve.add_argument("--workers", type=_positive, help="web processes (default: one per core, four at most)")

    importing = commands.add_parser("import", help="take a workbook or CSV in, all or nothing")
    importing.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
    importing.add_argument("file", metavar="FILE", type=Path)
    _as(importing, required=True)
    importing.add_argument("--programme", metavar="KEY", help="where the user works in more than one")
    importing.add_argument("--organisation", metavar="KEY", help="where the user works for more than one")
    importing.add_argument("--dry-run", action="store_true", help="check everything, save nothing")
    importing.add_argument("--wrong-rows", metavar="FILE", type=Path, help="write the rows to mend here, to send again")

    example = commands.add_parser("example-workbook", help="a workbook as a partner keeps it, to start from")
    example.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
    _output(example, "(default: KIND.xlsx)")

    for name, words in (("figure", "one figure, as this user may see it"), ("records", "the rows behind a figure")):
        asking = commands.add_parser(name, help=words)
        asking.add_argument("programme", metavar="PROGRAMME")
        asking.add_argument("indicator", metavar="INDICATOR")
        asking.add_argument("--period", metavar="P", help="2008, 2008-Q1 or 2008-03 (default: all time)")
        asking.add_argument("--as-of", metavar="DATE", type=_date, help="the state at this date, such as 2016-12-31")
        asking.add_argument("--place", metavar="CODE", help="code of a province, district, commune or village")
        asking.add_argument("--by", metavar="A,B", type=_names, default=(), help="up to three dimensions")
        asking.add_argument("--organisation", metavar="KEY", help="of one organisation alone")
        asking.add_argument("--source", choices=[source.value for source in Source], default=Source.BEST.value)
        asking.add_argument("--format", choices=("table", "json", "csv"), default="table")
        _as(asking)

    report = commands.add_parser("report", help="a programme's report of a period")
    report.add_argument("programme", metavar="PROGRAMME")
    report.add_argument("--period", metavar="P", required=True)
    report.add_argument("--format", choices=("html", "xlsx"), required=True)
    _output(report, "(default: PROGRAMME-P.FORMAT)")
    _as(report)

    for name, words in (
        ("lock", "close a period: its figures answer from a snapshot from then on"),
        ("reopen", "open a locked period for a correction; it is locked again as the next version"),
    ):
        turning = commands.add_parser(name, help=words)
        turning.add_argument("programme", metavar="PROGRAMME")
        turning.add_argument("period", metavar="PERIOD")
        _as(turning, required=True)

    audit = commands.add_parser("audit", help="check the audit trail").add_subparsers(
        dest="deed", metavar="verify", required=True
    )
    audit.add_parser("verify", help="follow the chain from the first entry to the last")

    user = commands.add_parser("user", help="people who sign in").add_subparsers(
        dest="deed", metavar="add", required=True
    )
    add = user.add_parser("add", help="add a user, or a role to one; the first must be an administrator")
    add.add_argument("username", metavar="USERNAME")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--organisation", metavar="KEY", required=True)
    add.add_argument("--organisation-name", metavar="NAME", help="makes the organisation of the first administrator")
    add.add_argument("--programme", metavar="KEY", help="one programme of the organisation (default: every one)")
    add.add_argument("--group", metavar="KEY", help="the group of a group coordinator")
    add.add_argument("--language", choices=("km", "en"), default="km")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _as(add)

    commands.add_parser("migrate", help="bring the database to this version (the other commands do so themselves)")
    return whole


def _as(command: argparse.ArgumentParser, *, required: bool = False) -> None:
    command.add_argument("--as", dest="user", metavar="USER", required=required, help="act as this user")
    command.add_argument("--reason", default="", help="why; asked for where cases are read, kept in the audit trail")


def _output(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument("-o", "--output", metavar="FILE", type=Path, help=f"- for standard output {default}")


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2016-12-31") from None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")


def _positive(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= 64:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 64")
