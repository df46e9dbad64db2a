"""What a phone sends with: made for one user, organisation and programme, shown once, ended at once when revoked.

It opens the door of field forms and nothing else, and never stands for the password somebody signs in with.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import DeviceCredential, SpentNonce, User
from samaki.ground.accounts.queries import actor_of, is_example_site
from samaki.ground.organisations.models import Organisation
from samaki.kernel import policy, sealed
from samaki.kernel.actors import Actor, AnyActor, Grant, Role
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import Conflict, Invalid, NotFound, Refused
from samaki.kernel.form_handlers import form_handlers
from samaki.kernel.policy import RULES, Action
from samaki.kernel.records import Scope

REALM = "Samaki"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another: somebody may type it
LONGEST_LABEL = 80
TOKEN = "device"  # noqa: S105  # the purpose of a digest, no password
SWEPT_AT_ONCE = 5_000  # rows

_OPEN = """
SELECT d.id, d.user_id, d.organisation_id, d.programme_id, d.kind, d.salt, d.secret, d.used_on,
       u.username, u.language, u.is_example, g.role, g.organisation_id, g.programme_id, g.group_id
FROM accounts_devicecredential d
JOIN accounts_user u ON u.id = d.user_id
LEFT JOIN accounts_rolegrant g ON g.user_id = u.id
     AND (g.since IS NULL OR g.since <= %s) AND (g.until IS NULL OR g.until >= %s)
WHERE d.username = %s AND d.kind = %s AND d.revoked_at IS NULL AND u.is_active
ORDER BY g.id
"""


@dataclass(frozen=True)
class Issued:
    """A new credential and its secret, which nobody can read again."""

    device: DeviceCredential
    password: str

    @property
    def token(self) -> str:
        """What a browser shows instead of a name and a password."""
        return f"{self.device.username}.{self.password}"


@dataclass(frozen=True)
class Sender:
    """Whose phone it is: the user as an actor with the grants of the day, without a second factor."""

    device_id: int
    organisation_id: int
    programme_id: int
    actor: Actor
    language: str
    used_on: str  # ISO date, "" before the first time
    salt: bytes
    secret: bytes
    username: str

    @property
    def ha1(self) -> str:
        """MD5(username:realm:password) of an app's credential, as Digest wants it."""
        return sealed.unseal(self.secret, salt=self.salt, context=context_of(self.username))


def issue_device(
    *,
    user: User,
    organisation: Organisation,
    programme_id: int,
    kind: DeviceCredential.Kind,
    label: str = "",
    by: AnyActor,
    at: dt.datetime,
) -> Issued:
    """A credential for oneself, or by whoever administers the user there. Raises Refused to anybody else and where the
    user records nothing in that programme for that organisation, Invalid for a label that is too long."""
    scope = Scope(organisation_id=organisation.pk, programme_id=programme_id)
    with keeping_refusals(by, Action.MANAGE_USERS, user, **scope):
        _hers_or_administered(by, user.pk, scope)
        holder = actor_of(user, on=timezone.localdate(at), second_factor=False)
        if not user.is_active or not may_send(holder, organisation_id=organisation.pk, programme_id=programme_id):
            raise Refused("records_nothing", _("This user records nothing in this programme for this organisation."))
        if len(label) > LONGEST_LABEL:
            raise Invalid("label_too_long", _("Please choose a shorter name for the phone."), field="label")
        username, password, salt = f"phone-{_random(8)}", "-".join(_random(6) for _part in range(4)), sealed.new_salt()
        if kind == DeviceCredential.Kind.APP:
            secret = sealed.seal(ha1(username, password), salt=salt, context=context_of(username))
        else:
            secret = sealed.keyed_digest(f"{username}.{password}", purpose=TOKEN)
        device = DeviceCredential.objects.create(
            user=user,
            organisation=organisation,
            programme_id=programme_id,
            kind=kind,
            label=label.strip(),
            username=username,
            salt=salt,
            secret=secret,
            created_at=at,
            created_by=by.name,
        )
        record(by, "issue_device", device, **scope, details={"user": user.pk, "kind": str(kind)})
    return Issued(device, password)


def revoke_device(*, device: DeviceCredential, by: AnyActor, at: dt.datetime) -> DeviceCredential:
    """Ends it at once, by its user or by whoever administers her there. Raises Refused to anybody else,
    Conflict("device_revoked")."""
    scope = Scope(organisation_id=device.organisation_id, programme_id=device.programme_id)
    with keeping_refusals(by, Action.MANAGE_USERS, device, **scope):
        _hers_or_administered(by, device.user_id, scope)
        ended = DeviceCredential.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=at)
        if not ended:
            raise Conflict("device_revoked", _("This phone is closed already."))
        device.revoked_at = at
        record(by, "revoke_device", device, **scope, details={"user": device.user_id})
    return device


