"""High risk comes to the top of the supervisor's desk and to a specialist; late follow-ups to the top of his calendar;
and no session is written down before a women's service is named."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from samaki.engines.retention import operations as retention
from samaki.ground.services.models import Service
from samaki.kernel.actors import Role, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import DomainError, Invalid, NotFound, Refused, RowsInvalid
from samaki.strands.counselling import operations, queries
from samaki.strands.counselling.course import Marker, Stand, State
from samaki.strands.counselling.models import Case, CaseSession, Outcome, Risk, Routing, Tie
from samaki.strands.counselling.operations import intake, work
from samaki.strands.counselling.operations.routing import route_to_specialist
from samaki.strands.counselling.queries.conference import whole_case
from samaki.strands.counselling.rules import CaseRow, case_faults
from samaki.strands.counselling.web.entries import SessionForm
from tests.interfaces.pages import queries_of, somebody
from tests.strands.counselling.casework_world import AT, DAY, KIND, Work, fresh
from tests.strands.counselling.test_casework_pages import as_user
from tests.strands.counselling.test_retention import a_closed_case

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(hours=1)


def a_service(its: Work, kind: str = "mental_health", *, public: bool = True, name: str = "Specialist") -> Service:
    return Service.objects.create(
        programme=its.setting.programme,
        organisation=its.service,
        kind=kind,
        name_km="ឯកទេស",
        name_en=name,
        is_public=public,
    )


def refused(code: str, act: object) -> bool:
    with pytest.raises(DomainError) as error:
        act()  # type: ignore[operator]  # a lambda
    return error.value.code == code


def test_nobody_but_his_supervisor_calls_a_specialist_in_or_reads_the_case_whole() -> None:
    its = Work()
    case = its.screened("M-CANARY-1")
    its.assess(case, Risk.Moment.INTAKE, Marker.WEAPON)
    service = a_service(its)
    for role in Role:
        client = somebody(its.setting, role)
        elsewhere = somebody(its.setting, role, its.setting.theirs)
        expected = 200 if role is Role.CASE_SUPERVISOR else 403
        assert (role, client.get(reverse("case_whole", args=[case.pk])).status_code) == (role, expected)
        for one in (elsewhere, *([client] if expected == 403 else [])):
            for name, sent in (("case_whole", {"reason": "a look"}), ("case_route", {"service": service.pk})):
                answer = one.post(reverse(name, args=[case.pk]), sent)
                assert answer.status_code in {403, 404}
                assert "M-CANARY-1" not in answer.content.decode()
        assert "M-CANARY-1" not in elsewhere.get(reverse("case_desk")).content.decode()
    assert Routing.objects.count() == 0


def test_a_supervisor_tied_to_the_man_neither_sees_nor_routes_him() -> None:
    its = Work()
    case = its.screened("M-CANARY-1")
    its.assess(case, Risk.Moment.INTAKE, Marker.WEAPON)
    intake.declare(case=case, tie=Tie.KIN, by=its.supervisor, at=AT)
    client = as_user(its.supervisor)
    nowhere = client.get(reverse("case_whole", args=[999_999]))
    assert (client.get(reverse("case_whole", args=[case.pk])).status_code, nowhere.status_code) == (404, 404)
    assert "M-CANARY-1" not in client.get(reverse("case_desk")).content.decode()
    service = a_service(its)
    with pytest.raises(NotFound):
        route_to_specialist(case=case, service=service, by=its.supervisor, at=AT)


def test_the_whole_case_is_read_with_a_reason_that_is_kept() -> None:
    its = Work()
    case = its.counselled("M-7")
    its.log(case, notes="he came alone", markers=[Marker.ESCALATION])
    client, address = as_user(its.supervisor), reverse("case_whole", args=[case.pk])
    asked = client.get(address)
    assert ("he came alone" in asked.content.decode(), asked.status_code) == (False, 200)
    assert client.post(address, {"reason": " "}).status_code == 422
    shown = client.post(address, {"reason": "a threat was heard"})
    body = shown.content.decode()
    assert ("he came alone" in body, "It becomes worse or more often" in body) == (True, True)
    assert shown.headers["Cache-Control"] == "no-store"
    kept = AuditEntry.objects.filter(action="see_cases", object_id=str(case.pk), reason="a threat was heard")
    assert [one.actor_id for one in kept] == [its.supervisor.user_id]
    without = its.supervisor.__class__(its.supervisor.user_id, "s", its.supervisor.grants, second_factor=True)
    with pytest.raises(Refused):
        whole_case(without, case.pk, at=AT)


def test_high_risk_stands_on_top_until_a_specialist_is_called_in_and_again_when_it_is_assessed_anew() -> None:
    its = Work()
    quiet, high = its.screened("M-QUIET-1"), its.screened("M-HIGH-2")
    first = its.assess(high, Risk.Moment.INTAKE, Marker.STRANGULATION)
    service = a_service(its)

    def stands() -> list[tuple[str, bool]]:
        return [(one.case.code, one.routed is not None) for one in queries.desk(its.supervisor, at=AT).high_risk]

    assert stands() == [("M-HIGH-2", False)]
    tasks = queries.desk(its.supervisor, at=AT).tasks
    routing = route_to_specialist(case=high, service=service, by=its.supervisor, at=LATER)
    assert stands() == [("M-HIGH-2", True)]
    assert queries.desk(its.supervisor, at=AT).tasks == tasks - 1
    assert (routing.after_id, fresh(high).state) == (first.pk, State.SCREENED)
    its.assess(high, Risk.Moment.INTAKE, Marker.WEAPON, after=first.pk)
    assert stands() == [("M-HIGH-2", False)]
    last = Risk.objects.filter(case=high).order_by("pk").last()
    assert last is not None
    its.assess(high, Risk.Moment.INTAKE, after=last.pk)
    assert stands() == []
    assert fresh(quiet).state == State.SCREENED
    assert AuditEntry.objects.filter(action="route_to_specialist").count() == 1


def test_a_specialist_is_called_in_for_high_risk_alone_and_from_the_directory() -> None:
    its = Work()
    case = its.screened()
    service, quiet = a_service(its), a_service(its, "shelter", public=False, name="Quiet house")

    def route(to: Service) -> Routing:
        return route_to_specialist(case=case, service=to, by=its.supervisor, at=LATER)

    assert refused("not_high", lambda: route(service))
    its.assess(case, Risk.Moment.INTAKE, Marker.WEAPON)
    assert refused("no_such_service", lambda: route(quiet))
    Service.objects.filter(pk=service.pk).update(is_closed=True)
    assert refused("no_such_service", lambda: route(service))
    Service.objects.filter(pk=service.pk).update(is_closed=False)
    route(service)
    assert refused("routed_already", lambda: route(service))
    Case.objects.filter(pk=case.pk).update(state="lost")
    assert refused("step_out_of_order", lambda: route(service))


def test_the_supervisor_routes_on_her_desk_and_his_counsellor_reads_it() -> None:
    its = Work()
    case = its.counselled("M-7")
    its.log(case, markers=[Marker.WEAPON])
    service = a_service(its)
    boss, counsellor = as_user(its.supervisor), as_user(its.counsellor)
    body = boss.get(reverse("case_desk")).content.decode()
    assert body.index("High risk") < body.index("Every request waits")
    assert boss.post(reverse("case_route", args=[case.pk]), {"service": "nothing"}).status_code == 302
    assert Routing.objects.count() == 0
    boss.post(reverse("case_route", args=[case.pk]), {"service": service.pk})
    assert "Specialist called in" in boss.get(reverse("case_desk")).content.decode()
    own = counsellor.get(reverse("own_case", args=[case.pk])).content.decode()
    assert "Specialist called in: Specialist" in own


def test_a_service_whose_place_is_kept_quiet_is_offered_to_nobody_on_his_side() -> None:
    its = Work()
    case = its.counselled()
    a_service(its, name="Open clinic")
    quiet = a_service(its, "shelter", public=False, name="Quiet house")
    page = as_user(its.counsellor).get(reverse("own_case_act", args=[case.pk, "ask"])).content.decode()
    assert ("Open clinic" in page, "Quiet house" in page) == (True, False)
    assert "Quiet house" not in as_user(its.supervisor).get(reverse("case_desk")).content.decode()
    its.assess(case, Risk.Moment.CLOSURE)
    with pytest.raises(Invalid):
        its.asked(case, KIND.REFER, to_service=quiet)


def an_old_case(its: Work, code: str = "M-OLD") -> Case:
    """Of a register: counselled, no women's service, given to his counsellor, who said that nothing ties him."""
    case = its.written(code, State.COUNSELLING)
    CaseSession.objects.create(case=case, number=1, held_on=None)
    Case.objects.filter(pk=case.pk).update(counsellor=its.counsellor.user_id)
    its.declared(fresh(case))
    return fresh(case)


