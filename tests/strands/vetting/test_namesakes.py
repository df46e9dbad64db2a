"""An innocent namesake: who barred is asked, two say that he is another person, and no barred man gets in by it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from samaki.ground.accounts.models import User
from samaki.ground.groups.models import Membership
from samaki.ground.people.operations import withdraw
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, DomainError, NotFound, Refused
from samaki.strands.vetting import operations
from samaki.strands.vetting.bars import is_barred
from samaki.strands.vetting.models import Answer, Bar, Candidacy, Exemption, Question
from samaki.strands.vetting.rules import State, StepKind, Verdict
from tests.factories.people import SETUP, a_person, named
from tests.strands.vetting.coalition import Coalition
from tests.strands.vetting.test_operations import AT, DAY, PASSED

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(days=3)


def code(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_two_who_barred_say_another_person_and_he_can_be_approved() -> None:
    its = Coalition()
    its.barred()
    candidacy = its.ripe()
    assert is_barred(its.person)
    its.ask(candidacy)
    assert its.answer(its.man, is_another=True) is Verdict.WAITING
    assert is_barred(its.person)
    assert its.answer(its.woman, is_another=True) is Verdict.APPROVED
    assert not is_barred(its.person)
    its.decide(candidacy, its.focal)
    assert its.decide(candidacy, its.supervisor) is Verdict.APPROVED
    assert [(one.by.username, one.is_another) for one in Answer.objects.order_by("pk")] == [
        ("man", True),
        ("woman", True),
    ]


def test_two_men_do_not_free_him_and_nobody_speaks_twice() -> None:
    its = Coalition()
    its.barred()
    its.ask(its.ripe())
    its.answer(its.man, is_another=True)
    with pytest.raises(Refused) as error:
        its.answer(its.man, is_another=True)
    assert code(error) == "decided_already"
    assert its.answer(its.third, is_another=True) is Verdict.WOMAN_WANTED
    assert is_barred(its.person)
    assert its.answer(its.woman, is_another=True) is Verdict.APPROVED
    with pytest.raises(Conflict) as error_:
        its.answer(its.third, is_another=False)
    assert code(error_) == "answered_already"


@pytest.mark.parametrize("before", [0, 1])
def test_one_who_says_the_same_person_closes_it_at_once(before: int) -> None:
    its = Coalition()
    its.barred()
    its.ask(its.ripe())
    if before:
        its.answer(its.woman, is_another=True)
    assert its.answer(its.man, is_another=False) is Verdict.REJECTED
    assert (Question.objects.get().state, is_barred(its.person)) == ("same", True)
    with pytest.raises(Conflict) as error:
        its.answer(its.third, is_another=True)
    assert code(error) == "answered_already"


def test_it_is_asked_once_while_it_is_open_and_may_be_asked_again_after() -> None:
    its = Coalition()
    its.barred()
    candidacy = its.ripe()
    its.ask(candidacy)
    its.barred(by=its.woman)  # a new bar meanwhile changes no word
    with pytest.raises(Conflict) as error:
        its.ask(candidacy)
    assert (code(error), Question.objects.count()) == ("asked_already", 1)
    its.answer(its.man, is_another=False)
    its.ask(candidacy, at=LATER)
    assert Question.objects.filter(state="open").count() == 2


def test_the_database_holds_one_open_question_for_a_bar_and_a_candidate() -> None:
    its = Coalition()
    its.barred()
    its.ask(its.ripe())
    again = Question.objects.get()
    again.pk, again._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def test_every_bar_that_holds_him_is_asked_and_each_frees_him_of_itself_alone() -> None:
    its = Coalition()
    first, second = its.barred(), its.barred(its.setting.ours, its.focal)
    other_woman = its.of(its.setting.ours, "other-woman", User.Gender.WOMAN)
    lifted = its.barred()
    operations.appeal(barred=lifted, by=its.woman, at=AT)
    operations.answer_appeal(barred=lifted, lifts=True, by=its.man, at=AT)
    its.ask(its.ripe())
    assert set(Question.objects.values_list("bar", flat=True)) == {first.pk, second.pk}
    for decider in (its.man, its.woman):
        its.answer(decider, is_another=True, bar=first)
    assert is_barred(its.person)
    for decider in (its.supervisor, other_woman):
        its.answer(decider, is_another=True, bar=second)
    assert not is_barred(its.person)


def test_a_new_bar_on_the_same_name_holds_him_again_and_suspends_him() -> None:
    its = Coalition()
    its.barred()
    candidacy = its.freed()
    its.decide(candidacy, its.focal)
    its.decide(candidacy, its.supervisor)
    assert its.is_cleared()
    its.barred()
    assert (is_barred(its.person), its.is_cleared()) == (True, False)
    assert Candidacy.objects.get(pk=candidacy.pk).state == State.SUSPENDED


def test_a_new_bar_on_another_name_leaves_him_active() -> None:
    its = Coalition()
    its.barred()
    candidacy = its.freed()
    its.decide(candidacy, its.focal)
    its.decide(candidacy, its.supervisor)
    person = a_person(its.setting.theirs, named(latin="Chan Rith"), gender="man", birth_year=1970)
    group = its.setting.mens_group(organisation=its.setting.theirs)
    applied = operations.apply(person=person, group=group, recruited_by_id=None, applied_on=DAY, by=its.woman, at=AT)
    operations.bar(candidacy=applied, reason="so", by=its.woman, at=AT)
    assert its.is_cleared()


def test_a_lifted_bar_is_no_longer_asked_about() -> None:
    its = Coalition()
    made = its.barred()
    its.ask(its.ripe())
    operations.appeal(barred=made, by=its.woman, at=AT)
    operations.answer_appeal(barred=made, lifts=True, by=its.man, at=AT)
    assert Question.objects.get().state == "lapsed"
    with pytest.raises(Conflict) as error:
        its.answer(its.woman, is_another=True)
    assert code(error) == "answered_already"


def test_a_candidate_who_was_refused_meanwhile_is_no_longer_asked_about() -> None:
    its = Coalition()
    its.barred()
    candidacy = its.ripe()
    its.ask(candidacy)
    its.decide(candidacy, its.focal, approves=False)
    assert Question.objects.get().state == "open"
    its.decide(candidacy, its.supervisor, approves=False)
    assert Question.objects.get().state == "lapsed"


def test_nothing_is_asked_of_who_is_not_decided_on_yet_and_nothing_told() -> None:
    its = Coalition()
    candidacy = its.apply()
    codes = set()
    for _barred in range(2):
        with pytest.raises(Conflict) as error:
            its.ask(candidacy)
        codes.add(code(error))
        with pytest.raises(Conflict) as error:
            its.decide(candidacy, its.focal)
        codes.add(code(error))
        its.barred()
    assert (codes, Question.objects.count()) == ({"step_out_of_order"}, 0)


def test_nothing_is_asked_where_nobody_is_barred() -> None:
    its = Coalition()
    with pytest.raises(Conflict) as error:
        its.ask(its.ripe())
    assert code(error) == "nobody_barred"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SAFEGUARDING_FOCAL])
def test_who_does_not_vet_him_does_not_ask(role: Role) -> None:
    its = Coalition()
    its.barred()
    candidacy = its.ripe()
    for whose in {its.setting.ours, its.setting.theirs}:
        with pytest.raises(Refused):
            its.ask(candidacy, its.setting.actor(role, whose))
    with pytest.raises(Refused):
        its.ask(candidacy, its.woman)
    assert Question.objects.count() == 0


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SAFEGUARDING_FOCAL, Role.CASE_SUPERVISOR}])
def test_who_does_not_decide_where_he_was_barred_does_not_answer(role: Role) -> None:
    its = Coalition()
    its.barred()
    its.ask(its.ripe())
    with pytest.raises(Refused):
        its.answer(its.setting.actor(role, its.setting.theirs), is_another=True)
    for outside in (its.supervisor, its.other_man):
        with pytest.raises(Refused):
            its.answer(outside, is_another=True)
    assert (Answer.objects.count(), Question.objects.get().state) == (0, "open")


def test_who_asked_and_who_recruited_him_do_not_answer_though_they_decide_there() -> None:
    its = Coalition()
    its.barred(its.setting.ours, its.supervisor_as_focal())
    its.ask(its.ripe(recruiter=its.other_man))
    for by, wanted in ((its.focal, "asker"), (its.other_man, "recruiter")):
        with pytest.raises(Refused) as error:
            its.answer(by, is_another=True)
        assert code(error) == wanted


@pytest.mark.parametrize("whose", ["candidate", "barred"])
@pytest.mark.parametrize("how", ["himself", "group"])
def test_neither_of_the_two_men_nor_their_groups_answer(whose: str, how: str) -> None:
    its = Coalition()
    made = its.barred()
    candidacy = its.ripe()
    its.ask(candidacy)
    applied = candidacy if whose == "candidate" else Candidacy.objects.get(person=made.person)
    person = applied.person
    if how == "group":
        person = a_person(its.setting.theirs, named(latin="Chan Rith"), gender="man", birth_year=1970)
        Membership.objects.create(group=applied.group, person=person, since=dt.date(2020, 1, 1))
    User.objects.filter(pk=its.man.user_id).update(person_id=person.pk)
    with pytest.raises(NotFound):
        its.answer(its.man, is_another=True)
    assert Answer.objects.count() == 0


def test_somebody_of_his_group_does_not_ask() -> None:
    its = Coalition()
    its.barred()
    candidacy = its.ripe()
    User.objects.filter(pk=its.focal.user_id).update(person_id=its.person.pk)
    with pytest.raises(NotFound):
        its.ask(candidacy)


def test_the_trail_says_who_asked_and_who_answered_and_not_how_many_were_asked() -> None:
    its = Coalition()
    its.barred()
    its.barred()
    its.ask(its.ripe())
    asked = AuditEntry.objects.get(action="ask_whether_another")
    assert (asked.object_type, asked.organisation_id, asked.details) == (
        "vetting.candidacy",
        its.setting.ours.pk,
        {},
    )
    its.answer(its.man, is_another=True)
    its.answer(its.woman, is_another=True)
    kept = AuditEntry.objects.filter(object_type="vetting.question").order_by("pk")
    assert [(one.action, one.actor_name, one.organisation_id) for one in kept] == [
        ("answer_whether_another", "man", its.setting.theirs.pk),
        ("answer_whether_another", "woman", its.setting.theirs.pk),
        ("find_another", "woman", its.setting.theirs.pk),
    ]


def test_of_who_withdraws_nothing_is_left_that_was_alike() -> None:
    its = Coalition()
    its.barred()
    its.freed()
    its.barred()
    its.ask(Candidacy.objects.get(person=its.person), at=LATER)
    withdraw(its.person.pk, by=SETUP, at=LATER)
    assert (Exemption.objects.count(), set(Question.objects.values_list("state", flat=True))) == (
        0,
        {"another", "lapsed"},
    )


def test_a_namesake_who_was_suspended_comes_back_by_the_same_way() -> None:
    its = Coalition()
    candidacy = its.active()
    its.barred()
    assert Candidacy.objects.get(pk=candidacy.pk).state == State.SUSPENDED
    for kind in (StepKind.COMMUNITY_CHECK, StepKind.INTERVIEW, StepKind.SIGNATURE):
        operations.take_step(
            candidacy=candidacy,
            kind=kind,
            result=PASSED,
            taken_on=dt.date(2024, 5, 20),
            women_heard=True,
            by=its.focal,
            at=AT,
        )
    its.ask(candidacy)
    its.answer(its.woman, is_another=True)
    its.answer(its.man, is_another=True)
    its.decide(candidacy, its.focal)
    assert its.decide(candidacy, its.supervisor) is Verdict.APPROVED
    assert Bar.objects.get().appeal == Bar.Appeal.NONE
