"""Whom a sheet of answers is keyed for: who came to the activity, for who may write down by name who came."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Attendance
from samaki.ground.people.identities import Identity, opened
from samaki.ground.people.models import Person
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach, refusal
from samaki.strands.learning.models import InstrumentVersion, Response
from samaki.strands.learning.queries.attendance import takes_attendance
from samaki.strands.learning.queries.series import scope_of

ROWS = 30  # of a sheet


def activities(actor: AnyActor) -> QuerySet[Activity]:
    """Those within the actor's sight whose people are kept by name, the latest first. Raises Refused."""
    within = reach(actor, Action.RECORD_ACTIVITY)
    if not within:
        raise refusal(actor, Action.RECORD_ACTIVITY)
    found = Activity.objects.filter(within.q(group="group_id"), is_sensitive=False).exclude(group__keeps_names=False)
    if not reach(actor, Action.SEE_PEOPLE):
        found = found.filter(facilitator_id=actor.user_id)
    return found.select_related("programme", "group").order_by("-starts_on", "-pk")


def activity(actor: AnyActor, activity_id: int) -> Activity:
    """Raises Refused; NotFound, saying the same whether it exists or not, or whether its people are kept by name."""
    found = activities(actor).filter(pk=activity_id).first()
    if found is None or not takes_attendance(actor, found):
        raise NotFound("no_such_activity", _("There is no such activity."))
    return found


def sheet(actor: AnyActor, of: Activity, after: int) -> list[int]:
    """Numbers of the people who came, in the order of the list, from the row on. Who withdrew is left out."""
    came = Attendance.objects.filter(session__activity=of, person__withdrawn_at__isnull=True).order_by("pk")
    ordered = list(dict.fromkeys(came.values_list("person_id", flat=True)))
    standing = dict(Person.objects.filter(pk__in=ordered).values_list("pk", "merged_into_id"))
    people = list(dict.fromkeys(standing[pk] or pk for pk in ordered))
    return people[after : after + ROWS]


def names(actor: AnyActor, of: Activity, people: Sequence[int]) -> dict[int, Identity]:
    """Written to the audit trail, as every opening of names."""
    if people:
        details = {"people": sorted(people)}
        record(actor, "people.reveal", of, **scope_of(of), reason="keying answers from paper", details=details)
    return opened(list(people))


def keyed(of: Activity, version: InstrumentVersion, moment: str, people: Sequence[int]) -> dict[int, int]:
    """Who among these has answers of this version and moment already, with how often they were written; not which."""
    found = Response.objects.filter(activity=of, version=version, moment=moment, person__in=people)
    return dict(found.order_by().values_list("person_id").annotate(times=Sum("revision")))
