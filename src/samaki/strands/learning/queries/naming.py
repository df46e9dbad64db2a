"""Names on the pages where it is written down who came and who led: one rule for all of them (decision 18).

The facilitator of the activity sees its names without ceremony; whoever else of the organisation may see people says
why first, and until then reads numbers. Each opening stands in the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Activity, Session
from samaki.ground.activities.own_rosters import own_rosters
from samaki.ground.activities.queries import facilitates
from samaki.ground.people.identities import Identity, opened
from samaki.ground.people.models import Person
from samaki.ground.people.queries import reveal_many
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.database.bulk import among
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, may, refusal
from samaki.strands.learning.models import Lead
from samaki.strands.learning.queries.series import CANONICAL, scope_of


def sees_people_of(actor: AnyActor, activity: Activity) -> bool:
    """Whether she may know of people of this activity at all: the organisation's own, or who leads it."""
    return may(actor, Action.SEE_PEOPLE, **scope_of(activity)) or facilitates(actor, activity)


def expect_seen(actor: AnyActor, session: Session) -> None:
    """Raises Refused, audited."""
    with keeping_refusals(actor, Action.SEE_PEOPLE, session, **scope_of(session.activity)):
        if not sees_people_of(actor, session.activity):
            raise refusal(actor, Action.SEE_PEOPLE)


def own_people(actor: AnyActor, session: Session) -> set[int]:
    """Whom the facilitator of the session's activity knows by it: who came before, or belongs to its group."""
    activity = session.activity
    return {one.pk for one in own_rosters(actor, [activity], on=session.held_on).get(activity.pk, ())} | set(
        session.attendances.values_list("person_id", flat=True)
    )


def colleagues(actor: AnyActor, session: Session) -> set[int]:
    """Numbers, as they stand after merges, whom the facilitator may choose from as leaders: herself, who led sessions
    of the activity or of its series before, and the people she knows by it."""
    activity = session.activity
    led = Lead.objects.filter(session__activity=activity)
    if (joined := getattr(activity, "in_series", None)) is not None:
        led |= Lead.objects.filter(session__activity__in_series__series=joined.series_id)
    found = set(led.annotate(whose=CANONICAL).values_list("whose", flat=True)) | own_people(actor, session)
    if actor.user_id is not None:
        found |= set(User.objects.filter(pk=actor.user_id, person_id__isnull=False).values_list("person_id", flat=True))
    merged = dict(Person.objects.filter(pk__in=found).values_list("pk", "merged_into_id"))
    return {merged[pk] or pk for pk in found if pk in merged}


def expect_own(actor: AnyActor, session: Session, person_ids: Iterable[int]) -> None:
    """Raises NotFound where one is named who is of another organisation or, by a facilitator, not hers to tick off;
    Refused, audited."""
    expect_seen(actor, session)
    ids, activity = set(person_ids), session.activity
    sees_all = may(actor, Action.SEE_PEOPLE, **scope_of(activity))
    of_ours = Person.objects.filter(among("pk", ids), organisation=activity.organisation_id).count()
    if of_ours != len(ids) or (not sees_all and not ids <= own_people(actor, session)):
        raise NotFound("not_found", _("This is not in your list."))


def names(
    actor: AnyActor, on: Session | Activity, activity: Activity, person_ids: Iterable[int], reason: str
) -> dict[int, Identity]:
    """The names of people of the activity that the actor may know of (the caller has asked), by number: for its
    facilitator; for others once they gave a reason, and none before. Who withdrew is left out."""
    ids = sorted(set(person_ids))
    if not ids:
        return {}
    if facilitates(actor, activity):
        record(actor, "people.reveal", on, **scope_of(activity), details={"people": ids})
        return opened(ids)
    return reveal_many(actor, ids, reason) if reason.strip() else {}
