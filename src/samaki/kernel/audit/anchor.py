"""Marks of the chain kept outside the database: whoever rewrites the trail and chains it anew does not match them.

The file (SAMAKI_ANCHOR) is only ever added to, a line a minute at most while there are acts: position, link, when. Keep
it where the database's keepers cannot write: another machine, an append-only disk, a printer.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from samaki.kernel.audit.models import AuditSeal
from samaki.kernel.durable import sync_folder

EVERY = dt.timedelta(minutes=1)
CUT = "cut"  # ends a line that a full disk or a power cut left half written


class AnchorBroken(Exception):
    """A line of the file is no mark."""


@dataclass(frozen=True)
class Mark:
    position: int
    digest: str
    at: str


def anchor(now: dt.datetime | None = None) -> bool:
    """Adds the last link to the file where it is new and the mark before is a minute old; tells whether it did. Raises
    OSError where the file cannot be written."""
    last = AuditSeal.objects.order_by("-position").first()
    path, at = path_of(), now or timezone.now()
    if last is None:
        return False
    before = _last_line(path)
    if before is not None:
        known = _mark(before)
        if known.position >= last.position or at - dt.datetime.fromisoformat(known.at) < EVERY:
            return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(handle).st_size
        is_cut = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        line = f"{last.position} {last.digest} {at.isoformat()}\n"
        left = memoryview((f" {CUT}\n{line}" if is_cut else line).encode())
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)
    return True


def disagreements(links: Mapping[int, str]) -> list[Mark]:
    """Marks that the chain does not bear out: another link stands at their position, or none does. `links` are those at
    the positions of `marks()`. Raises AnchorBroken."""
    return [mark for mark in marks() if links.get(mark.position) != mark.digest]


def marks() -> Iterator[Mark]:
    """Every mark of the file, none where there is no file. Raises AnchorBroken."""
    path = path_of()
    if path.exists():
        with path.open() as lines:
            yield from (_mark(line) for line in lines if _is_whole(line))


def path_of() -> Path:
    return Path(settings.AUDIT_ANCHOR)


def _is_whole(line: str) -> bool:
    """Not what a full disk or a power cut left half written: the last without an end, or one marked since."""
    return bool(line.strip()) and line.endswith("\n") and not line.endswith(f" {CUT}\n")


def _mark(line: str) -> Mark:
    parts = line.split()
    if len(parts) != 3 or not parts[0].isdigit() or len(parts[1]) != 64:
        raise AnchorBroken(line.strip()[:80])
    try:
        dt.datetime.fromisoformat(parts[2])
    except ValueError:
        raise AnchorBroken(line.strip()[:80]) from None
    return Mark(int(parts[0]), parts[1], parts[2])


def _last_line(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 400))
            lines = file.read().decode(errors="replace").splitlines(keepends=True)
    except FileNotFoundError:
        return None
    return next((line for line in reversed(lines) if _is_whole(line)), None)
