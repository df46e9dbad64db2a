"""Who led a session: a gate stands before it, and every way in passes it."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Session
from samaki.ground.activities.rules import date_in_future
from samaki.ground.people.models import Person
from samaki.ground.periods.locks import refuse_locked
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action
from samaki.strands.learning.models import Lead
from samaki.strands.learning.queries.naming import colleagues, expect_seen
from samaki.strands.learning.queries.practice import why_not_lead
from samaki.strands.learning.queries.series import scope_of


def add_lead(*, session: Session, person_id: int, origin: str = "", by: AnyActor, at: dt.datetime) -> Lead:
    """By who sees the organisation's people, or by the facilitator of the activity.

    Raises what `why_not_lead` finds: Invalid not_certified, certificate_lapsed, certificate_withdrawn, stopped,
    not_yet_born, attends; Invalid("no_such_person"), ("date_in_future"); Conflict: not_held, already_leads,
    period_locked; Refused, audited. Of somebody whom the facilitator does not know by her activity she is told no more
    than Invalid("may_not_lead")."""
    activity = session.activity
    with acting(by, Action.RUN_SERIES, activity, **scope_of(activity)):
        expect_seen(by, session)
        session = _locked(session)
        activity = session.activity
        if activity.state != Activity.State.HELD:
            raise Conflict("not_held", _("This activity has not taken place."))
        if session.held_on > timezone.localdate(at):
            raise date_in_future("held_on")
        refuse_locked(activity.programme, session.held_on)
        try:
            person_id = _standing_person(activity, person_id)
            if Lead.objects.filter(_of(person_id), session=session).exists():
                raise Conflict("already_leads", _("This person is written down already."), field="person")
            if (why := why_not_lead(by, person_id, session)) is not None:
                raise why
        except Invalid as why:
            if _knows(by, session, person_id):
                raise
            words = _("Nobody of this number may be written down as leading this session.")
            raise Invalid("may_not_lead", words, field="person") from why
        lead = Lead.objects.create(session=session, person_id=person_id, is_example=activity.is_example, origin=origin)
        record(by, "record_lead", lead, **scope_of(activity), details={"session": session.pk})
    return lead


def take_back_lead(*, lead: Lead, by: AnyActor, at: dt.datetime) -> None:
    """Written down by mistake. What others have recorded since stays. Raises Conflict("period_locked"); Refused."""
    activity = lead.session.activity
    with acting(by, Action.RUN_SERIES, activity, **scope_of(activity)):
        expect_seen(by, lead.session)
        refuse_locked(activity.programme, lead.session.held_on)
        record(by, "take_back_lead", lead, **scope_of(activity), details={"session": lead.session_id})
        lead.delete()


def _locked(session: Session) -> Session:
    found = Session.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("activity__programme", "activity__organisation").get(pk=session.pk)


def _standing_person(activity: Activity, person_id: int) -> int:
    found = Person.objects.filter(
        pk=person_id, organisation=activity.organisation_id, withdrawn_at__isnull=True
    ).first()
    if found is None:
        raise Invalid("no_such_person", _("Please choose people of your organisation’s list."), field="person")
    return found.merged_into_id or found.pk


def _knows(by: AnyActor, session: Session, person_id: int) -> bool:
    if policy.may(by, Action.SEE_PEOPLE, **scope_of(session.activity)):
        return True
    return person_id in colleagues(by, session)


def _of(person_id: int) -> Q:
    """Under any record of hers."""
    return Q(person=person_id) | Q(person__merged_into=person_id)
