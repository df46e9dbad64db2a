from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from samaki.ground.accounts import operations, queries
from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.accounts.rules import PROGRAMME_WIDE, may_give
from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import Actor, Grant, Role, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Invalid, Refused
from samaki.kernel.policy import RULES, Action, reach
from tests.factories.field import NOW, TODAY, Field, a_field

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough pass"
YESTERDAY = TODAY - dt.timedelta(days=1)


def _administrator(organisation: Organisation, programme_id: int | None = None) -> Actor:
    grant = Grant(Role.ADMINISTRATOR, organisation.pk, programme_id)
    return Actor(99_000_000, "administrator", (grant,), second_factor=True)


def _create(field: Field, by: Actor | System, username: str = "dara", **changes: Any) -> User:
    given: dict[str, Any] = {
        "username": username,
        "password": PASSWORD,
        "language": "km",
        "role": Role.FACILITATOR,
        "organisation": field.ours,
        "programme_id": field.programme.pk,
        "by": by,
        "at": NOW,
    }
    return operations.create_user(**given | changes)


def test_only_the_administrator_of_the_organisation_makes_its_users() -> None:
    field = a_field()
    others = [
        *(field.actor(role) for role in Role if role is not Role.ADMINISTRATOR),
        _administrator(field.theirs),
        _administrator(field.ours, field.other.pk),
    ]
    for actor in others:
        with pytest.raises(Refused):
            _create(field, actor)
        assert AuditEntry.objects.latest("pk").refused
    assert User.objects.count() == 0
    user = _create(field, _administrator(field.ours))
    grant = user.role_grants.get()
    assert (user.check_password(PASSWORD), grant.role, grant.since) == (True, "facilitator", TODAY)


def test_an_administrator_of_all_of_one_organisation_reaches_no_other_organisation() -> None:
    field = a_field()
    for action, rule in RULES.items():
        if Role.ADMINISTRATOR in rule:
            within = reach(_administrator(field.ours), action)
            assert not within.covers(organisation_id=field.theirs.pk, programme_id=field.programme.pk), action


@pytest.mark.parametrize("role", sorted(PROGRAMME_WIDE))
def test_a_role_over_other_organisations_is_given_only_by_who_administers_that_programme(role: Role) -> None:
    field = a_field()
    user = _create(field, System("tests"))
    given: dict[str, Any] = {"user": user, "role": role, "organisation": field.ours, "at": NOW}
    for programme_id in (field.programme.pk, None):
        with pytest.raises(Refused) as refused:
            operations.grant_role(**given, programme_id=programme_id, by=_administrator(field.ours))
        assert refused.value.code == "role_too_wide"
    whose = _administrator(field.ours, field.programme.pk)
    assert operations.grant_role(**given, programme_id=field.programme.pk, by=whose).role == role.value


def test_the_wide_roles_are_those_whose_rules_reach_over_a_programme() -> None:
    assert sorted(PROGRAMME_WIDE) == [Role.ADMINISTRATOR, Role.AUDITOR, Role.PROGRAMME_OFFICER, Role.STEWARD]
    assert may_give(Actor(1, "nobody"), Role.FACILITATOR, programme_id=None)


def test_nobody_gives_a_role_to_herself() -> None:
    field = a_field()
    user = _create(field, System("tests"), role=Role.ADMINISTRATOR)
    herself = Actor(user.pk, "dara", _administrator(field.ours).grants, second_factor=True)
    with pytest.raises(Refused) as refused:
        operations.grant_role(
            user=user,
            role=Role.CASE_SUPERVISOR,
            organisation=field.ours,
            programme_id=field.programme.pk,
            by=herself,
            at=NOW,
        )
    assert (refused.value.code, user.role_grants.count()) == ("own_roles", 1)


def test_what_cannot_be_a_user_is_not_taken() -> None:
    field = a_field()
    by = _administrator(field.ours)
    _create(field, by)
    codes = []
    for changes in (
        {"username": "DARA"},
        {"username": " x"},
        {"password": "short"},
        {"role": Role.GROUP_COORDINATOR},
        {"group_id": field.group.pk},
    ):
        with pytest.raises((Invalid, Conflict, Refused)) as refused:
            _create(field, by, **{"username": "new", **changes})
        codes.append(refused.value.code)
    assert codes == ["username_taken", "username_wanted", "weak_password", "group_wanted", "group_wanted"]
    assert User.objects.count() == 1


def test_a_colleague_added_at_an_example_organisation_is_no_example_user() -> None:
    field = a_field()
    Organisation.objects.filter(pk=field.ours.pk).update(is_example=True)
    field.ours.refresh_from_db()
    assert not _create(field, System("tests")).is_example
    assert not queries.is_example_site()


