"""Reading periods and reports, each limited to what the actor may see."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.periods.models import PeriodLock, PeriodReport
from samaki.ground.periods.rules import Kind, Period, State, parse
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Invalid, NotFound
from samaki.kernel.policy import Action, reach


def locks(programme: Programme) -> QuerySet[PeriodLock]:
    """Every lock of a programme and its versions, the latest first. That a period is locked is no secret (T1)."""
    return PeriodLock.objects.filter(programme=programme).order_by("-first", "period", "-version")


def standing_locks(programme: Programme) -> QuerySet[PeriodLock]:
    """Of each period ever locked the latest version, in force or open for a correction, the latest period first."""
    later = PeriodLock.objects.filter(programme=programme, period=OuterRef("period"), version__gt=OuterRef("version"))
    return locks(programme).filter(~Exists(later))


def reports(actor: AnyActor, programme: Programme | None = None) -> QuerySet[PeriodReport]:
    """Reports the actor may read, newest period first."""
    found = PeriodReport.objects.filter(reach(actor, Action.SEE_PROGRAMME).q()).select_related(
        "programme", "organisation"
    )
    if programme is not None:
        found = found.filter(programme=programme)
    return found.order_by("-period", "organisation__name_latin", "pk")


def report(actor: AnyActor, report_id: int) -> PeriodReport:
    """Raises NotFound, saying the same whether it exists or not."""
    found = reports(actor).filter(pk=report_id).first()
    if found is None:
        raise NotFound("no_such_report", _("There is no such report."))
    return found


def waiting(actor: AnyActor) -> QuerySet[PeriodReport]:
    """The verification queue: submitted reports the actor may verify, longest waiting first."""
    found = PeriodReport.objects.filter(reach(actor, Action.VERIFY_REPORT).q(), state=State.SUBMITTED)
    return found.select_related("programme", "organisation").order_by("submitted_at", "pk")


def next_waiting(actor: AnyActor, after: PeriodReport | None = None) -> PeriodReport | None:
    """What "verify and next" opens: the first that waits, leaving out the one just decided."""
    found = waiting(actor)
    return (found.exclude(pk=after.pk) if after is not None else found).first()


def month_of(programme: Programme, text: str) -> Period:
    """The month a report is about. Raises Invalid("month_wanted") for a quarter or a year."""
    period = parse(text, fiscal_year_starts_in=programme.fiscal_year_starts_in)
    if period.kind is not Kind.MONTH:
        raise Invalid("month_wanted", _("A report is about one month, such as 2008-03."), field="period")
    return period
