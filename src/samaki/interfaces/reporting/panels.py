"""What is owed and what waits, on the home page and under More."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.periods import owed, queries
from samaki.ground.periods.rules import State
from samaki.interfaces.reporting.views import task
from samaki.kernel.actors import Actor, Role
from samaki.kernel.panels import MenuEntry, Panel, menu, panels

WRITERS = frozenset({Role.PARTNER_ME})
VERIFIERS = frozenset({Role.PROGRAMME_OFFICER})


def to_write(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    """The months still open or returned; none of those already handed in."""
    due = [one for one in owed.to_write(actor, timezone.localdate()) if one.state in {State.OPEN, State.RETURNED}]
    return {"tasks": [task(one) for one in due[:6]], "more": max(0, len(due) - 6)}


def to_verify(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    waiting = queries.waiting(actor)
    return {"count": waiting.count(), "first": waiting.first(), "late": owed.late(actor, timezone.localdate())[:6]}


panels.register(Panel("reports_to_write", "home", "reporting/panel_to_write.html", to_write, WRITERS, order=10))
panels.register(Panel("reports_to_verify", "home", "reporting/panel_to_verify.html", to_verify, VERIFIERS, order=10))
menu.register(
    MenuEntry(
        "reports",
        _("Monthly reports"),
        "reports",
        _("Reporting"),
        _("What is due, what waits, what came back"),
        WRITERS | VERIFIERS,
        order=10,
    )
)
