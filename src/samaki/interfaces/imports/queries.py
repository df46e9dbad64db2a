"""Runs and files, limited to what the actor may take in herself."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samaki.interfaces.imports.models import ImportRun
from samaki.interfaces.imports.storage import unsealed_faults
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import reach
from samaki.kernel.tables import table_kinds

SILENT_FOR = dt.timedelta(seconds=90)  # without a sign of life whoever worked on a run is taken for dead
WORKING = (ImportRun.State.CHECKING, ImportRun.State.SAVING)
UNDER_WAY = (ImportRun.State.WAITING, ImportRun.State.CONFIRMED, *WORKING)


@dataclass(frozen=True)
class Told:
    """A fault as it was kept, in the reader's language; see outcome.Located."""

    sheet: str
    row: int | None
    letter: str
    heading: str
    value: str
    code: str
    what: str
    remedy: str


def runs(actor: AnyActor) -> QuerySet[ImportRun]:
    """Runs of the kinds, organisations and programmes the actor may take in, newest first. Whoever acts for one group
    alone sees her own runs only: another's file may hold other groups."""
    seen = Q(pk__in=[])
    for kind in table_kinds:
        within = reach(actor, kind.action)
        if not within:
            continue
        seen |= Q(kind=kind.key) & within.q()
        organisations = within.organisations()
        if actor.user_id is not None and organisations is not None:
            seen |= Q(kind=kind.key, user=actor.user_id, organisation__in=organisations)
    return ImportRun.objects.filter(seen).select_related("programme", "organisation").order_by("-pk")


def import_run(actor: AnyActor, run_id: int) -> ImportRun:
    """Raises NotFound, saying the same whether it exists or not."""
    found = runs(actor).filter(pk=run_id).first()
    if found is None:
        raise NotFound("no_such_import", _("There is no such import."))
    return found


def is_silent(taken: ImportRun, now: dt.datetime) -> bool:
    """Whether whoever works on it has given no sign of life for too long."""
    return taken.state in WORKING and (taken.beat_at or taken.begun_at) < now - SILENT_FOR


def faults(taken: ImportRun) -> list[Told]:
    """The faults kept of a run (the first some hundred), in the reader's language."""
    kept = unsealed_faults(taken)
    language = "km" if (get_language() or "").startswith("km") else "en"
    return [
        Told(
            fault["sheet"],
            fault["row"],
            fault["letter"],
            fault["heading"],
            fault["value"],
            fault["code"],
            fault[language][0],
            fault[language][1],
        )
        for fault in json.loads(kept)
    ]
