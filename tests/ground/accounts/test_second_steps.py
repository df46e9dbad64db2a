"""Secrets of the second step: sealed in the database, and sealed again with everything else."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

from samaki.ground.accounts.models import User
from samaki.ground.accounts.second_steps import SecondSteps, secret_of
from samaki.kernel.keyrings.stores import stores

pytestmark = pytest.mark.django_db
SECRET, OLDER = "JBSWY3DPEHPK3PXP", "KRSXG5CTMVRXEZLU"  # a code once used is not taken again


@pytest.fixture
def user() -> User:
    return User.objects.create(username="sokha")


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def test_a_copy_of_the_database_makes_nobodys_codes(user: User) -> None:
    step = TOTP.activate(user, SECRET)
    recovery = RecoveryCodes.activate(user)
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert (SECRET in kept, secret_of(recovery.instance.data["seed"]) in kept) == (False, False)
    assert step.validate_code(_code(SECRET)) is True
    assert recovery.validate_code(recovery.generate_codes()[3]) is True


def test_what_an_older_site_kept_unsealed_still_opens_and_is_sealed_in_its_turn(user: User) -> None:
    one = Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": OLDER})
    assert TOTP(one).validate_code(_code(OLDER)) is True
    store = stores[SecondSteps.key]
    assert (store.old(), list(store.reseal()), store.old()) == (1, [1], 0)
    one.refresh_from_db()
    assert (OLDER in json.dumps(one.data), secret_of(one.data["secret"])) == (False, OLDER)
