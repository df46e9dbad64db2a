from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import Role

PASSWORD = "a long pass phrase"
HASHED = make_password(PASSWORD)  # once: argon2 is slow on purpose

MakeUser = Callable[..., User]


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    """allauth counts attempts to sign in by address in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def make_user(db: None) -> MakeUser:
    def make(name: str = "sokha", *roles: Role, example: bool = False, language: str = "en") -> User:
        user = User.objects.create(username=name, password=HASHED, is_example=example, language=language)
        organisation, _made = Organisation.objects.get_or_create(
            key="house", defaults={"name_latin": "House", "kind": Organisation.Kind.LOCAL_NGO}
        )
        for role in roles:
            RoleGrant.objects.create(user=user, role=role, organisation=organisation)
        return user

    return make


@pytest.fixture
def signed_in(client: Client, make_user: MakeUser) -> Client:
    """A browser in which a partner's M&E officer has signed in by password."""
    make_user("sokha", Role.PARTNER_ME)
    answer = client.post("/accounts/login/", {"login": "sokha", "password": PASSWORD})
    assert answer.status_code == 302
    return client
