"""The file of a run and its faults, sealed under the run's own key; destroying the key makes every copy unreadable."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from samaki.interfaces.imports.models import ImportRun
from samaki.interfaces.imports.outcome import located
from samaki.kernel import sealed
from samaki.kernel.errors import Conflict
from samaki.kernel.tables import Fault, Table, TableKind

FAULTS_KEPT = 500
LANGUAGES = ("km", "en")


def keep_file(taken: ImportRun, content: bytes) -> None:
    """Call in the transaction that makes the run: a file without its run has no key."""
    salt = taken.salt = sealed.new_salt()
    path = _path(taken)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(sealed.seal_bytes(content, salt=salt, context=context_of(taken.pk)))


def kept_file(taken: ImportRun) -> bytes:
    """Raises Conflict("file_gone") where it is no longer kept, or was altered."""
    if taken.salt is not None:
        with contextlib.suppress(OSError, sealed.SealBroken):
            return sealed.unseal_bytes(_path(taken).read_bytes(), salt=bytes(taken.salt), context=context_of(taken.pk))
    raise Conflict("file_gone", _("The file is no longer kept. Please send it again."))


def forget_file(taken: ImportRun) -> None:
    """The key and the file; the caller saves the run."""
    taken.salt = taken.faults_sealed = None
    with contextlib.suppress(OSError):
        _path(taken).unlink()


def keep_faults(taken: ImportRun, table: Table, kind: TableKind) -> None:
    """What is to be said of the file and its first faults, in both languages: who reads them later may read another."""
    if taken.salt is None:
        return
    ordered = sorted(table.faults, key=lambda fault: -1 if fault.row is None else fault.row)
    ordered = [*table.notices, *ordered][:FAULTS_KEPT]
    text = json.dumps(list(_in_both(ordered, table, kind)), ensure_ascii=False)
    taken.faults_sealed = sealed.seal(text, salt=bytes(taken.salt), context=context_of(taken.pk))


def unsealed_faults(taken: ImportRun) -> str:
    if taken.salt is None or taken.faults_sealed is None:
        return "[]"
    return sealed.unseal(bytes(taken.faults_sealed), salt=bytes(taken.salt), context=context_of(taken.pk))


def _in_both(faults: Iterable[Fault], table: Table, kind: TableKind) -> Iterable[dict[str, object]]:
    for fault in faults:
        told: dict[str, object] = {}
        for language in LANGUAGES:
            with translation.override(language):
                place = located(fault, table, kind)
                told[language] = [place.what, place.remedy]
        told |= {
            "sheet": place.sheet,
            "row": place.row,
            "letter": place.letter,
            "heading": place.heading,
            "value": place.value,
            "code": place.code,
        }
        yield told


def files_kept() -> list[Path]:
    """Sealed files there are, each named by the key of its run."""
    return sorted((Path(settings.MEDIA_ROOT) / "imports").glob("*.sealed"))


def _path(taken: ImportRun) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / f"{taken.pk}.sealed"


def sealed_files() -> Iterator[tuple[Path, Callable[[], bytes]]]:
    """The files kept, each with what seals it anew. That raises OSError, SealBroken."""
    for taken in ImportRun.objects.filter(salt__isnull=False).iterator():
        yield _path(taken), partial(_anew, taken)


def _anew(taken: ImportRun) -> bytes:
    salt, context = bytes(taken.salt or b""), context_of(taken.pk)
    return sealed.seal_bytes(
        sealed.unseal_bytes(_path(taken).read_bytes(), salt=salt, context=context), salt=salt, context=context
    )


def context_of(run_id: int) -> str:
    return f"import:{run_id}"
