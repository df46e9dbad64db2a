"""Groups: that one stands and how many belong is T2; who belongs is T3, and never where belonging reveals."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group, Membership
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach


@dataclass(frozen=True)
class Composition:
    """Members on a date by gender key. `known` False: the group keeps no names, so its size is not known here."""

    on: dt.date
    known: bool
    total: int
    by_gender: dict[str, int]


def groups(actor: AnyActor, programme: Programme | None = None) -> QuerySet[Group]:
    """Groups within the actor's sight, by name; a group coordinator sees her own."""
    found = Group.objects.filter(reach(actor, Action.SEE_PROGRAMME).q(group="pk"))
    if programme is not None:
        found = found.filter(programme=programme)
    return found.select_related("programme", "organisation", "place__parent__parent").order_by("name_latin", "pk")


def groups_with_sizes(actor: AnyActor, on: dt.date, programme: Programme | None = None) -> QuerySet[Group]:
    """`groups` with `members`: how many belong on the date (not meant for groups that keep no names)."""
    running = Q(memberships__since__lte=on) & (Q(memberships__until__isnull=True) | Q(memberships__until__gt=on))
    return groups(actor, programme).annotate(members=Count("memberships", filter=running))


def group(actor: AnyActor, key: str) -> Group:
    """Raises NotFound, saying the same whether it exists or not."""
    found = groups(actor).filter(key=key).first()
    if found is None:
        raise NotFound("no_such_group", _("There is no such group."))
    return found


def groups_for(actor: AnyActor, action: Action) -> QuerySet[Group]:
    """Groups upon which the actor may do the action, by key; who belongs to them is another question."""
    found = Group.objects.filter(reach(actor, action).q(group="pk"))
    return found.select_related("programme", "organisation").order_by("key")


def members(actor: AnyActor, group: Group, on: dt.date) -> QuerySet[Membership]:
    """Memberships on the date, for who may see the group's people; empty for everyone else. Names are opened by the
    people queries from `person_id`."""
    return (
        _running(on)
        .filter(_within(actor), group=group, group__keeps_names=True)
        .select_related("person", "representing")
        .order_by("since", "pk")
    )


def composition(actor: AnyActor, group: Group, on: dt.date) -> Composition:
    """Raises NotFound where the group is out of sight. A person entered twice counts once."""
    if not groups(actor).filter(pk=group.pk).exists():
        raise NotFound("no_such_group", _("There is no such group."))
    (found,) = _compositions(group, _running(on), [on])
    return found


def composition_over_time(actor: AnyActor, group: Group, today: dt.date) -> tuple[Composition, ...]:
    """The composition at each year's end since the first member, and today; nothing where nobody ever belonged. One
    query. Raises as `composition`."""
    if not groups(actor).filter(pk=group.pk).exists():
        raise NotFound("no_such_group", _("There is no such group."))
    first = group.memberships.aggregate(first=Min("since"))["first"]
    if first is None or first > today:
        return ()
    days = [day for year in range(first.year, today.year + 1) if (day := dt.date(year, 12, 31)) < today]
    return _compositions(group, Membership.objects.all(), [*days, today])


def membership(actor: AnyActor, group: Group, membership_id: int) -> Membership:
    """One membership of a group whose people the actor sees. Raises NotFound."""
    found = history(actor, group).filter(pk=membership_id).first()
    if found is None:
        raise NotFound("no_such_membership", _("There is no such membership."))
    return found


def history(actor: AnyActor, group: Group) -> QuerySet[Membership]:
    """Every membership there was, those that still run first, then the latest ended; for who may see the group's
    people, and empty for everyone else."""
    return (
        Membership.objects.filter(_within(actor), group=group, group__keeps_names=True)
        .select_related("person", "representing", "group__programme")
        .order_by(F("until").desc(nulls_first=True), "since", "pk")
    )


def _compositions(group: Group, memberships: QuerySet[Membership], days: Sequence[dt.date]) -> tuple[Composition, ...]:
    columns = ("person__merged_into__gender", "person__gender", "person__merged_into_id", "person_id", "since", "until")
    rows = list(memberships.filter(group=group).values_list(*columns))
    found = []
    for on in days:
        people = {
            merged or person_id: (standing or own)
            for standing, own, merged, person_id, since, until in rows
            if since <= on and (until is None or until > on)
        }
        found.append(Composition(on, group.keeps_names, len(people), dict(Counter(people.values()))))
    return tuple(found)


def _within(actor: AnyActor) -> Q:
    return reach(actor, Action.SEE_PEOPLE).q(
        organisation="group__organisation_id", programme="group__programme_id", group="group_id"
    )


def _running(on: dt.date) -> QuerySet[Membership]:
    return Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on)
