"""What the frame of every page needs."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samaki.interfaces.web import idle, second_factor
from samaki.interfaces.web.home import exists
from samaki.kernel.actors import PUBLIC


@dataclass(frozen=True)
class Tab:
    key: str
    label: str | Promise
    url_name: str
    icon: str


TABS = (
    Tab("home", _("Home"), "home", "home"),
    Tab("activities", _("Activities"), "activities", "activity"),
    Tab("results", _("Results"), "results", "chart"),
    Tab("more", _("More (navigation tab)"), "more", "more"),
)
OF_RESULTS = {"results", "programme_results", "indicator", "figure_records"}


def _current(request: HttpRequest) -> str:
    """The tab a page belongs to: its own, that of what it shows, else More."""
    match = request.resolver_match
    name = (match.url_name or "") if match else ""
    if name in OF_RESULTS:
        return "results"
    return {"home": "home", "activities": "activities", "activity": "activities"}.get(name, "more" if name else "")


def frame(request: HttpRequest) -> dict[str, object]:
    """`tabs` as (tab, address) of the pages this site has; `current_tab` is the key of the one the page is under."""
    signed_in = hasattr(request, "user") and request.user.is_authenticated
    return {
        "actor": getattr(request, "actor", PUBLIC),
        "current_tab": _current(request),
        "tabs": [(tab, address) for tab in TABS if (address := exists(tab.url_name))] if signed_in else [],
        "example_session": signed_in and bool(request.session.get(second_factor.EXAMPLE)),
        "warn_after": idle.WARN_AFTER,
        "lock_after": idle.LOCK_AFTER,
    }
