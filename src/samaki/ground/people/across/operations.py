"""A steward's work: comparing those who agreed, and saying of masked pairs who is one person."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.people.across import standing
from samaki.ground.people.across.comparing import compare as compared
from samaki.ground.people.across.consenting import agreed
from samaki.ground.people.across.programmes import working_organisations
from samaki.ground.people.across.queries import pairs_within, require_steward
from samaki.ground.people.decisions import said_already
from samaki.ground.people.models import AcrossPair, ComparedAcross, MatchCandidate
from samaki.ground.people.taking_part import taking_part
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.database.bulk import among
from samaki.kernel.errors import Conflict

_State = MatchCandidate.State


def compare(programme_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> int:
    """Compares everybody who agreed to be counted across organisations and takes part in the programme; returns how
    many pairs are new. What was decided stays decided. Raises Refused, audited."""
    require_steward(by, programme_id)
    on = timezone.localdate(at) if at else timezone.localdate()
    with transaction.atomic():
        standing.take_turn()
        willing = agreed(on, organisation_ids=working_organisations(programme_id, on))
        here = taking_part(programme_id, willing.keys())
        people = {pk: organisation_id for pk, organisation_id in willing.items() if pk in here}
        before = ComparedAcross.objects.filter(programme_id=programme_id)
        fresh = people.keys() - set(before.values_list("person_id", flat=True))
        found = compared(people, fresh) if fresh else []
        known = set(
            AcrossPair.objects.filter(among("first_id", {one.first_id for one in found})).values_list(
                "first_id", "second_id"
            )
        )
        new = [
            AcrossPair(
                first_id=one.first_id, second_id=one.second_id, likeness=one.likeness, agreement=dict(one.agreement)
            )
            for one in found
            if (one.first_id, one.second_id) not in known
        ]
        AcrossPair.objects.bulk_create(new, batch_size=500)
        ComparedAcross.objects.bulk_create(
            [ComparedAcross(programme_id=programme_id, person_id=pk, compared_on=on) for pk in sorted(fresh)],
            batch_size=500,
        )
        standing.restand(fresh)
        details = {"compared": len(fresh), "new": len(new)}
        record(by, "people.compare_across", ("people.person", ""), programme_id=programme_id, details=details)
    return len(new)


def say_same(pair_id: int, programme_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """The two are one person: figures across organisations count her once from now on. Raises NotFound; Conflict:
    "already_decided", or "joins_two_of_one" where it would make two people of one organisation one."""
    pairs_within(by, programme_id, pair_id)
    with transaction.atomic():
        pair = _taken(pair_id)
        _decide(pair, _State.SAME, by, at)
        standing.restand([pair.first_id, pair.second_id])
        if not standing.is_linked(pair.first_id, pair.second_id):
            raise Conflict(
                "joins_two_of_one",
                _("This would make two people of one organisation one. Please look at the other decision first."),
            )
        _note(by, "people.link_across", pair, programme_id)


def say_different(pair_id: int, programme_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """The two are different people, and are not proposed again. Raises NotFound, or Conflict("already_decided")."""
    pairs_within(by, programme_id, pair_id)
    with transaction.atomic():
        pair = _taken(pair_id)
        if standing.is_linked(pair.first_id, pair.second_id):
            raise Conflict(
                "joined_otherwise",
                _("Other decisions make these two the same person. Please take one of those back first."),
            )
        _decide(pair, _State.DIFFERENT, by, at)
        _note(by, "people.part_across", pair, programme_id)


def say_unsure(pair_id: int, programme_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """Nobody can say yet: it stays undecided and comes last. Raises NotFound, or Conflict("already_decided")."""
    pairs_within(by, programme_id, pair_id)
    with transaction.atomic():
        pair = _taken(pair_id)
        _decide(pair, _State.UNSURE, by, at)
        _note(by, "people.unsure_across", pair, programme_id)


def take_back(pair_id: int, programme_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """A decision is undone and the pair is open again. Raises NotFound, or Conflict("not_decided")."""
    pairs_within(by, programme_id, pair_id)
    with transaction.atomic():
        pair = _locked(pair_id)
        if pair.state not in (_State.SAME, _State.DIFFERENT):
            raise Conflict("not_decided", _("Nobody has decided about these two."))
        _decide(pair, _State.OPEN, by, at)
        standing.restand([pair.first_id, pair.second_id])
        _note(by, "people.unlink_across", pair, programme_id)


def _locked(pair_id: int) -> AcrossPair:
    """The pair, with whoever decides about people across organisations taking turns."""
    standing.take_turn()
    pair = AcrossPair.objects.filter(pk=pair_id).first()
    if pair is None:  # a consent was taken back, or a record corrected, meanwhile
        raise Conflict("pair_gone", _("This pair is no longer here: a consent was taken back, or a record corrected."))
    return pair


def _taken(pair_id: int) -> AcrossPair:
    pair = _locked(pair_id)
    if pair.state in (_State.SAME, _State.DIFFERENT):
        raise said_already(pair)
    return pair


def _decide(pair: AcrossPair, state: str, by: AnyActor, at: dt.datetime | None) -> None:
    is_open = state == _State.OPEN
    pair.state = state
    pair.decided_by = "" if is_open else by.name
    pair.decided_at = None if is_open else (at or timezone.now())
    pair.save(update_fields=["state", "decided_by", "decided_at"])


def _note(by: AnyActor, action: str, pair: AcrossPair, programme_id: int) -> None:
    # Without the two records: the trail is read by those who may see one organisation of the two, or none.
    record(by, action, ("people.acrosspair", pair.pk), programme_id=programme_id)
