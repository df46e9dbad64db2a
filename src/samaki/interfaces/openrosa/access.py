"""Who asks at this door: a device credential by Digest, by Basic over HTTPS, or a browser's token; never a session."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hmac
import threading
import time

from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.operations.parcels import Nonce, Unauthenticated, nonce_spent
from samaki.ground.accounts import devices
from samaki.ground.accounts.devices import Sender
from samaki.ground.accounts.models import SpentNonce
from samaki.interfaces.openrosa import digest
from samaki.kernel.errors import DomainError, NotFound

STALE = frozenset({"nonce_stale", "nonce_spent"})
_NOBODY = devices.ha1("", "")  # compared with where the name is unknown, so that both take as long


class TooManyGuesses(DomainError):
    """This name was tried with wrong passwords from this address (429)."""

    status = 429


class Guesses:
    """Wrong passwords by address and name, in this process's memory. A password of 24 random letters is not to be
    guessed; the limit only keeps a client that tries on and on from costing anything."""

    MOST, WITHIN, KEPT = 10, 300.0, 10_000  # wrong ones, seconds, names

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], tuple[int, float]] = {}
        self._lock = threading.Lock()

    def expect_few(self, whose: tuple[str, str], now: float) -> None:
        """Raises TooManyGuesses."""
        count, since = self._counts.get(whose, (0, now))
        if count >= self.MOST and now - since < self.WITHIN:
            raise TooManyGuesses("too_many_guesses", _("Too many wrong passwords. Please wait five minutes."))

    def wrong(self, whose: tuple[str, str], now: float) -> None:
        with self._lock:
            count, since = self._counts.get(whose, (0, now))
            if now - since >= self.WITHIN:
                count, since = 0, now
            if len(self._counts) >= self.KEPT:
                self._counts.clear()
            self._counts[whose] = (count + 1, since)


guesses = Guesses()
_known_keys: dict[int, str | None] = {}  # programme → its key when it was last looked up


def sender_of(request: HttpRequest) -> tuple[Sender, Nonce | None]:
    """Who asks, and the nonce to be spent with what is done. Raises Unauthenticated, TooManyGuesses."""
    scheme, _space, told = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    today = timezone.localdate()
    nonce = None
    match scheme.lower():
        case "digest":
            sender, nonce = _by_digest(request, told, today)
        case "basic" if request.is_secure():
            sender = _by_password(request, told, today)
        case "bearer":
            found = devices.sender_by_token(told.strip(), on=today)
            if found is None:
                raise unproved()
            sender = found
        case _:
            raise unproved()
    return sender, nonce


def expect_programme(sender: Sender, key: str) -> None:
    """Raises NotFound where the credential is of another programme than the address names, be there one or not."""
    if _known_keys.get(sender.programme_id) == key:
        return  # the credential says which programme it is, the address only names it
    _known_keys[sender.programme_id] = found = _programme_key(sender.programme_id)
    if found != key:
        raise NotFound("no_such_programme", _("There is no such programme."))


def spend(nonce: Nonce) -> None:
    """For a request that only reads. Raises Unauthenticated("nonce_spent") for a replay."""
    try:
        with transaction.atomic():
            SpentNonce.objects.create(nonce=nonce.nonce, count=nonce.count, expires_at=nonce.expires_at)
    except IntegrityError:
        raise nonce_spent() from None


def unproved() -> Unauthenticated:
    return Unauthenticated(
        "unproved", _("The user name or the password of this phone is not right. Please scan its code again.")
    )


def _by_digest(request: HttpRequest, told: str, today: dt.date) -> tuple[Sender, Nonce]:
    now = time.time()
    said = digest.read_credentials(told)
    if said is None or said.realm != devices.REALM:
        raise unproved()
    age = digest.age_of(said.nonce, now)
    if age is None or not digest.is_about(said.uri, path=request.path, query=request.META.get("QUERY_STRING", "")):
        raise unproved()
    whose = (request.META.get("REMOTE_ADDR", ""), said.username)
    guesses.expect_few(whose, now)
    sender = devices.sender_named(said.username, on=today)
    is_right = digest.proves(sender.ha1 if sender else _NOBODY, said, request.method or "")
    if sender is None or not is_right:
        guesses.wrong(whose, now)
        raise unproved()
    if age >= digest.LIFETIME:
        raise Unauthenticated("nonce_stale", _("This request was signed too long ago. Please send it again."))
    expires_at = dt.datetime.fromtimestamp(digest.expires(said.nonce), tz=dt.UTC)
    return sender, Nonce(said.nonce, said.count, expires_at)


def _by_password(request: HttpRequest, told: str, today: dt.date) -> Sender:
    try:
        username, _colon, password = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise unproved() from None
    now, whose = time.time(), (request.META.get("REMOTE_ADDR", ""), username)
    guesses.expect_few(whose, now)
    sender = devices.sender_named(username, on=today)
    if not hmac.compare_digest(devices.ha1(username, password), sender.ha1 if sender else _NOBODY) or sender is None:
        guesses.wrong(whose, now)
        raise unproved()
    return sender


def _programme_key(programme_id: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM programmes_programme WHERE id = %s", [programme_id])
        row = cursor.fetchone()
    return row[0] if row else None
