"""Cases by code: opened, counselled, judged by the men's group. No name and no birth year is ever stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import locked_periods, refuse_locked
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting, keeping_refusals
from samaki.kernel.errors import Conflict, Invalid, RowsInvalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, Written, expect_revision
from samaki.strands.counselling.course import State
from samaki.strands.counselling.models import Case, CaseSession, Outcome
from samaki.strands.counselling.operations import register, register_writing
from samaki.strands.counselling.operations.moving import (
    expect_service,
    expect_state,
    held,
    no_such_case,
    out_of_order,
    scope_of,
    service_wanted,
    touch,
)
from samaki.strands.counselling.rules import CaseRow, Judgement, future_date
from samaki.strands.counselling.sight import locked_out


def record_cases(
    rows: Sequence[CaseRow],
    *,
    programme: Programme,
    organisation: Organisation,
    by: AnyActor,
    at: dt.datetime,
    origin: str = "",
) -> Written:
    """Takes a register of cases, all of it or nothing; the same register again changes nothing.

    A known code is brought up to date by what its row says; what the row leaves out stays. Raises RowsInvalid naming
    every faulty row (also rows that a locked period holds), Refused where a group is out of the actor's reach.
    """
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    with keeping_refusals(by, Action.RECORD_CASE, ("counselling.case", ""), **scope):
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # two registers take turns
        _require_groups(by, {row.group_id for row in rows}, programme, organisation)
        groups = register.spans_of(Group.objects.filter(programme=programme, organisation=organisation))
        codes = [register.key_of(row) for row in rows]
        if found := list(register.faults(rows, codes, groups, on=timezone.localdate(at))):
            raise RowsInvalid(found)
        stored = register.stored_cases(programme, organisation, codes)
        if let_go := register.let_go(programme, organisation, codes):
            raise RowsInvalid(let_go)
        shut = locked_out(by)
        tied = [index for index, code in enumerate(codes) if code in stored and stored[code].case.id in shut]
        if tied:
            raise RowsInvalid([(index, no_such_case()) for index in tied])
        waiting = _not_started(programme, organisation)
        if early := [index for index, code in enumerate(codes) if code in waiting and rows[index].sessions]:
            raise RowsInvalid([(index, out_of_order()) for index in early])
        moved_from = {known.case.group_id for known in stored.values()}
        _require_groups(by, moved_from, programme, organisation)
        changes, held = register.changes(rows, codes, stored, locks=locked_periods(programme))
        if held:
            raise RowsInvalid(held)
        unserved = _counselled_without_service(programme, organisation)
        grown = {case for case, _number, _day in changes.new_sessions} & unserved
        if grown:
            faulty = (index for index, code in enumerate(codes) if code in stored and stored[code].case.id in grown)
            raise RowsInvalid([(index, service_wanted()) for index in faulty])
        register_writing.write(changes, programme=programme, organisation=organisation, origin=origin)
        written = Written(changes.created, changes.changed, changes.unchanged)
        if written.created or written.changed:
            details = {"created": written.created, "changed": written.changed, "origin": origin}
            record(by, "record_cases", ("counselling.case", ""), **scope, details=details)
    return written


def open_case(
    *,
    programme: Programme,
    organisation: Organisation,
    code: str,
    group: Group,
    place: Place,
    opened_on: dt.date | None,
    by: AnyActor,
    at: dt.datetime,
    sessions: Iterable[dt.date | None] = (),
    birth_year: int | None = None,
) -> Case:
    """Opens a case under a code that is not in use. Raises Conflict("case_code_in_use"), or the row's first fault."""
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    row = CaseRow(code, group.pk, place.pk, opened_on, tuple(sessions), (), birth_year)
    with acting(by, Action.RECORD_CASE, ("counselling.case", ""), **scope, group_id=group.pk):
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        if register.stored_cases(programme, organisation, [register.key_of(row)]):
            raise Conflict(
                "case_code_in_use", _("This case code is in use already. Please open that case."), field="code"
            )
        try:
            record_cases([row], programme=programme, organisation=organisation, by=by, at=at, origin="page")
        except RowsInvalid as error:
            raise error.faults[0][1] from None
    return Case.objects.get(programme=programme, organisation=organisation, code=register.key_of(row))


