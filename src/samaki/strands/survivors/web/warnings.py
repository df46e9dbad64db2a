"""Urgent tasks: opened, taken in hand, done."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from samaki.strands.survivors import operations, queries
from samaki.strands.survivors.web.reasons import with_reason
from samaki.ui.requests import ActorRequest, page


@require_GET
@with_reason
def task(request: ActorRequest, task_id: int) -> HttpResponse:
    return page(request, "survivors/task.html", {"view": queries.warning(request.actor, task_id)})


@require_POST
@with_reason
def step(request: ActorRequest, task_id: int, step: str) -> HttpResponse:
    found = queries.warning(request.actor, task_id).task
    act = operations.take if step == "take" else operations.finish
    act(task=found, by=request.actor, at=timezone.now())
    return redirect("safe_task", task_id)