def own_devices(actor: AnyActor) -> QuerySet[DeviceCredential]:
    """The actor's own, those still open first, then the latest."""
    return _listed(DeviceCredential.objects.filter(user_id=actor.user_id or 0))


def administered_devices(actor: AnyActor) -> QuerySet[DeviceCredential]:
    """Those of other users where the actor administers."""
    within = policy.reach(actor, Action.MANAGE_USERS).q()
    return _listed(DeviceCredential.objects.filter(within).exclude(user_id=actor.user_id or 0))


def device(actor: AnyActor, device_id: int) -> DeviceCredential:
    """One's own, or one that one administers. Raises NotFound."""
    for known in (own_devices(actor), administered_devices(actor)):
        if (found := known.filter(pk=device_id).first()) is not None:
            return found
    raise NotFound("no_such_device", _("There is no such phone."))


def sending_roles() -> frozenset[Role]:
    """Whoever may do at least one of the things that a field form records."""
    actions = {Action.RECORD_ACTIVITY, Action.RECORD_TALLY, *(handler.action for handler in form_handlers)}
    return frozenset(role for action in actions for role in RULES[action])


def may_send(actor: Actor, *, organisation_id: int, programme_id: int) -> bool:
    """True where the actor records something there, be it for one group alone; each form asks for its own leave."""
    senders = sending_roles()
    return any(
        grant.role in senders
        and grant.organisation_id == organisation_id
        and grant.programme_id in (None, programme_id)
        for grant in actor.grants
    )


def sender_named(username: str, *, on: dt.date) -> Sender | None:
    """Of an app's credential that still opens; by plain SQL, since every form that a phone sends asks for it."""
    return _open(username, DeviceCredential.Kind.APP, on)


def sender_by_token(token: str, *, on: dt.date) -> Sender | None:
    """Of a browser's credential that still opens."""
    sender = _open(token.partition(".")[0], DeviceCredential.Kind.BROWSER, on)
    if sender is None or not hmac.compare_digest(sealed.keyed_digest(token, purpose=TOKEN), sender.secret):
        return None
    return sender


def note_use(sender: Sender, *, on: dt.date) -> None:
    """Writes down the day, once a day."""
    if sender.used_on != on.isoformat():
        DeviceCredential.objects.filter(pk=sender.device_id).update(used_on=on)


def sweep_nonces(*, at: dt.datetime) -> int:
    """Forgets nonces that have expired, some thousand at once: expired, they open nothing anyway."""
    old = SpentNonce.objects.filter(expires_at__lt=at).order_by("expires_at")[:SWEPT_AT_ONCE]
    return SpentNonce.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]


def ha1(username: str, password: str) -> str:
    """RFC 7616, 3.4.2. MD5 is what phones speak; the password is random, so that guessing it gains nothing by speed."""
    return hashlib.md5(f"{username}:{REALM}:{password}".encode(), usedforsecurity=False).hexdigest()


def _open(username: str, kind: DeviceCredential.Kind, on: dt.date) -> Sender | None:
    if "\0" in username:
        return None
    day = on.isoformat()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [day, day, username, kind.value])
        rows = cursor.fetchall()
    if not rows:
        return None
    device_id, user_id, organisation_id, programme_id, _kind, salt, secret, used_on, name, language, example = rows[0][
        :11
    ]
    if example and not is_example_site():
        return None
    grants = tuple(Grant(Role(row[11]), row[12], row[13], row[14]) for row in rows if row[11] is not None)
    return Sender(
        device_id=device_id,
        organisation_id=organisation_id,
        programme_id=programme_id,
        actor=Actor(user_id=user_id, name=name, grants=grants),
        language=language,
        used_on=str(used_on or ""),
        salt=bytes(salt),
        secret=bytes(secret),
        username=username,
    )


def _hers_or_administered(by: AnyActor, user_id: int, scope: Scope) -> None:
    if by.user_id is None or by.user_id != user_id:
        policy.require(by, Action.MANAGE_USERS, **scope)


def _listed(found: QuerySet[DeviceCredential]) -> QuerySet[DeviceCredential]:
    return found.select_related("user", "organisation").order_by(F("revoked_at").desc(nulls_first=True), "-pk")


def context_of(username: str) -> str:
    return f"device:{username}"


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _letter in range(length))
