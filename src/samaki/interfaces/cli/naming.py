"""From a key typed on the command line to what it names; a key that names nothing is answered with those like it."""

from __future__ import annotations

import difflib
from typing import TypeVar

from django.db.models import Model, QuerySet

from samaki.ground.accounts.models import User
from samaki.ground.accounts.queries import users
from samaki.ground.groups.models import Group
from samaki.ground.groups.queries import groups_for
from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.queries import organisations
from samaki.ground.places.models import Place
from samaki.ground.places.queries import KnownPlace, find
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programmes
from samaki.interfaces.cli.outcome import WrongArgument
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action, reach, refusal

Named = TypeVar("Named", bound=Model)
MOST_SUGGESTED = 10


def organisation_named(by: AnyActor, key: str) -> Organisation:
    """Raises WrongArgument."""
    return _named(organisations(by), key, "organisation")


def programme_named(by: AnyActor, key: str) -> Programme:
    """Raises WrongArgument."""
    return _named(programmes(by), key, "programme")


def group_named(by: AnyActor, key: str) -> Group:
    """A group of those whose users the actor keeps. Raises Refused where she keeps none, WrongArgument."""
    _keeps_users(by)
    return _named(groups_for(by, Action.MANAGE_USERS), key, "group")


def user_named(by: AnyActor, name: str) -> User:
    """A user of those the actor keeps; a name elsewhere is as unknown as one that is nowhere. Raises Refused where she
    keeps none, WrongArgument."""
    _keeps_users(by)
    return _named(users(by), name, "user", by_field="username")


def place_named(text: str) -> Place:
    """By code or by name. Raises WrongArgument, telling which places bear the name or look like it."""
    found = find(text)
    if found.place is not None:
        return Place.objects.get(pk=found.place.id)
    if found.places:
        raise WrongArgument(f"several places are named {text}; give the code: {_codes(found.places)}")
    like = f". Did you mean: {_codes(found.suggestions)}?" if found.suggestions else ""
    raise WrongArgument(f"there is no place {text}{like}")


def _keeps_users(by: AnyActor) -> None:
    if not reach(by, Action.MANAGE_USERS):
        raise refusal(by, Action.MANAGE_USERS)


def _named(known: QuerySet[Named], key: str, noun: str, *, by_field: str = "key") -> Named:
    found = known.filter(**{by_field: key}).first()
    if found is None:
        raise WrongArgument(_unknown(noun, key, list(known.order_by(by_field).values_list(by_field, flat=True))))
    return found


def _unknown(noun: str, key: str, known: list[str]) -> str:
    if not known:
        return f"there is no {noun} {key}, and none within your reach yet: `samaki {noun} add` makes one"
    if like := difflib.get_close_matches(key, known, n=3):
        return f"there is no {noun} {key}. Did you mean: {', '.join(like)}?"
    more = " …" if len(known) > MOST_SUGGESTED else ""
    return f"there is no {noun} {key}. There are: {', '.join(known[:MOST_SUGGESTED])}{more}"


def _codes(places: tuple[KnownPlace, ...]) -> str:
    more = " …" if len(places) > MOST_SUGGESTED else ""
    return ", ".join(f"{place.name_latin} {place.code}" for place in places[:MOST_SUGGESTED]) + more
