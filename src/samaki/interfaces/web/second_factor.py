"""Whether this session has given its second factor."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.dispatch import receiver
from django.http import HttpRequest

from samaki.ground.accounts.models import User

EXAMPLE = "example_sign_in"
PROVED = "second_factor_proved"


def given(request: HttpRequest, user: User) -> bool:
    """True after a code, a security key or a passkey; also for an example user signed in by one tap: on a site with
    anybody real, the middleware has ended that session before it asks here."""
    if request.session.get(PROVED) == user.pk:
        return True
    if any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
        return True
    return bool(request.session.get(EXAMPLE)) and user.is_example


@receiver(authenticator_added)
def _proved_by_setting_up(request: HttpRequest, user: User, authenticator: Authenticator, **_: object) -> None:
    # Setting one up means having just used it; recovery codes prove nothing, they were only printed.
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        request.session[PROVED] = user.pk


@receiver(authenticator_removed)
def _proof_gone(request: HttpRequest, user: User, authenticator: Authenticator, **_: object) -> None:
    request.session.pop(PROVED, None)
