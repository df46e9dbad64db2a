"""Whom a sheet of answers is keyed for: who came to the activity, for who may write down by name who came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Attendance
from samaki.ground.people.models import Person, PersonKey
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach, refusal
from samaki.strands.learning.models import EarlierAnswers, Instrument, InstrumentVersion, Response
from samaki.strands.learning.queries.attendance import takes_attendance
from samaki.strands.learning.queries.series import scope_of
from samaki.strands.learning.sealing import opened_answers

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


def keyed(of: Activity, version: InstrumentVersion, moment: str, people: Sequence[int]) -> dict[int, int]:
    """Who among these has answers of this version and moment already, with how often they were written; not which."""
    found = _responses(of, version, moment).filter(person__in=people)
    return dict(found.order_by().values_list("person_id").annotate(times=Sum("revision")))


@dataclass(frozen=True)
class Stands:
    """Answers that stand, or stood: of which day, written when, and as the how manieth; `replaced_by` whom, where they
    no longer stand."""

    on: dt.date
    number: int
    at: dt.datetime
    answers: Mapping[int, int]
    replaced_by: str = ""

    def says(self, on: dt.date, answers: Mapping[int, int]) -> bool:
        return self.on == on and self.answers == dict(answers)


def standing(of: Activity, version: InstrumentVersion, moment: str, people: Sequence[int]) -> dict[int, list[Stands]]:
    """What stands of these people, the latest day first; opened, so for comparing in memory, or for a page that asked
    `answers`."""
    found = _responses(of, version, moment).filter(person__in=people).order_by("-answered_on", "pk")
    keys = {key.pk: key for key in PersonKey.objects.filter(pk__in=people)}
    standing: dict[int, list[Stands]] = {}
    for one in found:
        stands = Stands(one.answered_on, one.revision, one.updated_at, opened_answers(one, keys[one.person_id]))
        standing.setdefault(one.person_id, []).append(stands)
    return standing


def answers(
    actor: AnyActor, of: Activity, version: InstrumentVersion, moment: str, people: Sequence[int]
) -> dict[int, list[Stands]]:
    """What stands of these people, to be shown; written to the audit trail. Of the Washington Group's questions only
    that something stands: what was answered is never shown again."""
    found = standing(of, version, moment, people)
    if asks_health(version):
        return {person: [replace(one, answers={}) for one in those] for person, those in found.items()}
    if found:
        _opened_to(actor, of, found)
    return found


def history(actor: AnyActor, of: Activity, version: InstrumentVersion, moment: str, person_id: int) -> list[Stands]:
    """All that was ever kept of a person's answers, what stands first; written to the audit trail. Raises NotFound
    where nothing was."""
    found = answers(actor, of, version, moment, [person_id]).get(person_id, [])
    if not found:
        raise NotFound("no_such_response", _("There are no answers of this person."))
    before = EarlierAnswers.objects.filter(response__in=_responses(of, version, moment).filter(person_id=person_id))
    key = PersonKey.objects.get(pk=person_id)
    hidden = asks_health(version)
    for one in before.filter(person_id=person_id, version=version).order_by("-replaced_at", "-revision"):
        said = {} if hidden else opened_answers(one, key)
        found.append(Stands(one.answered_on, one.revision, one.replaced_at, said, one.replaced_by))
    return found


def asks_health(version: InstrumentVersion) -> bool:
    return version.instrument.scoring == Instrument.Scoring.WASHINGTON_GROUP


def _responses(of: Activity, version: InstrumentVersion, moment: str) -> QuerySet[Response]:
    return Response.objects.filter(activity=of, version=version, moment=moment, person__withdrawn_at__isnull=True)


def _opened_to(actor: AnyActor, of: Activity, people: Iterable[int]) -> None:
    details = {"people": sorted(people)}
    record(actor, "response.show", of, **scope_of(of), reason="comparing answers keyed from paper", details=details)
