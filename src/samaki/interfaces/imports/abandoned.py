"""Files that nobody came back to: sealed, but a file that waits for ever is a file that can be lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.db import transaction
from django.db.models.functions import Coalesce

from samaki.interfaces.imports.models import ImportRun
from samaki.interfaces.imports.storage import files_kept, forget_file
from samaki.kernel.actors import System
from samaki.kernel.audit.operations import record

KEPT_FOR = dt.timedelta(days=14)  # since the last sign of life
UNCLAIMED_FOR = dt.timedelta(hours=1)  # a file is written before its run is committed
FORGETTING = System("a file nobody came back to for two weeks")


def forget_abandoned(*, now: dt.datetime) -> int:
    """Ends each run that was never finished and was last touched longer ago than KEPT_FOR: its key and its file are
    destroyed and the trail says so. Files whose run was never made go too. Returns how many runs were ended."""
    waiting = ImportRun.objects.filter(salt__isnull=False).annotate(touched=Coalesce("beat_at", "begun_at"))
    ended = 0
    for taken in waiting.filter(touched__lt=now - KEPT_FOR):
        with transaction.atomic():
            still = ImportRun.objects.filter(pk=taken.pk, state=taken.state, beat_at=taken.beat_at)
            if not still.update(state=ImportRun.State.DISCARDED, salt=None, faults_sealed=None, ended_at=now):
                continue  # somebody went on with it meanwhile
            record(
                FORGETTING,
                "import.forgotten",
                taken,
                organisation_id=taken.organisation_id,
                programme_id=taken.programme_id,
                details={"kind": taken.kind, "state": taken.state},
            )
        forget_file(taken)
        ended += 1
    _clear_unclaimed(now)
    return ended


def _clear_unclaimed(now: dt.datetime) -> None:
    """Sealed files without a run that has their key: nothing can open them."""
    before = (now - UNCLAIMED_FOR).timestamp()
    old = {path.stem: path for path in files_kept() if _written(path) < before}
    if not old:
        return
    claimed = ImportRun.objects.filter(salt__isnull=False, pk__in=[stem for stem in old if stem.isdecimal()])
    for stem in old.keys() - {str(pk) for pk in claimed.values_list("pk", flat=True)}:
        old[stem].unlink(missing_ok=True)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # its run ended meanwhile
        return float("inf")
