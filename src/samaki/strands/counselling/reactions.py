"""What cases answer to the ground in the same transaction."""

from __future__ import annotations

from samaki.ground.accounts.models import User
from samaki.ground.clearances.events import ClearanceStopped
from samaki.kernel.audit.operations import record
from samaki.kernel.registry import reactions
from samaki.strands.counselling.course import RUNNING
from samaki.strands.counselling.models import Case


@reactions.on(ClearanceStopped)
def take_cases_away(event: ClearanceStopped) -> None:
    """None of the running cases of somebody stopped is his any more; all are the supervisor's to give."""
    running = Case.objects.select_for_update().filter(state__in=[state.value for state in RUNNING])
    users = User.objects.filter(person_id__in=event.person_ids)
    for case in running.filter(counsellor__in=users).order_by("pk"):
        case.counsellor = None
        case.revision += 1
        case.save()
        record(event.by, "take_case_away", case, organisation_id=case.organisation_id, programme_id=case.programme_id)
