"""How a case is held while something is done to it, and how its state moves: by the table of rules alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.kernel import policy
from samaki.kernel.actors import Actor, AnyActor, System
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import Conflict, Invalid, NotFound, Refused
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.strands.counselling.course import State, may_move
from samaki.strands.counselling.models import Case
from samaki.strands.counselling.sight import is_cleared, locked_out, may_counsel


def scope_of(case: Case) -> Scope:
    return Scope(organisation_id=case.organisation_id, programme_id=case.programme_id)


def no_such_case() -> NotFound:
    return NotFound("no_such_case", _("There is no such case."))


def not_cleared() -> Refused:
    return Refused("not_cleared", _("Only a counsellor whose vetting holds today may do this."))


def held(case: Case, by: AnyActor) -> Case:
    """As it stands now, locked until the transaction ends. Raises NotFound for whoever is tied to the man."""
    if case.pk in locked_out(by):
        raise no_such_case()
    found = Case.objects.select_for_update(of=("self",)).select_related("programme", "organisation")
    return found.get(pk=case.pk)


@contextmanager
def as_counsellor(case: Case, by: Actor, at: dt.datetime, *, declared: bool = True) -> Iterator[Case]:
    """The case for its own counsellor, cleared today and (unless told otherwise) having declared that nothing ties him
    to the man. Raises NotFound for another's case, Refused("not_cleared"), Conflict("declaration_wanted")."""
    with keeping_refusals(by, Action.COUNSEL, case, **scope_of(case)):
        policy.require(by, Action.COUNSEL, **scope_of(case))
        now = held(case, by)
        if now.counsellor_id is None or now.counsellor_id != by.user_id:
            raise no_such_case()
        if not is_cleared(by.user_id, programme_id=now.programme_id, on=timezone.localdate(at)):
            raise not_cleared()
        if declared:
            expect_declared(now)
        yield now


@contextmanager
def as_supervisor(case: Case, by: AnyActor) -> Iterator[Case]:
    with keeping_refusals(by, Action.DECIDE_REQUEST, case, **scope_of(case)):
        policy.require(by, Action.DECIDE_REQUEST, **scope_of(case))
        yield held(case, by)


def decides(case: Case, by: AnyActor) -> bool:
    return isinstance(by, System) or policy.may(by, Action.DECIDE_REQUEST, **scope_of(case))


def expect_declared(case: Case) -> None:
    if case.counsellor_id is None or not may_counsel(case.pk, case.counsellor_id):
        raise Conflict("declaration_wanted", _("The counsellor first says whether anything ties him to the man."))


def expect_service(case: Case) -> None:
    if case.womens_service_id is None:
        raise service_wanted()


def service_wanted() -> Conflict:
    return Conflict("service_wanted", _("Please name the independent women’s service first."))


def expect_not_to_come(day: dt.date, at: dt.datetime, field: str) -> None:
    if day > timezone.localdate(at):
        raise Invalid(
            "date_in_future", _("This date has not come yet. Please choose today or an earlier day."), field=field
        )


def expect_state(case: Case, *states: State) -> None:
    if case.state not in states:
        raise out_of_order()


def out_of_order() -> Conflict:
    return Conflict("step_out_of_order", _("This step is not the next one. No step is skipped."))


def move(case: Case, new: State, *, by: AnyActor, on: dt.date) -> None:
    """Raises Conflict("step_out_of_order") where the table does not allow it. `on` closes a case that is over."""
    old = case.state
    if not may_move(old, new):
        raise out_of_order()
    case.state = new.value
    case.closed_on = on if new in {State.CLOSED, State.LOST, State.REFERRED} else None
    touch(case)
    record(by, "move_case", case, **scope_of(case), details={"from": old, "to": new.value})


def touch(case: Case) -> None:
    case.revision += 1
    case.save()
