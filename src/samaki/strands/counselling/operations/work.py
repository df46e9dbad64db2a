"""Work with a man: his risk, his sessions, what the men's group and he himself say at follow-up, a threat heard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.periods.locks import refuse_locked
from samaki.ground.services.events import ThreatHeard
from samaki.kernel.actors import Actor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.registry import reactions
from samaki.strands.counselling import sealing
from samaki.strands.counselling.course import Marker, State, is_high
from samaki.strands.counselling.models import Case, CaseSession, Outcome, Risk
from samaki.strands.counselling.operations import register
from samaki.strands.counselling.operations.moving import (
    as_counsellor,
    expect_not_to_come,
    expect_service,
    expect_state,
    move,
    out_of_order,
    scope_of,
    touch,
)

SELF_REPORT = "self_report"
LONGEST_SESSION = 600  # minutes
WHEN = {
    Risk.Moment.INTAKE: (State.OPENED, State.SCREENED),
    Risk.Moment.SESSION: (State.COUNSELLING, State.FOLLOW_UP),
    Risk.Moment.CLOSURE: (State.OPENED, State.SCREENED, State.COUNSELLING, State.FOLLOW_UP),
}


@dataclass(frozen=True)
class Held:
    """One session as it was held. `after_id` is the last assessment of risk that was read, None where there was none;
    `threat` what was heard that a women's service must know now, empty where nothing was."""

    held_on: dt.date
    minutes: int | None
    notes: str
    markers: Collection[Marker]
    after_id: int | None
    threat: str = ""


def assess_risk(
    *,
    case: Case,
    moment: Risk.Moment,
    markers: Collection[Marker],
    after_id: int | None,
    by: Actor,
    at: dt.datetime,
) -> Risk:
    """One assessment more: none is ever changed. At intake it is the safety screening. Raises Conflict where the case
    does not stand there."""
    with as_counsellor(case, by, at) as found:
        expect_state(found, *WHEN[moment])
        risk = _assessed(found, moment, markers, after_id, by, at)
        if moment is Risk.Moment.INTAKE and found.state == State.OPENED:
            move(found, State.SCREENED, by=by, on=timezone.localdate(at))
    return risk


def log_session(*, case: Case, held: Held, by: Actor, at: dt.datetime) -> CaseSession:
    """A session with its risk, in one act; where a threat was heard, the women's service is warned by it too.

    Raises Conflict: step_out_of_order before the start was granted, service_wanted where none is named (a case of an
    old register), session_twice, a locked period; Invalid for a date to come or before the opening.
    """
    with as_counsellor(case, by, at) as found:
        expect_state(found, State.COUNSELLING)
        expect_service(found)
        expect_not_to_come(held.held_on, at, "held_on")
        if found.opened_on is not None and held.held_on < found.opened_on:
            told = _("A session is dated before the case was opened.")
            raise Invalid("session_before_opening", told, field="held_on")
        if held.minutes is not None and not 0 < held.minutes <= LONGEST_SESSION:
            raise Invalid("minutes_out_of_range", _("A session takes 1 to 600 minutes."), field="minutes")
        if found.sessions.filter(held_on=held.held_on).exists():
            raise Conflict("session_twice", _("A session on this date is recorded already."), field="held_on")
        refuse_locked(found.programme, held.held_on)
        number = (found.sessions.aggregate(last=Max("number"))["last"] or 0) + 1
        context = sealing.of_session(found.pk, number)
        session = CaseSession.objects.create(
            case=found,
            number=number,
            held_on=held.held_on,
            minutes=held.minutes,
            notes=sealing.closed(held.notes.strip(), sealing.key_of(found), context),
            is_example=found.is_example,
            origin="page",
        )
        touch(found)
        record(by, "add_session", session, **scope_of(found), details={"case": found.pk})
        _assessed(found, Risk.Moment.SESSION, held.markers, held.after_id, by, at, session)
        if held.threat.strip():
            _warn(found, held.threat, by, at)
    return session


def hear_threat(*, case: Case, words: str, by: Actor, at: dt.datetime) -> None:
    """A threat heard outside a session. Raises Conflict("service_wanted")."""
    with as_counsellor(case, by, at) as found:
        if not words.strip():
            raise Invalid("words_wanted", _("Please write what was heard."), field="threat")
        _warn(found, words, by, at)


def record_word(
    *,
    case: Case,
    informant: Outcome.Informant,
    judged_on: dt.date,
    values: Mapping[Outcome.Violence, Outcome.Value],
    by: Actor,
    at: dt.datetime,
) -> None:
    """What the men's group (C) or the man himself (D) says on a day, by kind of violence; said again for the same day,
    it is corrected. Raises Invalid for any other informant: hers stands in no file of his."""
    if informant not in {Outcome.Informant.MENS_GROUP, Outcome.Informant.MAN}:
        raise Invalid("not_his_informant", _("Only the men’s group and the man speak in this file."), field="informant")
    instrument = register.GROUP_JUDGEMENT if informant is Outcome.Informant.MENS_GROUP else SELF_REPORT
    with as_counsellor(case, by, at) as found:
        expect_not_to_come(judged_on, at, "judged_on")
        if not found.sessions.exists():
            raise out_of_order()
        if not values:
            raise Invalid("value_missing", _("Please choose at least one answer."), field="any")
        refuse_locked(found.programme, judged_on)
        for violence, value in values.items():
            outcome, is_new = Outcome.objects.get_or_create(
                case=found,
                informant=informant.value,
                instrument=instrument,
                violence=violence.value,
                judged_on=judged_on,
                defaults={"value": value.value, "is_example": found.is_example, "origin": "page"},
            )
            if not is_new and outcome.value != value:
                outcome.value = value.value
                outcome.revision += 1
                outcome.save()
        record(by, "record_word", found, **scope_of(found), details={"informant": informant.value})


def _assessed(
    case: Case,
    moment: Risk.Moment,
    markers: Collection[Marker],
    after_id: int | None,
    by: Actor,
    at: dt.datetime,
    session: CaseSession | None = None,
) -> Risk:
    if after_id is not None and not case.risks.filter(pk=after_id).exists():
        raise Conflict(
            "changed_meanwhile", _("Somebody else saved this meanwhile. Please look at both and save again.")
        )
    text = " ".join(sorted(marker.value for marker in markers))
    risk = Risk.objects.create(
        case=case,
        moment=moment.value,
        session=session,
        assessed_at=at,
        assessed_by_id=by.user_id,
        level=Risk.Level.HIGH.value if is_high(markers) else Risk.Level.STANDARD.value,
        markers=sealing.closed(text, sealing.key_of(case), sealing.of_risk(case.pk, at)),
        after_id=after_id,
        is_example=case.is_example,
    )
    record(by, "assess_risk", risk, **scope_of(case), details={"case": case.pk})
    return risk


def _warn(case: Case, words: str, by: Actor, at: dt.datetime) -> None:
    expect_service(case)
    record(by, "hear_threat", case, **scope_of(case))
    reactions.raise_event(ThreatHeard(case.programme_id, case.womens_service_id or 0, case.code, words.strip(), at, by))
