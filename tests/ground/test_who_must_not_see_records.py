"""First who must not see: every query and operation about records, asked by each who has no business with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from samaki.ground.activities import operations as activity_operations
from samaki.ground.activities import queries as activity_queries
from samaki.ground.activities.models import Activity, Attendance, Session, Tally
from samaki.ground.activities.rules import SessionPlan
from samaki.ground.clearances import operations as clearances
from samaki.ground.clearances.operations import Whom
from samaki.ground.groups import operations as group_operations
from samaki.ground.groups import queries as group_queries
from samaki.ground.groups.models import Group, Membership
from samaki.ground.people.models import Person
from samaki.ground.programmes import operations as programme_operations
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole
from samaki.kernel.actors import PUBLIC, Actor, Grant, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, NotFound, Refused
from samaki.kernel.policy import Action, reach
from samaki.strands.counselling import operations as counselling_operations
from samaki.strands.counselling import queries as counselling_queries
from samaki.strands.counselling.models import Case, CaseSession, GroupMonth, Outcome
from samaki.strands.counselling.rules import CaseRow, GroupMonthRow, Judgement
from samaki.strands.outreach import operations as outreach_operations
from samaki.strands.outreach import queries as outreach_queries
from samaki.strands.outreach.models import Campaign, OutreachTally
from samaki.strands.outreach.rules import TallyRow
from tests.factories.field import FORMED, HELD, NOW, TODAY, Field, a_consenting_person, a_field, an_activity
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db
MONTH = HELD.replace(day=1)


@dataclass
class World:
    field: Field
    activity: Activity
    session: Session
    person: Person
    membership: Membership
    case: Case
    report: GroupMonth
    tally: OutreachTally


@pytest.fixture
def world() -> World:
    field = a_field()
    activity = an_activity(field, group=field.group)
    person = a_consenting_person(field.ours, gender="man")
    session = activity_operations.record_attendance(
        session=activity.sessions.get(), revision=1, person_ids=[person.pk], by=SETUP, at=NOW
    )
    clearances.clear(Whom(person, field.programme, field.ours), until=dt.date(2030, 1, 1), by=SETUP, at=NOW)
    membership = group_operations.join_group(group=field.group, person_id=person.pk, since=FORMED, by=SETUP, at=NOW)
    own = {"programme": field.programme, "organisation": field.ours}
    case = counselling_operations.open_case(
        **own, code="M-1", group=field.group, place=field.place, opened_on=HELD, sessions=[HELD], by=SETUP, at=NOW
    )
    report = counselling_operations.receive_group_month(
        group=field.group, row=GroupMonthRow(field.group.pk, MONTH, TODAY, 2, 5, 3, 1), by=SETUP, at=NOW
    )
    row = TallyRow(field.place.pk, "flier", HELD, HELD, 20, None, field.group.pk)
    tally = outreach_operations.record_tally(**own, row=row, by=SETUP, at=NOW)
    return World(field, activity, session, person, membership, case, report, tally)


def _own(world: World) -> dict[str, Any]:
    return {"programme": world.field.programme, "organisation": world.field.ours}


Act = Callable[[World, Actor], object]
READS: dict[str, Act] = {
    "groups": lambda w, who: list(group_queries.groups(who, w.field.programme)),
    "groups_with_sizes": lambda w, who: list(group_queries.groups_with_sizes(who, TODAY, w.field.programme)),
    "members": lambda w, who: list(group_queries.members(who, w.field.group, TODAY)),
    "activities": lambda w, who: list(activity_queries.activities(who, w.field.programme)),
    "activities_with_counts": lambda w, who: list(activity_queries.activities_with_counts(who, w.field.programme)),
    "tallies": lambda w, who: list(outreach_queries.tallies(who, w.field.programme)),
    "campaigns": lambda w, who: list(outreach_queries.campaigns(who, w.field.programme)),
    "group_months": lambda w, who: list(
        counselling_queries.group_months(who, w.field.programme, first=MONTH, last=HELD, on=TODAY).rows
    ),
}
NOT_FOUND: dict[str, Act] = {
    "group": lambda w, who: group_queries.group(who, w.field.group.key),
    "composition": lambda w, who: group_queries.composition(who, w.field.group, TODAY),
    "activity": lambda w, who: activity_queries.activity(who, w.activity.key),
    "sheets": lambda w, who: activity_queries.sheets(who, w.activity),
    "tally": lambda w, who: outreach_queries.tally(who, w.tally.pk),
    "group_month_versions": lambda w, who: counselling_queries.group_month_versions(who, w.field.group, MONTH),
}
REFUSED: dict[str, Act] = {
    "cases": lambda w, who: counselling_queries.cases(who, w.field.programme),
    "case": lambda w, who: counselling_queries.case(who, w.field.programme, "M-1"),
    "edit_programme": lambda w, who: programme_operations.edit_programme(
        programme=w.field.programme, revision=1, changes={"name_en": "x"}, by=who, at=NOW
    ),
    "edit_organisation": lambda w, who: programme_operations.edit_organisation(
        organisation=w.field.ours, programme=w.field.programme, revision=1, changes={}, by=who, at=NOW
    ),
    "give_part": lambda w, who: programme_operations.give_part(
        **_own(w), part=ProgrammeRole.Part.LEAD, since=None, by=who, at=NOW
    ),
    "end_part": lambda w, who: programme_operations.end_part(
        role=ProgrammeRole.objects.get(organisation=w.field.ours), until=TODAY, by=who, at=NOW
    ),
    "add_place": lambda w, who: programme_operations.add_place(
        programme=w.field.programme,
        place=w.field.place,
        area=ProgrammePlace.Area.NEW,
        since=TODAY,
        by=who,
        at=NOW,
    ),
    "create_group": lambda w, who: group_operations.create_group(
        **_own(w), kind=Group.Kind.NETWORK, name_km="ក", name_latin="", place=None, formed_on=None, by=who, at=NOW
    ),
    "edit_group": lambda w, who: group_operations.edit_group(
        group=w.field.group, revision=1, name_km="ក", name_latin="", place=None, formed_on=None, by=who, at=NOW
    ),
    "end_group": lambda w, who: group_operations.end_group(
        group=w.field.group, revision=1, ended_on=TODAY, by=who, at=NOW
    ),
    "join_group": lambda w, who: group_operations.join_group(
        group=w.field.second_group, person_id=w.person.pk, since=TODAY, by=who, at=NOW
    ),
    "leave_group": lambda w, who: group_operations.leave_group(
        membership=w.membership, revision=1, until=TODAY, by=who, at=NOW
    ),
    "create_activity": lambda w, who: activity_operations.create_activity(
        **_own(w),
        kind=Activity.Kind.MEETING,
        title_km="ក",
        title_en="",
        place=None,
        starts_on=HELD,
        ends_on=HELD,
        sessions=[SessionPlan(HELD)],
        by=who,
        at=NOW,
    ),
    "edit_activity": lambda w, who: activity_operations.edit_activity(
        activity=w.activity, revision=1, changes={"title_en": "x"}, by=who, at=NOW
    ),
    "move_session": lambda w, who: activity_operations.move_session(
        session=w.session, revision=2, held_on=TODAY, by=who, at=NOW
    ),
    "hold_activity": lambda w, who: activity_operations.hold_activity(activity=w.activity, revision=1, by=who, at=NOW),
    "cancel_activity": lambda w, who: activity_operations.cancel_activity(
        activity=w.activity, revision=1, by=who, at=NOW
    ),
    "record_attendance": lambda w, who: activity_operations.record_attendance(
        session=w.session, revision=2, person_ids=[], by=who, at=NOW
    ),
    "record_tallies of a session": lambda w, who: activity_operations.record_tallies(
        session=w.session, revision=2, counts={("all", "all"): 3}, by=who, at=NOW
    ),
    "create_campaign": lambda w, who: outreach_operations.create_campaign(
        **_own(w), key="c", title_km="ក", title_en="", starts_on=None, ends_on=None, by=who, at=NOW
    ),
    "record_tally": lambda w, who: outreach_operations.record_tally(
        **_own(w), row=TallyRow(w.field.place.pk, "campaign", HELD, HELD, 5), by=who, at=NOW
    ),
    "correct_tally": lambda w, who: outreach_operations.correct_tally(
        tally=w.tally, revision=1, contacts=3, by=who, at=NOW
    ),
    "record_cases": lambda w, who: counselling_operations.record_cases(
        [CaseRow("M-2", w.field.group.pk, w.field.place.pk)], **_own(w), by=who, at=NOW
    ),
    "open_case": lambda w, who: counselling_operations.open_case(
        **_own(w), code="M-2", group=w.field.group, place=w.field.place, opened_on=None, by=who, at=NOW
    ),
    "add_session": lambda w, who: counselling_operations.add_session(case=w.case, held_on=TODAY, by=who, at=NOW),
    "record_judgement": lambda w, who: counselling_operations.record_judgement(
        case=w.case, judgement=Judgement("any", "improved"), by=who, at=NOW
    ),
    "correct_case": lambda w, who: counselling_operations.correct_case(
        case=w.case, revision=1, group=w.field.group, place=w.field.place, opened_on=None, by=who, at=NOW
    ),
    "receive_group_month": lambda w, who: counselling_operations.receive_group_month(
        group=w.field.group, row=GroupMonthRow(w.field.group.pk, FORMED.replace(day=1), TODAY), by=who, at=NOW
    ),
    "correct_group_month": lambda w, who: counselling_operations.correct_group_month(
        month=w.report, version=1, row=GroupMonthRow(0, MONTH, TODAY, 9), by=who, at=NOW
    ),
}
# Who does see the programme's activities, but no case and no name.
SEES_NO_CASE = (Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.PARTNER_ME, Role.FACILITATOR, Role.ADMINISTRATOR, Role.DONOR)
TABLES = (Programme, ProgrammeRole, ProgrammePlace, Group, Membership, Activity, Session, Attendance, Tally)
TABLES_OF_STRANDS = (Case, CaseSession, Outcome, GroupMonth, Campaign, OutreachTally)


def _state() -> list[list[dict[str, object]]]:
    return [list(table._default_manager.order_by("pk").values()) for table in (*TABLES, *TABLES_OF_STRANDS)]


@pytest.mark.parametrize("name", READS)
def test_a_stranger_reads_an_empty_list(world: World, name: str) -> None:
    found = {who: READS[name](world, actor) for who, actor in world.field.strangers().items()}
    assert {who: rows for who, rows in found.items() if rows != []} == {}


@pytest.mark.parametrize("name", NOT_FOUND)
def test_a_stranger_is_told_that_there_is_no_such_thing(world: World, name: str) -> None:
    for actor in world.field.strangers().values():
        with pytest.raises(NotFound):
            NOT_FOUND[name](world, actor)


@pytest.mark.parametrize("name", REFUSED)
def test_a_stranger_is_refused_changes_nothing_and_leaves_a_trace(world: World, name: str) -> None:
    before = _state()
    for actor in world.field.strangers().values():
        if name in {"cases", "case"} and _has_cases_of_her_own(world, actor):
            continue
        with pytest.raises(Refused):
            REFUSED[name](world, actor)
        latest = AuditEntry.objects.latest("pk")
        assert (latest.refused, latest.actor_name, latest.reason) == (True, actor.name, actor.reason)
    assert _state() == before


def _has_cases_of_her_own(world: World, actor: Actor) -> bool:
    return reach(actor, Action.SEE_CASES).programmes() == frozenset({world.field.programme.pk})


def test_the_supervisor_of_another_organisation_sees_hers_and_none_of_ours(world: World) -> None:
    theirs = world.field.actor(Role.CASE_SUPERVISOR, world.field.theirs)
    assert counselling_queries.cases(theirs, world.field.programme).total == 0
    with pytest.raises(NotFound):
        counselling_queries.case(theirs, world.field.programme, "M-1")


@pytest.mark.parametrize("role", SEES_NO_CASE)
@pytest.mark.parametrize("name", ["cases", "case", "record_cases", "open_case", "add_session", "record_judgement"])
def test_whoever_sees_the_programme_does_not_see_its_cases(world: World, role: Role, name: str) -> None:
    with pytest.raises(Refused):
        REFUSED[name](world, world.field.actor(role))


@pytest.mark.parametrize("role", [Role.PROGRAMME_OFFICER, Role.AUDITOR, Role.PARTNER_FINANCE, Role.CASE_SUPERVISOR])
def test_whoever_sees_an_activity_but_no_people_gets_a_count_and_no_person(world: World, role: Role) -> None:
    actor = world.field.actor(role)
    sheet = activity_queries.sheets(actor, world.activity)[0]
    assert (sheet.recorded, sheet.count, sheet.people) == (True, 1, None)
    assert list(group_queries.members(actor, world.field.group, TODAY)) == []
    assert group_queries.composition(actor, world.field.group, TODAY).by_gender == {"man": 1}


def test_without_a_second_factor_the_m_and_e_officer_gets_no_person_and_names_nobody(world: World) -> None:
    actor = world.field.actor(Role.PARTNER_ME, second_factor=False)
    assert activity_queries.sheets(actor, world.activity)[0].people is None
    with pytest.raises(Refused) as refused:
        REFUSED["record_attendance"](world, actor)
    assert refused.value.code == "second_factor_wanted"


def test_a_group_coordinator_sees_and_writes_of_her_own_group_alone(world: World) -> None:
    hers = world.field.actor(Role.GROUP_COORDINATOR, group=world.field.group)
    neighbour = world.field.actor(Role.GROUP_COORDINATOR, group=world.field.second_group)
    assert [group.key for group in group_queries.groups(hers)] == ["first"]
    assert [activity.key for activity in activity_queries.activities(neighbour)] == []
    assert list(outreach_queries.tallies(neighbour)) == []
    assert [line.case.code for line in counselling_queries.cases(hers, world.field.programme).lines] == ["M-1"]
    assert counselling_queries.cases(neighbour, world.field.programme).total == 0
    with pytest.raises(NotFound):
        counselling_queries.case(neighbour, world.field.programme, "M-1")
    for name in ("record_cases", "add_session", "receive_group_month", "correct_group_month", "correct_tally"):
        with pytest.raises(Refused):
            REFUSED[name](world, neighbour)
    with pytest.raises(Conflict) as held:  # she may; a case of an old register waits for its service to be named
        REFUSED["add_session"](world, hers)
    assert held.value.code == "service_wanted"


def test_a_coordinator_cannot_pull_a_case_into_her_group_by_its_code(world: World) -> None:
    neighbour = world.field.actor(Role.GROUP_COORDINATOR, group=world.field.second_group)
    row = CaseRow("M-1", world.field.second_group.pk, world.field.place.pk)
    with pytest.raises(Refused):
        counselling_operations.record_cases([row], **_own(world), by=neighbour, at=NOW)
    assert Case.objects.get().group_id == world.field.group.pk


def test_cases_are_not_opened_without_a_reason_and_each_reading_stands_in_the_trail(world: World) -> None:
    supervisor = world.field.actor(Role.CASE_SUPERVISOR, reason="  ")
    with pytest.raises(Refused) as refused:
        counselling_queries.case(supervisor, world.field.programme, "M-1")
    assert refused.value.code == "reason_wanted"
    counselling_queries.case(world.field.supervisor, world.field.programme, "M-1")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.refused, entry.object_id, entry.reason, entry.organisation_id) == (
        "see_cases",
        False,
        str(world.case.pk),
        "a test asks",
        world.field.ours.pk,
    )


def test_what_the_survivor_or_her_service_said_is_no_part_of_his_file(world: World) -> None:
    for informant in Outcome.Informant:
        Outcome.objects.create(
            case=world.case, informant=informant, violence="physical", value="stopped", judged_on=TODAY
        )
    told = counselling_queries.case(world.field.supervisor, world.field.programme, "M-1").outcomes
    assert [outcome.informant for outcome in told] == ["C", "D"]


def test_nobody_at_all_is_served_without_a_grant(world: World) -> None:
    assert Actor(1, "nobody") != PUBLIC
    assert [READS[name](world, Actor(1, "nobody", (Grant(Role.PARTNER_ME, None, None),), True)) for name in READS] == [
        [] for _name in READS
    ]
