"""A new key for a ring: everything it sealed is sealed again while people work, and then the old key can go."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from samaki.kernel.durable import sync_folder
from samaki.kernel.errors import Conflict
from samaki.kernel.keyrings.marks import expect_own_keys, forget_marks
from samaki.kernel.keyrings.stores import stores
from samaki.kernel.rings import KEY_BYTES, LOOKED_AT_EVERY, RETIRED, Ring, keys_of, look_again, path_of

SWEEPS = 5  # a transaction begun before the new key may still commit what the old one sealed


def rotate(ring: Ring, progress: Callable[[str, int], object] = lambda _store, _done: None) -> int:
    """Adds a key to the ring and seals by it all that older ones sealed; returns how many. The old key stays and still
    opens: `retire` takes it out. Interrupted, it is begun again by `reseal`. Raises Conflict("ring_from_environment")
    where the ring stands in a variable: add the key there, then `reseal`."""
    path = path_of(ring)
    if path is None:
        raise Conflict(
            "ring_from_environment",
            _("This ring of keys stands in an environment variable. Please add the new key there, then seal again."),
        )
    with _alone(path):
        _write(path, [*path.read_text().split(), secrets.token_hex(KEY_BYTES)])
        look_again()
        expect_own_keys()
    time.sleep(2 * LOOKED_AT_EVERY)  # every process has seen the new key
    return reseal(ring, progress)


def reseal(ring: Ring, progress: Callable[[str, int], object] = lambda _store, _done: None) -> int:
    """Seals by the ring's newest key what older ones sealed; returns how many."""
    total = 0
    for _sweep in range(SWEEPS):
        swept = 0
        for store in stores:
            if store.ring is ring:
                for done in store.reseal():
                    swept += done
                    progress(store.key, done)
        total += swept
        if not swept:
            break
    return total


def retire(ring: Ring) -> list[int]:
    """Takes the older keys out of the ring, once nothing needs them; returns their numbers. What is sealed in older
    copies of the database opens no more, unless the old key is kept with them. The first key of the ring stays: keyed
    hashes are made with it, and cannot be made again. Raises Conflict("key_still_needed")."""
    keys, path = keys_of(ring), path_of(ring)
    old = [number for number in keys.by_number if number not in (1, keys.sealing)]
    left = sum(store.old() for store in stores if store.ring is ring)
    if left:
        raise Conflict(
            "key_still_needed",
            _("%(count)s sealed records still need the older key. Please seal again first."),
            count=left,
        )
    if path is not None and old:
        with _alone(path):
            lines = path.read_text().split()
            _write(path, [RETIRED if number in old else line for number, line in enumerate(lines, start=1)])
            look_again()
            forget_marks(ring, keys_of(ring))
    return old


def _write(path: Path, lines: list[str]) -> None:
    draft = path.with_suffix(".draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two who turn keys at once take turns: the key of the one overwritten would be lost with all it had sealed."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
