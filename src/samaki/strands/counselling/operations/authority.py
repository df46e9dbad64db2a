"""What authorities did about violence that was reported to them: when it was told, when they acted, and how. Nobody is
named, and no case: what an authority does says nothing of a file."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import refuse_locked
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, expect_revision
from samaki.strands.counselling.models import AuthorityResponse

Act = AuthorityResponse.Act


def report_to_authority(
    *, group: Group, office: Organisation, reported_at: dt.datetime, by: AnyActor, at: dt.datetime
) -> AuthorityResponse:
    """That violence was reported to an office by a men's group; it waits for an answer from that moment. Raises
    Refused; Invalid: not_an_office, not_a_mens_group, moment_in_future; Conflict("period_locked")."""
    scope = Scope(organisation_id=group.organisation_id, programme_id=group.programme_id)
    with acting(by, Action.RECORD_AUTHORITY, ("counselling.authorityresponse", ""), **scope, group_id=group.pk):
        if group.kind != Group.Kind.MENS_GROUP:
            raise Invalid("not_a_mens_group", _("Please choose a men’s group of this programme."), field="group")
        if office.kind != Organisation.Kind.GOVERNMENT_OFFICE:
            raise Invalid("not_an_office", _("Please choose an office of the authorities."), field="office")
        _expect_not_to_come(reported_at, at, "reported_on")
        reported_on = timezone.localdate(reported_at)
        refuse_locked(group.programme, reported_on)
        made = AuthorityResponse.objects.create(
            programme=group.programme,
            organisation=group.organisation,
            group=group,
            office=office,
            place=group.place,
            reported_at=reported_at,
            reported_on=reported_on,
            is_example=group.is_example,
        )
        record(by, "report_to_authority", made, **scope)
    return made


def record_answer(
    *, response: AuthorityResponse, revision: int, acted_at: dt.datetime, action: Act, by: AnyActor, at: dt.datetime
) -> AuthorityResponse:
    """When the office acted and how; said again it is corrected. Raises Refused; Invalid: acted_before_report,
    moment_in_future; Conflict where somebody saved it after `revision`, and for a locked period."""
    scope = Scope(organisation_id=response.organisation_id, programme_id=response.programme_id)
    with acting(by, Action.RECORD_AUTHORITY, response, **scope, group_id=response.group_id):
        found = AuthorityResponse.objects.select_for_update(of=("self",)).select_related("programme")
        response = found.get(pk=response.pk)
        expect_revision(response, revision, {"acted_at": acted_at, "action": action.value})
        _expect_not_to_come(acted_at, at, "acted_on")
        if acted_at < response.reported_at:
            raise Invalid("acted_before_report", _("This is before it was reported."), field="acted_on")
        refuse_locked(response.programme, timezone.localdate(acted_at))
        response.acted_at, response.action = acted_at, action.value
        response.minutes = int((acted_at - response.reported_at).total_seconds() // 60)
        response.mediated = action is Act.MEDIATED
        response.revision += 1
        response.save()
        record(by, "record_authority_answer", response, **scope, details={"action": action.value})
    return response


def take_back_report(*, response: AuthorityResponse, revision: int, by: AnyActor, at: dt.datetime) -> None:
    """A report that never was: a slip. Raises Conflict("answered_already") once an answer stands, and for a locked
    period."""
    scope = Scope(organisation_id=response.organisation_id, programme_id=response.programme_id)
    with acting(by, Action.RECORD_AUTHORITY, response, **scope, group_id=response.group_id):
        found = AuthorityResponse.objects.select_for_update(of=("self",)).select_related("programme")
        response = found.get(pk=response.pk)
        expect_revision(response, revision, {})
        if response.acted_at is not None:
            raise Conflict("answered_already", _("The office has answered: this report stays."))
        refuse_locked(response.programme, response.reported_on)
        record(by, "take_back_report_to_authority", response, **scope)
        response.delete()


def _expect_not_to_come(moment: dt.datetime, at: dt.datetime, field: str) -> None:
    if moment > at:
        raise Invalid("moment_in_future", _("This moment has not come yet."), field=field)
