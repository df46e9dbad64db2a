"""Whether a candidate is another person than somebody barred of his name: asked of who barred, answered by two."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.clearances.standing import records_of
from samaki.ground.people.models import Person
from samaki.kernel.actors import Actor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, NotFound, Refused
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.strands.vetting.bars import holds
from samaki.strands.vetting.models import Answer, Candidacy, Exemption, Question
from samaki.strands.vetting.operations.moving import expect_ripe, held, scope_of
from samaki.strands.vetting.rules import Verdict, Word, whether_another
from samaki.strands.vetting.sight import shut_questions


def ask(*, candidacy: Candidacy, by: Actor, at: dt.datetime) -> None:
    """Asks whoever barred one of his name and birth year whether he is another person: one question for each bar. Only
    who asks and his number are told them. One act is kept, and nothing returned: how many were asked is nobody's to
    know.

    Raises as `expect_ripe`, and Conflict: asked_already, nobody_barred, barred_himself; NotFound to whoever is of his
    group.
    """
    with acting(by, Action.VET, candidacy, **scope_of(candidacy)):
        candidacy = held(candidacy, by, timezone.localdate(at))
        expect_ripe(candidacy, timezone.localdate(at))
        own = records_of(candidacy.person_id)
        list(Person.objects.select_for_update(no_key=True).filter(pk__in=own).order_by("pk"))  # once by two who ask
        if Question.objects.filter(candidacy__person__in=own, state=Question.State.OPEN).exists():
            raise Conflict("asked_already", _("This was asked already. The answer is awaited."))
        hold = holds(own).get(candidacy.person_id)
        if hold is None:
            raise Conflict("nobody_barred", _("Nobody of this name and birth year is barred. Nothing is to be asked."))
        if hold.himself:
            raise Conflict("barred_himself", _("He himself was barred here. He can appeal; somebody else answers."))
        for bar_id, marks in sorted(hold.alike.items()):
            made = Question.objects.create(
                bar_id=bar_id, candidacy=candidacy, asked_by_id=by.user_id, asked_at=at, is_example=candidacy.is_example
            )
            Exemption.objects.bulk_create(
                Exemption(question=made, digest_id=digest_id, person_id=person_id)
                for digest_id, person_id in sorted(marks)
            )
        record(by, "ask_whether_another", candidacy, **scope_of(candidacy))


def answer(*, question: Question, is_another: bool, by: Actor, at: dt.datetime) -> Verdict:
    """One decider's word, at the organisation that barred. Two who say "another person", one of them a woman, free him
    of this bar (APPROVED); one who says "the same person" closes it (REJECTED).

    Raises Refused: asker, recruiter, decided_already; Conflict("answered_already"); NotFound to whoever is one of the
    two men or of a group of theirs.
    """
    scope = Scope(organisation_id=question.bar.organisation_id, programme_id=question.bar.programme_id)
    with acting(by, Action.DECIDE_VETTING, question, **scope):
        question = Question.objects.select_for_update(of=("self",)).select_related("candidacy").get(pk=question.pk)
        today = timezone.localdate(at)
        decider = User.objects.get(username=by.name)
        if question.asked_by_id == decider.pk:
            raise Refused("asker", _("Who asks does not answer."))
        if question.candidacy.recruited_by_id == decider.pk:
            raise Refused("recruiter", _("Who recruited somebody does not decide on him."))
        if Question.objects.filter(shut_questions(by, on=today), pk=question.pk).exists():
            raise NotFound("no_such_question", _("There is no such question."))
        if question.state != Question.State.OPEN:
            raise Conflict("answered_already", _("This question is closed already."))
        if question.answers.filter(by=decider).exists():
            raise Refused("decided_already", _("You have given your word already. Another person decides with you."))
        Answer.objects.create(
            question=question,
            by=decider,
            by_a_woman=decider.gender == User.Gender.WOMAN,
            is_another=is_another,
            answered_at=at,
            is_example=question.is_example,
        )
        record(by, "answer_whether_another", question, **scope)
        came_to = whether_another([Word(one.by_id, one.by_a_woman, one.is_another) for one in question.answers.all()])
        if came_to in {Verdict.APPROVED, Verdict.REJECTED}:
            found = Question.State.ANOTHER if came_to is Verdict.APPROVED else Question.State.SAME
            question.state, question.closed_on = found, today
            question.revision += 1
            question.save()
            record(by, "find_another" if came_to is Verdict.APPROVED else "find_same", question, **scope)
    return came_to
