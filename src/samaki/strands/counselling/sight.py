"""Who may come near a case: shut to whoever is tied to the man, given to cleared counsellors. Every way asks here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q, QuerySet

from samaki.ground.accounts.models import User
from samaki.ground.accounts.queries import working_as
from samaki.ground.clearances.standing import cleared
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import ProgrammeRole
from samaki.kernel.actors import AnyActor, Role
from samaki.kernel.policy import Action
from samaki.strands.counselling.course import locks_out
from samaki.strands.counselling.models import Case, CaseRequest, Conference, Declaration

MAY_ASK = (Action.COUNSEL, Action.RECORD_CASE, Action.OPEN_EMERGENCY)  # for access in an emergency


def locked_out(actor: AnyActor) -> frozenset[int]:
    """Ids of the cases the actor is locked out of by her own last declaration."""
    return frozenset() if actor.user_id is None else _shut(Declaration.objects.filter(user=actor.user_id), "case_id")


def may_counsel(case_id: int, user_id: int) -> bool:
    """Whether the user's last declaration lets her counsel the man: one is wanted."""
    last = Declaration.objects.filter(case=case_id, user=user_id).order_by("-declared_at", "-pk").first()
    return last is not None and not locks_out(last.tie, is_approved=last.approved_at is not None)


def _shut(declarations: Iterable[Declaration], by: str) -> frozenset[int]:
    last: dict[int, bool] = {}
    for one in sorted(declarations, key=lambda one: (one.declared_at, one.pk)):
        last[getattr(one, by)] = locks_out(one.tie, is_approved=one.approved_at is not None)
    return frozenset(key for key, is_shut in last.items() if is_shut)


def is_cleared(user_id: int | None, *, programme_id: int, on: dt.date) -> bool:
    """Whether the user is somebody whom vetting has cleared in the programme, and nothing has stopped."""
    if user_id is None:
        return False
    person_id = User.objects.filter(pk=user_id, is_active=True).values_list("person_id", flat=True).first()
    return person_id is not None and person_id in cleared([person_id], programme_id=programme_id, on=on)


def counsellors(case: Case, *, on: dt.date) -> tuple[User, ...]:
    """Who may be given the case: counsellors of its organisation and programme, cleared and not shut out of it."""
    return counsellors_of([case], on=on)[case.pk]


def counsellors_of(cases: Sequence[Case], *, on: dt.date) -> dict[int, tuple[User, ...]]:
    """As `counsellors`, for each of several cases by its id, by a number of reads that does not grow with them."""
    cleared_in = {scope: _cleared_counsellors(*scope, on=on) for scope in {_scope(case) for case in cases}}
    said: dict[int, list[Declaration]] = {case.pk: [] for case in cases}
    for one in Declaration.objects.filter(case__in=list(said)):
        said[one.case_id].append(one)
    found = {}
    for case in cases:
        out = _shut(said[case.pk], "user_id")
        found[case.pk] = tuple(one for one in cleared_in[_scope(case)] if one.pk not in out)
    return found


def _scope(case: Case) -> tuple[int, int]:
    return case.organisation_id, case.programme_id


def _cleared_counsellors(organisation_id: int, programme_id: int, *, on: dt.date) -> list[User]:
    grants = working_as(Role.COUNSELLOR, programme_id=programme_id, on=on).filter(organisation=organisation_id)
    users = {one.person_id: one for one in User.objects.filter(pk__in=grants.values("user_id"))}
    allowed = cleared([key for key in users if key is not None], programme_id=programme_id, on=on)
    found = (one for key, one in users.items() if key in allowed)
    return sorted(found, key=lambda one: one.get_username())


def independent_services(case: Case, *, on: dt.date) -> QuerySet[Organisation]:
    """Organisations that work in the programme on the day and have a women's-service worker there, to read of threats;
    never the one whose case it is."""
    parts = (ProgrammeRole.Part.LEAD, ProgrammeRole.Part.PARTNER, ProgrammeRole.Part.MEMBER)
    running = ProgrammeRole.objects.filter(programme=case.programme_id, part__in=parts)
    running = running.filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gte=on))
    workers = working_as(Role.WOMENS_SERVICE_WORKER, programme_id=case.programme_id, on=on)
    found = Organisation.objects.filter(pk__in=running.values("organisation_id")).filter(
        pk__in=workers.values("organisation_id")
    )
    return found.exclude(pk=case.organisation_id).order_by("key")


def answerable(conference: Conference, by: AnyActor) -> Iterator[CaseRequest]:
    """The waiting requests of a conference that are the actor's to answer. Asks nobody's leave."""
    waiting = conference.requests.filter(answer=CaseRequest.Answer.WAITING).exclude(case__in=locked_out(by))
    if by.user_id is not None:
        waiting = waiting.exclude(asked_by=by.user_id)
    yield from waiting.select_related("case__womens_service", "to_counsellor").order_by("pk")
