"""Reports go from hand to hand, and periods close; each act is checked, audited and atomic."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.periods import owed
from samaki.ground.periods.events import PeriodLocked
from samaki.ground.periods.locks import refuse_locked, sole_use
from samaki.ground.periods.models import PeriodLock, PeriodReport
from samaki.ground.periods.queries import month_of
from samaki.ground.periods.rules import Period, State, Step, after, parse
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor, System
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid, NotFound
from samaki.kernel.policy import Action
from samaki.kernel.records import expect_revision
from samaki.kernel.registry import reactions


def save_narrative(
    *,
    programme: Programme,
    organisation: Organisation,
    period: str,
    narrative: str,
    by: AnyActor,
    at: dt.datetime,
    revision: int | None = None,
) -> PeriodReport:
    """Keep what is written so far, without handing it in."""
    return _write(Step.SAVE, programme, organisation, period, narrative, by, at, revision)


def submit_report(
    *,
    programme: Programme,
    organisation: Organisation,
    period: str,
    narrative: str,
    by: AnyActor,
    at: dt.datetime,
    revision: int | None = None,
) -> PeriodReport:
    """Hand the month in. The same text sent again by the same hand changes nothing.

    `revision` is the one the writer had before her, None where there was no report yet.
    Raises Conflict: period_locked, report_state, changed_meanwhile (with `theirs` and `yours`).
    """
    return _write(Step.SUBMIT, programme, organisation, period, narrative, by, at, revision)


def _write(
    step: Step,
    programme: Programme,
    organisation: Organisation,
    text: str,
    narrative: str,
    by: AnyActor,
    at: dt.datetime,
    revision: int | None,
) -> PeriodReport:
    period = month_of(programme, text)
    if period.first > at.date():
        raise Invalid("month_not_come", _("This month has not come yet."), field="period")
    with acting(by, Action.SUBMIT_REPORT, programme, organisation_id=organisation.pk, programme_id=programme.pk):
        refuse_locked(programme, period.first)
        report, fresh = PeriodReport.objects.select_for_update().get_or_create(
            programme=programme, organisation=organisation, period=period.key
        )
        sent = (State.SUBMITTED, narrative, by.name)
        if step is Step.SUBMIT and (report.state, report.narrative, report.submitted_by) == sent:
            return report
        if not fresh:
            expect_revision(report, revision or 0, {"narrative": narrative})
        report.state = after(step, State(report.state))
        report.narrative = narrative
        if step is Step.SUBMIT:
            report.submitted_at, report.submitted_by, report.return_reason = at, by.name, ""
        return _save(report, step, by)


def return_report(
    *, report_id: int, reason: str, by: AnyActor, at: dt.datetime, revision: int | None = None
) -> PeriodReport:
    """Give it back to be corrected; the reason is what its writer reads. `revision` None: whatever it is now."""
    if not reason.strip():
        raise Invalid("reason_wanted", _("Please say what should be corrected."), field="reason")
    return _decide(report_id, Step.RETURN, reason.strip(), by, at, revision)


def verify_report(*, report_id: int, by: AnyActor, at: dt.datetime, revision: int | None = None) -> PeriodReport:
    """One call verifies; `queries.next_waiting` gives the one to open next. `revision` None: whatever it is now."""
    return _decide(report_id, Step.VERIFY, "", by, at, revision)


def _decide(
    report_id: int, step: Step, reason: str, by: AnyActor, at: dt.datetime, revision: int | None
) -> PeriodReport:
    seen = PeriodReport.objects.select_related("programme").filter(pk=report_id).first()
    if seen is None:
        raise NotFound("no_such_report", _("There is no such report."))
    where = {"organisation_id": seen.organisation_id, "programme_id": seen.programme_id}
    with acting(by, Action.VERIFY_REPORT, seen, **where):
        refuse_locked(seen.programme, month_of(seen.programme, seen.period).first)
        report = PeriodReport.objects.select_for_update().get(pk=report_id)
        state = after(step, State(report.state))
        if revision is not None:
            expect_revision(report, revision, {"state": state.value, "narrative": seen.narrative})
        report.state, report.return_reason, report.decided_at, report.decided_by = state, reason, at, by.name
        return _save(report, step, by)


def _save(report: PeriodReport, step: Step, by: AnyActor) -> PeriodReport:
    report.revision += 1
    report.save()
    record(
        by,
        f"report.{step.value}",
        report,
        organisation_id=report.organisation_id,
        programme_id=report.programme_id,
        details={"period": report.period, "state": str(report.state), "revision": report.revision},
    )
    return report


def lock_period(
    *,
    programme: Programme,
    period: str,
    by: AnyActor,
    at: dt.datetime,
    reason: str = "",
    although_missing: bool = False,
) -> PeriodLock:
    """Close a month, quarter or year of the programme; its figures are kept as they are at this moment.

    Raises Conflict: period_already_locked, period_not_over, reports_not_verified, and reports_missing unless the actor
    locks `although_missing`; Invalid("reason_wanted") where reports are missing, or where the period was locked before:
    the new version says why it differs. The two about reports say whose and which (`whose`, `count`).
    """
    span = parse(period, fiscal_year_starts_in=programme.fiscal_year_starts_in)
    leave = acting(by, Action.LOCK_PERIOD, programme, organisation_id=None, programme_id=programme.pk)
    with sole_use(programme.pk) as see_one_moment, leave:
        see_one_moment()
        earlier = PeriodLock.objects.filter(programme=programme, period=span.key).order_by("-version").first()
        if earlier is not None and earlier.reopened_at is None:
            raise Conflict("period_already_locked", _("%(period)s is locked already."), field="period", period=span.key)
        if earlier is not None and not reason.strip():
            raise Invalid("reason_wanted", _("Please say why the figures are locked again."), field="reason")
        if span.last >= at.date():
            raise Conflict("period_not_over", _("%(period)s is not over yet."), field="period", period=span.key)
        missing = _refuse_unsettled(programme, span, although_missing=although_missing)
        if missing and not reason.strip():
            raise Invalid("reason_wanted", _("Please say why it is locked without these reports."), field="reason")
        lock = PeriodLock.objects.create(
            programme=programme,
            period=span.key,
            first=span.first,
            last=span.last,
            version=earlier.version + 1 if earlier else 1,
            locked_at=at,
            locked_by=by.name,
            reason=reason.strip(),
        )
        details = _named(lock) | ({"missing": missing} if missing else {})
        record(by, "period.lock", lock, programme_id=programme.pk, reason=lock.reason, details=details)
        reactions.raise_event(PeriodLocked(lock_id=lock.pk, programme_id=programme.pk, period=lock.period))
        return lock


def _refuse_unsettled(programme: Programme, span: Period, *, although_missing: bool) -> int:
    """How many reports of the period are missing, where it may be locked without them."""
    listed = owed.of_period(System("whether a period can be locked"), programme, span)
    if waiting := [one for one in listed if one.state is State.SUBMITTED]:
        raise Conflict(
            "reports_not_verified",
            _("These reports wait to be verified: %(whose)s."),
            field="period",
            count=len(waiting),
            whose=owed.told(waiting),
        )
    missing = [one for one in listed if one.is_missing]
    if missing and not although_missing:
        raise Conflict(
            "reports_missing",
            _("These reports have not come: %(whose)s. The period can be locked without them for a reason."),
            field="although_missing",
            count=len(missing),
            whose=owed.told(missing),
        )
    return len(missing)


def reopen_period(*, programme: Programme, period: str, reason: str, by: AnyActor, at: dt.datetime) -> PeriodLock:
    """Open a locked period for a correction. Its published figures stay as they are until it is locked again."""
    if not reason.strip():
        raise Invalid("reason_wanted", _("Please say what should be corrected."), field="reason")
    key = parse(period, fiscal_year_starts_in=programme.fiscal_year_starts_in).key
    with acting(by, Action.LOCK_PERIOD, programme, organisation_id=None, programme_id=programme.pk):
        in_force = PeriodLock.objects.select_for_update().filter(reopened_at__isnull=True)
        lock = in_force.filter(programme=programme, period=key).first()
        if lock is None:
            raise NotFound("not_locked", _("%(period)s is not locked."), field="period", period=key)
        lock.reopened_at, lock.reopened_by, lock.reopen_reason = at, by.name, reason.strip()
        lock.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
        record(by, "period.reopen", lock, programme_id=programme.pk, reason=lock.reopen_reason, details=_named(lock))
        return lock


def _named(lock: PeriodLock) -> dict[str, object]:
    return {"period": lock.period, "version": lock.version}
