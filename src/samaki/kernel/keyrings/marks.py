"""Whether the keys at hand are those this database was sealed with: asked when a command or a server starts."""

from __future__ import annotations

import hashlib
import hmac

from samaki.kernel import vault
from samaki.kernel.keyrings.models import KeyMark
from samaki.kernel.rings import Keys, Ring, keys_of

VAULT = "vault"


class WrongKeys(Exception):
    """The keys are not those of this database, or one that it needs is missing; names the ring and the key's number."""


def expect_own_keys() -> None:
    """Marks keys that are new and checks those that are known. Writes nothing and raises WrongKeys where one differs:
    sealing by a wrong key would make records that nobody opens again. Raises NoSuchRing."""
    marks = {(one.ring, one.number): bytes(one.mark) for one in KeyMark.objects.all()}
    wanted = {
        (ring.value, number): _mark(ring, key) for ring in Ring for number, key in keys_of(ring).by_number.items()
    }
    if (VAULT, 1) not in marks or vault.path_of().exists():  # one that is lost is not made anew
        try:
            wanted[VAULT, 1] = vault.mark()
        except vault.VaultGone as error:
            raise WrongKeys(f"{error}; nothing was opened or written (docs/run/security.md).") from error
    for place, mark in wanted.items():
        if place in marks and not hmac.compare_digest(marks[place], mark):
            if place[0] == VAULT:
                raise WrongKeys(
                    f"the vault {vault.path_of()} is not the one this database was sealed with; nothing was opened or "
                    "written. Put the right one back (docs/run/security.md)."
                )
            raise WrongKeys(
                f"key {place[1]} of the ring “{place[0]}” is not the one this database was sealed with; "
                "nothing was opened or written. Put the right key back (docs/run/security.md)."
            )
    if (VAULT, 1) in marks and (VAULT, 1) not in wanted:
        raise WrongKeys(
            f"the vault {vault.path_of()} is missing, and names and notes are sealed with it; nothing was opened or "
            "written. Put it back (docs/run/security.md)."
        )
    for ring, number in sorted(marks.keys() - wanted.keys()):
        raise WrongKeys(
            f"key {number} of the ring “{ring}” is missing, and records are sealed with it; nothing was opened or "
            "written. Put it back; a key that is lost cannot be made again, nor what it sealed (docs/run/security.md)."
        )
    new = [
        KeyMark(ring=ring, number=number, mark=mark)
        for (ring, number), mark in wanted.items()
        if (ring, number) not in marks
    ]
    KeyMark.objects.bulk_create(new, ignore_conflicts=True)  # two processes that start together mark the same


def forget_marks(ring: Ring, keys: Keys) -> None:
    """Forgets keys of the ring that were retired."""
    KeyMark.objects.filter(ring=ring.value).exclude(number__in=keys.by_number).delete()


def _mark(ring: Ring, key: bytes) -> bytes:
    return hmac.digest(key, b"mark\0" + ring.value.encode(), hashlib.sha256)
