"""Two decide, one of them a woman, neither the one who recruited; what they decide takes hold at once."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.clearances import operations as clearances
from samaki.ground.clearances.operations import Whom
from samaki.ground.clearances.standing import records_of
from samaki.kernel.actors import Actor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Refused
from samaki.kernel.policy import Action
from samaki.strands.vetting.bars import is_barred
from samaki.strands.vetting.models import Allegation, Candidacy, Decision
from samaki.strands.vetting.operations.moving import (
    asked_again_since,
    expect_ripe,
    held,
    locked,
    move,
    out_of_order,
    scope_of,
)
from samaki.strands.vetting.rules import (
    ON_THE_WAY,
    State,
    Verdict,
    Word,
    valid_until,
    verdict,
)


def decide(*, candidacy: Candidacy, approves: bool, by: Actor, at: dt.datetime) -> Verdict:
    """One decider's word in the round that is open; what the words come to takes hold at once: active and cleared
    for 18 months, or rejected, and of somebody suspended or to be renewed: active again or removed.

    Raises Refused: recruiter, same_person, decided_already; Conflict: step_out_of_order where not every step has
    passed, barred, allegation_open, suspended_elsewhere, asked_again_wanted; NotFound to whoever is of his group.
    """
    with acting(by, Action.DECIDE_VETTING, candidacy, **scope_of(candidacy)):
        today = timezone.localdate(at)
        candidacy = locked(candidacy)
        decider = User.objects.get(username=by.name)
        if candidacy.recruited_by_id == decider.pk:
            raise Refused("recruiter", _("Who recruited somebody does not decide on him."))
        if decider.person_id in records_of(candidacy.person_id):
            raise Refused("same_person", _("Nobody decides on himself."))
        candidacy = held(candidacy, by, today)
        if candidacy.state not in ON_THE_WAY and asked_again_since(candidacy, today) is None:
            raise out_of_order()
        if approves:
            expect_ripe(candidacy, today)
            _expect_free(candidacy)
        turn = _round(candidacy)
        if candidacy.decisions.filter(round=turn, by=decider).exists():
            raise Refused("decided_already", _("You have given your word already. Another person decides with you."))
        Decision.objects.create(
            candidacy=candidacy,
            round=turn,
            by=decider,
            by_a_woman=decider.gender == User.Gender.WOMAN,
            approves=approves,
            decided_at=at,
            is_example=candidacy.is_example,
        )
        record(by, "decide_vetting", candidacy, **scope_of(candidacy), details={"round": turn})
        came_to = verdict(_words(candidacy, turn))
        if came_to in {Verdict.APPROVED, Verdict.REJECTED}:
            _take_hold(candidacy, came_to, by, at)
    return came_to


def _expect_free(candidacy: Candidacy) -> None:
    """Asked last: whoever is not decided on yet is not told whether he is barred."""
    if is_barred(candidacy.person):
        raise Conflict("barred", _("This person is barred in the coalition and cannot be taken on."))
    own = records_of(candidacy.person_id)
    elsewhere = Candidacy.objects.filter(person__in=own, state=State.SUSPENDED).exclude(pk=candidacy.pk)
    if candidacy.state == State.SUSPENDED:  # neither waits for the other, but for what was found true
        elsewhere = elsewhere.filter(pk__in=Allegation.objects.filter(upheld=True).values("candidacy_id"))
    if elsewhere.exists():
        raise Conflict("suspended_elsewhere", _("This person is suspended in another group. That is decided first."))


def _round(candidacy: Candidacy) -> int:
    """The round that is open: a round ends when its words have come to something."""
    last = candidacy.decisions.aggregate(last=Max("round"))["last"]
    if last is None:
        return 1
    return (
        last + 1
        if verdict(_words(candidacy, last)) in {Verdict.APPROVED, Verdict.REJECTED, Verdict.DIVIDED}
        else int(last)
    )


def _words(candidacy: Candidacy, turn: int) -> list[Word]:
    return [Word(one.by_id, one.by_a_woman, one.approves) for one in candidacy.decisions.filter(round=turn)]


def _take_hold(candidacy: Candidacy, came_to: Verdict, by: Actor, at: dt.datetime) -> None:
    today = timezone.localdate(at)
    whom = Whom(candidacy.person, candidacy.programme, candidacy.organisation)
    if candidacy.decided_on is None:  # the first decision on who applied; later ones are on a member
        candidacy.decided_on, candidacy.approved = today, came_to is Verdict.APPROVED
    if came_to is Verdict.APPROVED:
        candidacy.expires_on = valid_until(today)
        if candidacy.state == State.ACTIVE:
            candidacy.revision += 1
            candidacy.save()
            record(by, "renew_vetting", candidacy, **scope_of(candidacy))
        else:
            move(candidacy, State.ACTIVE, on=today, by=by)
        clearances.clear(whom, until=candidacy.expires_on, by=by, at=at)
    elif candidacy.state in {State.SUSPENDED, State.ACTIVE}:
        move(candidacy, State.REMOVED, on=today, by=by)
        clearances.lift(whom, by=by, at=at)
    else:
        move(candidacy, State.REJECTED, on=today, by=by)
