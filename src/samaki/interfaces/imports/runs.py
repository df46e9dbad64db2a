"""A run from the web: the file is received, checked, looked at by a person, and only then saved.

Small files are worked on at once, larger ones by a task. Whoever works gives signs of life; a run whose worker died is
marked interrupted and can be run again: nothing of it was saved, because saving is one transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.queries import actor_of
from samaki.interfaces.imports.abandoned import forget_abandoned
from samaki.interfaces.imports.access import kind_named, place_to_take
from samaki.interfaces.imports.models import ImportMapping, ImportRun
from samaki.interfaces.imports.operations import NAME_KEPT, close, mapping_of, origin_of, take
from samaki.interfaces.imports.queries import is_silent
from samaki.interfaces.imports.reading.headings import Headings
from samaki.interfaces.imports.remembered import is_of_people, remember_headings, remembered_headings
from samaki.interfaces.imports.storage import forget_file, keep_faults, keep_file, kept_file
from samaki.interfaces.imports.tasks import work_later
from samaki.kernel.actors import Actor, AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Conflict, DomainError, Invalid
from samaki.kernel.records import Written
from samaki.kernel.tables import Table, TableKind
from samaki.kernel.tables.content import MOST_BYTES

NO_HEADING_ROW = _(
    "The file has no row of headings. Please write one above its first row, with the headings of the example workbook, "
    "and send it again."
)
SMALL = 150_000  # bytes that are worked on at once
BEAT_EVERY = dt.timedelta(seconds=1)
State = ImportRun.State
CAN_DISCARD = (State.WAITING, State.FAULTY, State.CHECKED, State.INTERRUPTED)


def receive(
    kind: str,
    content: bytes,
    *,
    name: str,
    by: Actor,
    at: dt.datetime,
    programme: str = "",
    organisation: str = "",
    corrections: bool = False,
) -> ImportRun:
    """Keeps the file sealed and begins to check it; what others left lying is cleared first. Raises as
    `place_to_take`, and Invalid for a file too big."""
    table_kind = kind_named(kind)
    where = place_to_take(by, table_kind, programme, organisation)
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise Invalid("file_too_big", _("The file is larger than %(most)s MB."), field="file", most=most)
    forget_abandoned(now=at)
    with transaction.atomic():
        taken = ImportRun.objects.create(
            kind=kind,
            programme=where[0],
            organisation=where[1],
            user_id=by.user_id,
            actor_name=by.name,
            file_name="" if table_kind.holds_names else name[-NAME_KEPT:],
            file_size=len(content),
            corrections=corrections,
            second_factor=by.second_factor,
            day_first=mapping_of(where[1], table_kind).day_first,
            is_example=where[1].is_example,
            begun_at=at,
        )
        keep_file(taken, content)
        taken.save()
        _audit(by, "import.receive", taken)
    return _go_on(taken)


def confirm(taken: ImportRun, *, by: Actor, at: dt.datetime) -> ImportRun:
    """Saves what was checked. Raises Conflict where it is not waiting for that."""
    _step(taken, (State.CHECKED,), State.CONFIRMED, by, at)
    return _go_on(taken)


def answer(
    taken: ImportRun,
    *,
    headings: Mapping[str, str],
    day_first: bool | None,
    corrections: bool,
    by: Actor,
    at: dt.datetime,
) -> ImportRun:
    """What the file's headings mean (heading → column key, "" for none), in which order its dates stand and whether it
    corrects: remembered for the organisation's next file of this kind, but for the corrections. Checks again."""
    kind = kind_named(taken.kind)
    known = {column.key for column in kind.columns}
    chosen = [key for key in headings.values() if key]
    if not set(chosen) <= known:
        raise Invalid("no_such_column", _("Please choose one of the columns."))
    if len(chosen) != len(set(chosen)):
        raise Invalid("column_chosen_twice", _("Please choose each column once."))
    if is_of_people(kind):
        known_already = remembered_headings(mapping_of(taken.organisation, kind), kind)
        if not Headings(kind.columns, known_already).match([*headings]).places:
            raise Invalid("no_heading_row", NO_HEADING_ROW)
    _step(taken, (State.FAULTY, State.CHECKED), State.WAITING, by, at)
    with transaction.atomic():
        mapping, _made = ImportMapping.objects.select_for_update().get_or_create(
            organisation=taken.organisation, kind=taken.kind
        )
        remember_headings(mapping, kind, headings)
        mapping.day_first = day_first
        mapping.save()
        taken.day_first, taken.corrections = day_first, corrections
        taken.save(update_fields=["day_first", "corrections"])
    return _go_on(taken)