def test_a_role_ends_at_once_and_its_days_stay_on_record() -> None:
    field = a_field()
    by = _administrator(field.ours)
    user = _create(field, by)
    old = RoleGrant.objects.create(
        user=user, role="partner_me", organisation=field.ours, since=dt.date(2024, 1, 1), until=None
    )
    operations.revoke_role(grant=old, by=by, at=NOW)
    operations.revoke_role(grant=user.role_grants.get(role="facilitator"), by=by, at=NOW)
    assert list(user.role_grants.values_list("role", "until")) == [("partner_me", YESTERDAY)]
    assert queries.actor_of(user, on=TODAY, second_factor=True).grants == ()
    assert [grant.role for grant in queries.actor_of(user, on=YESTERDAY, second_factor=True).grants] == [
        Role.PARTNER_ME
    ]


def test_an_administrator_sees_the_users_of_her_organisation_and_their_roles_in_it() -> None:
    field = a_field()
    _create(field, System("tests"), "ours")
    both = _create(field, System("tests"), "both")
    _create(field, System("tests"), "theirs", organisation=field.theirs)
    operations.grant_role(
        user=both,
        role=Role.PARTNER_ME,
        organisation=field.theirs,
        programme_id=None,
        by=System("tests"),
        at=NOW,
    )
    by = _administrator(field.ours)
    assert [user.username for user in queries.users(by)] == ["both", "ours"]
    assert [grant.organisation.key for grant in queries.role_grants(by, both) if grant.organisation] == ["ours"]
    for stranger in (field.me, field.officer, Actor(1, "nobody")):
        assert (list(queries.users(stranger)), list(queries.role_grants(stranger, both))) == ([], [])


def test_an_account_with_roles_elsewhere_is_not_closed_from_here() -> None:
    field = a_field()
    by = _administrator(field.ours)
    user, both = _create(field, by), _create(field, by, "both")
    RoleGrant.objects.create(user=both, role="partner_me", organisation=field.theirs)
    with pytest.raises(Refused):
        operations.close_account(user=both, organisation=field.ours, by=by, at=NOW)
    assert not operations.close_account(user=user, organisation=field.ours, by=by, at=NOW).is_active
    assert reach(by, Action.MANAGE_USERS).covers(organisation_id=field.ours.pk, programme_id=field.programme.pk)


def test_a_password_is_set_by_who_may_give_every_role_it_opens_and_stays_out_of_the_trail() -> None:
    field = a_field()
    ours, programmes = _administrator(field.ours), _administrator(field.ours, field.programme.pk)
    plain, both, officer, without, closed = (
        _create(field, System("tests"), name) for name in ("plain", "both", "officer", "without", "closed")
    )
    RoleGrant.objects.create(user=both, role="partner_me", organisation=field.theirs)
    RoleGrant.objects.create(
        user=officer, role="programme_officer", organisation=field.ours, programme_id=field.programme.pk
    )
    without.role_grants.all().delete()
    User.objects.filter(pk=closed.pk).update(is_active=False)
    closed.refresh_from_db()
    given: dict[str, Any] = {"organisation": field.ours, "password": "another long pass", "at": NOW}
    refused = [
        *((plain, actor) for actor in field.strangers().values()),
        (plain, _administrator(field.theirs)),
        (both, ours),
        (both, programmes),
        (officer, ours),
        (without, ours),
    ]
    for user, actor in refused:
        with pytest.raises(Refused):
            operations.set_password(user=user, **given, by=actor)
        assert AuditEntry.objects.latest("pk").refused
    for code, user, word in (("account_closed", closed, "another long pass"), ("weak_password", plain, "short")):
        with pytest.raises((Conflict, Invalid)) as said:
            operations.set_password(user=user, **given | {"password": word}, by=ours)
        assert said.value.code == code
    assert [User.objects.get(pk=user.pk).check_password(PASSWORD) for user in (plain, both, officer)] == [True] * 3
    operations.set_password(user=plain, **given, by=ours)
    operations.set_password(user=officer, **given, by=programmes)
    assert [User.objects.get(pk=user.pk).check_password("another long pass") for user in (plain, officer)] == [True] * 2
    assert list(AuditEntry.objects.filter(action="set_password").values_list("details", flat=True)) == [{}, {}]


def test_an_account_within_one_programme_is_closed_by_who_administers_that_programme() -> None:
    field = a_field()
    user = _create(field, System("tests"))
    given: dict[str, Any] = {"user": user, "organisation": field.ours, "at": NOW}
    with pytest.raises(Refused):
        operations.close_account(**given, by=_administrator(field.ours, field.other.pk))
    assert not operations.close_account(**given, by=_administrator(field.ours, field.programme.pk)).is_active
