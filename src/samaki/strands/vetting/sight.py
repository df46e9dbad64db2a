"""Who may come near a candidacy: shut to the candidate himself and to everybody of his group, whatever their role, so
that nobody there learns who said what. Every way asks here."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from samaki.ground.accounts.models import User
from samaki.ground.clearances.standing import records_of
from samaki.ground.groups.models import Membership
from samaki.kernel.actors import AnyActor, System
from samaki.strands.vetting.models import Candidacy


def shut(actor: AnyActor, *, on: dt.date) -> Q:
    """The condition of the candidacies the actor is shut out of that day; of none for the system."""
    if isinstance(actor, System) or actor.user_id is None:
        return Q(pk__in=[])
    groups = {grant.group_id for grant in actor.grants if grant.group_id is not None}
    person_id = User.objects.filter(pk=actor.user_id).values_list("person_id", flat=True).first()
    if person_id is None:
        return Q(group__in=groups)
    own = records_of(person_id)
    running = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on, person__in=own)
    groups |= set(running.values_list("group_id", flat=True))
    return Q(person__in=own) | Q(group__in=groups)


def shut_questions(actor: AnyActor, *, on: dt.date) -> Q:
    """The condition of the questions about bars that are not the actor's: who asked or recruited him, and who is, or is
    of the group of, either of the two men."""
    hidden = Candidacy.objects.filter(shut(actor, on=on))
    near = Q(candidacy__in=hidden) | Q(bar__person__in=hidden.values("person"))
    if isinstance(actor, System) or actor.user_id is None:
        return near
    return near | Q(asked_by=actor.user_id) | Q(candidacy__recruited_by=actor.user_id)


def locked_out(actor: AnyActor, *, on: dt.date) -> frozenset[int]:
    """Ids of those candidacies."""
    return frozenset(Candidacy.objects.filter(shut(actor, on=on)).values_list("pk", flat=True))
