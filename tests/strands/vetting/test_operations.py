"""Vetting as operations: nobody skips a step, two decide, a suspension reaches everything at once, a bar everybody."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from samaki.ground.accounts.models import User
from samaki.ground.clearances.events import ClearanceStopped
from samaki.ground.clearances.models import Clearance
from samaki.ground.clearances.standing import cleared, stopped
from samaki.ground.groups.models import Group
from samaki.ground.people.models import Person
from samaki.kernel.actors import Actor, Grant, Role, System
from samaki.kernel.errors import Conflict, DomainError, Invalid, Refused
from samaki.kernel.registry import reactions
from samaki.strands.vetting import operations
from samaki.strands.vetting.bars import is_barred
from samaki.strands.vetting.models import Bar, Candidacy, Step
from samaki.strands.vetting.rules import ALLOWED, STEPS, State, StepKind, Verdict
from tests.factories.people import a_person, named
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 5, 1)
AT = dt.datetime(2024, 5, 20, 3, tzinfo=dt.UTC)
PASSED = Step.Result.PASSED
TIMER = System("vetting that ran out")


class Vetting:
    """A men's group, somebody who applies to it, and those who vet."""

    def __init__(self, mark: str = "") -> None:
        self.mark = mark
        self.setting: Setting = a_setting()
        self.group: Group = self.setting.mens_group()
        self.person: Person = a_person(self.setting.ours, named(latin="Sok Dara"), gender="man", birth_year=1980)
        self.focal = self.user("focal", User.Gender.WOMAN)
        self.supervisor = self.user("supervisor", User.Gender.MAN, Role.CASE_SUPERVISOR)
        self.other_man = self.user("other", User.Gender.MAN)
        operations.publish_code(
            programme_id=self.setting.programme.pk,
            organisation_id=self.setting.ours.pk,
            text_km="ក្រម",
            text_en="Code",
            by=self.focal,
            at=dt.datetime(2024, 4, 1, tzinfo=dt.UTC),
        )

    def user(self, name: str, gender: User.Gender, role: Role = Role.SAFEGUARDING_FOCAL) -> Actor:
        name = f"{name}{self.mark}"
        user = User.objects.create(username=name, gender=gender)
        grant = Grant(role, self.setting.ours.pk, self.setting.programme.pk)
        return Actor(user.pk, name, (grant,), second_factor=True)

    def apply(self, recruiter: Actor | None = None) -> Candidacy:
        return operations.apply(
            person=self.person,
            group=self.group,
            recruited_by_id=recruiter.user_id if recruiter else None,
            applied_on=DAY,
            by=self.focal,
            at=AT,
        )

    def step(self, candidacy: Candidacy, kind: StepKind, result: Step.Result = PASSED, **more: object) -> Step:
        more.setdefault("women_heard", True)
        return operations.take_step(
            candidacy=candidacy,
            kind=kind,
            result=result,
            taken_on=DAY,
            by=self.focal,
            at=AT,
            **more,  # type: ignore[arg-type]  # as given
        )

    def ripe(self, recruiter: Actor | None = None) -> Candidacy:
        candidacy = self.apply(recruiter)
        for kind in StepKind:
            for _turn in range(2 if kind is StepKind.REFERENCE else 1):
                self.step(candidacy, kind)
        return Candidacy.objects.get(pk=candidacy.pk)

    def decide(self, candidacy: Candidacy, by: Actor, *, approves: bool = True) -> Verdict:
        return operations.decide(candidacy=candidacy, approves=approves, by=by, at=AT)

    def active(self) -> Candidacy:
        candidacy = self.ripe()
        self.decide(candidacy, self.focal)
        self.decide(candidacy, self.supervisor)
        return Candidacy.objects.get(pk=candidacy.pk)

    def is_cleared(self, on: dt.date = dt.date(2024, 5, 20)) -> bool:
        return self.person.pk in cleared([self.person.pk], programme_id=self.setting.programme.pk, on=on)


