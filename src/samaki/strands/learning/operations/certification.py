"""Writes of what follows a series: assessed, certified, renewed, withdrawn, visited."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Session
from samaki.ground.activities.rules import date_in_future
from samaki.ground.clearances.standing import stopped
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person, PersonKey
from samaki.ground.periods.locks import refuse_locked
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, expect_revision
from samaki.strands.learning.models import Assessment, Certification, CoachingVisit, Lead, Series
from samaki.strands.learning.queries.practice import stands
from samaki.strands.learning.queries.series import attended_by, latest_assessments, scope_of
from samaki.strands.learning.rules.practice import Completion, Stand, Standing, new_code
from samaki.strands.learning.sealing import closed_notes


def assess(
    *, series: Series, person_id: int, result: Assessment.Result, assessed_on: dt.date, by: AnyActor, at: dt.datetime
) -> Assessment:
    """The trainers' judgement; the same day again replaces it, a later day stands beside. Raises Invalid:
    did_not_attend, date_in_future, before_series; Conflict("period_locked"); Refused, audited."""
    with acting(by, Action.CERTIFY, series, **scope_of(series)):
        person_id = _attending(by, series, person_id)
        if assessed_on > timezone.localdate(at):
            raise date_in_future("assessed_on")
        if assessed_on < series.starts_on:
            raise Invalid("before_series", _("This day is before the series."), field="assessed_on")
        refuse_locked(series.programme, assessed_on)
        found = Assessment.objects.filter(_of(person_id), series=series, assessed_on=assessed_on).first()
        one = found or Assessment(series=series, person_id=person_id, assessed_on=assessed_on, revision=0)
        if found is not None and found.result == result:
            return found
        one.result, one.is_example = result, series.is_example
        one.revision += 1
        one.save()
        record(by, "assess", one, **scope_of(series), details={"result": str(result)})
    return one


def certify(*, series: Series, person_id: int, certified_on: dt.date, by: AnyActor, at: dt.datetime) -> Certification:
    """A certificate for who completed the series and passed; of a refresher, the renewal of one given before.

    Raises Invalid: did_not_attend, not_completed, completion_unknown, not_passed, date_in_future, before_end,
    never_certified (a refresher), stopped; Conflict: not_ended, already_certified, period_locked; Refused, audited.
    """
    with acting(by, Action.CERTIFY, series, **scope_of(series)):
        person_id = _attending(by, series, person_id)
        if series.ends_on is None:
            raise Conflict("not_ended", _("This series is open. Certificates are given when it has ended."))
        if certified_on > timezone.localdate(at):
            raise date_in_future("certified_on")
        assessment = latest_assessments(series).get(person_id)
        _expect_completed(by, series, person_id, assessment)
        if certified_on < max(series.ends_on, assessment.assessed_on if assessment else series.ends_on):
            text = _("This day is before the series ended or the person was assessed.")
            raise Invalid("before_end", text, field="certified_on")
        if stopped(_records(person_id), on=certified_on):
            text = _("This person may not lead at present. Please ask whoever is in charge of vetting.")
            raise Invalid("stopped", text, field="person")
        refuse_locked(series.programme, certified_on)
        made = Certification.objects.create(
            programme=series.programme,
            organisation=series.organisation,
            person_id=person_id,
            series=series,
            kind=_kind(series, person_id, certified_on),
            code=new_code(),
            certified_on=certified_on,
            is_example=series.is_example,
        )
        record(by, "certify", made, **scope_of(series), details={"series": series.pk, "kind": str(made.kind)})
    return made


def withdraw_certificates(
    *, certification: Certification, revision: int, on: dt.date, because: str, by: AnyActor, at: dt.datetime
) -> None:
    """She may not lead from that day: every certificate of hers that stands in the programme ends. Raises Invalid:
    reason_wanted, date_in_future, before_certified; Conflict: changed_meanwhile, already_withdrawn, period_locked."""
    with acting(by, Action.CERTIFY, certification, **scope_of(certification)):
        found = Certification.objects.select_for_update(no_key=True).select_related("programme", "person")
        one = found.get(pk=certification.pk)
        expect_revision(one, revision, {"withdrawn_on": on})
        if one.withdrawn_on is not None:
            raise Conflict("already_withdrawn", _("This certificate was withdrawn already."))
        if not because.strip():
            raise Invalid("reason_wanted", _("Please write the reason."), field="because")
        if on > timezone.localdate(at):
            raise date_in_future("on")
        if on < one.certified_on:
            raise Invalid("before_certified", _("This day is before the certificate was given."), field="on")
        refuse_locked(one.programme, on)
        theirs = Certification.objects.filter(
            _of(one.person.merged_into_id or one.person_id),
            programme=one.programme,
            withdrawn_on__isnull=True,
            certified_on__lte=on,
        )
        ids = list(theirs.values_list("pk", flat=True))
        theirs.update(
            withdrawn_on=on, withdrawn_because=because.strip()[:300], revision=F("revision") + 1, updated_at=at
        )
        record(by, "withdraw_certificates", one, **scope_of(one), details={"certificates": ids})


def record_visit(
    *,
    programme: Programme,
    organisation: Organisation,
    person_id: int,
    visited_on: dt.date,
    notes: str,
    session: Session | None = None,
    by: AnyActor,
    at: dt.datetime,
) -> CoachingVisit:
    """A coaching visit; what was noted is sealed under the person's own key. Raises Invalid: date_in_future,
    not_a_facilitator (neither certified nor ever leading here), no_such_session; Conflict("period_locked"); Refused."""
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    with acting(by, Action.CERTIFY, ("people.person", person_id), **scope):
        person = Person.objects.filter(pk=person_id, organisation=organisation, withdrawn_at__isnull=True).first()
        person_id = (person.merged_into_id or person.pk) if person else 0
        if visited_on > timezone.localdate(at):
            raise date_in_future("visited_on")
        leads = Lead.objects.filter(_of(person_id), session__activity__programme=programme)
        if not leads.exists() and not Certification.objects.filter(_of(person_id), programme=programme).exists():
            text = _("Coaching is for people who were certified or have led a session here.")
            raise Invalid("not_a_facilitator", text, field="person")
        if session is not None and not leads.filter(session=session).exists():
            raise Invalid("no_such_session", _("This person did not lead that session."), field="session")
        refuse_locked(programme, visited_on)
        key, origin = PersonKey.objects.get(pk=person_id), f"visit:{uuid4()}"
        visit = CoachingVisit.objects.create(
            programme=programme,
            organisation=organisation,
            person_id=person_id,
            session=session,
            visited_on=visited_on,
            by=by.name,
            notes=closed_notes(notes.strip(), person_id=person_id, origin=origin, key=key),
            origin=origin,
            is_example=organisation.is_example,
        )
        record(by, "record_visit", visit, **scope)
    return visit


def _attending(by: AnyActor, series: Series, person_id: int) -> int:
    """The number that stands for somebody who attended the series."""
    person = Person.objects.filter(pk=person_id, organisation=series.organisation_id).first()
    stands_for = (person.merged_into_id or person.pk) if person else 0
    if stands_for not in attended_by(by, series, [stands_for]):
        raise Invalid("did_not_attend", _("This person attended no session of the series."), field="person")
    return stands_for


def _expect_completed(by: AnyActor, series: Series, person_id: int, assessment: Assessment | None) -> None:
    found = attended_by(by, series, [person_id])[person_id]
    numbers: dict[str, object] = {"attended": found.attended, "sessions": found.sessions}
    if found.completed is Completion.NO:
        text = _("This person attended %(attended)s of %(sessions)s sessions. Completing takes 80%%.")
        raise Invalid("not_completed", text, field="person", **numbers)
    if found.completed is Completion.UNKNOWN:
        text = _("Attendance was not written down for %(unrecorded)s sessions, so it is not known who completed.")
        raise Invalid("completion_unknown", text, field="person", unrecorded=found.unrecorded)
    passed = assessment is not None and assessment.result == Assessment.Result.PASSED
    renews = series.kind == Series.Kind.REFRESHER and assessment is None
    if not passed and not renews:
        raise Invalid("not_passed", _("This person has not passed the assessment of this series."), field="person")


def _kind(series: Series, person_id: int, on: dt.date) -> Certification.Kind:
    before = stands(series.programme_id, [person_id], on=on).get(person_id, Stand(Standing.NEVER)).standing
    given = Certification.objects.filter(_of(person_id), programme=series.programme)
    if given.filter(Q(series=series) | Q(certified_on=on)).exists():
        raise Conflict("already_certified", _("This person holds the certificate of this series already."))
    if series.kind != Series.Kind.REFRESHER:
        if before is Standing.STANDS:
            raise Conflict("already_certified", _("This person’s certificate stands. A refresher renews it."))
        return Certification.Kind.FIRST
    if before in (Standing.NEVER, Standing.WITHDRAWN):
        text = _("A refresher renews a certificate. This person holds none that could be renewed.")
        raise Invalid("never_certified", text, field="person")
    return Certification.Kind.RENEWED


def _records(person_id: int) -> list[int]:
    return [person_id, *Person.objects.filter(merged_into=person_id).values_list("pk", flat=True)]


def _of(person_id: int) -> Q:
    """Under any record of hers."""
    return Q(person=person_id) | Q(person__merged_into=person_id)
