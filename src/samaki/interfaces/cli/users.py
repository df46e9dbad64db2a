"""`samaki user add`."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace

from django.db import transaction
from django.utils import timezone

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.accounts.operations import create_user, grant_role
from samaki.ground.groups.queries import group
from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.operations import create_organisation
from samaki.ground.organisations.queries import organisation, organisations
from samaki.ground.programmes.queries import programme
from samaki.interfaces.cli.outcome import Outcome, WrongArgument
from samaki.interfaces.cli.site import acting
from samaki.kernel.actors import AnyActor, Role, System


def add(arguments: Namespace) -> int:
    role = Role(arguments.role)
    by = _giver(arguments, role)
    user = User.objects.filter(username=arguments.username).first()
    password = "" if user else _password(arguments)
    with transaction.atomic():
        at = timezone.now()
        where = _organisation(arguments, by)
        programme_id = programme(by, arguments.programme).pk if arguments.programme else None
        group_id = group(by, arguments.group).pk if arguments.group else None
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
    """The first administrator is made by whoever holds the machine; everyone else by an administrator."""
    if arguments.user:
        return acting(arguments)
    if RoleGrant.objects.filter(role=Role.ADMINISTRATOR).exists():
        raise WrongArgument("this site has an administrator: say who adds the user, by --as USER")
    if role is not Role.ADMINISTRATOR:
        raise WrongArgument("the first user of a site must be an administrator: --role administrator")
    return System("first administrator")


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
    return organisation(by, arguments.organisation)


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
