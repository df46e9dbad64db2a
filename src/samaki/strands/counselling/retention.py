"""Two years after its closure nothing in a case tells which man it was: code, notes, words, and the day of a date go;
that a case was counselled, how often, how high the risk was and what became of it stays, by month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import AnyActor
from samaki.kernel.keyrings import erasures
from samaki.kernel.policy import Action
from samaki.kernel.retention import Due, Rule, last_due, month_of, months_after, rules
from samaki.kernel.sealed import SALT_BYTES
from samaki.strands.counselling.codes import GONE, gone_code
from samaki.strands.counselling.course import OVER
from samaki.strands.counselling.models import (
    Case,
    CaseKey,
    CaseRequest,
    CaseSession,
    Declaration,
    EmergencyAccess,
    Outcome,
    Risk,
    Routing,
)

MONTHS = 24


def due(on: dt.date) -> Iterator[Due]:
    over = Case.objects.filter(
        state__in=[state.value for state in OVER], closed_on__lte=last_due(on, MONTHS), is_example=False
    ).exclude(code__startswith=GONE)
    for case in over.order_by("closed_on", "pk"):
        if case.closed_on is not None and (day := months_after(case.closed_on, MONTHS)) <= on:
            yield Due(case.pk, case.code, case.organisation_id, day)


def let_go(ids: Collection[int], by: AnyActor, at: dt.datetime) -> Mapping[str, int]:
    gone: Counter[str] = Counter()
    still = {one.id for one in due(timezone.localdate(at))} & set(ids)
    for case in Case.objects.select_for_update(of=("self",)).filter(pk__in=still).order_by("pk"):
        gone["cases"] += 1
        gone["notes"] += CaseSession.objects.filter(case=case).exclude(notes=b"").update(notes=b"")
        gone["notes"] += Risk.objects.filter(case=case).exclude(markers=b"").update(markers=b"")
        gone["words"] += EmergencyAccess.objects.filter(case=case).exclude(reason="").update(reason="")
        gone["ties"] += Declaration.objects.filter(case=case).delete()[0]
        _forget_key(case)
        _forget_days(case)
        case.code = gone_code(case.programme_id, case.code)
        case.counsellor = None
        case.opened_on = case.opened_on and month_of(case.opened_on)
        case.closed_on = case.closed_on and month_of(case.closed_on)
        case.revision += 1
        case.save()
    return gone


def _forget_key(case: Case) -> None:
    keys = CaseKey.objects.filter(pk=case.pk)
    erasures.destroy(keys.values_list("salt", flat=True))
    keys.update(salt=bytes(SALT_BYTES))
    keys.delete()


def _forget_days(case: Case) -> None:
    for session in CaseSession.objects.filter(case=case, held_on__isnull=False):
        CaseSession.objects.filter(pk=session.pk).update(held_on=month_of(session.held_on or dt.date.min))
    _forget_days_of_outcomes(case)
    for risk in Risk.objects.filter(case=case):
        Risk.objects.filter(pk=risk.pk).update(assessed_at=_month_of(risk.assessed_at))
    for routed in Routing.objects.filter(case=case):
        Routing.objects.filter(pk=routed.pk).update(routed_at=_month_of(routed.routed_at))
    for asked in CaseRequest.objects.filter(case=case):
        answered = asked.answered_at and _month_of(asked.answered_at)
        CaseRequest.objects.filter(pk=asked.pk).update(asked_at=_month_of(asked.asked_at), answered_at=answered)


def _forget_days_of_outcomes(case: Case) -> None:
    """Of two words of one informant in a month the later one stood; where they meet, it stays."""
    kept: set[tuple[object, ...]] = set()
    for outcome in Outcome.objects.filter(case=case, judged_on__isnull=False).order_by("-judged_on", "-pk"):
        month = month_of(outcome.judged_on or dt.date.min)
        place = (outcome.informant, outcome.instrument, outcome.violence, month)
        if place in kept:
            outcome.delete()
        else:
            kept.add(place)
    for outcome in Outcome.objects.filter(case=case, judged_on__isnull=False).order_by("judged_on"):
        Outcome.objects.filter(pk=outcome.pk).update(judged_on=month_of(outcome.judged_on or dt.date.min))


def _month_of(moment: dt.datetime) -> dt.datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


rules.register(
    Rule(
        "cases",
        _("Cases closed two years ago"),
        _(
            "Code, notes, words, ties and exact days go, in copies too. That a man was counselled, how often and what "
            "came of it stays by month, so no figure of a month, quarter or year changes."
        ),
        {
            "cases": _("Cases"),
            "notes": _("Notes"),
            "words": _("Reasons in words"),
            "ties": _("Ties declared"),
        },
        sees=Action.DECIDE_REQUEST,
        runs=Action.LET_GO,
        due=due,
        let_go=let_go,
    )
)
