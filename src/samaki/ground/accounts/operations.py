"""Writes of accounts: a user enters with her first role; roles are given and ended, never edited."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.events import RoleGiven
from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.accounts.rules import may_give
from samaki.ground.organisations.models import Organisation
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor, Grant, Role, System
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting, keeping_refusals
from samaki.kernel.errors import Conflict, Invalid, Refused
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.kernel.registry import reactions


def create_user(
    *,
    username: str,
    password: str,
    language: str,
    role: Role,
    organisation: Organisation,
    programme_id: int | None,
    group_id: int | None = None,
    by: AnyActor,
    at: dt.datetime,
) -> User:
    """A real user, even at an example organisation, with her first role: an example account opens by one tap, so only
    the demo makes those. Raises Conflict("username_taken"), Invalid for a weak password or no username."""
    with acting(
        by,
        Action.MANAGE_USERS,
        ("accounts.user", username),
        organisation_id=organisation.pk,
        programme_id=programme_id,
        group_id=group_id,
    ):
        if not username or username != username.strip():
            raise Invalid("username_wanted", _("Please enter a user name without spaces around it."), field="username")
        if User.objects.filter(username__iexact=username).exists():
            raise Conflict("username_taken", _("This user name is taken."), field="username")
        user = User(username=username, language=language)
        _not_weak(password, user)
        user.set_password(password)
        user.save()
        record(by, "create_user", user, organisation_id=organisation.pk, programme_id=programme_id)
        grant_role(
            user=user, role=role, organisation=organisation, programme_id=programme_id, group_id=group_id, by=by, at=at
        )
    return user


def grant_role(
    *,
    user: User,
    role: Role,
    organisation: Organisation,
    programme_id: int | None,
    group_id: int | None = None,
    until: dt.date | None = None,
    by: AnyActor,
    at: dt.datetime,
) -> RoleGrant:
    """Gives a role from today on. Raises Refused to oneself or beyond what the giver administers, Conflict where she
    holds it already, Invalid where it ends before today."""
    scope = Scope(organisation_id=organisation.pk, programme_id=programme_id)
    with acting(by, Action.MANAGE_USERS, user, **scope, group_id=group_id):
        if by.user_id == user.pk:
            raise Refused("own_roles", _("Nobody gives a role to herself. Please ask another administrator."))
        if not may_give(by, role, programme_id=programme_id):
            raise Refused(
                "role_too_wide", _("This role reaches other organisations. Please ask who administers the programme.")
            )
        if (role is Role.GROUP_COORDINATOR) != (group_id is not None):
            raise Invalid("group_wanted", _("A group coordinator, and only she, has a group."), field="group")
        since = timezone.localdate(at)
        if until is not None and until < since:
            raise Invalid("dates_out_of_order", _("The last day is before the first."), field="until")
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        same = RoleGrant.objects.filter(user=user, role=role, organisation=organisation)
        held = same.filter(programme_id=programme_id, group_id=group_id).exclude(until__lt=since)
        if held.exists():
            raise Conflict("role_held", _("This user holds this role already."), field="role")
        grant = RoleGrant.objects.create(
            user=user,
            role=role,
            organisation=organisation,
            programme_id=programme_id,
            group_id=group_id,
            since=since,
            until=until,
        )
        reactions.raise_event(RoleGiven(user.person_id, role, organisation.pk, programme_id, since))
        record(by, "grant_role", user, **scope, details={"role": role.value, "group": group_id})
    return grant


def revoke_role(*, grant: RoleGrant, by: AnyActor, at: dt.datetime) -> None:
    """Ends a role at once. Its days until yesterday stay on record; a role given today leaves none."""
    scope = Scope(organisation_id=grant.organisation_id, programme_id=grant.programme_id)
    with acting(by, Action.MANAGE_USERS, grant.user, **scope, group_id=grant.group_id):
        if not may_give(by, Role(grant.role), programme_id=grant.programme_id):
            raise Refused(
                "role_too_wide", _("This role reaches other organisations. Please ask who administers the programme.")
            )
        grant = RoleGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
        yesterday = timezone.localdate(at) - dt.timedelta(days=1)
        record(by, "revoke_role", grant.user, **scope, details={"role": grant.role, "group": grant.group_id})
        if grant.since is not None and grant.since > yesterday:
            grant.delete()
        elif grant.until is None or grant.until > yesterday:
            grant.until = yesterday
            grant.save(update_fields=["until"])


def administer_own_programme(*, organisation: Organisation, programme_id: int, by: AnyActor, at: dt.datetime) -> None:
    """Whoever administers all of an organisation administers by name the programme that she has just set up for it:
    nobody else could give its first roles. Nothing for an actor who administers no such thing."""
    if by.user_id is None or Grant(Role.ADMINISTRATOR, organisation.pk, None) not in by.grants:
        return
    user = User.objects.get(pk=by.user_id)
    RoleGrant.objects.create(
        user=user,
        role=Role.ADMINISTRATOR,
        organisation=organisation,
        programme_id=programme_id,
        since=timezone.localdate(at),
    )
    details = {"role": Role.ADMINISTRATOR.value, "group": None}
    record(by, "grant_role", user, organisation_id=organisation.pk, programme_id=programme_id, details=details)


def set_password(*, user: User, organisation: Organisation, password: str, by: AnyActor, at: dt.datetime) -> User:
    """A new password for who forgot hers; whoever was signed in by the old one is signed out. Raises Refused where she
    holds a role that the actor may not give: by her password he would hold it. Conflict("account_closed"), Invalid for
    a weak one."""
    with keeping_refusals(by, Action.MANAGE_USERS, user, organisation_id=organisation.pk):
        _all_roles_within(by, user, organisation, at)
        if not user.is_active:
            raise Conflict("account_closed", _("This account is closed."))
        _not_weak(password, user)
        user.set_password(password)
        user.save(update_fields=["password"])
        record(by, "set_password", user, organisation_id=organisation.pk)
    return user


def close_account(*, user: User, organisation: Organisation, by: AnyActor, at: dt.datetime) -> User:
    """Nobody signs in by it again; what she did stays hers in the trail. Raises Refused where she holds a role that the
    actor does not administer: that is for those who gave it."""
    with keeping_refusals(by, Action.MANAGE_USERS, user, organisation_id=organisation.pk):
        _all_roles_within(by, user, organisation, at)
        user.is_active = False
        user.save(update_fields=["is_active"])
        record(by, "close_account", user, organisation_id=organisation.pk)
    return user


def reset_second_factor(*, user: User, organisation: Organisation, by: AnyActor, at: dt.datetime) -> int:
    """Takes away every second sign-in step of who lost hers, and returns how many: she sets up a new one after her
    password. Raises Refused for one's own, to an actor who has not given his own second step, and where she holds a
    role that he may not give; Conflict("no_second_factor")."""
    with keeping_refusals(by, Action.MANAGE_USERS, user, organisation_id=organisation.pk):
        if not isinstance(by, System) and not by.second_factor:
            raise Refused(
                "second_factor_wanted", _("This part needs a second sign-in step. Please set it up in Security.")
            )
        if by.user_id == user.pk:
            raise Refused("own_account", _("Your own second step is changed under Security."))
        _all_roles_within(by, user, organisation, at)
        taken = int(Authenticator.objects.filter(user=user).delete()[0])
        if not taken:
            raise Conflict("no_second_factor", _("This user has no second step set up."))
        record(by, "reset_second_factor", user, organisation_id=organisation.pk, details={"taken": taken})
    return taken


def _all_roles_within(by: AnyActor, user: User, organisation: Organisation, at: dt.datetime) -> None:
    """An account is one's own to change while every role it holds is at the organisation and one's own to give."""
    span = policy.reach(by, Action.MANAGE_USERS)
    if not span:
        raise policy.refusal(by, Action.MANAGE_USERS)
    grants = list(RoleGrant.objects.filter(user=user).exclude(until__lt=timezone.localdate(at)))
    if not grants or not all(
        grant.organisation_id == organisation.pk
        and span.covers(organisation_id=grant.organisation_id, programme_id=grant.programme_id, group_id=grant.group_id)
        and may_give(by, Role(grant.role), programme_id=grant.programme_id)
        for grant in grants
    ):
        raise Refused(
            "roles_elsewhere",
            _("This user holds no role, or one that is not yours to give. Please ask who administers it."),
        )


def _not_weak(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Invalid(
            "weak_password",
            _("Please choose another password: %(why)s"),
            field="password",
            why=" ".join(weak.messages),
        ) from None
