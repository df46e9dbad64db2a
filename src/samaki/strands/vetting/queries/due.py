"""What time asks of vetting: vettings that run out, a code not signed, deciders awaited, allegations and appeals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.policy import Action
from samaki.strands.vetting.models import Bar, Candidacy, CodeOfConduct, Step
from samaki.strands.vetting.queries.candidates import CANDIDACY, NOWHERE, WHY, lines_of, seen
from samaki.strands.vetting.queries.questions import Asked, questions
from samaki.strands.vetting.rules import DAYS_TO_RENEW, ON_THE_WAY, Awaited, State, must_have_signed_by


@dataclass(frozen=True)
class Unsigned:
    """A member who has not signed the newest code, and the last day to do so."""

    candidacy: Candidacy
    number: int
    by: dt.date
    is_late: bool


@dataclass(frozen=True)
class Due:
    """`expiring` members run out in 60 days, the first first; `to_decide` wait for deciders; `inquiries` have an
    allegation that is not settled; `asked_again` are suspended and wait for what is asked again; `appeals` are open;
    `questions` about bars wait for the actor's word."""

    expiring: tuple[Candidacy, ...]
    unsigned: tuple[Unsigned, ...]
    to_decide: tuple[Candidacy, ...]
    inquiries: tuple[Candidacy, ...]
    asked_again: tuple[Candidacy, ...]
    appeals: tuple[tuple[Candidacy, Bar], ...]
    questions: tuple[Asked, ...]

    @property
    def tasks(self) -> int:
        parts = (self.expiring, self.unsigned, self.to_decide, self.inquiries, self.asked_again, self.appeals)
        return sum(len(part) for part in parts) + sum(not one.has_spoken for one in self.questions)


def due(actor: AnyActor, *, at: dt.datetime) -> Due:
    """Of the candidacies within reach that are not shut to the actor. Raises Refused, audited; the reading is kept."""
    today = timezone.localdate(at)
    with keeping_refusals(actor, Action.VET, CANDIDACY, **NOWHERE):
        standing = seen(actor, today).filter(state__in=[*ON_THE_WAY, State.SUSPENDED, State.ACTIVE])
        lines = lines_of(list(standing.order_by("state_since", "pk")), today)
        by_need = {need: tuple(one.candidacy for one in lines if one.awaited is need) for need in Awaited}
        members = [one.candidacy for one in lines if one.candidacy.state == State.ACTIVE]
        found = Due(
            _expiring(members, today),
            _unsigned(members, today),
            by_need[Awaited.DECISION],
            by_need[Awaited.INQUIRY],
            tuple(one for one in by_need[Awaited.ASKED_AGAIN] if one.state == State.SUSPENDED),
            _appeals(actor, today),
            questions(actor, at=at),
        )
        record(actor, "see_vetting", CANDIDACY, **NOWHERE, reason=WHY, details={"due": found.tasks})
    return found


def _expiring(members: list[Candidacy], today: dt.date) -> tuple[Candidacy, ...]:
    soon = today + dt.timedelta(days=DAYS_TO_RENEW)
    found = [(one.expires_on, one.pk, one) for one in members if one.expires_on is not None and one.expires_on <= soon]
    return tuple(one for _day, _pk, one in sorted(found, key=lambda each: each[:2]))


def _unsigned(members: list[Candidacy], today: dt.date) -> tuple[Unsigned, ...]:
    newest: dict[int, CodeOfConduct] = {}
    programmes = {one.programme_id for one in members}
    for code in CodeOfConduct.objects.filter(programme__in=programmes).order_by("number"):
        newest[code.programme_id] = code
    signed = set(
        Step.objects.filter(
            candidacy__in=members, code__in=list(newest.values()), result=Step.Result.PASSED
        ).values_list("candidacy_id", flat=True)
    )
    found = []
    for one in members:
        wanted = newest.get(one.programme_id)
        if wanted is not None and one.pk not in signed:
            last = must_have_signed_by(wanted.published_on)
            found.append(Unsigned(one, wanted.number, last, today > last))
    return tuple(found)


def _appeals(actor: AnyActor, today: dt.date) -> tuple[tuple[Candidacy, Bar], ...]:
    barred = {one.person_id: one for one in seen(actor, today).filter(state=State.BARRED)}
    bars = Bar.objects.filter(appeal=Bar.Appeal.OPEN, person__in=barred).defer("reason").order_by("pk")
    return tuple((barred[one.person_id], one) for one in bars if one.person_id in barred)
