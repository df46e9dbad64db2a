"""Cases by code. Every read says why and stands in the audit trail; a refused one too."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor, System
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import NotFound, Refused
from samaki.kernel.policy import WANTS_REASON, Action, Reach, reach, refusal
from samaki.strands.counselling.models import Case, CaseSession, Outcome
from samaki.strands.counselling.sight import locked_out

# What came from the partner, or through her service, is a separate record and no part of his file.
HIS_FILE = (Outcome.Informant.MENS_GROUP, Outcome.Informant.MAN)
LONGEST_PAGE = 200


@dataclass(frozen=True)
class CaseLine:
    """A case in a list: how many sessions, the last that has a date, and the group's latest word on violence."""

    case: Case
    sessions: int
    last_session_on: dt.date | None
    judged: str | None
    physical: str | None


@dataclass(frozen=True)
class CasePage:
    """Cases in the order they were entered; `next_after` is the mark for the next page, None on the last."""

    lines: tuple[CaseLine, ...]
    total: int
    next_after: int | None


@dataclass(frozen=True)
class CaseFile:
    case: Case
    sessions: tuple[CaseSession, ...]
    outcomes: tuple[Outcome, ...]


def cases(actor: AnyActor, programme: Programme, *, after: int = 0, limit: int = 50) -> CasePage:
    """Cases of a programme within reach. Raises Refused, audited, without the right or without a reason."""
    with keeping_refusals(
        actor, Action.SEE_CASES, ("counselling.case", ""), organisation_id=None, programme_id=programme.pk
    ):
        within = _leave(actor, programme)
        limit = min(limit, LONGEST_PAGE)
        found = Case.objects.filter(within.q(group="group_id"), programme=programme).exclude(pk__in=locked_out(actor))
        total = found.count()
        rows = list(_with_judgements(found.filter(pk__gt=after)).order_by("pk")[: limit + 1])
        lines = tuple(
            CaseLine(case, case.held, case.last_on, case.judged, case.physical)  # type: ignore[attr-defined]  # annotated
            for case in rows[:limit]
        )
        _log(actor, within, programme, ("counselling.case", ""), {"shown": len(lines), "after": after})
    return CasePage(lines, total, rows[limit - 1].pk if len(rows) > limit else None)


def case(actor: AnyActor, programme: Programme, code: str) -> CaseFile:
    """One file by its code: sessions, and what the men's group and the man said. Raises Refused as `cases`, NotFound
    where no such case is within reach."""
    with keeping_refusals(
        actor, Action.SEE_CASES, ("counselling.case", ""), organisation_id=None, programme_id=programme.pk
    ):
        within = _leave(actor, programme)
        known = Case.objects.filter(within.q(group="group_id"), programme=programme, code=code)
        known = known.exclude(pk__in=locked_out(actor))
        found = known.select_related("group", "organisation", "place__parent__parent").order_by("pk").first()
        if found is None:
            raise NotFound("no_such_case", _("There is no such case."))
        _log(actor, within, programme, ("counselling.case", found.pk), {})
        return CaseFile(
            found,
            tuple(found.sessions.order_by("number")),
            tuple(found.outcomes.filter(informant__in=HIS_FILE).order_by("judged_on", "violence", "pk")),
        )


def _leave(actor: AnyActor, programme: Programme) -> Reach:
    within = reach(actor, Action.SEE_CASES)
    programmes = within.programmes()
    if not within or (programmes is not None and programme.pk not in programmes):
        raise refusal(actor, Action.SEE_CASES)
    if Action.SEE_CASES in WANTS_REASON and not isinstance(actor, System) and not actor.reason.strip():
        raise Refused("reason_wanted", _("Please say why you open these cases. The reason is kept."))
    return within


def _log(
    actor: AnyActor, within: Reach, programme: Programme, on: tuple[str, object], details: dict[str, object]
) -> None:
    organisations = within.organisations()
    only = next(iter(organisations)) if organisations is not None and len(organisations) == 1 else None
    record(actor, "see_cases", on, organisation_id=only, programme_id=programme.pk, details=details)


def _with_judgements(found: QuerySet[Case]) -> QuerySet[Case]:
    def latest(violence: Outcome.Violence) -> Subquery:
        said = Outcome.objects.filter(case=OuterRef("pk"), informant=Outcome.Informant.MENS_GROUP, violence=violence)
        undated_first = said.annotate(dated=Q(judged_on__isnull=False)).order_by("-dated", "-judged_on", "-pk")
        return Subquery(undated_first.values("value")[:1])

    return found.select_related("group", "place__parent__parent").annotate(
        held=Count("sessions"),
        last_on=Max("sessions__held_on"),
        judged=latest(Outcome.Violence.ANY),
        physical=latest(Outcome.Violence.PHYSICAL),
    )
