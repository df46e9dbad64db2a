"""Looking into the file of a run: each look is written to the audit trail before anything of it is handed out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samaki.interfaces.imports.access import kind_named
from samaki.interfaces.imports.models import ImportRun
from samaki.interfaces.imports.operations import mapping_of, take
from samaki.interfaces.imports.queries import Told, faults
from samaki.interfaces.imports.reading.rows import SeenHeading, look_at_headings
from samaki.interfaces.imports.remembered import is_of_cases, is_of_people, remembered_headings
from samaki.interfaces.imports.storage import kept_file
from samaki.kernel.actors import Actor
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Invalid
from samaki.kernel.tables import Table

OWN = "own upload"


def shows_rows(taken: ImportRun, by: Actor) -> bool:
    """Whether the pages may show rows without asking why: rows of cases only to whoever sent them."""
    return not is_of_cases(kind_named(taken.kind)) or _sent_by(taken, by)


def faults_seen(taken: ImportRun, *, by: Actor) -> list[Told]:
    """The faults kept of a run; of cases that another sent, only those of the file as a whole."""
    with transaction.atomic():
        _note(taken, by, "faults", _own(taken, by))
        told = faults(taken)
    return told if shows_rows(taken, by) else [fault for fault in told if fault.row is None]


def headings_seen(taken: ImportRun, *, by: Actor) -> tuple[SeenHeading, ...]:
    """The headings of the file, for a person to match. Of a file about people nothing where none of them is known:
    then the file has no row of headings. Raises Unusable, and Conflict where the file is gone."""
    kind = kind_named(taken.kind)
    with transaction.atomic():
        content = kept_file(taken)
        _note(taken, by, "columns", _own(taken, by))
        seen = look_at_headings(content, kind, remembered_headings(mapping_of(taken.organisation, kind), kind))
    if is_of_people(kind) and not any(one.key for one in seen):
        return ()
    return seen if shows_rows(taken, by) else tuple(replace(one, samples=()) for one in seen)


def checked_table(taken: ImportRun, *, by: Actor, at: dt.datetime, reason: str = "") -> tuple[bytes, Table]:
    """The file and its table with every fault, made anew: of the faults only the first are kept. Raises
    Invalid("reason_wanted") for cases without a reason, and Conflict where the file is gone."""
    kind = kind_named(taken.kind)
    if is_of_cases(kind) and not reason.strip():
        raise Invalid("reason_wanted", _("Please say why you open these records; it is kept."), field="reason")
    content = kept_file(taken)
    with transaction.atomic():  # ends before the table is made, which writes and keeps its own refusals
        _note(taken, by, "wrong_rows", reason.strip())
    table, _written = take(
        content,
        kind,
        (taken.programme, taken.organisation),
        by,
        at,
        headings=remembered_headings(mapping_of(taken.organisation, kind), kind),
        day_first=taken.day_first,
        corrections=taken.corrections,
        begin=None,
        finish=lambda table, written: None,
    )
    return content, table


def _own(taken: ImportRun, by: Actor) -> str:
    return OWN if is_of_cases(kind_named(taken.kind)) and _sent_by(taken, by) else ""


def _sent_by(taken: ImportRun, by: Actor) -> bool:
    """By the trail: the run itself names whoever went on with it last."""
    sent = AuditEntry.objects.filter(action="import.receive", object_type=taken._meta.label_lower)
    return by.user_id is not None and sent.filter(object_id=str(taken.pk), actor_id=by.user_id).exists()


def _note(taken: ImportRun, by: Actor, what: str, reason: str) -> None:
    record(
        by,
        "imports.read",
        taken,
        organisation_id=taken.organisation_id,
        programme_id=taken.programme_id,
        reason=reason,
        details={"kind": taken.kind, "what": what},
    )
