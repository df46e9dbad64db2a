"""What clearances answer to people and accounts in the same transaction."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.events import RoleGiven
from samaki.ground.clearances.events import ClearanceStopped
from samaki.ground.clearances.models import Clearance
from samaki.ground.clearances.standing import STOPPED, cleared, holding
from samaki.ground.people.events import PeopleJoined
from samaki.ground.programmes.models import ProgrammeRole
from samaki.kernel.actors import Role
from samaki.kernel.errors import Conflict
from samaki.kernel.registry import reactions

WANTS_CLEARANCE = frozenset({Role.COUNSELLOR})


@reactions.on(PeopleJoined)
def stop_the_joined(event: PeopleJoined) -> None:
    """Who is stopped under one record is stopped under all that are found to be hers."""
    on = timezone.localdate(event.at)
    found = Clearance.objects.filter(holding(on), person_id__in=event.person_ids, status__in=STOPPED)
    for programme_id in sorted(set(found.values_list("programme_id", flat=True))):
        reactions.raise_event(ClearanceStopped(event.person_ids, programme_id, on, event.at, event.by))


@reactions.on(RoleGiven)
def refuse_the_uncleared(event: RoleGiven) -> None:
    """Nobody who is known as a person becomes a counsellor without a clearance that holds. Who is not known yet may
    hold the role, and can do nothing by it. Raises Conflict("not_cleared")."""
    if event.role not in WANTS_CLEARANCE or event.person_id is None:
        return
    programmes = {event.programme_id} if event.programme_id is not None else _programmes(event.organisation_id)
    if not any(cleared([event.person_id], programme_id=one, on=event.on) for one in programmes):
        text = _("This person may not counsel yet. Please wait until vetting is finished.")
        raise Conflict("not_cleared", text, field="role")


def _programmes(organisation_id: int) -> set[int]:
    return set(ProgrammeRole.objects.filter(organisation=organisation_id).values_list("programme_id", flat=True))
