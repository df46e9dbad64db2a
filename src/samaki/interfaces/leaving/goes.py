"""What is due to go, by kind and organisation, and the receipts of what went."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from samaki.engines.retention import operations, queries
from samaki.engines.retention.models import Receipt
from samaki.interfaces.web.requests import ActorRequest, page
from samaki.kernel.retention import rules

RECEIPTS_SHOWN = 100


@require_GET
def plan(request: ActorRequest) -> HttpResponse:
    planned = queries.plan(request.actor, timezone.localdate())
    listed = queries.receipts(request.actor)[:RECEIPTS_SHOWN]
    context = {
        "planned": planned,
        "may_run": queries.runnable(request.actor, planned),
        "receipts": [(one, rules[one.rule].label, _went(one)) for one in listed],
        "rules": queries.seen(request.actor),
    }
    return page(request, "leaving/goes.html", context)


@require_POST
def run(request: ActorRequest) -> HttpResponse:
    made = operations.run(by=request.actor, at=timezone.now())
    if made:
        done = ngettext("Done. %(count)d receipt is below.", "Done. %(count)d receipts are below.", len(made))
        messages.success(request, done % {"count": len(made)})
    else:
        messages.info(request, _("Nothing was due."))
    return redirect("retention")


def _went(receipt: Receipt) -> list[tuple[object, int]]:
    kinds = rules[receipt.rule].kinds
    return [(kinds.get(kind, kind), count) for kind, count in receipt.went.items()]
