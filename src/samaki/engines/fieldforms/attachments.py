"""Files that come with a submission: sealed piece by piece while they arrive, so that none lies open on the disk and
none is held whole in memory.

What the database keeps of a file is the salt of its key; its name on the disk is a digest of that salt. So whoever
holds the folder alone can neither open a file nor tell whose it is, and destroying the row destroys every copy of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from samaki.engines.fieldforms.models import Attachment
from samaki.engines.fieldforms.operations.parcels import Received
from samaki.kernel import sealed

PIECE = 256 * 1024  # bytes sealed at once
SEALED_PIECE = PIECE + sealed.NONCE_BYTES + 16  # with the nonce before and the tag behind
UNFINISHED = ".part"
KEPT_UNCLAIMED = 24 * 60 * 60  # seconds: longer than any request runs


class Sealing:
    """A file on its way in: `finished` gives it its last name, `settle` then makes it durable; until it is finished
    `dropped` leaves no trace of it."""

    def __init__(self) -> None:
        (self._salt,) = sealed.new_salts(1)
        self._path = _path(self._salt.hex())
        _make(self._path.parent)
        self._unfinished = self._path.with_suffix(UNFINISHED)
        self._file: BinaryIO = os.fdopen(os.open(self._unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._waiting = bytearray()
        self._pieces = 0
        self._digest = hashlib.sha256()
        self.size = 0  # bytes

    def add(self, content: bytes) -> None:
        self._digest.update(content)
        self.size += len(content)
        self._waiting += content
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]

    def finished(self, content_type: str) -> Received:
        self._seal(bytes(self._waiting), is_last=True)
        self._file.close()
        self._unfinished.rename(self._path)
        return Received(content_type, self.size, self._digest.digest(), self._salt.hex())

    def dropped(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        self._unfinished.unlink(missing_ok=True)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self._file.write(sealed.seal_bytes(piece, salt=self._salt, context=_context(self._pieces, is_last=is_last)))
        self._pieces += 1


def settle(stored: Iterable[str]) -> None:
    """The files stay through a power cut. All at once: the disk writes the second of a hundred with the first."""
    paths = [_path(one) for one in stored]
    for path in [*paths, *{path.parent for path in paths}]:
        _sync(path)


def content_of(stored: str) -> Iterator[bytes]:
    """The file again, piece by piece. Raises OSError where it is gone, SealBroken for one that was altered, cut short
    or put in another's place."""
    salt = bytes.fromhex(stored)
    with _path(stored).open("rb") as file:
        number, piece = 0, file.read(SEALED_PIECE)
        while True:
            following = file.read(SEALED_PIECE)
            yield sealed.unseal_bytes(piece, salt=salt, context=_context(number, is_last=not following))
            if not following:
                return
            number, piece = number + 1, following


def sealed_files() -> Iterator[tuple[Path, Callable[[], bytes]]]:
    """The files that submissions claim, each with what seals it anew. That raises OSError, SealBroken."""
    for stored in Attachment.objects.exclude(stored="").values_list("stored", flat=True).distinct().iterator():
        yield _path(stored), partial(_anew, stored)


def _anew(stored: str) -> bytes:
    pieces = list(content_of(stored))
    salt, last = bytes.fromhex(stored), len(pieces) - 1
    return b"".join(
        sealed.seal_bytes(piece, salt=salt, context=_context(number, is_last=number == last))
        for number, piece in enumerate(pieces)
    )


def destroy(stored: str) -> None:
    """The file is gone; asking twice does no harm."""
    _path(stored).unlink(missing_ok=True)


def salt_of(stored: str) -> bytes:
    return bytes.fromhex(stored)


def sweep_files(*, now: float | None = None) -> int:
    """Removes files that no submission claims and that are older than any request: what a killed server left. Returns
    how many."""
    folder, before = _folder(), (time.time() if now is None else now) - KEPT_UNCLAIMED
    old = [path for path in folder.glob("*/*") if path.stat().st_mtime < before] if folder.exists() else []
    if not old:
        return 0
    claimed = {_path(stored) for stored in Attachment.objects.exclude(stored="").values_list("stored", flat=True)}
    unclaimed = [path for path in old if path not in claimed]
    for path in unclaimed:
        path.unlink(missing_ok=True)
    return len(unclaimed)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "attachments"


def _path(stored: str) -> Path:
    name = hashlib.sha256(bytes.fromhex(stored)).hexdigest()[:40]
    return _folder() / name[0] / name


def _context(piece: int, *, is_last: bool) -> str:
    return f"attachment:{piece}:{'last' if is_last else 'more'}"


def _make(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync(folder.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