def test_a_case_of_an_old_register_counts_but_takes_no_session_before_a_service_is_named() -> None:
    its = Work()
    case = an_old_case(its)
    row = CaseRow("M-OLD", its.group.pk, case.place_id, None, (None, DAY))

    def by_register() -> object:
        return operations.record_cases(
            [row], programme=its.setting.programme, organisation=its.setting.ours, by=System("a register"), at=AT
        )

    assert refused("service_wanted", lambda: its.log(case))
    assert refused("service_wanted", lambda: operations.add_session(case=case, held_on=DAY, by=its.supervisor, at=AT))
    with pytest.raises(RowsInvalid) as faulty:
        by_register()
    assert [fault.code for _row, fault in faulty.value.faults] == ["service_wanted"]
    page = as_user(its.counsellor).get(reverse("own_case", args=[case.pk])).content.decode()
    assert ("No women’s service is named yet" in page, "Log a session" in page) == (True, False)
    assert case.sessions.count() == 1
    intake.name_service(case=case, service=its.service, by=its.counsellor, at=AT)
    its.log(fresh(case))
    assert case.sessions.count() == 2


def test_a_register_still_brings_history_of_a_case_that_nobody_counsels() -> None:
    its = Work()
    case = its.written("M-OLD", State.COUNSELLING)
    row = CaseRow("M-OLD", its.group.pk, case.place_id, None, (DAY,))
    whose = {"programme": its.setting.programme, "organisation": its.setting.ours}
    operations.record_cases([row], by=System("a register"), at=AT, **whose)
    assert case.sessions.count() == 1