def again(taken: ImportRun, *, by: Actor, at: dt.datetime) -> ImportRun:
    """Checks an interrupted run anew."""
    _step(taken, (State.INTERRUPTED,), State.WAITING, by, at)
    return _go_on(taken)


def discard(taken: ImportRun, *, by: Actor, at: dt.datetime) -> ImportRun:
    """The file and its key are destroyed; nothing was saved."""
    _step(taken, CAN_DISCARD, State.DISCARDED, by, at)
    forget_file(taken)
    taken.ended_at = at
    taken.save()
    return taken


def note_interrupted(taken: ImportRun, *, now: dt.datetime) -> ImportRun:
    """Marks a run whose worker has gone silent."""
    if is_silent(taken, now):
        changed = ImportRun.objects.filter(pk=taken.pk, state=taken.state, beat_at=taken.beat_at)
        changed.update(state=State.INTERRUPTED)
        taken.refresh_from_db()
    return taken


def work(run_id: int) -> None:
    """Does what is next for a run: checks one that waits, saves one that is confirmed. Anything else is left as it is,
    so doing it twice is harmless."""
    now = timezone.now()
    for before, after in ((State.WAITING, State.CHECKING), (State.CONFIRMED, State.SAVING)):
        if ImportRun.objects.filter(pk=run_id, state=before).update(state=after, beat_at=now, rows_done=0):
            _work(ImportRun.objects.select_related("user", "programme", "organisation").get(pk=run_id), now)
            return


def _work(taken: ImportRun, now: dt.datetime) -> None:
    kind = kind_named(taken.kind)
    saving = taken.state == State.SAVING
    by = _actor(taken, now)
    try:
        table, written = take(
            kept_file(taken),
            kind,
            (taken.programme, taken.organisation),
            by,
            now,
            headings=remembered_headings(mapping_of(taken.organisation, kind), kind),
            day_first=taken.day_first,
            corrections=taken.corrections,
            begin=(lambda: origin_of(taken)) if saving else None,
            finish=lambda table, written: close(taken, table, written, by, now),
            progress=_Beat(taken),
        )
    except DomainError as error:
        table, written = Table({}), Written()
        table.refuse(None, "", error)
    if saving and not table.fault_count:
        forget_file(taken)
        return
    _keep_result(taken, kind, table, written)


def _keep_result(taken: ImportRun, kind: TableKind, table: Table, written: Written) -> None:
    taken.state = State.FAULTY if table.fault_count else State.CHECKED
    taken.rows = taken.rows_done = len(table)
    taken.fault_count = table.fault_count
    taken.wrong_rows = len(table.faulty_rows)
    clean = not table.fault_count
    taken.created = written.created if clean else None
    taken.changed = written.changed if clean else None
    taken.unchanged = written.unchanged if clean else None
    keep_faults(taken, table, kind)
    taken.save()


class _Beat:
    """A sign of life, and how many rows are read, about once a second."""

    def __init__(self, taken: ImportRun) -> None:
        self.taken = taken
        self.last = timezone.now()

    def __call__(self, rows: int) -> None:
        now = timezone.now()
        if now - self.last >= BEAT_EVERY:
            self.last = now
            ImportRun.objects.filter(pk=self.taken.pk).update(beat_at=now, rows_done=rows)


def _actor(taken: ImportRun, now: dt.datetime) -> AnyActor:
    """Who sent the file, with the grants of now: a role taken back meanwhile counts."""
    if taken.user is None or not taken.user.is_active:
        return Actor(user_id=None, name=taken.actor_name)
    return actor_of(taken.user, on=timezone.localdate(now), second_factor=taken.second_factor)


def _step(taken: ImportRun, before: tuple[State, ...], after: State, by: Actor, at: dt.datetime) -> None:
    """Raises Conflict where the run has gone on meanwhile."""
    with transaction.atomic():
        changed = ImportRun.objects.filter(pk=taken.pk, state__in=before).update(
            state=after, beat_at=at, second_factor=by.second_factor, user=by.user_id, actor_name=by.name
        )
        if not changed:
            raise Conflict("import_state", _("This import has gone on meanwhile. Please look at where it stands."))
        taken.refresh_from_db()
        _audit(by, f"import.{after.value}", taken)


def _go_on(taken: ImportRun) -> ImportRun:
    if taken.file_size <= SMALL:
        work(taken.pk)
    else:
        work_later(taken.pk)
    taken.refresh_from_db()
    return taken


def _audit(by: AnyActor, deed: str, taken: ImportRun) -> None:
    record(
        by,
        deed,
        taken,
        organisation_id=taken.organisation_id,
        programme_id=taken.programme_id,
        details={"kind": taken.kind, "bytes": taken.file_size},
    )