def codes(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_the_whole_way_ends_cleared_for_18_months() -> None:
    vetting = Vetting()
    candidacy = vetting.active()
    assert (candidacy.state, candidacy.approved, candidacy.expires_on) == ("active", True, dt.date(2025, 11, 20))
    assert vetting.is_cleared()
    assert vetting.is_cleared(dt.date(2025, 11, 19))
    assert not vetting.is_cleared(dt.date(2025, 11, 20))


@pytest.mark.parametrize("kind", list(StepKind)[1:])
def test_no_step_is_taken_before_its_turn(kind: StepKind) -> None:
    vetting = Vetting()
    candidacy = vetting.apply()
    with pytest.raises(Conflict) as error:
        vetting.step(candidacy, kind)
    assert codes(error) == "step_out_of_order"
    assert candidacy.steps.count() == 0


@pytest.mark.parametrize("result", [Step.Result.UNAVAILABLE, Step.Result.FAILED])
def test_what_did_not_pass_leads_nowhere(result: Step.Result) -> None:
    vetting = Vetting()
    candidacy = vetting.apply()
    vetting.step(candidacy, StepKind.SELF_DECLARATION, result)
    assert Candidacy.objects.get(pk=candidacy.pk).state == State.APPLIED


def test_two_references_are_wanted() -> None:
    vetting = Vetting()
    candidacy = vetting.apply()
    vetting.step(candidacy, StepKind.SELF_DECLARATION)
    vetting.step(candidacy, StepKind.REFERENCE)
    assert Candidacy.objects.get(pk=candidacy.pk).state == State.DECLARED
    vetting.step(candidacy, StepKind.REFERENCE)
    assert Candidacy.objects.get(pk=candidacy.pk).state == State.REFERENCED


def test_a_community_check_without_women_does_not_pass() -> None:
    vetting = Vetting()
    candidacy = vetting.apply()
    for kind in (StepKind.SELF_DECLARATION, StepKind.REFERENCE, StepKind.REFERENCE):
        vetting.step(candidacy, kind)
    with pytest.raises(Invalid) as error:
        vetting.step(candidacy, StepKind.COMMUNITY_CHECK, women_heard=False)
    assert codes(error) == "women_unheard"


def test_two_men_do_not_decide_and_nobody_decides_twice() -> None:
    vetting = Vetting()
    candidacy = vetting.ripe()
    assert vetting.decide(candidacy, vetting.supervisor) is Verdict.WAITING
    with pytest.raises(Refused) as error:
        vetting.decide(candidacy, vetting.supervisor)
    assert codes(error) == "decided_already"
    assert vetting.decide(candidacy, vetting.other_man) is Verdict.WOMAN_WANTED
    assert not vetting.is_cleared()
    assert vetting.decide(candidacy, vetting.focal) is Verdict.APPROVED
    assert vetting.is_cleared()


def test_who_recruited_and_the_man_himself_do_not_decide() -> None:
    vetting = Vetting()
    candidacy = vetting.ripe(recruiter=vetting.focal)
    with pytest.raises(Refused) as error:
        vetting.decide(candidacy, vetting.focal)
    assert codes(error) == "recruiter"
    User.objects.filter(pk=vetting.supervisor.user_id).update(person_id=vetting.person.pk)
    with pytest.raises(Refused) as error:
        vetting.decide(candidacy, vetting.supervisor)
    assert codes(error) == "same_person"


def test_approval_before_the_last_step_is_refused_but_a_rejection_may_come_any_time() -> None:
    vetting = Vetting()
    candidacy = vetting.apply()
    with pytest.raises(Conflict) as error:
        vetting.decide(candidacy, vetting.focal)
    assert codes(error) == "step_out_of_order"
    vetting.decide(candidacy, vetting.focal, approves=False)
    assert vetting.decide(candidacy, vetting.supervisor, approves=False) is Verdict.REJECTED
    assert Candidacy.objects.get(pk=candidacy.pk).state == State.REJECTED


def test_a_credible_allegation_suspends_at_once_and_tells_others_in_the_same_transaction() -> None:
    vetting = Vetting()
    candidacy = vetting.active()
    told: list[ClearanceStopped] = []
    answers = reactions._answers.setdefault(ClearanceStopped, [])
    answers.append(told.append)  # type: ignore[arg-type]  # collects
    try:
        operations.allege(
            candidacy=candidacy, received_on=DAY, is_credible=True, words="seen by Bopha", by=vetting.focal, at=AT
        )
    finally:
        answers.pop()
    assert [event.person_ids for event in told] == [(vetting.person.pk,)]
    assert not vetting.is_cleared()
    assert stopped([vetting.person.pk], on=dt.date(2024, 5, 20)) == {vetting.person.pk}
    assert b"Bopha" not in bytes(candidacy.allegations.get().words)


def test_after_a_suspension_two_decide_again_and_only_when_asked_again() -> None:
    vetting = Vetting()
    candidacy = vetting.active()
    allegation = operations.allege(
        candidacy=candidacy, received_on=DAY, is_credible=True, words="", by=vetting.focal, at=AT
    )
    with pytest.raises(Conflict) as error:
        vetting.decide(candidacy, vetting.focal)
    assert codes(error) == "allegation_open"
    operations.settle(allegation=allegation, upheld=False, by=vetting.focal, at=AT)
    with pytest.raises(Conflict) as error:
        vetting.decide(candidacy, vetting.focal)
    assert codes(error) == "asked_again_wanted"
    for kind in (StepKind.COMMUNITY_CHECK, StepKind.INTERVIEW, StepKind.SIGNATURE):
        operations.take_step(
            candidacy=candidacy,
            kind=kind,
            result=PASSED,
            taken_on=dt.date(2024, 5, 20),
            women_heard=True,
            by=vetting.focal,
            at=AT,
        )
    vetting.decide(candidacy, vetting.focal)
    assert not vetting.is_cleared()
    assert vetting.decide(candidacy, vetting.supervisor) is Verdict.APPROVED
    assert vetting.is_cleared()


def test_a_vetting_that_ran_out_and_a_code_not_signed_suspend() -> None:
    vetting = Vetting()
    vetting.active()
    assert operations.suspend_overdue(by=TIMER, at=dt.datetime(2025, 11, 19, 3, tzinfo=dt.UTC)) == 0
    assert operations.suspend_overdue(by=TIMER, at=dt.datetime(2025, 11, 20, 3, tzinfo=dt.UTC)) == 1
    assert operations.suspend_overdue(by=TIMER, at=dt.datetime(2025, 11, 20, 3, tzinfo=dt.UTC)) == 0


def test_a_new_code_gives_60_days() -> None:
    vetting = Vetting()
    candidacy = vetting.active()
    published = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    operations.publish_code(
        programme_id=vetting.setting.programme.pk,
        organisation_id=vetting.setting.ours.pk,
        text_km="ក្រមថ្មី",
        text_en="New code",
        by=vetting.focal,
        at=published,
    )
    assert operations.suspend_overdue(by=TIMER, at=published + dt.timedelta(days=60)) == 0
    operations.sign_code(
        candidacy=candidacy, signed_on=dt.date(2024, 7, 1), by=vetting.focal, at=published.replace(month=7, day=2)
    )
    assert operations.suspend_overdue(by=TIMER, at=published + dt.timedelta(days=61)) == 0
    Step.objects.filter(candidacy=candidacy, code__number=2).delete()
    assert operations.suspend_overdue(by=TIMER, at=published + dt.timedelta(days=61)) == 1


def test_a_bar_holds_in_the_whole_coalition_by_name_and_says_no_more() -> None:
    vetting = Vetting()
    made = operations.bar(candidacy=vetting.active(), reason="hurt Bopha", by=vetting.focal, at=AT)
    elsewhere = a_person(vetting.setting.theirs, named(latin="Dara SOK"), gender="man", birth_year=1980)
    namesake = a_person(vetting.setting.theirs, named(latin="Dara SOK"), gender="man", birth_year=1991)
    assert is_barred(vetting.person)
    assert is_barred(elsewhere)
    assert not is_barred(namesake)
    assert Clearance.objects.get(person=vetting.person, until__isnull=True).status == "barred"
    assert b"Bopha" not in bytes(made.reason)


def test_an_appeal_holds_the_bar_until_it_is_lifted() -> None:
    vetting = Vetting()
    made = operations.bar(candidacy=vetting.active(), reason="hurt", by=vetting.focal, at=AT)
    operations.appeal(barred=made, by=vetting.focal, at=AT)
    assert is_barred(vetting.person)
    with pytest.raises(Conflict):
        operations.appeal(barred=made, by=vetting.focal, at=AT)
    operations.answer_appeal(barred=made, lifts=True, by=vetting.supervisor, at=AT)
    assert not is_barred(vetting.person)
    assert Bar.objects.get().appeal == Bar.Appeal.LIFTED
    assert Candidacy.objects.get().state == State.REMOVED
    assert not vetting.is_cleared()


@pytest.mark.parametrize("role", [Role.GROUP_COORDINATOR, Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR, Role.COUNSELLOR])
def test_who_does_not_vet_is_refused(role: Role) -> None:
    vetting = Vetting()
    candidacy = vetting.apply()
    with pytest.raises(Refused):
        operations.take_step(
            candidacy=candidacy,
            kind=StepKind.SELF_DECLARATION,
            result=PASSED,
            taken_on=DAY,
            by=vetting.setting.actor(role, vetting.setting.ours),
            at=AT,
        )


@pytest.mark.parametrize("old", list(State))
def test_the_database_itself_refuses_what_the_table_does_not_allow(old: State) -> None:
    candidacy = Vetting().apply()
    rows = Candidacy.objects.filter(pk=candidacy.pk)
    for state in _path(old):
        rows.update(state=state)
    moved = set()
    for new in set(State) - {old}:
        with contextlib.suppress(DatabaseError), transaction.atomic():
            rows.update(state=new)
            moved.add(new)
            transaction.set_rollback(True)
    assert moved == ALLOWED[old]


def test_nobody_enters_the_table_but_as_an_applicant() -> None:
    vetting = Vetting()
    candidacy = vetting.apply()
    candidacy.pk, candidacy.state, candidacy._state.adding = None, State.ACTIVE, True
    with pytest.raises(DatabaseError), transaction.atomic():
        candidacy.save(force_insert=True)


def _path(state: State) -> list[State]:
    """States on the way to that one, the shortest first."""
    paths: dict[State, list[State]] = {State.APPLIED: []}
    queue = [State.APPLIED]
    while queue:
        old = queue.pop(0)
        for new in sorted(ALLOWED[old]):
            if State(new) not in paths:
                paths[State(new)] = [*paths[old], State(new)]
                queue.append(State(new))
    return paths[state]


def test_every_step_has_a_state_it_is_taken_in() -> None:
    assert set(STEPS) == set(StepKind)
