"""What goes round vetting is stopped: another group, another record, another name, his own hand."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.clearances.models import Clearance
from samaki.ground.groups.models import Membership
from samaki.ground.people.models import MatchCandidate
from samaki.ground.people.operations import confirm_same
from samaki.kernel.actors import Actor, Role
from samaki.kernel.errors import Conflict, NotFound, Refused
from samaki.strands.counselling.models import Case
from samaki.strands.vetting import operations
from samaki.strands.vetting.models import Bar, Candidacy
from samaki.strands.vetting.rules import State, StepKind, Verdict
from tests.factories.people import SETUP, a_person, named
from tests.strands.vetting.test_operations import AT, DAY, PASSED, TIMER, Vetting

pytestmark = pytest.mark.django_db
TODAY = dt.date(2024, 5, 20)
OVERDUE = dt.datetime(2025, 12, 1, 3, tzinfo=dt.UTC)


def a_case(vetting: Vetting, user: User) -> Case:
    place = vetting.setting.place("040101")
    whose = {"programme": vetting.setting.programme, "organisation": vetting.setting.ours, "place": place}
    return Case.objects.create(code="M-1", group=vetting.group, counsellor=user, state="counselling", **whose)


def his_user(vetting: Vetting, person_id: int | None = None) -> User:
    user = User.objects.create(username="himself", person_id=person_id or vetting.person.pk)
    RoleGrant.objects.create(
        user=user,
        role=Role.SAFEGUARDING_FOCAL,
        organisation=vetting.setting.ours,
        programme_id=vetting.setting.programme.pk,
    )
    return user


def acting(user: User, vetting: Vetting) -> Actor:
    grant = vetting.focal.grants[0]
    return Actor(user.pk, user.username, (grant,), second_factor=True)


def suspend(vetting: Vetting, candidacy: Candidacy) -> None:
    operations.allege(candidacy=candidacy, received_on=TODAY, is_credible=True, words="", by=vetting.focal, at=AT)


def test_a_suspension_takes_his_cases_also_where_his_record_was_joined_to_another() -> None:
    vetting = Vetting()
    candidacy = vetting.active()
    twin = a_person(vetting.setting.ours, named(latin="Dara Sok"), gender="man", birth_year=1980)
    case = a_case(vetting, his_user(vetting, twin.pk))
    first, second = sorted((vetting.person, twin), key=lambda one: one.pk)
    pair, _new = MatchCandidate.objects.get_or_create(
        first=first, second=second, defaults={"organisation": vetting.setting.ours, "likeness": 99}
    )
    confirm_same(pair.pk, by=SETUP, at=AT)
    assert Case.objects.get(pk=case.pk).counsellor_id is not None
    suspend(vetting, candidacy)
    assert Case.objects.get(pk=case.pk).counsellor_id is None


def test_joining_a_counsellors_record_to_one_suspended_takes_his_cases() -> None:
    vetting = Vetting()
    suspend(vetting, vetting.active())
    twin = a_person(vetting.setting.ours, named(latin="Dara Sok"), gender="man", birth_year=1980)
    case = a_case(vetting, his_user(vetting, twin.pk))
    pair, _new = MatchCandidate.objects.get_or_create(
        first=vetting.person, second=twin, defaults={"organisation": vetting.setting.ours, "likeness": 99}
    )
    confirm_same(pair.pk, by=SETUP, at=AT)
    assert Case.objects.get(pk=case.pk).counsellor_id is None


def test_neither_he_nor_anybody_of_his_group_takes_part_in_his_vetting() -> None:
    vetting = Vetting()
    candidacy = vetting.apply()
    himself = acting(his_user(vetting), vetting)
    fellow = a_person(vetting.setting.ours, named(latin="Chan Rith"), gender="man", birth_year=1970)
    Membership.objects.create(group=vetting.group, person=fellow, since=dt.date(2020, 1, 1))
    of_group = User.objects.create(username="fellow", person_id=fellow.pk)
    for actor in (himself, acting(of_group, vetting)):
        with pytest.raises(NotFound):
            operations.take_step(
                candidacy=candidacy, kind=StepKind.SELF_DECLARATION, result=PASSED, taken_on=DAY, by=actor, at=AT
            )
        with pytest.raises(NotFound):
            operations.allege(candidacy=candidacy, received_on=DAY, is_credible=True, words="", by=actor, at=AT)
        with pytest.raises(NotFound):
            operations.bar(candidacy=candidacy, reason="so", by=actor, at=AT)
    with pytest.raises(NotFound):
        operations.decide(candidacy=candidacy, approves=False, by=acting(of_group, vetting), at=AT)
    assert candidacy.steps.count() == 0


def test_nobody_applies_for_himself() -> None:
    vetting = Vetting()
    himself = acting(his_user(vetting), vetting)
    with pytest.raises(Refused) as error:
        operations.apply(
            person=vetting.person, group=vetting.group, recruited_by_id=None, applied_on=DAY, by=himself, at=AT
        )
    assert error.value.code == "same_person"


def test_a_second_group_is_no_way_round_a_suspension() -> None:
    vetting = Vetting()
    first = vetting.active()
    other = vetting.setting.mens_group("040102")
    vetting.group, theirs = other, vetting.group
    second = vetting.ripe()
    suspend(vetting, first)
    operations.settle(allegation=first.allegations.get(), upheld=False, by=vetting.focal, at=AT)
    with pytest.raises(Conflict) as error:
        vetting.decide(second, vetting.focal)
    assert (error.value.code, theirs.pk == first.group_id) == ("suspended_elsewhere", True)
    assert not vetting.is_cleared()


def of_two_groups(vetting: Vetting) -> tuple[Candidacy, Candidacy]:
    """Active in both, then suspended in both: the vetting ran out."""
    first = vetting.active()
    vetting.group = vetting.setting.mens_group("040102")
    second = vetting.active()
    operations.suspend_overdue(by=TIMER, at=OVERDUE)
    return Candidacy.objects.get(pk=first.pk), Candidacy.objects.get(pk=second.pk)


def asked_again(vetting: Vetting, candidacy: Candidacy) -> None:
    for kind in (StepKind.COMMUNITY_CHECK, StepKind.INTERVIEW, StepKind.SIGNATURE):
        operations.take_step(
            candidacy=candidacy,
            kind=kind,
            result=PASSED,
            taken_on=OVERDUE.date(),
            women_heard=True,
            by=vetting.focal,
            at=OVERDUE,
        )


def test_who_is_suspended_in_two_groups_may_be_decided_on_in_either() -> None:
    vetting = Vetting()
    first, second = of_two_groups(vetting)
    assert {first.state, second.state} == {State.SUSPENDED}
    for one in (first, second):
        asked_again(vetting, one)
        for decider in (vetting.focal, vetting.supervisor):
            operations.decide(candidacy=one, approves=True, by=decider, at=OVERDUE)
        assert Candidacy.objects.get(pk=one.pk).state == State.ACTIVE


@pytest.mark.parametrize(("upheld", "why"), [(None, "allegation_open"), (True, "suspended_elsewhere")])
def test_an_allegation_in_the_one_group_holds_him_in_the_other(upheld: bool | None, why: str) -> None:
    vetting = Vetting()
    first, second = of_two_groups(vetting)
    told = operations.allege(candidacy=first, received_on=DAY, is_credible=True, words="", by=vetting.focal, at=OVERDUE)
    if upheld is not None:
        operations.settle(allegation=told, upheld=upheld, by=vetting.focal, at=OVERDUE)
    asked_again(vetting, second)
    with pytest.raises(Conflict) as error:
        operations.decide(candidacy=second, approves=True, by=vetting.focal, at=OVERDUE)
    assert error.value.code == why


def test_a_bar_suspends_whoever_bears_the_name_in_another_organisation() -> None:
    vetting = Vetting()
    elsewhere = Vetting("-elsewhere")
    elsewhere.person = a_person(elsewhere.setting.ours, named(latin="Dara SOK"), gender="man", birth_year=1980)
    theirs = elsewhere.active()
    assert elsewhere.is_cleared()
    operations.bar(candidacy=vetting.active(), reason="hurt", by=vetting.focal, at=AT)
    assert Candidacy.objects.get(pk=theirs.pk).state == State.SUSPENDED
    assert not elsewhere.is_cleared()
    assert Clearance.objects.get(person=vetting.person, until__isnull=True).status == "barred"


def test_who_barred_does_not_answer_the_appeal() -> None:
    vetting = Vetting()
    made = operations.bar(candidacy=vetting.active(), reason="hurt", by=vetting.focal, at=AT)
    operations.appeal(barred=made, by=vetting.focal, at=AT)
    with pytest.raises(Refused) as error:
        operations.answer_appeal(barred=made, lifts=True, by=vetting.focal, at=AT)
    assert (error.value.code, Bar.objects.get().appeal) == ("same_person", "open")


def test_nobody_answers_his_own_appeal() -> None:
    vetting = Vetting()
    made = operations.bar(candidacy=vetting.active(), reason="hurt", by=vetting.focal, at=AT)
    operations.appeal(barred=made, by=vetting.focal, at=AT)
    with pytest.raises(Refused) as error:
        operations.answer_appeal(barred=made, lifts=True, by=acting(his_user(vetting), vetting), at=AT)
    assert (error.value.code, Bar.objects.get().appeal) == ("same_person", "open")


def test_who_signs_in_as_whom_is_said_once_and_never_of_oneself() -> None:
    vetting = Vetting()
    candidacy = vetting.active()
    user = User.objects.create(username="dara")
    RoleGrant.objects.create(user=user, role=Role.FACILITATOR, organisation=vetting.setting.ours)
    own = User.objects.get(pk=vetting.focal.user_id)
    RoleGrant.objects.create(user=own, role=Role.SAFEGUARDING_FOCAL, organisation=vetting.setting.ours)
    with pytest.raises(Refused):
        operations.name_user(candidacy=candidacy, user=own, by=vetting.focal, at=AT)
    operations.name_user(candidacy=candidacy, user=user, by=vetting.focal, at=AT)
    assert User.objects.get(username="dara").person_id == vetting.person.pk
    with pytest.raises(Conflict) as again:
        operations.name_user(candidacy=candidacy, user=user, by=vetting.focal, at=AT)
    assert again.value.code == "user_is_somebody"


def test_a_vetting_that_runs_out_is_renewed_before_the_day_without_a_suspension() -> None:
    vetting = Vetting()
    candidacy = vetting.active()  # until 2025-11-20
    early, late = (dt.datetime(2025, month, 25, 3, tzinfo=dt.UTC) for month in (8, 9))

    def again(at: dt.datetime) -> None:
        for kind in (StepKind.COMMUNITY_CHECK, StepKind.INTERVIEW, StepKind.SIGNATURE):
            operations.take_step(
                candidacy=candidacy,
                kind=kind,
                result=PASSED,
                taken_on=at.date(),
                women_heard=True,
                by=vetting.focal,
                at=at,
            )

    with pytest.raises(Conflict):
        again(early)
    with pytest.raises(Conflict) as wanted:
        operations.decide(candidacy=candidacy, approves=True, by=vetting.focal, at=late)
    assert wanted.value.code == "asked_again_wanted"
    again(late)
    operations.decide(candidacy=candidacy, approves=True, by=vetting.focal, at=late)
    came_to = operations.decide(candidacy=candidacy, approves=True, by=vetting.supervisor, at=late)
    renewed = Candidacy.objects.get(pk=candidacy.pk)
    assert (came_to, renewed.state, renewed.expires_on) == (Verdict.APPROVED, "active", dt.date(2027, 3, 25))
    assert vetting.is_cleared(dt.date(2027, 3, 24))
    assert operations.suspend_overdue(by=TIMER, at=dt.datetime(2025, 11, 21, 3, tzinfo=dt.UTC)) == 0


def test_a_renewal_that_two_refuse_ends_the_membership_and_takes_the_cases() -> None:
    vetting = Vetting()
    candidacy = vetting.active()
    case = a_case(vetting, his_user(vetting))
    late = dt.datetime(2025, 9, 25, 3, tzinfo=dt.UTC)
    for decider in (vetting.focal, vetting.supervisor):
        operations.decide(candidacy=candidacy, approves=False, by=decider, at=late)
    assert Candidacy.objects.get(pk=candidacy.pk).state == State.REMOVED
    assert (vetting.is_cleared(late.date()), Case.objects.get(pk=case.pk).counsellor_id) == (False, None)
