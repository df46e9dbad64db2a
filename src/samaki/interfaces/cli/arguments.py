"""The words of the command line. Scripts rely on them: a word once given is not taken away."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from samaki import __version__
from samaki.kernel.actors import Role
from samaki.kernel.figures import Source

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

# The words of the models, which cannot be loaded before --help is answered; a test holds that they are the same.
ORGANISATION_KINDS = ("local_ngo", "international_ngo", "community_based", "government_office", "donor")
PARTS = ("lead", "partner", "member", "donor", "duty_bearer")
AREAS = ("old", "new", "undivided")
GROUP_KINDS = (
    "working_group",
    "mens_group",
    "womens_group",
    "network",
    "community_of_practice",
    "savings_group",
    "learning_group",
)
KINDS = ("cases", "group-reports", "responses", "tallies", "roster")
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
    "audit verify": "audit:verify",
    "retention plan": "retention:plan",
    "retention run": "retention:run",
    "retention receipts": "retention:receipts",
    "retention replay": "retention:replay",
    "keys status": "keys:status",
    "keys rotate": "keys:rotate",
    "keys reseal": "keys:reseal",
    "keys retire": "keys:retire",
    "organisation add": "setup:add_organisation",
    "programme add": "setup:add_programme",
    "programme partner": "setup:give_part",
    "programme place": "setup:add_place",
    "group add": "setup:add_group",
    "user add": "users:add",
    "user password": "users:password",
    "user role": "users:role",
    "user close": "users:close",
    "device add": "devices:add",
    "device list": "devices:listed",
    "device revoke": "devices:revoke",
    "match": "matching:match",
    "tidy": "tidying:tidy",
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
    importing.add_argument(
        "--wrong-rows",
        metavar="FILE",
        type=Path,
        help="write the rows to mend, then the right ones, as one workbook to mend and import whole",
    )

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
        if name == "lock":
            turning.add_argument(
                "--although-missing", action="store_true", help="although reports are missing; --reason says why"
            )

    audit = commands.add_parser("audit", help="check the audit trail").add_subparsers(
        dest="deed", metavar="verify", required=True
    )
    audit.add_parser("verify", help="follow the chain from the first entry to the last")

    _retention(commands)
    _keys(commands)
    _setting_up(commands)
    _users(commands)
    _devices(commands)
    matching = commands.add_parser("match", help="look for people who may be entered twice")
    matching.add_argument("where", metavar="ORGANISATION", help="or, with --across, a programme")
    matching.add_argument("--with", dest="using", choices=("likeness", "splink"), default="likeness",
                          help="splink for large lists: pip install samaki[matching]")  # fmt: skip
    matching.add_argument("--train", action="store_true", help="learn Splink’s model anew from this list")
    matching.add_argument("--across", action="store_true", help="as steward of the programme: who agreed to it")
    _as(matching, required=True)

    commands.add_parser("tidy", help="forget what no phone needs any more (`serve` does so by itself)")
    commands.add_parser("migrate", help="bring the database to this version (the other commands do so themselves)")
    return whole


def command_of(arguments: argparse.Namespace) -> str:
    """The key of COMMANDS."""
    deed = getattr(arguments, "deed", None)
    return f"{arguments.command} {deed}" if deed else str(arguments.command)


def _setting_up(commands: Commands) -> None:
    organisation = _deeds(commands, "organisation", "who takes part", "add")
    add = organisation.add_parser("add", help="make an organisation known to the site; it takes part in nothing yet")
    add.add_argument("key", metavar="KEY", help="lower-case letters and digits, joined by hyphens")
    _names_of(add)
    add.add_argument("--kind", required=True, choices=ORGANISATION_KINDS)
    add.add_argument("--women-led", metavar="yes|no", type=_yes_or_no, help="as it declares (default: not declared)")
    _as(add, required=True)

    programme = _deeds(commands, "programme", "what is done together", "add|partner|place")
    add = programme.add_parser("add", help="set up a programme of your organisation; you administer it from then on")
    add.add_argument("key", metavar="KEY", help="lower-case letters and digits, joined by hyphens")
    _names_of(add, khmer=True)
    add.add_argument("--lead", metavar="ORGANISATION", required=True, help="key of the organisation that leads it")
    add.add_argument("--starts", metavar="DATE", type=_date)
    add.add_argument("--ends", metavar="DATE", type=_date)
    add.add_argument(
        "--fiscal-month", metavar="1–12", type=_month, default=1, help="in which its year begins (default: 1)"
    )
    add.add_argument("--gender-marker", type=int, choices=(0, 1, 2), help="OECD marker (default: not scored)")
    _as(add, required=True)
    partner = programme.add_parser("partner", help="give an organisation a part in a programme")
    partner.add_argument("programme", metavar="PROGRAMME")
    partner.add_argument("organisation", metavar="ORGANISATION")
    partner.add_argument("--part", choices=PARTS, default="partner")
    partner.add_argument("--since", metavar="DATE", type=_date, help="(default: from the start)")
    _as(partner, required=True)
    place = programme.add_parser("place", help="say where a programme works")
    place.add_argument("programme", metavar="PROGRAMME")
    place.add_argument("place", metavar="PLACE", help="code or name")
    place.add_argument("--area", choices=AREAS, default="undivided", help="old or new area of the programme")
    place.add_argument("--since", metavar="DATE", type=_date, help="(default: from the start)")
    _as(place, required=True)

    group = _deeds(commands, "group", "circles of people", "add")
    add = group.add_parser("add", help="form a group")
    add.add_argument("key", metavar="KEY", help="lower-case letters and digits, joined by hyphens")
    add.add_argument("--programme", metavar="KEY", required=True)
    add.add_argument("--organisation", metavar="KEY", required=True, help="which supports it")
    add.add_argument("--kind", required=True, choices=GROUP_KINDS)
    _names_of(add)
    add.add_argument("--place", metavar="PLACE", help="code or name")
    add.add_argument("--formed-on", metavar="DATE", type=_date)
    add.add_argument(
        "--keeps-names",
        metavar="yes|no",
        type=_yes_or_no,
        default=True,
        help="no where belonging itself would reveal who somebody is (default: yes)",
    )
    _as(add, required=True)


def _users(commands: Commands) -> None:
    user = _deeds(commands, "user", "people who sign in", "add|password|role|close")
    add = user.add_parser(
        "add",
        help="add a user, or a role to one; --as may be left out only for the first administrator of an organisation",
    )
    add.add_argument("username", metavar="USERNAME")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--organisation", metavar="KEY", required=True)
    add.add_argument("--organisation-name", metavar="NAME", help="makes the organisation of its first administrator")
    add.add_argument("--programme", metavar="KEY", help="one programme of the organisation (default: every one)")
    add.add_argument("--group", metavar="KEY", help="the group of a group coordinator")
    add.add_argument("--language", choices=("km", "en"), default="km")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _as(add)
    password = user.add_parser("password", help="give a new password to who forgot hers")
    password.add_argument("username", metavar="USERNAME")
    password.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _as(password, required=True)
    role = user.add_parser("role", help="end a role of a user (`user add` gives one)")
    role.add_argument("username", metavar="USERNAME")
    role.add_argument("role", metavar="ROLE", choices=[role.value for role in Role])
    role.add_argument("--revoke", action="store_true", required=True, help="from today on")
    role.add_argument("--organisation", metavar="KEY", help="where she holds it at more than one")
    role.add_argument("--programme", metavar="KEY", help="where she holds it in more than one")
    role.add_argument("--group", metavar="KEY", help="where she holds it for more than one")
    _as(role, required=True)
    close = user.add_parser("close", help="close an account: nobody signs in by it again")
    close.add_argument("username", metavar="USERNAME")
    _as(close, required=True)


def _devices(commands: Commands) -> None:
    device = _deeds(commands, "device", "phones that send", "add|list|revoke")
    add = device.add_parser("add", help="connect a phone; its password is printed as JSON, this once")
    add.add_argument("username", metavar="USERNAME", help="who sends by it")
    add.add_argument("--programme", metavar="KEY", required=True)
    add.add_argument("--organisation", metavar="KEY", help="where she records for more than one")
    add.add_argument("--label", metavar="TEXT", default="", help="which phone it is")
    add.add_argument("--kind", choices=("app", "browser"), default="app", help="ODK Collect, or a phone's browser")
    add.add_argument(
        "--site", metavar="URL", help="address of the site as phones reach it (default: where it was last served)"
    )
    _as(add, required=True)
    listed = device.add_parser("list", help="your phones, and those of the users you administer")
    listed.add_argument("--format", choices=("table", "json"), default="table")
    _as(listed, required=True)
    revoke = device.add_parser("revoke", help="close a phone at once")
    revoke.add_argument("name", metavar="PHONE", help="its name, as `device list` gives it")
    _as(revoke, required=True)


def _keys(commands: Commands) -> None:
    keys = _deeds(commands, "keys", "the keys that seal names, files and her side", "status|rotate|reseal|retire")
    keys.add_parser("status", help="the keys of each ring, and what is still under an older one")
    for deed, words in (
        ("rotate", "make a new key and seal everything of the ring by it; people may go on working"),
        ("reseal", "go on where a rotation was interrupted, or after a key was added to a variable"),
        ("retire", "take out older keys that nothing needs any more; older copies of the database open no more"),
    ):
        keys.add_parser(deed, help=words).add_argument("ring", choices=("master", "his", "hers"), metavar="RING")


def _deeds(commands: Commands, noun: str, words: str, deeds: str) -> Commands:
    return commands.add_parser(noun, help=words).add_subparsers(dest="deed", metavar=deeds, required=True)


def _names_of(command: argparse.ArgumentParser, *, khmer: bool = False) -> None:
    command.add_argument("--name-en", metavar="NAME", required=True)
    command.add_argument("--name-km", metavar="NAME", required=khmer, default="", help="in Khmer")


def _as(command: argparse.ArgumentParser, *, required: bool = False) -> None:
    command.add_argument("--as", dest="user", metavar="USER", required=required, help="act as this user")
    command.add_argument("--reason", default="", help="why; asked for where cases are read, kept in the audit trail")


def _retention(commands: Commands) -> None:
    retention = commands.add_parser("retention", help="what must go after its time: who withdrew, old cases, old names")
    deeds = retention.add_subparsers(dest="deed", metavar="DEED", required=True)
    planning = deeds.add_parser("plan", help="list what would go, and change nothing")
    planning.add_argument("--on", metavar="DATE", type=_date, help="what is due by this day (default: today)")
    _as(planning, required=True)
    _as(deeds.add_parser("run", help="let go what is due (`serve` does so daily), and print receipts"), required=True)
    _as(deeds.add_parser("receipts", help="what went, the latest first"), required=True)
    deeds.add_parser("replay", help="after a copy was put back: erase again who was erased since (every start does so)")


def _output(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument("-o", "--output", metavar="FILE", type=Path, help=f"- for standard output {default}")


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2016-12-31") from None


def _yes_or_no(text: str) -> bool:
    if text in {"yes", "no"}:
        return text == "yes"
    raise argparse.ArgumentTypeError(f"{text!r} is neither yes nor no")


def _month(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 12:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a month (1 to 12)")


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
