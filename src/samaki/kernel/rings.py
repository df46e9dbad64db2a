"""Rings of master keys, outside the database: a file of hex lines each, or an environment variable of the same.

Key number N is line N. The last is the one that seals; those before still open what they sealed, until they are retired
(their line becomes "-"). A change of the file is seen by every process within `LOOKED_AT_EVERY` seconds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings

KEY_BYTES = 32
MOST_KEYS = 255  # the number is one byte of the nonce
RETIRED = "-"
LOOKED_AT_EVERY = 0.2


class Ring(StrEnum):
    RECORDS = "master"  # names, phones, what came from the field
    HIS = "his"  # counselling and vetting
    HERS = "hers"  # the women's services


class NoSuchRing(Exception):
    """The ring's text is not what a ring is; says which ring and what is wrong, never a key."""


@dataclass(frozen=True)
class Keys:
    """`by_number` are those that open, `sealing` the number of the one that seals."""

    by_number: Mapping[int, bytes]
    sealing: int


@dataclass
class _Read:
    keys: Keys
    stamp: tuple[int, int, int]
    looked_at: float


_read: dict[Path, _Read] = {}
_parsed: dict[str, Keys] = {}


def keys_of(ring: Ring) -> Keys:
    """Raises NoSuchRing where it cannot be read."""
    source = settings.KEY_RINGS[ring.value]
    if isinstance(source, Path):
        return _of_file(ring, source)
    if (found := _parsed.get(source)) is None:
        found = _parsed[source] = parse(ring, source)
    return found


def path_of(ring: Ring) -> Path | None:
    """None where the ring comes from the environment: whoever keeps it there changes it there."""
    source = settings.KEY_RINGS[ring.value]
    return source if isinstance(source, Path) else None


def parse(ring: Ring, text: str) -> Keys:
    found = {}
    lines = text.replace(",", "\n").split()
    for number, line in enumerate(lines, start=1):
        if line != RETIRED:
            try:
                found[number] = bytes.fromhex(line)
            except ValueError:
                raise NoSuchRing(f"key {number} of the ring “{ring}” is not hex digits") from None
            if len(found[number]) != KEY_BYTES:
                raise NoSuchRing(f"key {number} of the ring “{ring}” is not 64 hex digits")
    if len(lines) not in found or len(lines) > MOST_KEYS:
        raise NoSuchRing(f"the ring “{ring}” has no key to seal with")
    return Keys(found, len(lines))


def _of_file(ring: Ring, path: Path) -> Keys:
    now = time.monotonic()
    known = _read.get(path)
    if known is not None and now - known.looked_at < LOOKED_AT_EVERY:
        return known.keys
    try:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if known is None or known.stamp != stamp:
            known = _Read(parse(ring, path.read_text()), stamp, now)
    except OSError as error:
        raise NoSuchRing(f"the ring “{ring}” cannot be read: {path}: {error.strerror}") from error
    known.looked_at = now
    _read[path] = known
    return known.keys


def look_again() -> None:
    """Forgets what was read, so that the next use reads the files."""
    _read.clear()
