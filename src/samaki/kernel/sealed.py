"""Sealing: AES-256-GCM under a key of each record's own, bound to what it belongs to.

A record's key is HKDF-SHA256(a master key of its ring, its random salt). Destroying the salt destroys the key,
and with it every copy of the sealed text in histories and backups that do not hold the salt.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

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
    return os.urandom(SALT_BYTES)


def seal(text: str, *, salt: bytes, context: str, ring: Ring = Ring.RECORDS) -> bytes:
    """Nonce and ciphertext of `text`; `context` (such as "person:17") must be given again to open it. The nonce's first
    byte is the number of the ring's key, the other eleven are random: each salt makes a key of its own, so few texts
    ever share one."""
    return seal_bytes(text.encode(), salt=salt, context=context, ring=ring)


def seal_bytes(plain: bytes, *, salt: bytes, context: str, ring: Ring = Ring.RECORDS) -> bytes:
    """As `seal`, of a file's content."""
    keys = keys_of(ring)
    nonce = bytes((keys.sealing,)) + os.urandom(NONCE_BYTES - 1)
    cipher = AESGCM(_derive(keys.by_number[keys.sealing], b"seal", bytes(salt)))
    return nonce + cipher.encrypt(nonce, plain, context.encode())


def unseal(sealed: bytes, *, salt: bytes, context: str, ring: Ring = Ring.RECORDS) -> str:
    """The text again. Raises SealBroken rather than ever returning what it cannot vouch for."""
    return unseal_bytes(sealed, salt=salt, context=context, ring=ring).decode()


def unseal_bytes(sealed: bytes, *, salt: bytes, context: str, ring: Ring = Ring.RECORDS) -> bytes:
    """As `unseal`, of a file's content."""
    sealed, salt = bytes(sealed), bytes(salt)
    keys = keys_of(ring).by_number
    number = sealed[0] if sealed else 0
    # What was sealed before keys had numbers begins with a random byte: any key may have made it.
    for key in _likeliest(keys, number):
        try:
            return AESGCM(_derive(key, b"seal", salt)).decrypt(
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
