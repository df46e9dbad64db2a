"""The attendance list of one session, by name, for who takes it: the organisation's own, or who leads the activity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.consents import ConsentsToBeNamed
from samaki.ground.activities.models import Activity, Session
from samaki.ground.activities.own_rosters import keeps_names
from samaki.ground.people.identities import Identity
from samaki.ground.people.name_index import name_index
from samaki.ground.people.queries import search
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, may, reach
from samaki.strands.learning.queries.naming import expect_own, expect_seen, names, own_people, sees_people_of
from samaki.strands.learning.queries.series import scope_of

SHOWN = 8  # found names at once: as many as a phone shows above its keyboard


@dataclass(frozen=True)
class Found:
    """`may_be_named`: her consent to be named stands on the session's day, a guardian's too where she is young."""

    person_id: int
    identity: Identity
    attends: bool
    may_be_named: bool


def session_within(actor: AnyActor, session_id: int) -> Session:
    """Raises NotFound, saying the same whether it exists."""
    within = reach(actor, Action.SEE_PROGRAMME)
    found = Session.objects.filter(
        within.q(
            organisation="activity__organisation_id", programme="activity__programme_id", group="activity__group_id"
        ),
        pk=session_id,
    ).select_related("activity__programme", "activity__organisation", "activity__group", "activity__place")
    one = found.first()
    if one is None:
        raise NotFound("no_such_session", _("There is no such session."))
    return one


def takes_attendance(actor: AnyActor, activity: Activity) -> bool:
    """Whether she may write down by name who came: leave to record, and to see these people."""
    records = may(actor, Action.RECORD_ACTIVITY, **scope_of(activity))
    return records and keeps_names(activity) and sees_people_of(actor, activity)


def attending(actor: AnyActor, session: Session) -> list[int]:
    """Who is on the list, in the order they were written down. Raises Refused, audited."""
    expect_seen(actor, session)
    return list(session.attendances.order_by("pk").values_list("person_id", flat=True))


def names_of_list(
    actor: AnyActor, session: Session, person_ids: Iterable[int], *, reason: str = ""
) -> dict[int, Identity]:
    """As `naming.names`. Raises as `naming.expect_own`."""
    ids = set(person_ids)
    expect_own(actor, session, ids)
    return names(actor, session, session.activity, ids, reason)


def found_by_name(actor: AnyActor, session: Session, text: str) -> list[Found]:
    """People to tick off by a piece of their name or phone, the likeliest first: of the organisation, for a facilitator
    of those who came before or belong to the activity's group. Raises Refused, audited."""
    expect_seen(actor, session)
    there = set(attending(actor, session))
    activity = session.activity
    if may(actor, Action.SEE_PEOPLE, **scope_of(activity)):
        hits = search(actor, text, organisation_id=activity.organisation_id, limit=SHOWN)
        return _found(session, there, [(hit.person_id, hit.identity) for hit in hits])
    own = own_people(actor, session)
    near = [hit for hit in name_index(activity.organisation_id).search(text, 200) if hit[0] in own][:SHOWN]
    details = {"people": [person_id for person_id, _identity, _likeness in near]}
    record(actor, "people.search", session, **scope_of(activity), details=details)
    return _found(session, there, [(person_id, identity) for person_id, identity, _likeness in near])


def _found(session: Session, there: set[int], hits: Sequence[tuple[int, Identity]]) -> list[Found]:
    consents = ConsentsToBeNamed([person_id for person_id, _identity in hits])
    return [
        Found(person_id, identity, person_id in there, consents.on(person_id, session.held_on))
        for person_id, identity in hits
    ]
