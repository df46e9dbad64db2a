"""What a phone sends with: who may have one, what is kept of it, and that it ends."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samaki.ground.accounts import devices
from samaki.ground.accounts.devices import issue_device, revoke_device, sender_by_token, sender_named
from samaki.ground.accounts.models import DeviceCredential, RoleGrant, SpentNonce, User
from samaki.ground.accounts.queries import actor_of
from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import Actor, Role, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Invalid, NotFound, Refused
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db

APP, BROWSER = DeviceCredential.Kind.APP, DeviceCredential.Kind.BROWSER
NOW = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
TODAY = dt.date(2024, 5, 1)


@pytest.fixture
def setting(db: None) -> Setting:
    return a_setting()


def somebody(setting: Setting, role: Role, organisation: Organisation | None = None, **of_user: object) -> User:
    user = User.objects.create(username=f"user-{User.objects.count()}", language="km", **of_user)
    RoleGrant.objects.create(
        user=user, role=role, organisation=organisation or setting.ours, programme_id=setting.programme.pk
    )
    return user


def acting(user: User) -> Actor:
    return actor_of(user, on=TODAY, second_factor=False)


def issue(setting: Setting, user: User, kind: DeviceCredential.Kind = APP, by: Actor | None = None) -> devices.Issued:
    return issue_device(
        user=user,
        organisation=setting.ours,
        programme_id=setting.programme.pk,
        kind=kind,
        label="the old phone",
        by=by or acting(user),
        at=NOW,
    )


def test_a_facilitator_adds_her_own_phone_and_it_opens(setting: Setting) -> None:
    user = somebody(setting, Role.FACILITATOR)
    issued = issue(setting, user)
    sender = sender_named(issued.device.username, on=TODAY)
    assert sender is not None
    told = f"{issued.device.username}:{devices.REALM}:{issued.password}"
    assert sender.ha1 == hashlib.md5(told.encode()).hexdigest()
    assert (sender.device_id, sender.organisation_id, sender.programme_id, sender.language) == (
        issued.device.pk,
        setting.ours.pk,
        setting.programme.pk,
        "km",
    )
    assert sender.actor == acting(user)


def test_of_the_secret_nothing_readable_is_kept(setting: Setting) -> None:
    issued = issue(setting, somebody(setting, Role.FACILITATOR))
    sender = sender_named(issued.device.username, on=TODAY)
    kept = DeviceCredential.objects.values_list("username", "label", "salt", "secret").get()
    everything = b"".join(bytes(part) if not isinstance(part, str) else part.encode() for part in kept)
    assert sender is not None
    assert issued.password.encode() not in everything
    assert sender.ha1.encode() not in everything
    assert len(issued.password.replace("-", "")) == 24


def test_a_browser_shows_its_token_and_no_other_opens(setting: Setting) -> None:
    user = somebody(setting, Role.FACILITATOR)
    issued = issue(setting, user, BROWSER)
    sender = sender_by_token(issued.token, on=TODAY)
    assert sender is not None
    assert sender.actor == acting(user)
    assert sender_by_token(f"{issued.device.username}.another", on=TODAY) is None
    assert sender_by_token("", on=TODAY) is None
    assert sender_by_token("\0", on=TODAY) is None
    assert sender_named(issued.device.username, on=TODAY) is None  # no Digest for what only a token opens


def test_a_stranger_cannot_add_a_phone_to_a_user_and_the_attempt_is_kept(setting: Setting) -> None:
    user = somebody(setting, Role.FACILITATOR)
    for role in (Role.FACILITATOR, Role.PARTNER_ME, Role.PROGRAMME_OFFICER, Role.DONOR):
        with pytest.raises(Refused):
            issue(setting, user, by=acting(somebody(setting, role)))
    with pytest.raises(Refused):
        issue(setting, user, by=acting(somebody(setting, Role.ADMINISTRATOR, setting.theirs)))
    assert DeviceCredential.objects.count() == 0
    assert AuditEntry.objects.filter(refused=True, action="manage_users").count() == 5


def test_her_administrator_adds_a_phone_for_her(setting: Setting) -> None:
    user = somebody(setting, Role.FACILITATOR)
    issued = issue(setting, user, by=acting(somebody(setting, Role.ADMINISTRATOR)))
    assert issued.device.user == user
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.details) == ("issue_device", {"user": user.pk, "kind": "app"})


@pytest.mark.parametrize("role", [Role.DONOR, Role.AUDITOR, Role.PARTNER_FINANCE, Role.ADMINISTRATOR])
def test_who_records_nothing_gets_no_phone(setting: Setting, role: Role) -> None:
    with pytest.raises(Refused) as refused:
        issue(setting, somebody(setting, role))
    assert refused.value.code == "records_nothing"


def test_no_phone_is_added_for_an_organisation_where_she_records_nothing(setting: Setting) -> None:
    with pytest.raises(Refused):
        issue(setting, somebody(setting, Role.FACILITATOR, setting.theirs))


def test_a_label_has_an_end(setting: Setting) -> None:
    user = somebody(setting, Role.FACILITATOR)
    with pytest.raises(Invalid):
        issue_device(
            user=user,
            organisation=setting.ours,
            programme_id=setting.programme.pk,
            kind=APP,
            label="x" * 81,
            by=acting(user),
            at=NOW,
        )


def test_a_revoked_phone_opens_nothing_and_is_revoked_once(setting: Setting) -> None:
    user = somebody(setting, Role.FACILITATOR)
    for kind in (APP, BROWSER):
        issued = issue(setting, user, kind)
        revoke_device(device=issued.device, by=acting(user), at=NOW)
        assert sender_named(issued.device.username, on=TODAY) is None
        assert sender_by_token(issued.token, on=TODAY) is None
        with pytest.raises(Conflict):
            revoke_device(device=issued.device, by=acting(user), at=NOW)


def test_nobody_but_she_and_her_administrator_ends_or_sees_her_phone(setting: Setting) -> None:
    user = somebody(setting, Role.FACILITATOR)
    issued = issue(setting, user)
    others = [somebody(setting, role) for role in (Role.FACILITATOR, Role.PARTNER_ME, Role.PROGRAMME_OFFICER)]
    others.append(somebody(setting, Role.ADMINISTRATOR, setting.theirs))
    for other in others:
        with pytest.raises(NotFound):
            devices.device(acting(other), issued.device.pk)
        with pytest.raises(Refused):
            revoke_device(device=issued.device, by=acting(other), at=NOW)
        assert list(devices.own_devices(acting(other))) == []
        assert list(devices.administered_devices(acting(other))) == []
    administrator = acting(somebody(setting, Role.ADMINISTRATOR))
    assert list(devices.administered_devices(administrator)) == [issued.device]
    assert list(devices.own_devices(acting(user))) == [issued.device]
    revoke_device(device=devices.device(administrator, issued.device.pk), by=administrator, at=NOW)
    assert sender_named(issued.device.username, on=TODAY) is None


def test_a_closed_account_closes_its_phones(setting: Setting) -> None:
    user = somebody(setting, Role.FACILITATOR)
    issued = issue(setting, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert sender_named(issued.device.username, on=TODAY) is None


def test_phones_of_example_users_close_with_the_first_real_user(setting: Setting) -> None:
    issued = issue(setting, somebody(setting, Role.FACILITATOR, is_example=True))
    assert sender_named(issued.device.username, on=TODAY) is not None
    User.objects.create(username="real")
    assert sender_named(issued.device.username, on=TODAY) is None


def test_a_role_that_has_ended_is_not_hers_by_phone_either(setting: Setting) -> None:
    user = somebody(setting, Role.FACILITATOR)
    issued = issue(setting, user)
    RoleGrant.objects.filter(user=user).update(until=TODAY - dt.timedelta(days=1))
    sender = sender_named(issued.device.username, on=TODAY)
    assert sender is not None
    assert sender.actor.grants == ()


def test_a_sender_is_found_by_one_query(setting: Setting) -> None:
    user = somebody(setting, Role.FACILITATOR)
    RoleGrant.objects.create(user=user, role=Role.PARTNER_ME, organisation=setting.theirs, programme_id=None)
    issued = issue(setting, user)
    with CaptureQueriesContext(connection) as captured:
        sender = sender_named(issued.device.username, on=TODAY)
    assert sender is not None
    assert (len(captured), len(sender.actor.grants)) == (1, 2)


def test_the_day_of_use_is_written_once_a_day(setting: Setting) -> None:
    issued = issue(setting, somebody(setting, Role.FACILITATOR))
    queries = []
    for _time in range(2):
        sender = sender_named(issued.device.username, on=TODAY)
        assert sender is not None
        with CaptureQueriesContext(connection) as captured:
            devices.note_use(sender, on=TODAY)
        queries.append(len(captured))
    issued.device.refresh_from_db()
    assert (issued.device.used_on, queries) == (TODAY, [1, 0])


def test_expired_nonces_are_forgotten_and_no_others() -> None:
    now = timezone.now()
    for minutes in (-10, -1, 1):
        SpentNonce.objects.create(nonce=f"n{minutes}", count=1, expires_at=now + dt.timedelta(minutes=minutes))
    assert devices.sweep_nonces(at=now) == 2
    assert list(SpentNonce.objects.values_list("nonce", flat=True)) == ["n1"]


def test_the_system_issues_for_whoever_records(setting: Setting) -> None:
    user = somebody(setting, Role.GROUP_COORDINATOR)
    issued = issue_device(
        user=user,
        organisation=setting.ours,
        programme_id=setting.programme.pk,
        kind=APP,
        by=System("tests"),
        at=NOW,
    )
    assert issued.device.created_by == "system"
