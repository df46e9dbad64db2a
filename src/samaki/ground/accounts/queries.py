"""From a signed-in user to an actor, and the few questions about users that everyone asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import Actor, AnyActor, Grant, Role
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach, refusal


def actor_of(user: User, *, on: dt.date, second_factor: bool, reason: str = "") -> Actor:
    """The user as an actor with the grants valid on the date."""
    grants = RoleGrant.objects.filter(_running(on), user=user)
    return Actor(
        user_id=user.pk,
        name=user.get_username(),
        grants=tuple(
            Grant(Role(grant.role), grant.organisation_id, grant.programme_id, grant.group_id)
            for grant in grants.order_by("pk")
        ),
        second_factor=second_factor,
        reason=reason,
    )


def actor_named(username: str, *, on: dt.date, reason: str = "") -> Actor:
    """For the command line: whoever holds the machine's shell has passed its own gate, so the second factor counts as
    given. Raises NotFound for an unknown or closed account."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotFound("no_such_user", _("There is no user named %(name)s."), name=username)
    return actor_of(user, on=on, second_factor=True, reason=reason)


def working_as(role: Role, *, programme_id: int, on: dt.date) -> QuerySet[RoleGrant]:
    """Grants of the role in the programme, or in all of an organisation's, valid on the date, of users who can sign in.
    Asks nobody's leave."""
    within = Q(programme_id=programme_id) | Q(programme_id__isnull=True)
    return RoleGrant.objects.filter(_running(on), within, role=role.value, user__is_active=True)


def _running(on: dt.date) -> Q:
    return (Q(since__isnull=True) | Q(since__lte=on)) & (Q(until__isnull=True) | Q(until__gte=on))


def is_example_site() -> bool:
    """True while everyone who can sign in is an example user: only then may the sign-in page list them."""
    return User.objects.filter(is_example=True).exists() and not User.objects.filter(is_example=False).exists()


def is_administered(actor: AnyActor, organisation_key: str, programme_id: int | None, *, on: dt.date) -> bool:
    """True where somebody can still sign in who administers the programme, or (None) all of the organisation's, as far
    as the actor sees."""
    within = RoleGrant.objects.filter(reach(actor, Action.MANAGE_USERS).q(group="group_id"))
    running = within.filter(Q(until__isnull=True) | Q(until__gte=on), role=Role.ADMINISTRATOR, user__is_active=True)
    if programme_id is not None:
        return running.filter(programme_id=programme_id).exists()
    return running.filter(organisation__key=organisation_key, programme_id__isnull=True).exists()


def users(actor: AnyActor) -> QuerySet[User]:
    """Users who hold or held a role that the actor administers, by name."""
    grants = RoleGrant.objects.filter(reach(actor, Action.MANAGE_USERS).q(group="group_id"))
    return User.objects.filter(pk__in=grants.values("user_id")).order_by("username")


def role_grants(actor: AnyActor, user: User) -> QuerySet[RoleGrant]:
    """The user's roles that the actor administers, the latest first."""
    within = reach(actor, Action.MANAGE_USERS).q(group="group_id")
    return RoleGrant.objects.filter(within, user=user).select_related("organisation").order_by("-since", "-pk")


def user(actor: AnyActor, user_id: int) -> User:
    """Raises Refused to who keeps no users, NotFound for another's, saying the same whether she exists or not."""
    if not reach(actor, Action.MANAGE_USERS):
        raise refusal(actor, Action.MANAGE_USERS)
    found = users(actor).filter(pk=user_id).first()
    if found is None:
        raise NotFound("no_such_user", _("There is no such user."))
    return found


def home_of(actor: AnyActor, user: User, *, on: dt.date) -> Organisation | None:
    """The organisation at which the actor keeps her; None where none of her roles there still runs."""
    grant = role_grants(actor, user).exclude(until__lt=on).first()
    return grant.organisation if grant else None


def with_second_step(actor: AnyActor, ids: Iterable[int]) -> frozenset[int]:
    """Those of the users the actor keeps who have set up a second sign-in step; recovery codes alone are none."""
    steps = Authenticator.objects.filter(user__in=users(actor).filter(pk__in=ids))
    steps = steps.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return frozenset(steps.values_list("user_id", flat=True))
