"""Attendance and leads of a session, name by name: type a piece of a name, tap it, and it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from samaki.ground.activities.models import Session
from samaki.ground.people.identities import Identity
from samaki.kernel.errors import Conflict, DomainError, Invalid, NotFound
from samaki.kernel.policy import Action, may, refusal
from samaki.strands.learning.models import Lead
from samaki.strands.learning.operations import attendance as operations
from samaki.strands.learning.operations.leads import add_lead, take_back_lead
from samaki.strands.learning.queries import attendance as queries
from samaki.strands.learning.queries import naming, practice
from samaki.strands.learning.queries.series import scope_of
from samaki.strands.learning.web.name_opening import opening, said_reason
from samaki.ui.entries import latin_digits
from samaki.ui.requests import ActorRequest, page

SHORTEST = 2  # letters or digits before anything is looked for


@require_http_methods(["GET", "POST"])
def attendance(request: ActorRequest, session_id: int) -> HttpResponse:
    session = queries.session_within(request.actor, session_id)
    if not queries.takes_attendance(request.actor, session.activity):
        queries.attending(request.actor, session)  # refuses who sees no names, in the trail
        raise refusal(request.actor, Action.RECORD_ACTIVITY)
    if "search" in request.POST:
        return _found(request, session, "learning/attendance.html", _list_of(request, session))
    trouble: DomainError | None = None
    if request.method == "POST" and "show" not in request.POST:
        try:
            _save(request, session)
        except Conflict as conflict:
            if conflict.code == "changed_meanwhile":
                return _both(request, session, conflict)
            trouble = conflict
        except Invalid as invalid:
            trouble = invalid
    session.refresh_from_db(fields=["revision", "attendance"])
    context = {**_list_of(request, session), "trouble": trouble}
    status = trouble.status if trouble else 200
    return page(request, "learning/attendance.html", context, fragment="learning/_attendance.html", status=status)


@require_http_methods(["GET", "POST"])
def leads(request: ActorRequest, session_id: int) -> HttpResponse:
    session = queries.session_within(request.actor, session_id)
    practice.led_by(request.actor, session)  # refuses who sees no names
    if "search" in request.POST:
        return _found(request, session, "learning/leads.html", _leads_of(request, session))
    trouble: DomainError | None = None
    if request.method == "POST":
        try:
            _lead(request, session)
        except (Conflict, Invalid) as error:
            trouble = error
    context = {**_leads_of(request, session), "trouble": trouble}
    status = trouble.status if trouble else 200
    return page(request, "learning/leads.html", context, fragment="learning/_leads.html", status=status)


def _save(request: ActorRequest, session: Session) -> None:
    listed, revision = _numbers(request, "person"), next(iter(_numbers(request, "revision")), 0)
    about = {"session": session, "revision": revision, "listed": listed, "by": request.actor, "at": timezone.now()}
    if added := _numbers(request, "add"):
        operations.add_to_list(**about, person_id=added[0])  # type: ignore[arg-type]  # as named above
    elif gone := _numbers(request, "take_off"):
        operations.take_off_list(**about, person_id=gone[0])  # type: ignore[arg-type]  # as named above
    else:
        operations.save_list(**about)  # type: ignore[arg-type]  # as named above


def _lead(request: ActorRequest, session: Session) -> None:
    now = timezone.now()
    if added := _numbers(request, "add") or _by_number(request):
        add_lead(session=session, person_id=added[0], by=request.actor, at=now)
    elif gone := _numbers(request, "take_off"):
        lead = Lead.objects.filter(session=session, pk=gone[0]).select_related("session__activity__programme").first()
        if lead is None:
            raise Conflict("not_leading", _("This person is not written down any more."))
        take_back_lead(lead=lead, by=request.actor, at=now)


def _by_number(request: ActorRequest) -> Sequence[int]:
    """As it stands on a paper: P000123, or 123."""
    if "by_number" not in request.POST:
        return ()
    written = latin_digits(request.POST.get("number", "")).upper().removeprefix("P")
    if not written.isdecimal() or len(written) > 18:
        raise Invalid("value_missing", _("Please write the number of the person."), field="number")
    return (int(written),)


def _list_of(request: ActorRequest, session: Session) -> dict[str, object]:
    ids = queries.attending(request.actor, session)
    names = queries.names_of_list(request.actor, session, ids, reason=said_reason(request))
    return {
        "session": session,
        "activity": session.activity,
        "listed": [(pk, _name(names, pk)) for pk in ids],
        **opening(request, session.activity, ids, names),
        "recorded": session.attendance == Session.Attendance.NAMED,
    }


def _leads_of(request: ActorRequest, session: Session) -> dict[str, object]:
    rows = practice.led_by(request.actor, session)
    ready = practice.may_lead(request.actor, session)
    ids = {*ready, *(one.person_id for one in rows)}
    names = naming.names(request.actor, session, session.activity, ids, said_reason(request))
    there = {one.person.merged_into_id or one.person_id for one in rows}
    return {
        "session": session,
        "activity": session.activity,
        "leads": [(one, _name(names, one.person_id)) for one in rows],
        "ready": [(pk, _name(names, pk)) for pk in ready if pk not in there],
        "sees_all": may(request.actor, Action.SEE_PEOPLE, **scope_of(session.activity)),
        **opening(request, session.activity, ids, names),
    }


def _found(request: ActorRequest, session: Session, template: str, context: Mapping[str, object]) -> HttpResponse:
    text = request.POST.get("text", "").strip()[:120]
    found = queries.found_by_name(request.actor, session, text) if len(text) >= SHORTEST else []
    language = get_language() or "km"
    shown = [(one, one.identity.name(language), _other(one.identity, language)) for one in found]
    asked = {**context, "text": text, "found": shown, "asked": len(text) >= SHORTEST}
    return page(request, template, asked, fragment="learning/_found.html")


def _both(request: ActorRequest, session: Session, conflict: Conflict) -> HttpResponse:
    """What somebody else saved and what this taker has, side by side, each name once marked where they differ."""
    theirs, yours = _ids(conflict.params["theirs"]), _ids(conflict.params["yours"])
    there = [pk for pk in yours if pk in set(theirs)]
    ids = {*theirs, *yours}
    names = queries.names_of_list(request.actor, session, ids, reason=said_reason(request))
    context = {
        "session": session,
        "activity": session.activity,
        "revision": conflict.params["revision"],
        "theirs": [(pk, _name(names, pk), pk not in there) for pk in theirs],
        "yours": [(pk, _name(names, pk), pk not in there) for pk in yours],
        "together": sorted({*theirs, *yours}),
        "mine": yours,
        **opening(request, session.activity, ids, names),
    }
    return page(request, "learning/conflict.html", context, fragment="learning/_conflict.html", status=409)


def _ids(told: object) -> list[int]:
    if not isinstance(told, Mapping):
        raise NotFound("no_such_session", _("There is no such session."))
    return list(told["person_ids"])


def _numbers(request: ActorRequest, name: str) -> Sequence[int]:
    return [int(one) for one in request.POST.getlist(name) if one.isdecimal() and len(one) < 19]


def _name(names: Mapping[int, Identity], person_id: int) -> str:
    found = names.get(person_id)
    return found.name(get_language() or "km") if found else ""


def _other(identity: Identity, language: str) -> str:
    """The name in the other script, which tells two people of one name apart."""
    other = identity.full_latin if language.startswith("km") else identity.full_km
    return "" if other == identity.name(language) else other
