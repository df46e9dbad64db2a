"""`samaki keys`: a new key while people work, and the old one out when nothing needs it."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable

from django.db import transaction

from samaki.interfaces.cli.outcome import Outcome
from samaki.kernel.actors import System
from samaki.kernel.audit.operations import record
from samaki.kernel.keyrings import rotation
from samaki.kernel.keyrings.stores import stores
from samaki.kernel.rings import Ring, keys_of, path_of

BY = System("samaki keys")


def status(arguments: Namespace) -> int:
    for ring in Ring:
        keys = keys_of(ring)
        old = sum(store.old() for store in stores if store.ring is ring)
        where = path_of(ring) or "environment"
        numbers = ", ".join(str(number) for number in keys.by_number)
        print(f"{ring}: keys {numbers}; key {keys.sealing} seals; {old:,} under an older key; kept in {where}")
    return Outcome.DONE


def rotate(arguments: Namespace) -> int:
    return _resealed(arguments, "rotate_keys", rotation.rotate)


def reseal(arguments: Namespace) -> int:
    return _resealed(arguments, "reseal_keys", rotation.reseal)


def retire(arguments: Namespace) -> int:
    ring = Ring(arguments.ring)
    old = rotation.retire(ring)
    _keep("retire_keys", ring, {"keys": old})
    print(f"{ring}: retired {', '.join(map(str, old)) or 'nothing'}.")
    return Outcome.DONE


def _resealed(arguments: Namespace, act: str, deed: Callable[[Ring, Callable[[str, int], object]], int]) -> int:
    ring, told = Ring(arguments.ring), 0

    def progress(store: str, done: int) -> None:
        nonlocal told
        told += done
        print(f"\rsealed again: {told:,} ({store})", end="", file=sys.stderr)

    total = deed(ring, progress)
    print(file=sys.stderr)
    _keep(act, ring, {"sealed": total, "key": keys_of(ring).sealing})
    print(f"{ring}: {total:,} sealed again by key {keys_of(ring).sealing}.")
    return Outcome.DONE


def _keep(act: str, ring: Ring, details: dict[str, object]) -> None:
    with transaction.atomic():
        record(BY, act, ("keys", ring.value), details=details)
