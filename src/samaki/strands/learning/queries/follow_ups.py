"""Follow-ups tell of persons (T3): for the own organisation, and each reading of evidence is in the trail."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.people.models import PersonKey
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach
from samaki.kernel.records import Scope
from samaki.strands.learning.models import FollowUp
from samaki.strands.learning.sealing import opened


def follow_ups(actor: AnyActor, programme: Programme | None = None) -> QuerySet[FollowUp]:
    """Those within the actor's sight, the latest first; what was seen stays sealed."""
    found = FollowUp.objects.filter(reach(actor, Action.SEE_PEOPLE).q())
    if programme is not None:
        found = found.filter(programme=programme)
    return found.select_related("activity").order_by("-followed_up_on", "-pk")


def evidence(actor: AnyActor, follow_up_id: int) -> str:
    """What was seen or told, "" where nothing was, or the person withdrew. Raises NotFound, saying the same whether it
    exists or not."""
    found = follow_ups(actor).filter(pk=follow_up_id).first()
    if found is None:
        raise NotFound("no_such_follow_up", _("There is no such follow-up."))
    scope = Scope(organisation_id=found.organisation_id, programme_id=found.programme_id)
    record(actor, "learning.read_evidence", found, **scope)
    key = PersonKey.objects.filter(pk=found.person_id).first()
    return opened(found, key) if key is not None else ""
