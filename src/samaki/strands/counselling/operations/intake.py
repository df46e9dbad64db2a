"""Taking a man in by code: who may counsel him, which women's service is independent, and what ties lock out."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import refuse_locked
from samaki.ground.places.models import Place
from samaki.kernel.actors import Actor, AnyActor, System
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid, Refused
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.strands.counselling.codes import gone_code
from samaki.strands.counselling.course import OVER, State
from samaki.strands.counselling.models import Case, Declaration, Tie
from samaki.strands.counselling.operations import register
from samaki.strands.counselling.operations.moving import (
    as_counsellor,
    as_supervisor,
    decides,
    held,
    move,
    no_such_case,
    not_cleared,
    scope_of,
    touch,
)
from samaki.strands.counselling.rules import CaseRow
from samaki.strands.counselling.sight import independent_services, is_cleared, locked_out


def take_in(
    *, code: str, group: Group, place: Place, opened_on: dt.date, birth_year: int, by: Actor, at: dt.datetime
) -> Case:
    """A man taken in by a cleared counsellor, who counsels him; the code of a case that is over opens it again, with
    nobody as its counsellor where another one had it or nobody did. The
    year of birth is asked to send a boy to child protection and is stored nowhere.

    Raises Refused("not_cleared"), Conflict("case_code_in_use"), or what keeps a register's row out (child_protection).
    """
    scope = Scope(organisation_id=group.organisation_id, programme_id=group.programme_id)
    with acting(by, Action.COUNSEL, ("counselling.case", ""), **scope):
        on = timezone.localdate(at)
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=group.organisation_id)
        if not is_cleared(by.user_id, programme_id=group.programme_id, on=on):
            raise not_cleared()
        row = CaseRow(code, group.pk, place.pk, opened_on, birth_year=birth_year)
        key = register.key_of(row)
        spans = register.spans_of(Group.objects.filter(pk=group.pk))
        for _row, fault in register.faults([row], [key], spans, on=on):
            raise fault
        refuse_locked(group.programme, opened_on)
        codes = (key, gone_code(group.programme_id, key))  # he may come back after his case was let go
        known = Case.objects.select_for_update().filter(
            programme=group.programme, organisation=organisation, code__in=codes
        )
        if (case := known.first()) is None:
            if not any(letter.isdigit() for letter in key):
                raise Invalid(
                    "code_without_digit",
                    _("A code has at least one digit, such as 012. Please write no name."),
                    field="code",
                )
            case = Case.objects.create(
                programme=group.programme,
                organisation=organisation,
                code=key,
                group=group,
                place=place,
                opened_on=opened_on,
                state=State.OPENED.value,
                counsellor_id=by.user_id,
                is_example=organisation.is_example,
                origin="page",
            )
            record(by, "take_in_case", case, **scope)
        elif case.state in OVER and case.pk not in locked_out(by):
            # What another counsellor wrote is not opened by knowing a code: the supervisor gives the case.
            is_gone = case.code != key
            goes_on = is_gone or case.counsellor_id == by.user_id
            case.counsellor_id, case.code = by.user_id if goes_on else None, key
            move(case, State.OPENED, by=by, on=on)
        else:
            raise Conflict("case_code_in_use", _("This case code is in use already."), field="code")
    return case


def declare(*, case: Case, tie: Tie, by: AnyActor, at: dt.datetime, user: User | None = None) -> Declaration:
    """What `user` (without one, who acts) is to the man. A tie shuts the case to her at once, whatever her role; the
    counsellor's takes it from him, but for a neighbour's, which waits for the supervisor. Nobody lifts her own tie.

    For another user it is the supervisor who says it. Raises Refused, NotFound for whom the case is not.
    """
    of_another = user is not None and user.pk != by.user_id
    action = Action.DECIDE_REQUEST if of_another or case.counsellor_id != by.user_id else Action.COUNSEL
    with acting(by, action, case, **scope_of(case)):
        case = held(case, by)
        if action is Action.COUNSEL and case.counsellor_id != by.user_id:
            raise no_such_case()
        whose = user.pk if user is not None else by.user_id
        if whose is None:
            raise Invalid("user_wanted", _("Please say who declares this."), field="user")
        declaration = Declaration.objects.create(
            case=case, user_id=whose, tie=tie.value, declared_at=at, is_example=case.is_example
        )
        if case.counsellor_id == whose and tie not in {Tie.NONE, Tie.NEIGHBOUR}:
            case.counsellor = None
            touch(case)
        record(by, "declare_tie", case, **scope_of(case), details={"user": whose})
    return declaration


def approve_neighbour(*, declaration: Declaration, by: Actor, at: dt.datetime) -> Declaration:
    """The supervisor lets a neighbour who is not next door counsel the man. Raises Refused("same_person") for her own,
    Conflict for any other tie or one that was said anew."""
    with as_supervisor(declaration.case, by) as case:
        last = case.declarations.filter(user=declaration.user_id).order_by("-declared_at", "-pk").first()
        if declaration.user_id == by.user_id:
            raise Refused("same_person", _("Nobody approves this for himself."))
        if last is None or last.pk != declaration.pk or last.tie != Tie.NEIGHBOUR or last.approved_at is not None:
            raise Conflict("not_to_approve", _("Only the tie of a neighbour, as last declared, can be approved."))
        last.approved_by_id, last.approved_at = by.user_id, at
        last.save()
        record(by, "approve_tie", case, **scope_of(case), details={"user": last.user_id})
    return last


def name_service(*, case: Case, service: Organisation, by: AnyActor, at: dt.datetime) -> Case:
    """The independent women's service of a case: an organisation of the programme, other than the case's own, where a
    women's-service worker reads of threats. Once one is named its counsellor does not turn to another where what he
    tells of threats goes: Conflict("service_named_already")."""
    if isinstance(by, System) or (decides(case, by) and case.counsellor_id != by.user_id):
        with as_supervisor(case, by) as found:
            return _named(found, service, by, at)
    with as_counsellor(case, by, at) as found:
        if found.womens_service_id not in {None, service.pk}:
            raise Conflict(
                "service_named_already",
                _("A women’s service is named already. The supervisor can name another."),
                field="service",
            )
        return _named(found, service, by, at)


def _named(case: Case, service: Organisation, by: AnyActor, at: dt.datetime) -> Case:
    if not independent_services(case, on=timezone.localdate(at)).filter(pk=service.pk).exists():
        raise Invalid(
            "service_not_independent",
            _("Please choose a women’s service with a worker of its own, other than who counsels him."),
            field="service",
        )
    case.womens_service = service
    touch(case)
    record(by, "name_womens_service", case, **scope_of(case))
    return case
