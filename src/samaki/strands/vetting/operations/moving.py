"""How a candidacy changes its state: locked, by the table of rules alone, and said in the trail."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.clearances.standing import records_of
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Conflict, Invalid, NotFound
from samaki.kernel.records import Scope
from samaki.strands.vetting.models import Allegation, Candidacy, Question, Step
from samaki.strands.vetting.rules import ASKED_AGAIN, OVER, State, StepKind, may_move, renewable_from
from samaki.strands.vetting.sight import shut


def locked(candidacy: Candidacy) -> Candidacy:
    """As it stands now, held until the transaction ends: of two who act at once the second sees what the first did."""
    found = Candidacy.objects.select_for_update(of=("self",)).select_related(
        "programme", "organisation", "person", "group"
    )
    return found.get(pk=candidacy.pk)


def held(candidacy: Candidacy, by: AnyActor, today: dt.date) -> Candidacy:
    """As `locked`, for whoever is neither the candidate nor of his group. Raises NotFound for them."""
    found = locked(candidacy)
    if Candidacy.objects.filter(shut(by, on=today), pk=found.pk).exists():
        raise no_such_candidacy()
    return found


def no_such_candidacy() -> NotFound:
    return NotFound("no_such_candidacy", _("There is no such candidate."))


def asked_again_since(candidacy: Candidacy, today: dt.date) -> dt.date | None:
    """Since when what is asked again counts: since the suspension, or in the last days of a vetting that runs out; None
    where nothing is asked again."""
    if candidacy.state == State.SUSPENDED:
        return candidacy.state_since
    if candidacy.state == State.ACTIVE and candidacy.expires_on is not None:
        since = renewable_from(candidacy.expires_on)
        return since if since <= today else None
    return None


def expect_ripe(candidacy: Candidacy, today: dt.date) -> None:
    """That nothing but the word of two is awaited. Raises Conflict: allegation_open, asked_again_wanted,
    step_out_of_order."""
    if Allegation.objects.filter(
        candidacy__person__in=records_of(candidacy.person_id), is_credible=True, settled_on__isnull=True
    ).exists():
        raise Conflict("allegation_open", _("An allegation is not settled yet."))
    since = asked_again_since(candidacy, today)
    if since is None:
        if candidacy.state != State.PROBATION:
            raise out_of_order()
        return
    passed = candidacy.steps.filter(result=Step.Result.PASSED, taken_on__gte=since).values_list("kind", flat=True)
    if ASKED_AGAIN - {StepKind(kind) for kind in passed}:
        told = _("After a suspension, and before a renewal, community check, interview and signature come again.")
        raise Conflict("asked_again_wanted", told)


def move(candidacy: Candidacy, new: State, *, on: dt.date, by: AnyActor) -> None:
    """Raises Conflict("step_out_of_order") where the table does not allow it."""
    old = candidacy.state
    if not may_move(old, new):
        raise out_of_order()
    candidacy.state, candidacy.state_since = new.value, on
    candidacy.revision += 1
    candidacy.save()
    if new in OVER:
        lapse(Question.objects.filter(candidacy=candidacy), on)
    record(by, "move_candidacy", candidacy, **scope_of(candidacy), details={"from": old, "to": new.value})


def lapse(questions: QuerySet[Question], today: dt.date) -> None:
    """Those of them that are open are no longer asked."""
    questions.filter(state=Question.State.OPEN).update(
        state=Question.State.LAPSED, closed_on=today, revision=F("revision") + 1
    )


def scope_of(candidacy: Candidacy) -> Scope:
    return Scope(organisation_id=candidacy.organisation_id, programme_id=candidacy.programme_id)


def out_of_order() -> Conflict:
    return Conflict("step_out_of_order", _("This step is not the next one. No step is skipped."))


def expect_not_to_come(day: dt.date, today: dt.date, field: str) -> None:
    if day > today:
        raise Invalid(
            "date_in_future", _("This date has not come yet. Please choose today or an earlier day."), field=field
        )
