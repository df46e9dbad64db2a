"""Sessions, of which the database keeps a digest of the key: whoever holds a copy of it comes in as nobody.

The key itself is in the browser's cookie alone. (Django keeps it as it is: a copy of an hour ago then opens whatever
somebody signed in may open, her second step included.)
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from samaki.ground.accounts.second_steps import sealed_secret, secret_of
from samaki.kernel.sealed import SealBroken

SETTING_UP = "mfa.totp.secret"  # allauth keeps the secret of a code app here until the first code was given
LONGEST = 40  # letters of the column; 160 bits of a digest of a key of as many


def kept_as(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:LONGEST]


class SessionStore(db.SessionStore):
    """As Django's own, but for the name under which a session is kept and the secret of a second step in it: a log of
    the database remembers what a row once said."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        if SETTING_UP in session_dict:
            session_dict = {**session_dict, SETTING_UP: sealed_secret(session_dict[SETTING_UP])}
        return str(super().encode(session_dict))

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        found: dict[str, Any] = super().decode(session_data)
        if SETTING_UP in found:
            try:
                found[SETTING_UP] = secret_of(found[SETTING_UP])
            except SealBroken:
                del found[SETTING_UP]  # its key is gone: another secret is made
        return found

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        made: AbstractBaseSession = super().create_model_instance(data)
        made.session_key = kept_as(made.session_key)
        return made

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        found: AbstractBaseSession | None = self.model.objects.filter(
            session_key=kept_as(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return bool(super().exists(kept_as(session_key)))

    def delete(self, session_key: str | None = None) -> None:
        if session_key is None and self.session_key is None:
            return
        self.model.objects.filter(session_key=kept_as(session_key or self.session_key or "")).delete()
