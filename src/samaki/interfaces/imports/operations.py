"""Taking a file in: all of its rows or none; the same file again changes nothing; a dry run leaves no trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone

from samaki.ground.organisations.models import Organisation
from samaki.interfaces.imports.access import Place, kind_named, names_its_places, place_to_take
from samaki.interfaces.imports.collector import held_still
from samaki.interfaces.imports.models import ImportMapping, ImportRun
from samaki.interfaces.imports.outcome import Outcome
from samaki.interfaces.imports.reading.rows import Progress, read
from samaki.interfaces.imports.remembered import remembered_headings
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import RowsInvalid
from samaki.kernel.records import Written
from samaki.kernel.tables import Checked, Reading, Setting, Table, TableKind
from samaki.kernel.tables.content import MOST_BYTES

NAME_KEPT = 120


def run(
    kind: str,
    file: Path | BinaryIO | bytes,
    actor: AnyActor,
    *,
    dry_run: bool = False,
    programme: str = "",
    organisation: str = "",
    day_first: bool | None = None,
    corrections: bool = False,
    name: str = "",
    at: dt.datetime | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Takes a file in at once, as the command line does. Faults come back in the outcome and then nothing is saved.

    Raises Refused, NotFound or Invalid for an actor, a kind or a programme that cannot be (see `place_to_take`),
    OSError for a path that cannot be read.
    """
    table_kind = kind_named(kind)
    at = at or timezone.now()
    content = content_of(file)
    where = place_to_take(
        actor, table_kind, programme, organisation,
        told_by_file=lambda found: _told_by_file(content, table_kind, found, actor, at, day_first),
    )  # fmt: skip
    mapping = mapping_of(where[1], table_kind)
    day_first = mapping.day_first if day_first is None else day_first
    run_id: list[int] = []

    def begin() -> str:
        taken = ImportRun.objects.create(
            kind=kind,
            programme=where[0],
            organisation=where[1],
            user_id=actor.user_id,
            actor_name=actor.name,
            state=ImportRun.State.SAVING,
            file_name="" if table_kind.holds_names else (name or getattr(file, "name", ""))[-NAME_KEPT:],
            file_size=len(content),
            day_first=day_first,
            corrections=corrections,
            is_example=where[1].is_example,
            begun_at=at,
        )
        run_id.append(taken.pk)
        return origin_of(taken)

    def finish(table: Table, written: Written) -> None:
        close(ImportRun.objects.get(pk=run_id[0]), table, written, actor, at)

    table, written = take(
        content,
        table_kind,
        where,
        actor,
        at,
        headings=remembered_headings(mapping, table_kind),
        day_first=day_first,
        corrections=corrections,
        begin=None if dry_run else begin,
        finish=finish,
        progress=progress,
    )
    saved = not dry_run and not table.fault_count
    return Outcome(
        table_kind, where[0].key, where[1].key, table, written, dry_run, run_id[0] if saved and run_id else None
    )


def _told_by_file(
    content: bytes,
    kind: TableKind,
    found: Sequence[Place],
    actor: AnyActor,
    at: dt.datetime,
    day_first: bool | None,
) -> Place | None:
    """The one of several programmes whose places and groups the file names; None where that is none, or several."""
    today = timezone.localdate(at)
    fitting = []
    for programme, organisation in found:
        remembered = remembered_headings(mapping_of(organisation, kind), kind)
        table = read(content, kind, Reading(today, day_first), remembered=remembered)
        setting = Setting(actor, programme.pk, organisation.pk, at, today)
        if len(table) and names_its_places(table, kind, setting):
            fitting.append((programme, organisation))
    return fitting[0] if len(fitting) == 1 else None


@held_still()
def take(
    content: bytes,
    kind: TableKind,
    where: Place,
    actor: AnyActor,
    at: dt.datetime,
    *,
    headings: Mapping[str, str],
    day_first: bool | None,
    corrections: bool,
    begin: Callable[[], str] | None,
    finish: Callable[[Table, Written], None],
    progress: Progress | None = None,
) -> tuple[Table, Written]:
    """Reads, checks and saves. `begin` opens the run inside the transaction and returns its origin; None is a dry run,
    which does all of it and undoes it. `finish` ends the run in the transaction that saved."""
    today = timezone.localdate(at)
    table = read(content, kind, Reading(today, day_first), remembered=headings, progress=progress)
    if not len(table) or any(fault.row is None for fault in table.faults):
        return table, Written()
    programme, organisation = where
    scope = {"organisation_id": organisation.pk, "programme_id": programme.pk}
    setting = Setting(actor, programme.pk, organisation.pk, at, today, "", corrections)
    checked = kind.check(table, setting)
    with keeping_refusals(actor, kind.action, ("imports.importrun", kind.key), **scope):
        if begin is not None and not table.fault_count:
            setting = Setting(actor, programme.pk, organisation.pk, at, today, begin(), corrections)
        written = _save(kind, table, checked, setting)
        if begin is None or table.fault_count:
            transaction.set_rollback(True)
        else:
            finish(table, written)
    return table, Written() if table.fault_count else written


def _save(kind: TableKind, table: Table, checked: Checked, setting: Setting) -> Written:
    """Rows without a fault are tried even beside faulty ones, so that every fault is told at once."""
    try:
        with transaction.atomic():
            return kind.save(checked, setting)
    except RowsInvalid as error:
        for index, why in error.faults:
            table.refuse(checked.places[index], kind.field_columns.get(why.field or "", ""), why)
        return Written()


def close(taken: ImportRun, table: Table, written: Written, actor: AnyActor, at: dt.datetime) -> None:
    """The run is saved: its key is destroyed, its counts stay."""
    taken.state = ImportRun.State.SAVED
    taken.rows = taken.rows_done = len(table)
    taken.created, taken.changed, taken.unchanged = written.created, written.changed, written.unchanged
    taken.fault_count = taken.wrong_rows = 0
    taken.salt = taken.faults_sealed = None
    taken.ended_at = at
    taken.save()
    record(
        actor,
        "import.save",
        taken,
        organisation_id=taken.organisation_id,
        programme_id=taken.programme_id,
        details={
            "kind": taken.kind,
            "rows": len(table),
            "created": written.created,
            "changed": written.changed,
            "unchanged": written.unchanged,
        },
    )


def origin_of(taken: ImportRun) -> str:
    """What the records of a run carry, so that a figure opens down to the file."""
    return f"import:{taken.pk}"


def mapping_of(organisation: Organisation, kind: TableKind) -> ImportMapping:
    found = ImportMapping.objects.filter(organisation=organisation, kind=kind.key).first()
    return found or ImportMapping(organisation=organisation, kind=kind.key)


def content_of(file: Path | BinaryIO | bytes) -> bytes:
    """Never more than one byte beyond what is taken, however long the file is."""
    if isinstance(file, bytes):
        return file
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    return file.read(MOST_BYTES + 1)
