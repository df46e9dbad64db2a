"""Urgent tasks for the women's service: a threat was heard. One for each, whether or not she is known there."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.services.events import ThreatHeard
from samaki.kernel import sealed
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Conflict
from samaki.strands.survivors.access import keep, writing
from samaki.strands.survivors.models import WarningTask
from samaki.strands.survivors.sealing import closed_fields, of_warning


def warn(heard: ThreatHeard) -> WarningTask:
    """Asks nobody's leave and looks at nothing of hers: whoever raised it had leave to, and learns nothing."""
    service = Organisation.objects.get(pk=heard.womens_service_id)
    (salt,) = sealed.new_salts(1)
    held = {"case_code": heard.case_code, "words": heard.words}
    task = WarningTask.objects.create(
        programme_id=heard.programme_id,
        organisation=service,
        raised_at=heard.at,
        salt=salt,
        sealed=closed_fields(held, salt, of_warning(service.pk, heard.at)),
        is_example=service.is_example,
    )
    keep(heard.by, "warn_womens_service", task, organisation_id=service.pk)
    return task


def take(*, task: WarningTask, by: AnyActor, at: dt.datetime) -> WarningTask:
    """Somebody of the service has it in hand. Raises Conflict("taken_already")."""
    with writing(by, task, organisation_id=task.organisation_id, programme_id=task.programme_id):
        task = _locked(task)
        if task.taken_at is not None:
            raise Conflict("taken_already", _("Somebody has this in hand already."))
        task.taken_at, task.taken_by = at, by.name
        _save(task)
        keep(by, "take_warning", task, organisation_id=task.organisation_id)
    return task


def finish(*, task: WarningTask, by: AnyActor, at: dt.datetime) -> WarningTask:
    """What could be done is done. Raises Conflict: not_taken, done_already."""
    with writing(by, task, organisation_id=task.organisation_id, programme_id=task.programme_id):
        task = _locked(task)
        if task.taken_at is None:
            raise Conflict("not_taken", _("Please take this in hand first."))
        if task.done_at is not None:
            raise Conflict("done_already", _("This is done already."))
        task.done_at = at
        _save(task)
        keep(by, "finish_warning", task, organisation_id=task.organisation_id)
    return task


def _locked(task: WarningTask) -> WarningTask:
    return WarningTask.objects.select_for_update().get(pk=task.pk)


def _save(task: WarningTask) -> None:
    task.revision += 1
    task.save()
