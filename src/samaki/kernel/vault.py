"""Secrets outside the database, one of which can be destroyed: what was sealed by it is then lost in every copy of the
database, however old.

A file (SAMAKI_VAULT) of slots of 32 random bytes behind a header. A record's salt names its slot (`sealed.new_salts`),
and its key is made of both; so a copy of the database opens nothing without this file, and nobody whose slot is zeros.
A slot is never used twice, and a salt knows the secret it was given by a digest: where an older vault was put back and
numbers were given out again, destroying somebody lost never destroys somebody new. Copies of this file are kept apart
and for a few days only (docs/run/security.md).
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from samaki.kernel.durable import sync_folder

SECRET_BYTES = 32
NUMBER_BYTES, CHECK_BYTES = 8, 8
HEADER_BYTES = 64  # 32 random bytes that name the vault, 8 of how far the journal of erasures was applied, zeros
AT_ONCE = 64  # slots a process takes in advance: one wait for the disk serves as many records
LOOKED_AT_EVERY = 0.2  # seconds
DESTROYED = bytes(SECRET_BYTES)


class NoSecret(Exception):
    """The slot was destroyed, this vault never had it, or gave it to somebody else after an older one was put back."""


class VaultGone(OSError):
    """The vault this process has used is not in its place: there is none, another, or one cut short."""


class Slot(NamedTuple):
    """A slot and a digest of the secret it held when it was given out."""

    number: int
    check: bytes


@dataclass
class _Opened:
    handle: int
    stamp: tuple[int, int]
    looked_at: float


_opened: dict[str, _Opened] = {}
_taken: dict[Path, list[Slot]] = {}
_names: dict[str, bytes] = {}  # of the vaults this process has used, by place: it takes no other for one of them
_turn = threading.RLock()


def path_of() -> Path:
    return Path(settings.VAULT)


def claim(count: int) -> list[Slot]:
    """So many slots that nobody else has, on the disk before this returns. Raises OSError."""
    with _turn:
        kept = _taken.get(path_of(), [])
        if kept:
            _handle(anew=True)
        claimed = [slot for slot in kept[:count] if _is_there(slot)]  # an older vault put back since lacks them
        left = kept[count:]
        if lacking := count - len(claimed):
            added = _add(max(lacking, AT_ONCE))
            claimed, left = [*claimed, *added[:lacking]], added[lacking:]
        _taken[path_of()] = left
        return claimed


def secret(slot: Slot) -> bytes:
    """Raises NoSecret, VaultGone."""
    found = os.pread(_handle(), SECRET_BYTES, HEADER_BYTES + slot.number * SECRET_BYTES)
    if len(found) != SECRET_BYTES or found == DESTROYED or _check(found) != slot.check:
        raise NoSecret(slot.number)
    return found


def _is_there(slot: Slot) -> bool:
    try:
        return bool(secret(slot))
    except NoSecret:
        return False


def destroy(slots: Iterable[Slot]) -> None:
    """Zeros over these slots, on the disk before this returns; asking twice does no harm. Raises OSError."""
    with _alone() as handle:
        for number, check in slots:
            place = HEADER_BYTES + number * SECRET_BYTES
            if check == _check(os.pread(handle, SECRET_BYTES, place)):
                os.pwrite(handle, DESTROYED, place)
        os.fsync(handle)


def mark() -> bytes:
    """A digest that names this vault, made where it is not there yet."""
    return hashlib.sha256(b"vault\0" + os.pread(_handle(), SECRET_BYTES, 0)).digest()


def applied() -> int:
    """Up to which byte the journal of erasures was applied here."""
    return int.from_bytes(os.pread(_handle(), NUMBER_BYTES, SECRET_BYTES), "big")


def set_applied(upto: int) -> None:
    with _alone() as handle:
        os.pwrite(handle, upto.to_bytes(NUMBER_BYTES, "big"), SECRET_BYTES)
        os.fsync(handle)


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"slot\0" + secret).digest()[:CHECK_BYTES]


def _add(count: int) -> list[Slot]:
    secrets = [os.urandom(SECRET_BYTES) for _slot in range(count)]
    with _alone() as handle:
        first = _slots(handle)
        place = HEADER_BYTES + first * SECRET_BYTES  # over a slot that a power cut left half written
        if os.pwrite(handle, b"".join(secrets), place) != count * SECRET_BYTES:
            raise OSError(errno.ENOSPC, "the vault takes no more secrets", str(path_of()))
        os.fsync(handle)
    return [Slot(number, _check(secret)) for number, secret in enumerate(secrets, start=first)]


def _slots(handle: int) -> int:
    return (os.fstat(handle).st_size - HEADER_BYTES) // SECRET_BYTES


@contextmanager
def _alone() -> Iterator[int]:
    """Processes take turns at writing."""
    with _turn:
        handle = os.open(_made(path_of()), os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            _expect_own(handle)
            yield handle
        finally:
            os.close(handle)


def _expect_own(handle: int) -> None:
    """Raises VaultGone."""
    name = os.pread(handle, SECRET_BYTES, 0)
    if os.fstat(handle).st_size < HEADER_BYTES or _names.setdefault(str(path_of()), name) != name:
        raise VaultGone(errno.ESTALE, "this is not the vault names and notes are sealed with", str(path_of()))


def _handle(*, anew: bool = False) -> int:
    """Kept open: a hundred thousand names are opened at once. A file put in its place is seen soon, or `anew`."""
    place, now = settings.VAULT, time.monotonic()
    known = _opened.get(place)
    if known is not None and not anew and now - known.looked_at < LOOKED_AT_EVERY:
        return known.handle
    with _turn:
        status = _made(path_of()).stat()
        stamp = (status.st_dev, status.st_ino)
        if (known := _opened.get(place)) is None or known.stamp != stamp:
            # The handle of a file that was replaced stays open: another thread may be reading it.
            handle = os.open(place, os.O_RDONLY)
            try:
                _expect_own(handle)
            except VaultGone:
                os.close(handle)
                raise
            known = _opened[place] = _Opened(handle, stamp, now)
        known.looked_at = now
        return known.handle


def _made(path: Path) -> Path:
    if not path.exists():
        if str(path) in _names:
            raise VaultGone(errno.ENOENT, "the vault names and notes are sealed with is missing", str(path))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(SECRET_BYTES).ljust(HEADER_BYTES, b"\0"))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # two processes starting together agree on one
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        sync_folder(path.parent)
    return path


def _forget() -> None:
    """After a fork: slots taken in advance are the parent's."""
    _taken.clear()
    _opened.clear()


os.register_at_fork(after_in_child=_forget)
