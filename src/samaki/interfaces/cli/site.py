"""Opening the site behind the command line: settings, a database of this version, the acting user."""

from __future__ import annotations

import fcntl
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.utils import timezone

from samaki.interfaces.cli.outcome import Outcome, WrongArgument
from samaki.kernel.actors import PUBLIC, Actor
from samaki.kernel.errors import Conflict, DomainError, NotFound, Refused

LANGUAGES = ("en", "km")


def opened() -> None:
    """Loads the settings and brings an older database to this version. Raises WrongArgument for settings that cannot
    be, Conflict for a database written by a newer Samaki."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samaki.project.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    try:
        django.setup()
    except (ValueError, ImproperlyConfigured) as error:
        raise WrongArgument(str(error)) from error
    try:
        _bring_up_to_date()
        _expect_own_keys()
    except DatabaseError as error:
        raise Conflict(
            "database_silent", "the database does not answer: %(why)s", why=str(error).splitlines()[0]
        ) from error


def _expect_own_keys() -> None:
    from samaki.kernel.keyrings.marks import WrongKeys, expect_own_keys
    from samaki.kernel.rings import NoSuchRing

    try:
        expect_own_keys()
    except (WrongKeys, NoSuchRing) as error:
        raise Conflict("wrong_keys", str(error)) from error
    _hold_to_erasures()


def _hold_to_erasures() -> None:
    """A copy that was put back knows nothing of who was erased since: she is erased again before anybody reads."""
    from samaki.kernel.keyrings.erasures import JournalBroken, path_of, replay

    try:
        done = replay()
    except JournalBroken as error:
        raise Conflict("journal_broken", f"{path_of()} holds a line that is no erasure: {error}") from error
    for kind, count in done.items():
        print(f"samaki: erased again from an older copy: {count:,} {kind}", file=sys.stderr)


def migrate(arguments: Namespace) -> int:
    """`samaki migrate`: opening the site has already done it; what comes with a version without migrations is loaded
    here."""
    from samaki.interfaces.cli import reference_data

    reference_data.load()
    print("The database is of this version.")
    return Outcome.DONE


def acting(arguments: Namespace) -> Actor:
    """The user named by --as, with the grants of today; the public without one. Raises NotFound."""
    from samaki.ground.accounts.queries import actor_named

    if not arguments.user:
        return PUBLIC
    return actor_named(arguments.user, on=timezone.localdate(), reason=arguments.reason)


def keep_refusal(error: DomainError, arguments: Namespace) -> None:
    """A refusal that no operation has written to the audit trail, as of a read, is written here; so is what a named
    user did not find, since what is out of her sight is answered alike."""
    if not isinstance(error, Refused | NotFound) or error.recorded:
        return
    if isinstance(error, NotFound) and (not getattr(arguments, "user", None) or error.code == "no_such_user"):
        return
    from samaki.kernel.audit.operations import record

    about = {
        name: str(getattr(arguments, name)) for name in ("programme", "indicator", "period") if hasattr(arguments, name)
    }
    record(
        acting(arguments),
        "refused" if isinstance(error, Refused) else "not_found",
        ("command", arguments.command),
        refused=True,
        details={"code": error.code, "about": about},
    )


def language() -> str:
    """English on the command line unless the site says otherwise: its words are what scripts read."""
    chosen = os.environ.get("SAMAKI_LANGUAGE") or "en"
    if chosen not in LANGUAGES:
        raise WrongArgument(f"SAMAKI_LANGUAGE is en or km, not {chosen}")
    return chosen


def _bring_up_to_date() -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    ours = executor.loader.migrated_apps
    newer = sorted(
        f"{app}.{name}"
        for app, name in executor.loader.applied_migrations
        if app in ours
        and (app, name) not in executor.loader.graph.nodes
        and (app, name) not in executor.loader.replacements
    )
    if newer:
        raise Conflict(
            "database_newer",
            "the database was written by a newer Samaki (%(names)s); install that version, or restore an older copy",
            names=", ".join(newer),
        )
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with _alone():
            _migrate()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection

    fresh = "django_migrations" not in connection.introspection.table_names()
    if not fresh:
        print("samaki: bringing the database to this version", file=sys.stderr)
    call_command("migrate", verbosity=0, interactive=False)
    from samaki.interfaces.cli import reference_data

    reference_data.load()


@contextmanager
def _alone() -> Iterator[None]:
    """Two commands that find an old database at once take turns; the second then finds it done."""
    with (Path(settings.DATA) / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
