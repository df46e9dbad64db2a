"""Sealing of names and phones: AES-256-GCM under a key of each record's own, bound to what it belongs to.

A record's key is HKDF-SHA256(master key, its random salt). Destroying the salt destroys the key, and with it every
copy of the sealed text in histories and backups that do not hold the salt.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

SALT_BYTES = 32
NONCE_BYTES = 12
BLOCK_BITS = 24


class SealBroken(Exception):
    """The text was altered, moved to another record, or sealed under another master key."""


@lru_cache(maxsize=1)
def _master(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != 32:
        raise ValueError("SAMAKI_MASTER_KEY must be 64 hex digits")
    return key


def _derive(purpose: bytes, material: bytes) -> bytes:
    """HKDF-Expand of RFC 5869 for one block: the master key is already uniform, so it needs no extract step."""
    return hmac.digest(_master(settings.MASTER_KEY), purpose + b"\0" + material + b"\x01", hashlib.sha256)


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


def seal(text: str, *, salt: bytes, context: str) -> bytes:
    """Nonce and ciphertext of `text`; `context` (such as "person:17") must be given again to open it."""
    return seal_bytes(text.encode(), salt=salt, context=context)


def seal_bytes(plain: bytes, *, salt: bytes, context: str) -> bytes:
    """As `seal`, of a file's content."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_derive(b"seal", bytes(salt))).encrypt(nonce, plain, context.encode())


def unseal(sealed: bytes, *, salt: bytes, context: str) -> str:
    """The text again. Raises SealBroken rather than ever returning what it cannot vouch for."""
    return unseal_bytes(sealed, salt=salt, context=context).decode()


def unseal_bytes(sealed: bytes, *, salt: bytes, context: str) -> bytes:
    """As `unseal`, of a file's content."""
    sealed = bytes(sealed)
    try:
        key = AESGCM(_derive(b"seal", bytes(salt)))
        return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(context) from error


def blocking_key(text: str, *, purpose: str) -> int:
    """A keyed hash of `text` cut to 24 bits: it groups likely equals and cannot be turned back into the text."""
    digest = _derive(b"block:" + purpose.encode(), text.encode())
    return int.from_bytes(digest[:3], "big")


def keyed_digest(text: str, *, purpose: str) -> bytes:
    """A keyed hash of `text`, 32 bytes: tells whether a text is one that was known, and nothing without the key."""
    return _derive(b"digest:" + purpose.encode(), text.encode())
