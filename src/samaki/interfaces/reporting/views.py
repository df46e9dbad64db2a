"""Write, send, verify and return a monthly report."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.engines.results.frameworks import catalogue
from samaki.engines.results.queries import figures
from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.queries import organisations_for
from samaki.ground.periods import operations, owed, queries
from samaki.ground.periods.models import PeriodReport
from samaki.ground.periods.rules import Period, State
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programmes_for
from samaki.interfaces.figures.opening import why_closed
from samaki.interfaces.reporting.forms import Narrative, Return, Seen
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.kernel.actors import Actor, AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.figures import Figure, FigureQuery
from samaki.kernel.policy import Action, may, reach
from samaki.ui.templatetags.words import named
from samaki.ui.words import day as in_words
from samaki.ui.words import period as period_in_words


@require_GET
def reports(request: ActorRequest) -> HttpResponse:
    today = timezone.localdate()
    return page(
        request,
        "reporting/reports.html",
        {
            "to_write": [task(one) for one in owed.to_write(request.actor, today) if one.is_missing],
            "waiting": queries.waiting(request.actor)[:50],
            "late": owed.late(request.actor, today),
            "verifies": bool(reach(request.actor, Action.VERIFY_REPORT)),
            "writes": bool(reach(request.actor, Action.SUBMIT_REPORT)),
            "past": queries.reports(request.actor)[:24],
        },
    )


def task(one: owed.Owed) -> dict[str, object]:
    """The month as a line of a task list."""
    today = timezone.localdate()
    return {"owed": one, "status": one.status(today), "due": due_in_words(one, today), "href": write_address(one)}


def due_in_words(one: owed.Owed, today: dt.date) -> str:
    """When the report is due, and how long that is from today; once it is handed in the day alone."""
    day, days = in_words(one.due_on), (one.due_on - today).days
    if not one.is_missing:
        return _("due %(day)s") % {"day": day}
    if days == 0:
        return _("due today, %(day)s") % {"day": day}
    if days < 0:
        late = ngettext("was due %(day)s, %(n)s day ago", "was due %(day)s, %(n)s days ago", -days)
        return late % {"day": day, "n": -days}
    return ngettext("due %(day)s, in %(n)s day", "due %(day)s, in %(n)s days", days) % {"day": day, "n": days}


def write_address(one: owed.Owed) -> str:
    return reverse("write_report", args=[one.programme.key, one.organisation.key, one.period.key])


@require_http_methods(["GET", "POST"])
def write(request: ActorRequest, programme: str, organisation: str, period: str) -> HttpResponse:
    """The month filled in from the records; the writer adds the narrative and sends it."""
    where, whose, month = _about(request.actor, programme, organisation, period)
    report = queries.reports(request.actor, where).filter(organisation=whose, period=month.key).first()
    form = Narrative(request.POST or None, initial=_written(report))
    theirs = None
    if request.method == "POST" and form.is_valid():
        step = operations.submit_report if "send" in request.POST else operations.save_narrative
        with told_in(form):
            step(
                programme=where,
                organisation=whose,
                period=month.key,
                narrative=form.cleaned_data["narrative"],
                revision=form.cleaned_data["revision"],
                by=request.actor,
                at=timezone.now(),
            )
        if not form.errors:
            said = _("The report has been sent.") if "send" in request.POST else _("Saved. It has not been sent yet.")
            messages.success(request, said)
            return redirect("write_report", programme, organisation, period)
        theirs = queries.reports(request.actor, where).filter(organisation=whose, period=month.key).first()
    one = owed.Owed(where, whose, month, owed.due_on(where, month), report)
    context = {
        "programme": where,
        "organisation": whose,
        "period": month,
        "report": report,
        "status": one.status(timezone.localdate()),
        "due": due_in_words(one, timezone.localdate()),
        "form": form,
        "theirs": theirs if theirs and report and theirs.narrative != form["narrative"].value() else None,
        "can_write": report is None or report.state in {State.OPEN, State.RETURNED},
        "figures": _figures(request.actor, where, whose, month),
    }
    return page(request, "reporting/write.html", context, status=422 if form.errors else 200)


@require_GET
def report(request: ActorRequest, report_id: int) -> HttpResponse:
    """A report to be checked: its figures, each open to its rows, and its narrative."""
    return _shown(request, queries.report(request.actor, report_id), Return())


@require_POST
def verify(request: ActorRequest, report_id: int) -> HttpResponse:
    """Verify and go to the next: one tap."""
    queries.report(request.actor, report_id)  # one out of sight is not there
    form = Seen(request.POST)
    seen = form.cleaned_data["revision"] if form.is_valid() else None
    done = operations.verify_report(report_id=report_id, by=request.actor, at=timezone.now(), revision=seen)
    following = queries.next_waiting(request.actor, done)
    about = {"organisation": named(done.organisation), "period": period_in_words(done.period)}
    messages.success(request, _("Verified: %(organisation)s, %(period)s.") % about)
    return redirect("report", following.pk) if following else redirect("reports")


@require_POST
def give_back(request: ActorRequest, report_id: int) -> HttpResponse:
    form = Return(request.POST)
    found = queries.report(request.actor, report_id)
    if form.is_valid():
        with told_in(form):
            operations.return_report(
                report_id=report_id, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now()
            )
    if form.errors:
        return _shown(request, found, form)
    messages.success(request, _("Returned with your reason."))
    following = queries.next_waiting(request.actor, found)
    return redirect("report", following.pk) if following else redirect("reports")


def _shown(request: ActorRequest, found: PeriodReport, form: Return) -> HttpResponse:
    month = queries.month_of(found.programme, found.period)
    verifies = may(
        request.actor,
        Action.VERIFY_REPORT,
        organisation_id=found.organisation_id,
        programme_id=found.programme_id,
    )
    context = {
        "report": found,
        "period": month,
        "due_on": owed.due_on(found.programme, month),
        "form": form,
        "can_decide": verifies and found.state == State.SUBMITTED,
        "can_return": verifies and found.state in {State.SUBMITTED, State.VERIFIED},
        "left": queries.waiting(request.actor).count() if verifies else 0,
        "figures": _figures(request.actor, found.programme, found.organisation, month),
    }
    return page(request, "reporting/report.html", context, status=422 if form.errors else 200)


def _about(actor: AnyActor, programme: str, organisation: str, period: str) -> tuple[Programme, Organisation, Period]:
    """Programme, organisation and month, where this actor may hand it in. NotFound never says which is missing."""
    where = programmes_for(actor, Action.SUBMIT_REPORT).filter(key=programme).first()
    whose = organisations_for(actor, Action.SUBMIT_REPORT).filter(key=organisation).first()
    if where is None or whose is None:
        raise NotFound("no_such_report", _("There is no such report."))
    if not may(actor, Action.SUBMIT_REPORT, organisation_id=whose.pk, programme_id=where.pk):
        raise NotFound("no_such_report", _("There is no such report."))
    return where, whose, queries.month_of(where, period)


def _written(report: PeriodReport | None) -> dict[str, object]:
    return {"narrative": report.narrative, "revision": report.revision} if report else {}


def _figures(
    actor: Actor, programme: Programme, organisation: Organisation, month: Period
) -> list[tuple[str, Figure, str]]:
    """Label, figure of the organisation's own records in the month, and where its rows open; else its indicator, which
    says why they do not."""
    listed = [one for one in catalogue(actor, programme.key) if one.placed]
    asked = [FigureQuery(programme.key, one.key, period=month.key, organisation=organisation.key) for one in listed]
    found = []
    for one, figure in zip(listed, figures(actor, asked), strict=True):
        leads_to = "indicator" if why_closed(actor, programme, one.measure) else "figure_records"
        address = reverse(leads_to, args=[programme.key, one.key])
        found.append((one.label, figure, f"{address}?period={month.key}&organisation={organisation.key}"))
    return found
