"""Casework, beginning with who must not: the tied, the uncleared, the one who asked; then the way through a case."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from samaki.ground.services.events import ThreatHeard
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Invalid, NotFound, Refused, RowsInvalid
from samaki.kernel.evidence import row_sources
from samaki.kernel.registry import reactions
from samaki.strands.counselling import operations, queries
from samaki.strands.counselling.course import ALLOWED, FIRST, Marker, State
from samaki.strands.counselling.evidence import _cases
from samaki.strands.counselling.models import Case, CaseSession, Outcome, Risk, Tie
from samaki.strands.counselling.operations import asking, emergency, intake, work
from samaki.strands.counselling.rules import CaseRow
from tests.strands.counselling.casework_world import AT, DAY, KIND, WEDNESDAY, Work, fresh, refused_with

pytestmark = pytest.mark.django_db

# Who must not.


@pytest.mark.parametrize("tie", [tie for tie in Tie if tie is not Tie.NONE])
def test_a_tie_shuts_the_case_to_its_supervisor_by_every_way(tie: Tie) -> None:
    its = Work()
    case = its.counselled()
    programme = its.setting.programme
    intake.declare(case=case, tie=tie, by=its.supervisor, at=AT)
    boss = its.supervisor
    assert queries.cases(boss, programme).total == 0
    assert refused_with(lambda: queries.case(boss, programme, case.code)) == (404, "no_such_case")
    assert refused_with(lambda: queries.case(boss, programme, "M-none")) == (404, "no_such_case")
    for act in (
        lambda: operations.add_session(case=case, held_on=DAY, by=boss, at=AT),
        lambda: intake.declare(case=case, tie=Tie.NONE, by=boss, at=AT),
        lambda: asking.assign(case=case, counsellor=its.user(its.second), by=boss, at=AT),
        lambda: emergency.ask_emergency(case=case, reason="now", by=boss, at=AT),
        lambda: its.asked(case, KIND.CLOSE, by=boss, outcome=State.LOST),
    ):
        assert refused_with(act) == (404, "no_such_case")  # type: ignore[arg-type]  # each is an act
    row = CaseRow(case.code, its.group.pk, case.place_id)
    with pytest.raises(RowsInvalid) as told:
        operations.record_cases([row], programme=programme, organisation=its.setting.ours, by=boss, at=AT)
    assert [(index, fault.code) for index, fault in told.value.faults] == [(0, "no_such_case")]
    assert queries.cases(its.other_supervisor, programme).total == 1


def test_whoever_is_tied_sees_no_row_of_it_behind_a_figure() -> None:
    its = Work()
    case, other = its.counselled("M-1"), its.counselled("M-2")
    intake.declare(case=case, tie=Tie.KIN, by=its.supervisor, at=AT)
    shut = row_sources["case"].shut
    assert shut is not None
    assert (shut(its.supervisor), shut(its.other_supervisor)) == (frozenset({case.pk}), frozenset())
    assert set(_cases([case.pk, other.pk])) == {case.pk, other.pk}


def test_a_supervisor_says_for_another_what_ties_him_and_he_cannot_lift_it() -> None:
    its = Work()
    case = its.counselled()
    intake.declare(case=case, tie=Tie.SUPERIOR, by=its.supervisor, at=AT, user=its.user(its.counsellor))
    assert fresh(case).counsellor is None
    assert refused_with(lambda: its.declared(case))[0] == 404
    assert refused_with(lambda: its.log(case))[0] == 404
    other = its.user(its.second)
    assert refused_with(lambda: intake.declare(case=case, tie=Tie.KIN, by=its.counsellor, at=AT, user=other))[0] == 403


def test_another_counsellor_can_do_nothing_to_a_case_that_is_not_his() -> None:
    its = Work()
    case = its.counselled()
    for act in (
        lambda: its.log(case, by=its.second),
        lambda: its.declared(case, by=its.second),
        lambda: its.asked(case, KIND.CLOSE, by=its.second, outcome=State.LOST),
        lambda: intake.name_service(case=case, service=its.service, by=its.second, at=AT),
        lambda: work.hear_threat(case=case, words="x", by=its.second, at=AT),
    ):
        assert refused_with(act)[0] in {403, 404}  # type: ignore[arg-type]  # each is an act
    assert CaseSession.objects.count() == 0
    assert AuditEntry.objects.filter(actor_name="second", refused=True).count() >= 1


def test_whoever_is_not_cleared_takes_nobody_in_and_is_given_nobody() -> None:
    its = Work()
    case = its.screened()
    its.stop(its.second)
    assert refused_with(lambda: its.opened("M-2", by=its.second)) == (403, "not_cleared")
    wanted = its.user(its.second)
    assert refused_with(lambda: its.asked(case, KIND.REASSIGN, to_counsellor=wanted)) == (422, "not_a_counsellor")


def test_a_suspension_takes_his_running_cases_away_in_the_same_transaction() -> None:
    its = Work()
    running, other = its.counselled("M-1"), its.opened("M-2", by=its.second)
    over = its.counselled("M-3")
    its.assess(over, Risk.Moment.CLOSURE)
    its.answered(its.asked(over, KIND.CLOSE, outcome=State.LOST))
    with transaction.atomic():
        its.stop(its.counsellor)
        assert fresh(running).counsellor is None
        transaction.set_rollback(True)
    assert fresh(running).counsellor_id == its.counsellor.user_id
    its.stop(its.counsellor)
    assert [fresh(one).counsellor_id for one in (running, other, over)] == [
        None,
        its.second.user_id,
        its.counsellor.user_id,
    ]
    assert refused_with(lambda: its.log(running))[0] == 404
    asking.assign(case=running, counsellor=its.user(its.second), by=its.supervisor, at=AT)
    assert fresh(running).counsellor_id == its.second.user_id


def test_who_asked_never_answers_and_nobody_answers_before_the_day() -> None:
    its = Work()
    case = its.screened()
    request = its.asked(case, KIND.START, by=its.supervisor)
    assert refused_with(lambda: its.answered(request)) == (409, "answers_wanted")
    early = {"conference": request.conference, "answers": {request.pk: True}, "by": its.other_supervisor, "at": AT}
    assert refused_with(lambda: asking.hold_conference(**early)) == (409, "not_the_day")  # type: ignore[arg-type]
    assert refused_with(lambda: its.answered(request, by=its.counsellor))[0] == 403
    its.answered(request, by=its.other_supervisor)
    assert fresh(case).state == State.COUNSELLING


def test_every_request_of_a_conference_is_answered_together_or_none() -> None:
    its = Work()
    first, second = its.screened("M-1"), its.screened("M-2")
    one, two = its.asked(first, KIND.START), its.asked(second, KIND.START)
    assert one.conference_id == two.conference_id
    assert refused_with(lambda: its.answered(one)) == (409, "answers_wanted")
    asking.hold_conference(
        conference=one.conference, answers={one.pk: True, two.pk: False}, by=its.supervisor, at=WEDNESDAY
    )
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.answer, two.answer, one.answered_at) == ("granted", "not_now", two.answered_at)
    assert (fresh(first).state, fresh(second).state) == ("counselling", "screened")


def test_an_emergency_opens_by_a_second_person_only_and_to_no_one_tied() -> None:
    its = Work()
    case = its.counselled()
    access = emergency.ask_emergency(case=case, reason="he did not come", by=its.second, at=AT)
    assert refused_with(lambda: emergency.open_emergency(access=access, by=its.second, at=AT))[0] == 403
    own = emergency.ask_emergency(case=case, reason="urgent", by=its.supervisor, at=AT)
    assert refused_with(lambda: emergency.open_emergency(access=own, by=its.supervisor, at=AT)) == (403, "same_person")
    opened = emergency.open_emergency(access=access, by=its.focal, at=AT)
    assert opened.closes_at == AT + dt.timedelta(minutes=60)
    assert refused_with(lambda: emergency.open_emergency(access=access, by=its.supervisor, at=AT))[0] == 409
    assert refused_with(lambda: its.log(case, by=its.second))[0] == 404


# The way through a case.


def test_no_start_without_declaration_service_and_risk() -> None:
    its = Work()
    case = its.opened()
    assert refused_with(lambda: its.asked(case, KIND.START)) == (409, "declaration_wanted")
    its.declared(case)
    assert refused_with(lambda: its.asked(case, KIND.START)) == (409, "step_out_of_order")
    its.assess(case, Risk.Moment.INTAKE)
    assert refused_with(lambda: its.asked(case, KIND.START)) == (409, "service_wanted")
    assert refused_with(lambda: intake.name_service(case=case, service=its.setting.ours, by=its.counsellor, at=AT)) == (
        422,
        "service_not_independent",
    )
    intake.name_service(case=case, service=its.service, by=its.counsellor, at=AT)
    assert refused_with(lambda: its.log(case)) == (409, "step_out_of_order")
    assert refused_with(lambda: operations.add_session(case=case, held_on=DAY, by=its.supervisor, at=AT))[0] == 409
    row = CaseRow(case.code, its.group.pk, case.place_id, sessions=(None,))
    register = {"programme": its.setting.programme, "organisation": its.setting.ours, "by": its.supervisor, "at": AT}
    with pytest.raises(RowsInvalid):
        operations.record_cases([row], **register)  # type: ignore[arg-type]  # as given
    assert CaseSession.objects.count() == 0
    its.answered(its.asked(case, KIND.START))
    assert its.log(case).number == 1


def test_what_may_be_a_name_opens_no_case() -> None:
    with pytest.raises(Invalid) as refused:
        Work().opened("Sok Dara")
    assert (refused.value.code, refused.value.field) == ("code_without_digit", "code")


def test_a_boy_has_no_case_here() -> None:
    its = Work()
    assert refused_with(lambda: its.opened(birth_year=2007)) == (422, "child_protection")
    assert Case.objects.count() == 0


def test_a_neighbour_waits_for_the_supervisor() -> None:
    its = Work()
    case = its.opened()
    said = its.declared(case, Tie.NEIGHBOUR)
    assert refused_with(lambda: its.assess(case, Risk.Moment.INTAKE))[0] == 404
    intake.approve_neighbour(declaration=said, by=its.supervisor, at=AT)
    its.assess(case, Risk.Moment.INTAKE)
    assert fresh(case).state == State.SCREENED


def test_notes_and_markers_are_sealed_and_a_threat_is_told_at_once() -> None:
    its = Work()
    case = its.counselled()
    heard: list[ThreatHeard] = []
    reactions._answers.setdefault(ThreatHeard, []).append(heard.append)  # type: ignore[arg-type]
    try:
        session = its.log(case, notes="canary words", markers=[Marker.WEAPON], threat="he said it")
    finally:
        reactions._answers[ThreatHeard].remove(heard.append)  # type: ignore[arg-type]
    session.refresh_from_db()
    risk = Risk.objects.get(session=session)
    assert b"canary" not in bytes(session.notes)
    assert (b"weapon" in bytes(risk.markers), risk.level) == (False, "high")
    assert [(one.case_code, one.womens_service_id, one.words) for one in heard] == [
        (case.code, its.service.pk, "he said it")
    ]
    told = queries.own_case(its.counsellor, case.pk, at=WEDNESDAY)
    assert (told.sessions[0].notes, told.risks[-1].markers) == ("canary words", (Marker.WEAPON,))


def test_two_who_assess_at_once_both_stand_and_the_higher_holds() -> None:
    its = Work()
    case = its.counselled()
    seen = Risk.objects.get().pk
    its.log(case, markers=[Marker.WEAPON], after_id=seen)
    its.assess(case, Risk.Moment.CLOSURE, after=seen)
    told = queries.own_case(its.counsellor, case.pk, at=WEDNESDAY)
    assert (told.risk.is_high, len(told.risk.side_by_side), Risk.objects.count()) == (True, 2, 3)


def test_a_case_closed_and_opened_again_keeps_its_code_and_is_screened_anew() -> None:
    its = Work()
    case = its.counselled()
    its.log(case)
    assert refused_with(lambda: its.asked(case, KIND.CLOSE, outcome=State.FOLLOW_UP)) == (409, "risk_wanted")
    work.assess_risk(case=case, moment=Risk.Moment.CLOSURE, markers=(), after_id=None, by=its.counsellor, at=WEDNESDAY)
    for outcome in (State.FOLLOW_UP, State.CLOSED):
        its.answered(its.asked(case, KIND.CLOSE, outcome=outcome))
    assert (fresh(case).state, fresh(case).closed_on) == ("closed", dt.date(2024, 5, 22))
    assert refused_with(lambda: its.log(case))[0] == 409
    again = its.opened()
    assert (again.pk, again.state, again.closed_on) == (case.pk, "opened", None)
    assert refused_with(lambda: its.asked(again, KIND.START))[1] == "step_out_of_order"


def test_what_a_woman_said_can_be_written_in_no_file_of_his() -> None:
    its = Work()
    case = its.counselled()
    its.log(case)
    said = {Outcome.Violence.ANY: Outcome.Value.IMPROVED}
    for informant in (Outcome.Informant.SURVIVOR, Outcome.Informant.SERVICE_WORKER):
        with pytest.raises(Invalid):
            work.record_word(case=case, informant=informant, judged_on=DAY, values=said, by=its.counsellor, at=AT)
    work.record_word(case=case, informant=Outcome.Informant.MAN, judged_on=DAY, values=said, by=its.counsellor, at=AT)
    assert list(Outcome.objects.values_list("informant", "instrument")) == [("D", "self_report")]


@pytest.mark.parametrize("old", list(State))
def test_the_database_itself_refuses_every_other_move(old: State) -> None:
    its = Work()
    way = {"closed": ["counselling", "follow_up"], "follow_up": ["counselling"], "screened": ["opened"]}
    for new in State:
        steps = [old.value] if old in FIRST else [*way.get(old, ["counselling"]), old.value]
        case = its.written(f"{old}-{new}".upper().replace("_", "-"), steps[0])
        for step in steps[1:]:
            Case.objects.filter(pk=case.pk).update(state=step)
        if new is old or new.value in ALLOWED[old]:
            Case.objects.filter(pk=case.pk).update(state=new.value)
            continue
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(state=new.value)


def test_a_stranger_to_the_organisation_and_an_administrator_reach_nothing() -> None:
    its = Work()
    case = its.counselled()
    for role in (Role.ADMINISTRATOR, Role.DONOR, Role.PROGRAMME_OFFICER, Role.WOMENS_SERVICE_WORKER):
        who = its.actor(f"a-{role}", role)
        with pytest.raises((Refused, NotFound)):
            queries.own_case(who, case.pk, at=AT)
        with pytest.raises((Refused, NotFound)):
            queries.cases(who, its.setting.programme)
    with pytest.raises(NotFound):
        queries.own_case(its.second, case.pk, at=AT)
    with pytest.raises(Conflict):
        its.opened("M-1", by=its.second)
