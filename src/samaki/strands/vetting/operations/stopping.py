"""What stops a member: an allegation, a code not signed, a vetting that ran out; and a bar, with its appeal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.clearances import operations as clearances
from samaki.ground.clearances.models import Clearance
from samaki.ground.clearances.operations import Whom
from samaki.ground.clearances.standing import records_of
from samaki.kernel import sealed
from samaki.kernel.actors import AnyActor, System
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid, Refused
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.strands.vetting.bars import barred as barred_among
from samaki.strands.vetting.bars import digests_of
from samaki.strands.vetting.models import (
    Allegation,
    Bar,
    BarDigest,
    Candidacy,
    CodeOfConduct,
    Exemption,
    Question,
    Step,
)
from samaki.strands.vetting.operations.moving import expect_not_to_come, held, lapse, locked, move, scope_of
from samaki.strands.vetting.rules import State, must_have_signed_by
from samaki.strands.vetting.sealing import closed, key_of, of_allegation, of_bar

COALITION = System("barred in the coalition")


def allege(
    *, candidacy: Candidacy, received_on: dt.date, is_credible: bool, words: str, by: AnyActor, at: dt.datetime
) -> Allegation:
    """Keeps what was told, sealed. A credible one suspends an active member at once: his clearance ends and
    what hung on it goes to others, all in this transaction. Raises Refused, Invalid."""
    with acting(by, Action.VET, candidacy, **scope_of(candidacy)):
        today = timezone.localdate(at)
        candidacy = held(candidacy, by, today)
        expect_not_to_come(received_on, today, "received_on")
        allegation = Allegation.objects.create(
            candidacy=candidacy,
            received_on=received_on,
            is_credible=is_credible,
            words=closed(words, bytes(key_of(candidacy).salt), of_allegation(candidacy.pk, received_on)),
            is_example=candidacy.is_example,
        )
        record(by, "keep_allegation", allegation, **scope_of(candidacy))
        if is_credible and candidacy.state == State.ACTIVE:
            _suspend(candidacy, by, at)
    return allegation


def settle(*, allegation: Allegation, upheld: bool, by: AnyActor, at: dt.datetime) -> Allegation:
    """What the inquiry found. It makes nobody active again: two decide that. Raises Conflict("settled_already")."""
    with acting(by, Action.VET, allegation, **scope_of(allegation.candidacy)):
        candidacy = held(allegation.candidacy, by, timezone.localdate(at))
        allegation = Allegation.objects.select_for_update().get(pk=allegation.pk)
        if allegation.settled_on is not None:
            raise Conflict("settled_already", _("This allegation is settled already."))
        allegation.settled_on, allegation.upheld = timezone.localdate(at), upheld
        allegation.revision += 1
        allegation.save()
        record(by, "settle_allegation", allegation, **scope_of(candidacy))
    return allegation


def suspend_overdue(*, by: AnyActor, at: dt.datetime) -> int:
    """Suspends whose vetting has run out and who did not sign the newest code in its 60 days; returns how many."""
    today, stopped = timezone.localdate(at), 0
    for candidacy in Candidacy.objects.filter(state=State.ACTIVE).order_by("pk"):
        if _has_run_out(candidacy, today) or _has_not_signed(candidacy, today):
            with acting(by, Action.VET, candidacy, **scope_of(candidacy)):
                candidacy = locked(candidacy)
                if candidacy.state == State.ACTIVE:
                    _suspend(candidacy, by, at)
                    stopped += 1
    return stopped


def bar(*, candidacy: Candidacy, reason: str, by: AnyActor, at: dt.datetime) -> Bar:
    """Nobody of the coalition may take this person on any more, and whoever bears the name and birth year and is active
    anywhere is suspended, in this transaction. The reason is sealed and kept, the person's name is kept as keyed hashes
    alone. Raises Invalid("reason_wanted"), Conflict("barred_already")."""
    with acting(by, Action.VET, candidacy, **scope_of(candidacy)):
        today, salt = timezone.localdate(at), sealed.new_salt()
        candidacy = held(candidacy, by, today)
        if not reason.strip():
            raise Invalid("reason_wanted", _("Please say why. The reason is kept."), field="reason")
        own = records_of(candidacy.person_id)
        if Bar.objects.filter(person__in=own).exclude(appeal=Bar.Appeal.LIFTED).exists():
            raise Conflict("barred_already", _("This person is barred already."))
        made = Bar.objects.create(
            organisation=candidacy.organisation,
            programme=candidacy.programme,
            person=candidacy.person,
            barred_on=today,
            barred_by_id=by.user_id,
            salt=salt,
            reason=closed(reason.strip(), salt, of_bar(candidacy.organisation_id, today)),
            is_example=candidacy.is_example,
        )
        known = frozenset().union(*digests_of(own).values())
        BarDigest.objects.bulk_create(BarDigest(bar=made, digest=digest) for digest in sorted(known))
        _suspend_the_barred(candidacy, at)
        move(candidacy, State.BARRED, on=today, by=by)
        clearances.stop(_whom(candidacy), status=Clearance.Status.BARRED, by=by, at=at)
        record(by, "bar", made, **scope_of(candidacy))
    return made


def appeal(*, barred: Bar, by: AnyActor, at: dt.datetime) -> Bar:
    """An appeal is under way; the bar holds meanwhile. Raises Conflict("appeal_once")."""
    with acting(by, Action.VET, barred, **_scope(barred)):
        barred = Bar.objects.select_for_update().get(pk=barred.pk)
        if barred.appeal != Bar.Appeal.NONE:
            raise Conflict("appeal_once", _("An appeal was made already."))
        return _answer(barred, Bar.Appeal.OPEN, by)


def answer_appeal(*, barred: Bar, lifts: bool, by: AnyActor, at: dt.datetime) -> Bar:
    """The bar stands, or is lifted: the person may then apply anew, and is active nowhere by it. Not answered by who
    barred. Raises Refused("same_person"), Conflict("no_appeal")."""
    with acting(by, Action.DECIDE_VETTING, barred, **_scope(barred)):
        barred = (
            Bar.objects.select_for_update(of=("self",))
            .select_related("person", "programme", "organisation")
            .get(pk=barred.pk)
        )
        if barred.barred_by_id is not None and barred.barred_by_id == by.user_id:
            raise Refused("same_person", _("Who barred somebody does not answer the appeal."))
        if barred.person_id is not None and _is_of(by, barred.person_id):
            raise Refused("same_person", _("Nobody decides on himself."))
        if barred.appeal != Bar.Appeal.OPEN:
            raise Conflict("no_appeal", _("There is no appeal to answer."))
        if not lifts:
            return _answer(barred, Bar.Appeal.UPHELD, by)
        today = timezone.localdate(at)
        barred.lifted_on = today
        for candidacy in Candidacy.objects.filter(person=barred.person, state=State.BARRED):
            move(locked(candidacy), State.REMOVED, on=today, by=by)
        lapse(Question.objects.filter(bar=barred), today)
        if barred.person is not None:
            clearances.lift(Whom(barred.person, barred.programme, barred.organisation), by=by, at=at)
        return _answer(barred, Bar.Appeal.LIFTED, by)


def hold_the_joined(person_ids: Collection[int], *, at: dt.datetime) -> None:
    """Records were found to be one person's. Where one of them is barred itself, what was said of another person is
    over; and who is active and now held by a bar is suspended."""
    Exemption.objects.filter(person__in=person_ids, digest__bar__person__in=person_ids).delete()
    lapse(Question.objects.filter(candidacy__person__in=person_ids, bar__person__in=person_ids), timezone.localdate(at))
    active = Candidacy.objects.filter(person__in=person_ids, state=State.ACTIVE)
    _suspend_those_held(dict(active.values_list("pk", "person_id")), at)


def _answer(barred: Bar, appeal_: Bar.Appeal, by: AnyActor) -> Bar:
    barred.appeal = appeal_
    barred.revision += 1
    barred.save()
    record(by, f"appeal_{appeal_}", barred, **_scope(barred))
    return barred


def _is_of(by: AnyActor, person_id: int) -> bool:
    """Whether the actor is that very person."""
    return by.user_id is not None and User.objects.filter(pk=by.user_id, person_id__in=records_of(person_id)).exists()


def _suspend_the_barred(candidacy: Candidacy, at: dt.datetime) -> None:
    """Who is active elsewhere under the barred name is suspended there; nobody there learns by whom or why."""
    active = dict(Candidacy.objects.filter(state=State.ACTIVE).exclude(pk=candidacy.pk).values_list("pk", "person_id"))
    _suspend_those_held(active, at)


def _suspend_those_held(active: Mapping[int, int], at: dt.datetime) -> None:
    """`active` gives the person of each candidacy."""
    found = barred_among(set(active.values())) if active else frozenset()
    for key in sorted(pk for pk, person_id in active.items() if person_id in found):
        other = locked(Candidacy(pk=key))
        if other.state == State.ACTIVE:
            _suspend(other, COALITION, at)


def _suspend(candidacy: Candidacy, by: AnyActor, at: dt.datetime) -> None:
    move(candidacy, State.SUSPENDED, on=timezone.localdate(at), by=by)
    clearances.stop(_whom(candidacy), status=Clearance.Status.SUSPENDED, by=by, at=at)


def _has_run_out(candidacy: Candidacy, today: dt.date) -> bool:
    return candidacy.expires_on is not None and today >= candidacy.expires_on


def _has_not_signed(candidacy: Candidacy, today: dt.date) -> bool:
    newest = CodeOfConduct.objects.filter(programme=candidacy.programme_id).order_by("-number").first()
    if newest is None or today <= must_have_signed_by(newest.published_on):
        return False
    return not candidacy.steps.filter(code=newest, result=Step.Result.PASSED).exists()


def _whom(candidacy: Candidacy) -> Whom:
    return Whom(candidacy.person, candidacy.programme, candidacy.organisation)


def _scope(barred: Bar) -> Scope:
    return Scope(organisation_id=barred.organisation_id, programme_id=barred.programme_id)
