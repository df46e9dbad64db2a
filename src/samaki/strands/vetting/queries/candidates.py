"""Candidates by number, with their step and what is awaited; one of them with what was done. Nothing that was said."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.clearances.standing import records_of
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, Reach, reach, refusal
from samaki.kernel.records import Scope
from samaki.strands.vetting.bars import barred
from samaki.strands.vetting.models import Allegation, Bar, Candidacy, CodeOfConduct, Decision, Question, Step
from samaki.strands.vetting.queries.questions import Asking, asking_of
from samaki.strands.vetting.rules import (
    ASKED_AGAIN,
    ON_THE_WAY,
    OVER,
    Awaited,
    State,
    StepKind,
    Verdict,
    Word,
    awaited,
    renewable_from,
    verdict,
)
from samaki.strands.vetting.sight import shut

LONGEST = 50
NOWHERE = Scope(organisation_id=None, programme_id=None)
CANDIDACY = ("vetting.candidacy", "")
WHY = "vets or decides"  # what was said asks for a reason of its own
_DONE = frozenset({Verdict.APPROVED, Verdict.REJECTED, Verdict.DIVIDED})


class Show(StrEnum):
    """The parts of the list."""

    OPEN = "open"  # on the way, and suspended
    MEMBERS = "members"
    OVER = "over"


_SHOWN: Mapping[Show, frozenset[State]] = {
    Show.OPEN: frozenset({*ON_THE_WAY, State.SUSPENDED}),
    Show.MEMBERS: frozenset({State.ACTIVE}),
    Show.OVER: OVER,
}


@dataclass(frozen=True)
class Line:
    """`references` of two have passed; `words` of the round that is open, by so many deciders."""

    candidacy: Candidacy
    awaited: Awaited
    references: int
    words: int
    lacking: frozenset[StepKind] = frozenset()


@dataclass(frozen=True)
class ListPage:
    lines: tuple[Line, ...]
    counts: Mapping[Show, int]
    next_after: int | None


@dataclass(frozen=True)
class File:
    """`deciders` have given their word in the round that is open; what they said is shown when the round is over.
    `is_barred`: somebody of his name and birth year is barred in the coalition; None where nobody decides on it now.
    `asking`: what came of asking whether he is another person."""

    line: Line
    steps: tuple[Step, ...]
    deciders: tuple[Decision, ...]
    decided: tuple[Decision, ...]
    allegations: tuple[Allegation, ...]
    bars: tuple[Bar, ...]
    code_to_sign: CodeOfConduct | None
    is_barred: bool | None
    may_vet: bool
    may_decide: bool
    has_user: bool
    asking: Asking | None

    @property
    def may_ask(self) -> bool:
        """Whether he is another person than the one barred; not where he himself was barred here."""
        asked = self.asking is not None and self.asking.state == Question.State.OPEN
        himself = any(one.appeal != Bar.Appeal.LIFTED for one in self.bars)
        return bool(self.is_barred) and self.may_vet and not asked and not himself

    @property
    def candidacy(self) -> Candidacy:
        return self.line.candidacy


def within(actor: AnyActor) -> Q:
    """The candidacies of who vets or decides. Raises Refused to others."""
    reaches = [found for action in (Action.VET, Action.DECIDE_VETTING) if (found := reach(actor, action))]
    if not reaches:
        raise refusal(actor, Action.VET)
    return _any(reaches)


def candidates(actor: AnyActor, *, show: Show, after: int, at: dt.datetime) -> ListPage:
    """The latest first. Raises Refused, audited; the reading itself stands in the trail."""
    today = timezone.localdate(at)
    with keeping_refusals(actor, Action.VET, CANDIDACY, **NOWHERE):
        every = seen(actor, today)
        counts = {one: every.filter(state__in=_SHOWN[one]).count() for one in Show}
        found = every.filter(state__in=_SHOWN[show]).order_by("-pk")
        if after:
            found = found.filter(pk__lt=after)
        page = list(found[: LONGEST + 1])
        lines = lines_of(page[:LONGEST], today)
        record(actor, "see_vetting", CANDIDACY, **NOWHERE, reason=WHY, details={"shown": len(lines)})
    return ListPage(tuple(lines), counts, page[LONGEST - 1].pk if len(page) > LONGEST else None)


def candidate(actor: AnyActor, candidacy_id: int, *, at: dt.datetime) -> File:
    """Raises Refused, or NotFound alike for what is not there, is out of reach, or is his own or of his group."""
    today = timezone.localdate(at)
    with keeping_refusals(actor, Action.VET, ("vetting.candidacy", candidacy_id), **NOWHERE):
        one = candidacy_of(actor, candidacy_id, on=today)
        line = lines_of([one], today)[0]
        scope = Scope(organisation_id=one.organisation_id, programme_id=one.programme_id)
        record(actor, "see_candidate", one, **scope, reason=WHY)
        return _file(actor, line, today)


def candidacy_of(actor: AnyActor, candidacy_id: int, *, on: dt.date) -> Candidacy:
    """Raises as `candidate`; asked by whoever does something to it."""
    found = seen(actor, on).filter(pk=candidacy_id).first()
    if found is None:
        raise NotFound("no_such_candidacy", _("There is no such candidate."))
    return found


def lines_of(found: Sequence[Candidacy], today: dt.date) -> list[Line]:
    """By three queries, however many there are."""
    passed: defaultdict[int, list[Step]] = defaultdict(list)
    for step in Step.objects.filter(candidacy__in=found, result=Step.Result.PASSED).defer("words"):
        passed[step.candidacy_id].append(step)
    inquiries = set(
        Allegation.objects.filter(candidacy__in=found, is_credible=True, settled_on__isnull=True).values_list(
            "candidacy_id", flat=True
        )
    )
    words: defaultdict[int, list[Decision]] = defaultdict(list)
    for decision in Decision.objects.filter(candidacy__in=found).select_related("by").order_by("pk"):
        words[decision.candidacy_id].append(decision)
    return [_line(one, passed[one.pk], words[one.pk], one.pk in inquiries, today) for one in found]


def _line(one: Candidacy, passed: Iterable[Step], words: Sequence[Decision], in_inquiry: bool, today: dt.date) -> Line:
    state, kinds = State(one.state), [StepKind(step.kind) for step in passed]
    since = one.state_since if state is State.SUSPENDED else None
    if state is State.ACTIVE and one.expires_on is not None and renewable_from(one.expires_on) <= today:
        since = renewable_from(one.expires_on)
    anew = frozenset(StepKind(step.kind) for step in passed if since is not None and step.taken_on >= since)
    next_step = awaited(state, is_renewable=since is not None, in_inquiry=in_inquiry, asked_again=anew)
    lacking = ASKED_AGAIN - anew if next_step in {Awaited.ASKED_AGAIN, Awaited.INQUIRY} else frozenset()
    return Line(one, next_step, kinds.count(StepKind.REFERENCE), len(open_round(words)), lacking)


def open_round(words: Sequence[Decision]) -> list[Decision]:
    """The words of the round that has come to nothing yet."""
    last = max((one.round for one in words), default=0)
    of_last = [one for one in words if one.round == last]
    came_to = verdict([Word(one.by_id, one.by_a_woman, one.approves) for one in of_last])
    return [] if came_to in _DONE else of_last


def _file(actor: AnyActor, line: Line, today: dt.date) -> File:
    one = line.candidacy
    own = records_of(one.person_id)
    words = list(one.decisions.select_related("by").order_by("pk"))
    waiting = open_round(words)
    scope = {"organisation_id": one.organisation_id, "programme_id": one.programme_id}
    newest = CodeOfConduct.objects.filter(programme=one.programme_id).order_by("-number").first()
    signed = {step.code_id for step in one.steps.filter(result=Step.Result.PASSED, code__isnull=False).defer("words")}
    return File(
        line=line,
        steps=tuple(one.steps.select_related("taken_by", "code").defer("words").order_by("taken_on", "pk")),
        deciders=tuple(waiting),
        decided=tuple(word for word in words if word not in waiting),
        allegations=tuple(one.allegations.defer("words").order_by("received_on", "pk")),
        bars=tuple(Bar.objects.filter(person__in=own, organisation=one.organisation_id).defer("reason").order_by("pk")),
        code_to_sign=newest if newest is not None and newest.pk not in signed else None,
        is_barred=bool(barred(own)) if one.state not in OVER and line.awaited is Awaited.DECISION else None,
        may_vet=reach(actor, Action.VET).covers(**scope),
        may_decide=reach(actor, Action.DECIDE_VETTING).covers(**scope),
        has_user=_has_user(own),
        asking=asking_of(own),
    )


def _has_user(person_ids: Sequence[int]) -> bool:
    return User.objects.filter(person_id__in=person_ids).exists()


def seen(actor: AnyActor, on: dt.date) -> QuerySet[Candidacy]:
    """Within reach, and not shut to the actor. Raises Refused."""
    found = Candidacy.objects.filter(within(actor)).exclude(pk__in=Candidacy.objects.filter(shut(actor, on=on)))
    return found.select_related("group__place", "programme", "organisation", "recruited_by")


def _any(reaches: Iterable[Reach]) -> Q:
    condition = Q(pk__in=[])
    for one in reaches:
        condition |= one.q(group="group_id")
    return condition
