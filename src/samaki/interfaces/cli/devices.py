"""`samaki device`: the phones that send, without a browser."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from django.conf import settings
from django.utils import timezone

from samaki.ground.accounts import devices
from samaki.ground.accounts.models import DeviceCredential, User
from samaki.ground.accounts.queries import actor_of
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.interfaces.cli.naming import organisation_named, programme_named, user_named
from samaki.interfaces.cli.outcome import Outcome, WrongArgument
from samaki.interfaces.cli.printing import table
from samaki.interfaces.cli.serve import served_at
from samaki.interfaces.cli.site import acting
from samaki.kernel.actors import Actor


def add(arguments: Namespace) -> int:
    by = acting(arguments)
    user = User.objects.get(username=by.name) if arguments.username == by.name else user_named(by, arguments.username)
    programme = programme_named(by, arguments.programme)
    issued = devices.issue_device(
        user=user,
        organisation=_organisation(arguments, by, user, programme.pk),
        programme_id=programme.pk,
        kind=DeviceCredential.Kind(arguments.kind),
        label=arguments.label,
        by=by,
        at=timezone.now(),
    )
    told = {
        "server_url": f"{_site(arguments).rstrip('/')}/or/{programme.key}",
        "username": issued.device.username,
        "password": issued.password,
    }
    if issued.device.kind == DeviceCredential.Kind.BROWSER:
        told["token"] = issued.token
    print(json.dumps(told, ensure_ascii=False))
    return Outcome.DONE


def listed(arguments: Namespace) -> int:
    by = acting(arguments)
    found = [*devices.own_devices(by), *devices.administered_devices(by)]
    programmes = Programme.objects.in_bulk({one.programme_id for one in found})
    rows = [
        {
            "name": one.username,
            "user": one.user.get_username(),
            "programme": programmes[one.programme_id].key if one.programme_id in programmes else "",
            "organisation": one.organisation.key,
            "kind": one.kind,
            "label": one.label,
            "last_used": one.used_on.isoformat() if one.used_on else None,
            "revoked": one.revoked_at is not None,
        }
        for one in found
    ]
    if arguments.format == "json":
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif rows:
        table([*rows[0]], [[_shown(value) for value in row.values()] for row in rows])
    else:
        print("No phone is connected yet.")
    return Outcome.DONE


def revoke(arguments: Namespace) -> int:
    by = acting(arguments)
    for known in (devices.own_devices(by), devices.administered_devices(by)):
        if (found := known.filter(username=arguments.name).first()) is not None:
            devices.revoke_device(device=found, by=by, at=timezone.now())
            print(f"{found.username} sends nothing any more.")
            return Outcome.DONE
    raise WrongArgument(f"there is no phone {arguments.name}; `samaki device list` gives their names")


def _organisation(arguments: Namespace, by: Actor, user: User, programme_id: int) -> Organisation:
    """The one that was named, or else the only one for which she records there. Raises WrongArgument."""
    if arguments.organisation:
        return organisation_named(by, arguments.organisation)
    holder = actor_of(user, on=timezone.localdate(), second_factor=False)
    known = {grant.organisation_id for grant in holder.grants if grant.organisation_id is not None}
    sending = [one for one in known if devices.may_send(holder, organisation_id=one, programme_id=programme_id)]
    if not sending:
        raise WrongArgument(f"{user.username} records nothing in {arguments.programme}")
    found = list(Organisation.objects.filter(pk__in=sending).order_by("key"))
    if len(found) > 1:
        keys = ", ".join(one.key for one in found)
        raise WrongArgument(f"{user.username} records for {keys}: say which, by --organisation")
    return found[0]


def _site(arguments: Namespace) -> str:
    """What --site says; behind HTTPS the site's name; else where `serve` serves it. A guess is told to be one."""
    if arguments.site or settings.HTTPS:
        return str(arguments.site or f"https://{settings.ALLOWED_HOSTS[0]}")
    known = served_at()
    if not known:
        print(
            "samaki: nobody has served this site yet, so its port is not known; give its address with --site URL",
            file=sys.stderr,
        )
    return known or f"http://{settings.ALLOWED_HOSTS[0]}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "never" if value is None else str(value)