def test_a_session_takes_one_date_that_stands_there_already_and_four_things_that_may_stay_empty() -> None:
    its = Work()
    case = its.counselled()
    form = SessionForm(None, initial={"held_on": timezone.localdate()})  # type: ignore[arg-type]  # no data
    assert list(form.fields) == ["held_on", "minutes", "markers", "notes", "threat"]
    assert [name for name, field in form.fields.items() if field.required] == ["held_on"]
    today = timezone.localdate()
    sent = {"held_on_day": today.day, "held_on_month": today.month, "held_on_year": today.year}
    answer = as_user(its.counsellor).post(reverse("own_case_act", args=[case.pk, "session"]), sent)
    assert (answer.status_code, case.sessions.count()) == (302, 1)


def test_who_may_be_under_18_has_no_case_and_the_page_says_what_to_do() -> None:
    its = Work()
    today = timezone.localdate()
    day = {"opened_on_day": today.day, "opened_on_month": today.month, "opened_on_year": today.year}
    sent = {"code": "M-9", "group": its.group.key, "birth_year": str(today.year - 17), **day}
    answer = as_user(its.counsellor).post(reverse("own_new"), sent)
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    body = answer.content.decode()
    assert "tell the safeguarding focal person today" in body
    row = CaseRow("M-9", 1, 1, today, birth_year=today.year - 17)
    assert "child_protection" in [fault.code for fault in case_faults(row, None, on=today)]


def in_follow_up(its: Work, code: str, *, months_ago: int) -> Case:
    case = its.written(code, State.COUNSELLING)
    CaseSession.objects.create(case=case, number=1, held_on=timezone.localdate() - dt.timedelta(30 * months_ago))
    Case.objects.filter(pk=case.pk).update(counsellor=its.counsellor.user_id, womens_service=its.service)
    Case.objects.filter(pk=case.pk).update(state=State.FOLLOW_UP)
    its.declared(fresh(case))
    return fresh(case)


def test_the_calendar_has_the_late_on_top_then_each_by_its_day() -> None:
    its = Work()
    late, early = in_follow_up(its, "M-LATE", months_ago=4), in_follow_up(its, "M-NEW", months_ago=0)
    now = timezone.now()
    found = queries.own_calendar(its.counsellor, at=now)
    told = [(case.code, window.months, window.stand) for case, window in found]
    # The window of three months is late from its day on and closes 30 days after it.
    assert told[0] == ("M-LATE", 3, Stand.LATE)
    assert [one[1].due_on for one in found[1:]] == sorted(one[1].due_on for one in found[1:])
    assert {(code, months) for code, months, _stand in told[1:]} == {
        ("M-NEW", 1),
        ("M-NEW", 3),
        ("M-NEW", 6),
        ("M-NEW", 12),
        ("M-LATE", 6),
        ("M-LATE", 12),
    }
    body = as_user(its.counsellor).get(reverse("own_calendar")).content.decode()
    assert body.index("M-LATE") < body.index("M-NEW")
    assert "M-LATE" not in as_user(its.second).get(reverse("own_calendar")).content.decode()
    work.record_word(
        case=late,
        informant=Outcome.Informant.MAN,
        judged_on=timezone.localdate(),
        values={Outcome.Violence.ANY: Outcome.Value.IMPROVED},
        by=its.counsellor,
        at=now,
    )
    assert Stand.LATE not in {window.stand for _case, window in queries.own_calendar(its.counsellor, at=now)}
    assert early.code == "M-NEW"


@pytest.mark.parametrize("name", ["own_list", "own_calendar", "case_desk"])
def test_a_page_asks_as_often_for_three_men_as_for_one(name: str) -> None:
    its = Work()
    a_service(its)

    def add(number: int) -> None:
        case = in_follow_up(its, f"M-{number}", months_ago=4)
        Risk.objects.create(case=case, moment="session", assessed_at=AT, level="high")
        loose = its.written(f"L-{number}", State.COUNSELLING)
        its.declared(fresh(loose), by=its.supervisor, tie=Tie.NONE)

    add(1)
    client = as_user(its.supervisor if name == "case_desk" else its.counsellor)
    client.get(reverse(name))
    once = queries_of(client, reverse(name))
    add(2)
    add(3)
    assert queries_of(client, reverse(name)) == once


def test_the_day_a_specialist_was_called_in_goes_two_years_after_the_case_closed() -> None:
    its = Work()
    case = a_closed_case(its.setting)
    risk = Risk.objects.create(case=case, moment="session", assessed_at=AT, level="high")
    Routing.objects.create(case=case, after=risk, service=a_service(its), routed_at=AT)
    retention.run(by=its.focal, at=AT + dt.timedelta(days=1))
    assert [timezone.localdate(one.routed_at) for one in Routing.objects.all()] == [dt.date(2024, 5, 1)]
