"""Field pages on the home of who records: one big button, what waits on this phone, what is due, what came back."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.verification import to_verify
from samaki.ground.accounts.devices import sending_roles
from samaki.ground.programmes.queries import programmes_for
from samaki.interfaces.field.jobs import handlers
from samaki.kernel.actors import Actor, Role
from samaki.kernel.panels import Panel, panels

SHOWN = 6


def record(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    if not actor.roles() & sending_roles():
        return None
    today = timezone.localdate()
    owed = [
        (one, handler)
        for handler in handlers()
        if handler.owed is not None
        for programme in programmes_for(actor, handler.action)
        for one in handler.owed(actor, programme.pk, today)
    ]
    owed.sort(key=lambda pair: (pair[0].due_on, pair[0].label_en))
    mine = Submission.objects.filter(user_id=actor.user_id or 0, is_current=True)
    broken = Q(state=Submission.State.FAILED)
    return {
        "field": reverse("field"),
        "account": actor.user_id,
        "due": [one for one, _handler in owed[:SHOWN]],
        "more": max(0, len(owed) - SHOWN),
        "returned": mine.filter(Q(review=Submission.Review.RETURNED) | broken).count(),
    }


def verify(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    count = to_verify(actor).count()
    return {"count": count} if count else None


panels.register(Panel("record", "home", "field/panel_record.html", record, order=1))
panels.register(
    Panel(
        "verify_records",
        "home",
        "field/panel_verify.html",
        verify,
        frozenset({Role.PARTNER_ME, Role.PROGRAMME_OFFICER}),
        8,
    )
)
