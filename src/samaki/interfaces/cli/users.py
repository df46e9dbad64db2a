"""`samaki user`: who signs in, with which roles, and by which password."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.accounts.operations import close_account, create_user, grant_role, revoke_role, set_password
from samaki.ground.accounts.queries import home_of, is_administered, role_grants
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.operations import create_organisation
from samaki.ground.organisations.queries import organisations
from samaki.interfaces.cli.naming import group_named, organisation_named, programme_named, user_named
from samaki.interfaces.cli.outcome import Outcome, WrongArgument
from samaki.interfaces.cli.site import acting
from samaki.kernel.actors import AnyActor, Role, System


def add(arguments: Namespace) -> int:
    role = Role(arguments.role)
    if (role is Role.GROUP_COORDINATOR) != bool(arguments.group):
        raise WrongArgument("a group coordinator, and only she, has a group: --group KEY")
    by = _giver(arguments, role)
    user = User.objects.filter(username=arguments.username).first()
    password = "" if user else _password(arguments)
    with transaction.atomic():
        at = timezone.now()
        where = _organisation(arguments, by)
        programme_id = programme_named(by, arguments.programme).pk if arguments.programme else None
        group_id = None
        if arguments.group:
            group = _group(arguments, by)
            group_id, programme_id = group.pk, group.programme_id
        if user is None:
            create_user(
                username=arguments.username,
                password=password,
                language=arguments.language,
                role=role,
                organisation=where,
                programme_id=programme_id,
                group_id=group_id,
                by=by,
                at=at,
            )
        else:
            grant_role(
                user=user, role=role, organisation=where, programme_id=programme_id, group_id=group_id, by=by, at=at
            )
    print(f"{arguments.username} is {role.value} at {where.key}.")
    return Outcome.DONE


def _giver(arguments: Namespace, role: Role) -> AnyActor:
    """Where nobody administers an organisation or a programme, whoever holds the machine names who does; everyone else
    is added by an administrator."""
    if arguments.user:
        return acting(arguments)
    if role is not Role.ADMINISTRATOR and not RoleGrant.objects.filter(role=Role.ADMINISTRATOR).exists():
        raise WrongArgument("the first user of a site must be an administrator: --role administrator")
    machine = System("first administrator")
    programme_id = programme_named(machine, arguments.programme).pk if arguments.programme else None
    today = timezone.localdate()
    if role is not Role.ADMINISTRATOR or is_administered(machine, arguments.organisation, programme_id, on=today):
        raise WrongArgument("there is an administrator: say who adds the user, by --as USER")
    return machine


def _organisation(arguments: Namespace, by: AnyActor) -> Organisation:
    known = organisations(by).filter(key=arguments.organisation).exists()
    if not known and isinstance(by, System) and arguments.organisation_name:
        return create_organisation(
            key=arguments.organisation,
            name_latin=arguments.organisation_name,
            kind=Organisation.Kind.LOCAL_NGO,
            by=by,
            at=timezone.now(),
        )
    return organisation_named(by, arguments.organisation)


def _group(arguments: Namespace, by: AnyActor) -> Group:
    found = group_named(by, arguments.group)
    if found.organisation.key != arguments.organisation:
        raise WrongArgument(
            f"{found.key} is a group of {found.organisation.key}: --organisation {found.organisation.key}"
        )
    if arguments.programme not in {None, found.programme.key}:
        raise WrongArgument(f"{found.key} is a group in {found.programme.key}: --programme {found.programme.key}")
    return found


def password(arguments: Namespace) -> int:
    by = acting(arguments)
    user = user_named(by, arguments.username)
    set_password(user=user, organisation=_home(user, by), password=_password(arguments), by=by, at=timezone.now())
    print(f"{user.username} has a new password; where she was signed in she is signed out.")
    return Outcome.DONE


def role(arguments: Namespace) -> int:
    by = acting(arguments)
    user = user_named(by, arguments.username)
    held = _running(user, by).filter(role=arguments.role)
    if arguments.organisation:
        held = held.filter(organisation=organisation_named(by, arguments.organisation))
    if arguments.programme:
        held = held.filter(programme_id=programme_named(by, arguments.programme).pk)
    if arguments.group:
        held = held.filter(group_id=group_named(by, arguments.group).pk)
    grants = list(held)
    if not grants:
        roles = ", ".join(sorted({grant.role for grant in _running(user, by)})) or "no role"
        raise WrongArgument(f"{user.username} does not hold the role {arguments.role} there; she holds: {roles}")
    if len(grants) > 1:
        raise WrongArgument(
            f"{user.username} holds the role {arguments.role} {len(grants)} times: "
            "say which, by --organisation, --programme or --group"
        )
    revoke_role(grant=grants[0], by=by, at=timezone.now())
    print(f"{user.username} is no longer {arguments.role}.")
    return Outcome.DONE


def close(arguments: Namespace) -> int:
    by = acting(arguments)
    user = user_named(by, arguments.username)
    close_account(user=user, organisation=_home(user, by), by=by, at=timezone.now())
    print(f"The account of {user.username} is closed.")
    return Outcome.DONE


def _running(user: User, by: AnyActor) -> QuerySet[RoleGrant]:
    return role_grants(by, user).exclude(until__lt=timezone.localdate())


def _home(user: User, by: AnyActor) -> Organisation:
    """Where the actor keeps her. Raises WrongArgument where none of her roles there still runs."""
    home = home_of(by, user, on=timezone.localdate())
    if home is None:
        raise WrongArgument(f"{user.username} holds no role any more within your reach: `samaki user add` gives one")
    return home


def _password(arguments: Namespace) -> str:
    """From standard input, or asked twice. Raises WrongArgument where there is nobody to ask."""
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise WrongArgument("there is no terminal to ask for a password: use --password-stdin")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise WrongArgument("the two passwords differ")
    return first
