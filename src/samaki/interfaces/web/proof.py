"""That it is still she: pages of cases ask for the password or the second factor again after some minutes.

It is the idle lock for these pages alone: what was typed comes back sealed and is sent again. Counted from the last
proof and not from the last page, so that a session left open on a desk closes while others click in it.
"""

from __future__ import annotations

import time

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from samaki.ground.accounts.models import User

PROVED_AT = "proved_at"
PAGES = ("/desk/", "/safe/", "/circle/")  # casework, her side, vetting
SINGLE_LINKS = "/safe/link/"  # opened by whoever holds one, without an account


def is_wanted(request: HttpRequest, user: User, *, now: float) -> bool:
    """Whether this page is not shown before she has proved herself again."""
    if not request.path.startswith(PAGES) or request.path.startswith(SINGLE_LINKS):
        return False
    return is_old(request, user, now=now)


def is_old(request: HttpRequest, user: User, *, now: float) -> bool:
    return now - _last(request, user) >= settings.CASE_MINUTES * 60


def given(request: HttpRequest, *, now: float) -> None:
    request.session[PROVED_AT] = now


def _last(request: HttpRequest, user: User) -> float:
    """When a password, a code or a key was last given in this session."""
    records = get_authentication_records(request, user)
    return max([float(request.session.get(PROVED_AT, 0)), *(float(one.get("at", 0)) for one in records)])


@receiver(user_logged_in)
def _signed_in(request: HttpRequest | None, **_: object) -> None:
    if request is not None:
        given(request, now=time.time())
