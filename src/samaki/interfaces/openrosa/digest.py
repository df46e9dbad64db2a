"""Digest access authentication (RFC 7616, RFC 2617): MD5 with qop=auth, the one that phones speak over plain HTTP.

Pure: no database, no clock. It proves who asks and for which address; it does not sign the body, nor hide it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from samaki.kernel.sealed import keyed_digest

LIFETIME = 300  # seconds of a nonce
MOST_COUNT = 2**31 - 1  # what the database's integer holds
_PARAMETER = re.compile(r'\s*([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)', re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")
_COUNT = re.compile(r"[0-9a-fA-F]{8}")
_WANTED = ("username", "realm", "nonce", "uri", "response", "qop", "nc", "cnonce")


@dataclass(frozen=True)
class Credentials:
    """What a client says in its Authorization header."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    nc: str  # eight hex digits, as sent: the response is computed over them
    cnonce: str

    @property
    def count(self) -> int:
        return int(self.nc, 16)


def read_credentials(text: str) -> Credentials | None:
    """What follows "Digest " in the header; None where it is incomplete, ambiguous or of another kind than MD5 with
    qop=auth."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _PARAMETER.match(text, at)
        if match is None:
            return None
        name, quoted, bare = match[1].lower(), match[2], match[3]
        if name in found:
            return None
        found[name] = _ESCAPED.sub(r"\1", quoted) if quoted is not None else bare
        at = match.end()
    if any(not found.get(name) for name in _WANTED) or found["qop"].lower() != "auth":
        return None
    if found.get("algorithm", "MD5").upper() != "MD5" or not _COUNT.fullmatch(found["nc"]):
        return None
    if not 0 < int(found["nc"], 16) <= MOST_COUNT:
        return None
    return Credentials(**{name: found[name] for name in _WANTED if name != "qop"})


def response_of(ha1: str, credentials: Credentials, method: str) -> str:
    """RFC 7616, 3.4.1: 32 hex digits."""
    ha2 = _md5(f"{method}:{credentials.uri}")
    return _md5(f"{ha1}:{credentials.nonce}:{credentials.nc}:{credentials.cnonce}:auth:{ha2}")


def proves(ha1: str, credentials: Credentials, method: str) -> bool:
    """Compared in a time that tells nothing."""
    expected = response_of(ha1, credentials, method)
    return hmac.compare_digest(expected.encode(), credentials.response.lower().encode("utf-8", "replace"))


def is_about(uri: str, *, path: str, query: str) -> bool:
    """Whether the address that was signed is the one that was asked for; `path` is decoded, `query` as it came."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return unquote(parts.path) == path and parts.query == query


def new_nonce(now: float, random: str | None = None) -> str:
    """Its second in eight hex digits, chance in sixteen, and a keyed digest over both: no table of nonces is kept."""
    told = f"{int(now):08x}{random or secrets.token_hex(8)}"
    return told + _signed(told)


def age_of(nonce: str, now: float) -> float | None:
    """Seconds since we gave it; None where we never did."""
    told, signed = nonce[:24], nonce[24:]
    if not hmac.compare_digest(_signed(told).encode(), signed.encode("utf-8", "replace")):
        return None
    return now - int(told[:8], 16)


def expires(nonce: str) -> int:
    """Second of the epoch at which a nonce that we gave opens nothing any more."""
    return int(nonce[:8], 16) + LIFETIME


def challenge(realm: str, nonce: str, *, stale: bool) -> str:
    """The value of WWW-Authenticate; `stale` says that only the nonce was too old, so that nobody is asked again."""
    return f'Digest realm="{realm}", nonce="{nonce}", qop="auth", algorithm=MD5' + (", stale=true" if stale else "")


def _signed(told: str) -> str:
    return keyed_digest(told, purpose="digest-nonce")[:16].hex()


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("latin-1", "replace"), usedforsecurity=False).hexdigest()  # as it came over the wire
