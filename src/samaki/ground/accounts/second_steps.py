"""Secrets of the second step, sealed in the database: a copy of it makes nobody's codes.

allauth keeps them as text and does not say whose they are, so they are bound to what they are for and not to a user.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from samaki.ground.accounts.models import SpentNonce
from samaki.kernel.rings import Ring
from samaki.kernel.sealed import SALT_BYTES, keyed_digest, new_salt, newest, seal, unseal

MARK = "sealed:"  # nothing that allauth makes begins so
CONTEXT = "second step"
LONGEST_CODE = dt.timedelta(hours=1)
SECRETS = ("secret", "seed")  # of a code app, and of recovery codes


def sealed_secret(text: str) -> str:
    salt = new_salt()
    return MARK + base64.b64encode(salt + seal(text, salt=salt, context=CONTEXT)).decode()


def secret_of(kept: str) -> str:
    """Those of a site older than this stand unsealed. Raises SealBroken."""
    if not kept.startswith(MARK):
        return kept
    salt, text = _parts(kept)
    return unseal(text, salt=salt, context=CONTEXT)


def is_first_use(code: str, *, user_id: int, at: dt.datetime) -> bool:
    """Notes that the code was used; False where it was already. Spent ones are swept with the nonces of phones."""
    hour = int(at.timestamp() // 3600)  # so that another day's code that happens to be the same is not taken for it
    spent = keyed_digest(f"{user_id} {hour} {''.join(filter(str.isdigit, code))}", purpose="second step spent").hex()
    try:
        with transaction.atomic():
            SpentNonce.objects.create(nonce=f"code:{spent}", count=0, expires_at=at + LONGEST_CODE)
    except IntegrityError:
        return False
    return True


def _parts(kept: str) -> tuple[bytes, bytes]:
    found = base64.b64decode(kept.removeprefix(MARK))
    return found[:SALT_BYTES], found[SALT_BYTES:]


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    def encrypt(self, text: str) -> str:
        return sealed_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secret_of(encrypted_text)


class SecondSteps:
    """What stands sealed by an older key, or unsealed, as a store of the key ring."""

    key = "mfa.authenticator.data"
    ring = Ring.RECORDS

    def reseal(self) -> Iterator[int]:
        for one in self._older():
            data = {name: _anew(text) if name in SECRETS else text for name, text in one.data.items()}
            # Somebody who uses a recovery code meanwhile has changed the row: the next turn takes it.
            yield Authenticator.objects.filter(pk=one.pk, data=one.data).update(data=data)

    def old(self) -> int:
        return sum(1 for _one in self._older())

    def _older(self) -> Iterator[Authenticator]:
        for one in Authenticator.objects.order_by("pk"):
            if any(name in SECRETS and _is_old(text) for name, text in one.data.items()):
                yield one


def _anew(kept: str) -> str:
    return sealed_secret(secret_of(kept))


def _is_old(kept: str) -> bool:
    return not kept.startswith(MARK) or _parts(kept)[1][:1] != newest()
