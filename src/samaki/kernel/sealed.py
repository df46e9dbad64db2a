"""Sealing: AES-256-GCM under a key of each record's own, bound to what it belongs to.

A record's key is HKDF-SHA256(a master key of its ring, its random salt and, where the salt names a slot of the vault,
the secret in it). Destroying the salt destroys the key for every copy that does not hold the salt; destroying the slot
destroys it for every copy of the database there is.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from samaki.kernel import vault
from samaki.kernel.rings import Ring, keys_of

SALT_BYTES = 32
NONCE_BYTES = 12
BLOCK_BITS = 24


class SealBroken(Exception):
    """The text was altered, moved to another record, or sealed under another master key."""


def _derive(key: bytes, purpose: bytes, material: bytes) -> bytes:
    """HKDF-Expand of RFC 5869 for one block: a master key is already uniform, so it needs no extract step."""
    return hmac.digest(key, purpose + b"\0" + material + b"\x01", hashlib.sha256)


def _first(ring: Ring) -> bytes:
    """The key of keyed hashes: they cannot be made again under another, so the first of the ring makes all."""
    return keys_of(ring).by_number[1]


def new_salt() -> bytes:
    """Of a key that lives and dies with its row: what is sealed by it opens in an older copy of the database."""
    return os.urandom(SALT_BYTES)


def new_salts(count: int) -> list[bytes]:
    """Of keys that can be destroyed for older copies too: each names a slot of the vault."""
    return [
        os.urandom(SALT_BYTES - vault.CHECK_BYTES) + check + number.to_bytes(vault.NUMBER_BYTES, "big")
        for number, check in vault.claim(count)
    ]


def slot_of(salt: bytes | memoryview) -> vault.Slot | None:
    """The slot of the vault that the salt names; None where it names none."""
    if len(salt) <= SALT_BYTES:
        return None
    text = bytes(salt)
    number = int.from_bytes(text[SALT_BYTES:], "big")
    return vault.Slot(number, text[SALT_BYTES - vault.CHECK_BYTES : SALT_BYTES])


def opens(salt: bytes | memoryview) -> bool:
    """False where the key of this salt was destroyed."""
    try:
        _material(bytes(salt))
    except vault.NoSecret:
        return False
    return True


def _material(salt: bytes) -> bytes:
    slot = slot_of(salt)
    return salt if slot is None else salt + vault.secret(slot)


def filled(text: str, block: int, *, sign: str = "\0") -> str:
    """`text` and as many of `sign` as make whole blocks of bytes: what is sealed is as long as what it seals, and a
    length alone can tell what was said."""
    return text + sign * (-len(text.encode()) % block)


def seal(text: str, *, salt: bytes, context: str, ring: Ring = Ring.RECORDS) -> bytes:
    """Nonce and ciphertext of `text`; `context` (such as "person:17") must be given again to open it. The nonce's first
    byte is the number of the ring's key, the other eleven are random: each salt makes a key of its own, so few texts
    ever share one."""
    return seal_bytes(text.encode(), salt=salt, context=context, ring=ring)


def seal_bytes(plain: bytes, *, salt: bytes, context: str, ring: Ring = Ring.RECORDS) -> bytes:
    """As `seal`, of a file's content."""
    keys = keys_of(ring)
    nonce = bytes((keys.sealing,)) + os.urandom(NONCE_BYTES - 1)
    cipher = AESGCM(_derive(keys.by_number[keys.sealing], b"seal", _material(bytes(salt))))
    return nonce + cipher.encrypt(nonce, plain, context.encode())


def unseal(sealed: bytes, *, salt: bytes, context: str, ring: Ring = Ring.RECORDS) -> str:
    """The text again. Raises SealBroken rather than ever returning what it cannot vouch for."""
    return unseal_bytes(sealed, salt=salt, context=context, ring=ring).decode()


def unseal_bytes(sealed: bytes, *, salt: bytes, context: str, ring: Ring = Ring.RECORDS) -> bytes:
    """As `unseal`, of a file's content."""
    sealed = bytes(sealed)
    try:
        material = _material(bytes(salt))
    except vault.NoSecret:
        raise SealBroken(context) from None
    keys = keys_of(ring).by_number
    number = sealed[0] if sealed else 0
    # What was sealed before keys had numbers begins with a random byte: any key may have made it.
    for key in _likeliest(keys, number):
        try:
            return AESGCM(_derive(key, b"seal", material)).decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode()
            )
        except (InvalidTag, ValueError):
            continue
    raise SealBroken(context)


def newest(ring: Ring = Ring.RECORDS) -> bytes:
    """With what that was sealed by the ring's newest key begins."""
    return bytes((keys_of(ring).sealing,))


def _likeliest(keys: Mapping[int, bytes], number: int) -> Iterator[bytes]:
    if number in keys:
        yield keys[number]
    yield from (key for other, key in keys.items() if other != number)


def blocking_key(text: str, *, purpose: str) -> int:
    """A keyed hash of `text` cut to 24 bits: it groups likely equals and cannot be turned back into the text."""
    digest = _derive(_first(Ring.RECORDS), b"block:" + purpose.encode(), text.encode())
    return int.from_bytes(digest[:3], "big")


def keyed_digest(text: str, *, purpose: str) -> bytes:
    """A keyed hash of `text`, 32 bytes: tells whether a text is one that was known, and nothing without the key."""
    return _derive(_first(Ring.RECORDS), b"digest:" + purpose.encode(), text.encode())
