"""Hypothesis walks vetting at random, by operations and by SQL: no step is skipped, and only two clear a man."""

from __future__ import annotations

import contextlib
import datetime as dt

from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from samaki.ground.accounts.models import User
from samaki.ground.clearances.standing import cleared, records_of, stopped
from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.people.operations import confirm_same, undo_merge
from samaki.kernel.actors import System
from samaki.kernel.errors import DomainError
from samaki.strands.vetting import operations
from samaki.strands.vetting.bars import digests_of
from samaki.strands.vetting.models import Allegation, Bar, Candidacy, Question, Step
from samaki.strands.vetting.rules import ALLOWED, ASKED_AGAIN, REFERENCES_WANTED, STEPS, State, StepKind
from tests.factories.people import a_person, named
from tests.strands.vetting.coalition import Coalition
from tests.strands.vetting.test_operations import TIMER, Vetting

NOW = dt.datetime(2024, 5, 20, 3, tzinfo=dt.UTC)
TODAY = dt.date(2024, 5, 20)
BY = System("a test")


class Walk(RuleBasedStateMachine):
    """One candidate, three who decide (a woman and two men), and somebody at the database."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.vetting = Vetting()
        self.candidacy = self.vetting.apply()
        self.before = State.APPLIED

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    def now(self) -> Candidacy:
        return Candidacy.objects.get(pk=self.candidacy.pk)

    def _step(self, kind: StepKind, result: Step.Result, heard: bool) -> None:
        with contextlib.suppress(DomainError):
            operations.take_step(
                candidacy=self.candidacy,
                kind=kind,
                result=result,
                taken_on=TODAY,
                women_heard=heard,
                by=self.vetting.focal,
                at=NOW,
            )

    @rule(kind=st.sampled_from(list(StepKind)), result=st.sampled_from(list(Step.Result)), heard=st.booleans())
    def take_step(self, kind: StepKind, result: Step.Result, heard: bool) -> None:
        self._step(kind, result, heard)

    @rule()
    def go_on(self) -> None:
        """The next step passes, so that walks get far."""
        for kind, (wanted, _leads_to) in STEPS.items():
            if self.now().state == wanted:
                self._step(kind, Step.Result.PASSED, True)
                return

    @rule(who=st.sampled_from(["focal", "supervisor", "other_man"]), approves=st.booleans())
    def decide(self, who: str, approves: bool) -> None:
        with contextlib.suppress(DomainError):
            operations.decide(candidacy=self.candidacy, approves=approves, by=getattr(self.vetting, who), at=NOW)

    @rule(is_credible=st.booleans())
    def allege(self, is_credible: bool) -> None:
        operations.allege(
            candidacy=self.candidacy,
            received_on=TODAY,
            is_credible=is_credible,
            words="",
            by=self.vetting.focal,
            at=NOW,
        )

    @rule(upheld=st.booleans())
    def settle(self, upheld: bool) -> None:
        told = Allegation.objects.filter(candidacy=self.candidacy, settled_on__isnull=True).first()
        if told is not None:
            operations.settle(allegation=told, upheld=upheld, by=self.vetting.focal, at=NOW)

    @rule()
    def bar(self) -> None:
        with contextlib.suppress(DomainError):
            operations.bar(candidacy=self.candidacy, reason="so", by=self.vetting.focal, at=NOW)

    @rule(lifts=st.booleans())
    def appeal(self, lifts: bool) -> None:
        barred = Bar.objects.filter(person=self.vetting.person).first()
        if barred is not None:
            with contextlib.suppress(DomainError):
                operations.appeal(barred=barred, by=self.vetting.focal, at=NOW)
            with contextlib.suppress(DomainError):
                operations.answer_appeal(barred=barred, lifts=lifts, by=self.vetting.supervisor, at=NOW)

    @rule()
    def run_out(self) -> None:
        Candidacy.objects.filter(pk=self.candidacy.pk, expires_on__isnull=False).update(expires_on=TODAY)
        operations.suspend_overdue(by=TIMER, at=NOW)

    @rule(new=st.sampled_from(list(State)))
    def force(self, new: State) -> None:
        """Somebody at the database: what the table does not allow is refused there too."""
        old = self.now().state
        try:
            with transaction.atomic():
                Candidacy.objects.filter(pk=self.candidacy.pk).update(state=new)
                allowed = new == old or new in ALLOWED[old]
                assert allowed, f"{old} → {new} went by"
                transaction.set_rollback(True)
        except DatabaseError:
            assert new not in ALLOWED[old]

    @invariant()
    def every_move_is_of_the_table(self) -> None:
        found = State(self.now().state)
        assert found == self.before or _leads(self.before, found)
        self.before = found

    @invariant()
    def no_step_was_skipped(self) -> None:
        candidacy = self.now()
        order = [State.APPLIED, *(after for _before, after in STEPS.values())]
        passed = list(candidacy.steps.filter(result="passed").values_list("kind", flat=True))
        done = (
            len(STEPS) if candidacy.approved else order.index(State(candidacy.state)) if candidacy.state in order else 0
        )
        for kind in list(STEPS)[:done]:
            assert passed.count(kind) >= (REFERENCES_WANTED if kind is StepKind.REFERENCE else 1)

    @invariant()
    def only_two_of_whom_one_a_woman_clear_him(self) -> None:
        asked = [self.vetting.person.pk]
        holds = cleared(asked, programme_id=self.vetting.setting.programme.pk, on=TODAY)
        candidacy = self.now()
        if holds:
            words = list(candidacy.decisions.filter(approves=True))
            assert candidacy.state == State.ACTIVE
            assert len({word.by_id for word in words}) >= 2
            assert any(word.by_a_woman for word in words)
        if candidacy.state in {State.SUSPENDED, State.BARRED}:
            assert stopped(asked, on=TODAY) == set(asked)


def _leads(old: State, new: State) -> bool:
    """By one step of the table, or by two: an appeal is made and answered in one rule."""
    return new in ALLOWED[old] or any(new in ALLOWED[State(by)] for by in ALLOWED[old])


class Namesake(RuleBasedStateMachine):
    """A candidate whose steps are taken; others of his name are barred, asked about, joined to him and parted again."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.its = Coalition()
        ours = self.its.setting.ours
        self.deciders = [self.its.woman, self.its.man, self.its.third, self.its.supervisor, self.its.other_man]
        self.deciders.append(self.its.of(ours, "other-woman", User.Gender.WOMAN))
        self.barring = {"ours": (ours, self.its.supervisor_as_focal()), "theirs": (None, None)}
        self.candidacy = self.its.ripe()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    @rule(where=st.sampled_from(["ours", "theirs"]))
    def bar_one_of_his_name(self, where: str) -> None:
        self.its.barred(*self.barring[where])

    @rule()
    def lift_a_bar(self) -> None:
        for barred in Bar.objects.filter(appeal="none")[:1]:
            operations.appeal(barred=barred, by=BY, at=NOW)
            operations.answer_appeal(barred=barred, lifts=True, by=BY, at=NOW)

    @rule()
    def ask(self) -> None:
        with contextlib.suppress(DomainError):
            self.its.ask(self.candidacy)

    @rule(who=st.integers(0, 5), is_another=st.sampled_from([True, True, True, False]))
    def answer(self, who: int, is_another: bool) -> None:
        for question in Question.objects.filter(state="open"):
            with contextlib.suppress(DomainError):
                operations.answer(question=question, is_another=is_another, by=self.deciders[who], at=NOW)

    @rule()
    def all_say_another(self) -> None:
        """So that walks get far."""
        for who in range(len(self.deciders)):
            self.answer(who, True)

    @rule()
    def decide(self) -> None:
        for kind in ASKED_AGAIN:
            with contextlib.suppress(DomainError):
                operations.take_step(
                    candidacy=self.candidacy,
                    kind=kind,
                    result=Step.Result.PASSED,
                    taken_on=TODAY,
                    women_heard=True,
                    by=self.its.focal,
                    at=NOW,
                )
        for by in (self.its.focal, self.its.supervisor):
            with contextlib.suppress(DomainError):
                operations.decide(candidacy=self.candidacy, approves=True, by=by, at=NOW)

    @rule(to_who_is_barred=st.booleans())
    def join(self, to_who_is_barred: bool) -> None:
        """His record to that of somebody barred here, or to one that was entered twice."""
        other = Person.objects.exclude(pk=self.its.person.pk).filter(
            organisation=self.its.setting.ours, pk__in=Bar.objects.values("person")
        )
        one = (
            other.first()
            if to_who_is_barred
            else a_person(self.its.setting.ours, named(latin="Sok Dara"), gender="man", birth_year=1980)
        )
        if one is not None:
            first, second = sorted((self.its.person, one), key=lambda each: each.pk)
            whose = {"organisation": first.organisation, "likeness": 99}
            pair, _new = MatchCandidate.objects.get_or_create(first=first, second=second, defaults=whose)
            with contextlib.suppress(DomainError):
                confirm_same(pair.pk, by=BY, at=NOW)

    @rule()
    def part(self) -> None:
        for pair in MatchCandidate.objects.filter(state="same"):
            undo_merge(pair.pk, by=BY, at=NOW)

    @invariant()
    def whoever_is_active_is_held_by_no_bar_but_one_that_two_found_to_be_of_another(self) -> None:
        if Candidacy.objects.get(pk=self.candidacy.pk).state != State.ACTIVE:
            return
        own = digests_of(records_of(self.its.person.pk))
        for barred in Bar.objects.exclude(appeal="lifted"):
            assert barred.person_id not in own
            for mark in barred.digests.all():
                for record in (key for key, digests in own.items() if bytes(mark.digest) in digests):
                    asked = Question.objects.filter(exemptions__digest=mark, exemptions__person=record, bar=barred)
                    assert any(self._freed(one) for one in asked)

    def _freed(self, question: Question) -> bool:
        words = list(question.answers.all())
        return (
            question.state == "another"
            and all(word.is_another for word in words)
            and len({word.by_id for word in words} - {question.asked_by_id}) >= 2
            and any(word.by_a_woman for word in words)
        )


class MachineOfVetting(TestCase):
    def test_whatever_is_tried_in_whatever_order_vetting_holds(self) -> None:
        run_state_machine_as_test(
            Walk,
            settings=settings(
                max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )

    def test_whatever_is_asked_and_joined_no_barred_man_is_active_as_a_namesake(self) -> None:
        run_state_machine_as_test(
            Namesake,
            settings=settings(
                max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
