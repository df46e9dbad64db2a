"""Warnings of a women's service: that one waits is said without a reason, what it says is opened with one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach
from samaki.strands.survivors.access import is_on_her_side, keep, keep_read, reading
from samaki.strands.survivors.models import WarningTask
from samaki.strands.survivors.sealing import of_warning, opened_fields

KIND = "survivors.warningtask"
MOST_DONE = 20


@dataclass(frozen=True)
class WarningView:
    task: WarningTask
    case_code: str
    words: str


def waiting(actor: AnyActor) -> int:
    """How many warnings of the actor's service nobody has taken yet; 0 for whoever is not of one."""
    if not is_on_her_side(actor):
        return 0
    within = reach(actor, Action.SEE_SURVIVOR).q()
    return WarningTask.objects.filter(within, taken_at__isnull=True).count()


def warnings(actor: AnyActor) -> list[WarningTask]:
    """Those not done, the oldest first, then the last that were; nothing that is sealed. Raises Refused, audited."""
    with reading(actor, KIND) as within:
        found = WarningTask.objects.filter(within.q())
        rows = [
            *found.filter(done_at__isnull=True).order_by("raised_at", "pk"),  # all: none may hide behind many
            *found.filter(done_at__isnull=False).order_by("-done_at", "-pk")[:MOST_DONE],
        ]
        keep_read(actor, "read_warnings", KIND, within)
    return rows


def warning(actor: AnyActor, task_id: int) -> WarningView:
    """One warning opened. Raises Refused, NotFound."""
    with reading(actor, KIND) as within:
        task = WarningTask.objects.filter(within.q(), pk=task_id).first()
        if task is None:
            raise NotFound("no_such_warning", _("There is no such task."))
        keep(actor, "read_warning", task, organisation_id=task.organisation_id)
        held = opened_fields(task.sealed, task.salt, of_warning(task.organisation_id, task.raised_at))
        return WarningView(task, held["case_code"], held["words"])
