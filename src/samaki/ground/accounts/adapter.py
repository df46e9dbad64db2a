"""Who may pass allauth's door."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.accounts.queries import is_example_site
from samaki.kernel.errors import Refused


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Accounts are made by an administrator; nobody signs up. Example accounts, whose password is printed, open on an
    example site alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """After the password or the passkey, before any second factor. Raises Refused."""
        if user.is_example and not is_example_site():
            raise Refused("example_account_closed", _("Example accounts are closed once a site has real users."))
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response
