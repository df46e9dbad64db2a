"""The periods of a programme: what has come, what waits, what is missing; to lock one and to open it again."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samaki.ground.periods import operations, owed, queries
from samaki.ground.periods.models import PeriodLock
from samaki.ground.periods.owed import Owed
from samaki.ground.periods.rules import Kind, Period, State, parse, period_of
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programmes_for
from samaki.interfaces.figures.results import years_of
from samaki.interfaces.reporting.forms import Lock, Reopen
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, may
from samaki.ui.words import period as period_in_words

MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Standing:
    """How far a period has come. `locked` is the key of its status."""

    period: Period
    locked: str
    verified: int
    waiting: int
    missing: int


@require_GET
def periods(request: ActorRequest, key: str) -> HttpResponse:
    """A year of the programme with its quarters and months."""
    where, today = _programme(request, key), timezone.localdate()
    years = years_of(where, today)
    starts_in = where.fiscal_year_starts_in
    asked = parse(request.GET.get("year", "")[:10] or years[0].key, fiscal_year_starts_in=starts_in)
    year = period_of(asked.first, Kind.YEAR, fiscal_year_starts_in=starts_in)
    listed = owed.of_period(request.actor, where, year)
    locks = list(queries.standing_locks(where))
    context = {
        "programme": where,
        "years": years,
        "year": year,
        "standings": [_standing(span, listed, locks, today) for span in _parts(year, starts_in)],
    }
    return page(request, "reporting/periods.html", context)


@require_GET
def period(request: ActorRequest, key: str, period: str) -> HttpResponse:
    return _shown(request, _programme(request, key), period, Lock(), Reopen())


@require_POST
def lock(request: ActorRequest, key: str, period: str) -> HttpResponse:
    where, form = _programme(request, key), Lock(request.POST)
    if form.is_valid():
        with told_in(form):
            made = operations.lock_period(
                programme=where, period=period, by=request.actor, at=timezone.now(), **form.cleaned_data
            )
            about = {"period": period_in_words(made.period), "n": made.version}
            messages.success(request, _("%(period)s is locked, version %(n)s.") % about)
            return redirect("period", where.key, made.period)
    return _shown(request, where, period, form, Reopen())


@require_POST
def reopen(request: ActorRequest, key: str, period: str) -> HttpResponse:
    where, form = _programme(request, key), Reopen(request.POST)
    if form.is_valid():
        with told_in(form):
            opened = operations.reopen_period(
                programme=where, period=period, reason=form.cleaned_data["why"], by=request.actor, at=timezone.now()
            )
            said = _("%(period)s is open for a correction. What was published stays as it is.")
            messages.success(request, said % {"period": period_in_words(opened.period)})
            return redirect("period", where.key, opened.period)
    return _shown(request, where, period, Lock(), form)


def _programme(request: ActorRequest, key: str) -> Programme:
    """One whose inside the reader sees. Raises NotFound, saying the same whether it exists or not."""
    found = programmes_for(request.actor, Action.SEE_PROGRAMME).filter(key=key).first()
    if found is None:
        raise NotFound("no_such_programme", _("There is no such programme."))
    return found


def _shown(request: ActorRequest, where: Programme, text: str, locking: Lock, reopening: Reopen) -> HttpResponse:
    today = timezone.localdate()
    span = parse(text, fiscal_year_starts_in=where.fiscal_year_starts_in)
    listed = owed.of_period(request.actor, where, span)
    locks = list(queries.locks(where))
    standing = _standing(span, listed, [one for one in locks if _is_latest(one, locks)], today)
    versions = [one for one in locks if one.period == span.key]
    in_force = bool(versions) and versions[0].reopened_at is None
    may_lock = may(request.actor, Action.LOCK_PERIOD, organisation_id=None, programme_id=where.pk)
    if not standing.missing:
        del locking.fields["although_missing"]
    context = {
        "programme": where,
        "period": span,
        "year": period_of(span.first, Kind.YEAR, fiscal_year_starts_in=where.fiscal_year_starts_in),
        "standing": standing,
        "reports": [(one, one.status(today), _address(request, one)) for one in listed if one.period.last < today],
        "versions": [(one, _version_status(one, versions)) for one in versions],
        "locking": locking if may_lock and not in_force and span.last < today else None,
        "reopening": reopening if may_lock and in_force else None,
        "waits": bool(standing.waiting),
    }
    status = 422 if locking.errors or reopening.errors else 200
    return page(request, "reporting/period.html", context, status=status)


def _address(request: ActorRequest, one: Owed) -> str:
    """Where the report is read, or written by whoever owes it; nowhere for one that others have not begun."""
    if one.is_missing and may(
        request.actor,
        Action.SUBMIT_REPORT,
        organisation_id=one.organisation.pk,
        programme_id=one.programme.pk,
    ):
        return reverse("write_report", args=[one.programme.key, one.organisation.key, one.period.key])
    return reverse("report", args=[one.report.pk]) if one.report else ""


def _parts(year: Period, starts_in: int) -> list[Period]:
    """The year, then each of its quarters followed by its months."""
    found = [year]
    for at, month in enumerate(year.months):
        key = f"{year.key}-Q{at // MONTHS_A_QUARTER + 1}"
        if at % MONTHS_A_QUARTER == 0:
            found.append(parse(key, fiscal_year_starts_in=starts_in))
        found.append(parse(month, fiscal_year_starts_in=starts_in))
    return found


def _standing(span: Period, listed: Iterable[Owed], locks: Iterable[PeriodLock], today: dt.date) -> Standing:
    """Months to come owe nothing yet."""
    states = Counter(one.state for one in listed if span.contains(one.period.first) and one.period.last < today)
    return Standing(
        span,
        _lock_status(span, locks, today),
        states[State.VERIFIED],
        states[State.SUBMITTED],
        states[State.OPEN] + states[State.RETURNED],
    )


def _lock_status(span: Period, locks: Iterable[PeriodLock], today: dt.date) -> str:
    """A month inside a locked year is locked with it."""
    over = [one for one in locks if one.first <= span.first and span.last <= one.last]
    if any(one.reopened_at is None for one in over):
        return "locked"
    if any(one.period == span.key for one in over):
        return "open_for_correction"
    return "not_locked" if span.last < today else "in_progress"


def _is_latest(one: PeriodLock, locks: Sequence[PeriodLock]) -> bool:
    return all(other.version <= one.version for other in locks if other.period == one.period)


def _version_status(one: PeriodLock, versions: Sequence[PeriodLock]) -> str:
    if one.reopened_at is None:
        return "locked"
    return "open_for_correction" if one == versions[0] else "superseded"
