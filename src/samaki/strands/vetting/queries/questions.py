"""Questions whether a candidate is another person than somebody barred: as those who answer see them, and as whoever
asked learns what came of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach, refusal
from samaki.kernel.records import Scope
from samaki.strands.vetting.models import Answer, Candidacy, Question
from samaki.strands.vetting.rules import State
from samaki.strands.vetting.sight import shut_questions

_NOWHERE = Scope(organisation_id=None, programme_id=None)
_State = Question.State


@dataclass(frozen=True)
class Asked:
    """A question to who barred. `own` are their candidates whom that bar is on; `words` who has said "another person";
    `before` what was answered when the same was asked earlier."""

    question: Question
    own: tuple[Candidacy, ...]
    words: tuple[Answer, ...]
    before: tuple[Question, ...]
    has_spoken: bool


@dataclass(frozen=True)
class Asking:
    """What whoever asked is told, as one however many were asked."""

    on: dt.date
    state: str


def questions(actor: AnyActor, *, at: dt.datetime) -> tuple[Asked, ...]:
    """The open questions that the actor may answer, the oldest first; by so many queries, however many there are. For
    pages whose reading is kept. Raises Refused."""
    return _asked(actor, _seen(actor, timezone.localdate(at)).order_by("asked_at", "pk"))


def question(actor: AnyActor, question_id: int, *, at: dt.datetime) -> Asked:
    """One of them. Raises Refused, NotFound, both audited; the reading is kept."""
    with keeping_refusals(actor, Action.DECIDE_VETTING, ("vetting.question", question_id), **_NOWHERE):
        found = _asked(actor, _seen(actor, timezone.localdate(at)).filter(pk=question_id))
        if not found:
            raise NotFound("no_such_question", _("There is no such question."))
        asked = found[0].question
        scope = Scope(organisation_id=asked.bar.organisation_id, programme_id=asked.bar.programme_id)
        record(actor, "see_question", asked, **scope, reason="decides")
    return found[0]


def asking_of(person_ids: Collection[int]) -> Asking | None:
    """Of the person with these records, what came of the last asking: awaited until all are answered, and then the same
    person if any says so. For a query that has asked who reads."""
    found = Question.objects.filter(candidacy__person__in=person_ids).exclude(state=_State.LAPSED)
    every = list(found.order_by("asked_at").values_list("asked_at", "state"))
    if not every:
        return None
    last = every[-1][0]
    states = {state for asked_at, state in every if asked_at == last}
    state = next(one for one in (_State.OPEN, _State.SAME, _State.ANOTHER) if one in states)
    return Asking(timezone.localdate(last), state)


def _seen(actor: AnyActor, on: dt.date) -> QuerySet[Question]:
    within = reach(actor, Action.DECIDE_VETTING)
    if not within:
        raise refusal(actor, Action.DECIDE_VETTING)
    asked = within.q(organisation="bar__organisation_id", programme="bar__programme_id")
    found = Question.objects.filter(asked, state=_State.OPEN)
    hidden = Question.objects.filter(shut_questions(actor, on=on), state=_State.OPEN)
    return found.exclude(pk__in=hidden).select_related("bar", "candidacy__organisation").defer("bar__reason")


def _asked(actor: AnyActor, seen: QuerySet[Question]) -> tuple[Asked, ...]:
    found = list(seen)
    if not found:
        return ()
    words: defaultdict[int, list[Answer]] = defaultdict(list)
    for word in Answer.objects.filter(question__in=found).select_related("by").order_by("pk"):
        words[word.question_id].append(word)
    before: defaultdict[tuple[int, int], list[Question]] = defaultdict(list)
    of_old = Question.objects.filter(
        bar__in={one.bar_id for one in found},
        candidacy__in={one.candidacy_id for one in found},
        state__in=(_State.SAME, _State.ANOTHER),
    )
    for one in of_old.order_by("closed_on", "pk"):
        before[one.bar_id, one.candidacy_id].append(one)
    own: defaultdict[tuple[int, int, int], list[Candidacy]] = defaultdict(list)
    people = {one.bar.person_id for one in found if one.bar.person_id is not None}
    for candidacy in Candidacy.objects.filter(person__in=people, state=State.BARRED).order_by("pk"):
        own[candidacy.organisation_id, candidacy.programme_id, candidacy.person_id].append(candidacy)
    user_id = getattr(actor, "user_id", None)
    return tuple(
        Asked(
            question=one,
            own=tuple(own[one.bar.organisation_id, one.bar.programme_id, one.bar.person_id or 0]),
            words=tuple(words[one.pk]),
            before=tuple(before[one.bar_id, one.candidacy_id]),
            has_spoken=any(word.by_id == user_id for word in words[one.pk]),
        )
        for one in found
    )