def add_session(*, case: Case, held_on: dt.date, by: AnyActor, at: dt.datetime) -> CaseSession:
    """The next session of a case. Raises Invalid for a date in the future, Conflict where no women's service is named,
    the same date stands already or its period is locked."""
    with acting(by, Action.RECORD_CASE, case, **scope_of(case), group_id=case.group_id):
        case = held(case, by)
        expect_state(case, State.COUNSELLING)
        expect_service(case)
        if held_on > timezone.localdate(at):
            raise future_date("held_on")
        if case.opened_on is not None and held_on < case.opened_on:
            raise Invalid(
                "session_before_opening", _("A session is dated before the case was opened."), field="held_on"
            )
        began = case.programme.starts_on
        if case.opened_on is None and began is not None and held_on < began:
            raise Invalid(
                "session_before_programme",
                _("This date is before the programme began. Please check day, month and year."),
                field="held_on",
            )
        if case.sessions.filter(held_on=held_on).exists():
            raise Conflict("session_twice", _("A session on this date is recorded already."), field="held_on")
        refuse_locked(case.programme, held_on)
        last = case.sessions.aggregate(last=Max("number"))["last"] or 0
        session = CaseSession.objects.create(
            case=case, number=last + 1, held_on=held_on, is_example=case.is_example, origin="page"
        )
        touch(case)
        record(by, "add_session", session, **scope_of(case), details={"case": case.pk})
    return session


def record_judgement(*, case: Case, judgement: Judgement, by: AnyActor, at: dt.datetime) -> Outcome:
    """What the men's group says on a date about one kind of violence; said again otherwise, it is corrected."""
    row = CaseRow(case.code, case.group_id, case.place_id, None, (), (judgement,))
    with acting(by, Action.RECORD_CASE, case, **scope_of(case), group_id=case.group_id):
        held(case, by)
        if not case.sessions.exists():
            raise Invalid(
                "judged_before_session",
                _("A case without a session cannot be judged yet. Please enter the session."),
                field="judgement",
            )
        sessions = tuple(case.sessions.order_by("number").values_list("held_on", flat=True))
        row = CaseRow(row.code, row.group_id, row.place_id, None, sessions, row.judgements)
        try:
            record_cases([row], programme=case.programme, organisation=case.organisation, by=by, at=at, origin="page")
        except RowsInvalid as error:
            raise error.faults[0][1] from None
    return Outcome.objects.get(
        case=case,
        informant=Outcome.Informant.MENS_GROUP,
        instrument=register.GROUP_JUDGEMENT,
        violence=judgement.violence,
        judged_on=judgement.judged_on,
    )


def correct_case(
    *, case: Case, revision: int, group: Group, place: Place, opened_on: dt.date | None, by: AnyActor, at: dt.datetime
) -> Case:
    """Corrects where and when a case was opened. Raises Conflict where somebody saved it after `revision`."""
    yours = {"group_id": group.pk, "place_id": place.pk, "opened_on": opened_on}
    with acting(by, Action.RECORD_CASE, case, **scope_of(case), group_id=case.group_id):
        case = held(case, by)
        expect_revision(case, revision, yours)
        policy.require(by, Action.RECORD_CASE, **scope_of(case), group_id=group.pk)
        sessions = tuple(case.sessions.order_by("number").values_list("held_on", flat=True))
        row = CaseRow(case.code, group.pk, place.pk, opened_on, sessions)
        groups = register.spans_of(Group.objects.filter(programme=case.programme_id, organisation=case.organisation_id))
        if found := list(register.faults([row], [case.code], groups, on=timezone.localdate(at))):
            raise found[0][1]
        if case.opened_on != opened_on:
            refuse_locked(case.programme, case.opened_on, opened_on)
        case.group, case.place, case.opened_on = group, place, opened_on
        touch(case)
        record(by, "correct_case", case, **scope_of(case), details={"fields": sorted(yours)})
    return case


def _not_started(programme: Programme, organisation: Organisation) -> frozenset[str]:
    """Codes of cases that no conference has let begin: no register gives them a session."""
    found = Case.objects.filter(programme=programme, organisation=organisation, state__in=("opened", "screened"))
    return frozenset(found.values_list("code", flat=True))


def _counselled_without_service(programme: Programme, organisation: Organisation) -> frozenset[int]:
    """Cases that somebody counsels and that name no women's service: a register is history to them, no new session."""
    found = Case.objects.filter(programme=programme, organisation=organisation, counsellor__isnull=False)
    return frozenset(found.filter(womens_service__isnull=True).values_list("pk", flat=True))


def _require_groups(by: AnyActor, group_ids: set[int], programme: Programme, organisation: Organisation) -> None:
    for group_id in group_ids:
        policy.require(
            by, Action.RECORD_CASE, organisation_id=organisation.pk, programme_id=programme.pk, group_id=group_id
        )
