from __future__ import annotations

import io

import pytest

from samaki.ground.accounts.models import RoleGrant, User
from samaki.kernel.audit.models import AuditEntry
from tests.interfaces.cli.conftest import Said, Samaki

pytestmark = pytest.mark.django_db

PASSWORD = "nine lotus ponds"


@pytest.fixture
def add(samaki: Samaki, monkeypatch: pytest.MonkeyPatch) -> Samaki:
    def run(*words: str) -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
        return samaki("user", "add", *words, "--password-stdin")

    return run


@pytest.fixture
def first(add: Samaki) -> None:
    said = add("sokha", "--role", "administrator", "--organisation", "our-group", "--organisation-name", "Our group")
    assert (said.code, said.err) == (0, "")


@pytest.mark.usefixtures("first")
def test_the_first_administrator_comes_with_her_organisation_and_can_sign_in() -> None:
    user = User.objects.get(username="sokha")
    assert user.check_password(PASSWORD)
    assert list(RoleGrant.objects.values_list("user__username", "role", "organisation__key")) == [
        ("sokha", "administrator", "our-group")
    ]
    assert AuditEntry.objects.filter(action="create_user").get().actor_name == "system"


def test_the_first_user_must_be_an_administrator(add: Samaki) -> None:
    said = add("sokha", "--role", "donor", "--organisation", "our-group", "--organisation-name", "Our group")
    assert (said.code, User.objects.count()) == (2, 0)


def test_without_its_organisation_nothing_is_made(add: Samaki) -> None:
    assert add("sokha", "--role", "administrator", "--organisation", "our-group").code == 2
    assert User.objects.count() == 0


@pytest.mark.usefixtures("first")
def test_after_the_first_an_administrator_says_who_enters(add: Samaki) -> None:
    words = ("dara", "--role", "partner_me", "--organisation", "our-group")
    assert add(*words).code == 2
    assert add(*words, "--as", "sokha").code == 0
    assert add("vanna", "--role", "partner_me", "--organisation", "our-group", "--as", "dara").code == 1
    assert sorted(User.objects.values_list("username", flat=True)) == ["dara", "sokha"]


@pytest.mark.usefixtures("first")
def test_nobody_gives_herself_a_role(add: Samaki) -> None:
    assert add("sokha", "--role", "case_supervisor", "--organisation", "our-group", "--as", "sokha").code == 1


@pytest.mark.usefixtures("first")
def test_a_weak_password_is_not_taken(samaki: Samaki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    words = ("user", "add", "dara", "--role", "partner_me", "--organisation", "our-group", "--as", "sokha")
    assert samaki(*words, "--password-stdin").code == 2
    assert User.objects.count() == 1


@pytest.mark.usefixtures("first")
def test_the_example_is_not_loaded_beside_real_users(samaki: Samaki) -> None:
    said = samaki("demo")
    assert (said.code, said.out) == (1, "")
