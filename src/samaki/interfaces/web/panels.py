"""What home shows of the ground: my programmes, this week's activities, the users I keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from samaki.ground.accounts import queries as accounts
from samaki.ground.activities import queries as activities
from samaki.ground.activities.models import Activity, Session
from samaki.ground.programmes import queries as programmes
from samaki.interfaces.web.home import exists
from samaki.kernel.actors import Actor, Role
from samaki.kernel.panels import Panel, panels

RECORDERS = frozenset({Role.FACILITATOR, Role.PARTNER_ME})
SHOWN = 6
WEEK = dt.timedelta(days=7)


def own_programmes(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    """The actor's programmes with their results; a donor reads there what is published."""
    own = list(programmes.own_programmes(actor))
    cards = [(one, exists("programme", one.key), exists("programme_results", one.key)) for one in own]
    return {"cards": cards, "published_only": actor.roles() <= {Role.DONOR, Role.AUTHORITY}} if cards else None


def this_week(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    """Activities from today on for a week, and held ones whose attendance nobody has recorded yet."""
    today = timezone.localdate()
    coming = activities.activities(actor, first=today, last=today + WEEK).exclude(state=Activity.State.CANCELLED)
    unrecorded = activities.activities(actor, last=today).filter(
        state=Activity.State.HELD, sessions__attendance=Session.Attendance.NOT_RECORDED
    )
    return {
        "coming": [_line(one) for one in coming.reverse()[:SHOWN]],
        "unrecorded": [_line(one) for one in unrecorded.distinct()[:SHOWN]],
    }


def users(actor: Actor, _subject: object) -> Mapping[str, object] | None:
    listed = accounts.users(actor)
    return {"count": listed.count(), "never": listed.filter(last_login__isnull=True).count(), "href": exists("users")}


def _line(activity: Activity) -> tuple[Activity, str | None]:
    return activity, exists("activity", activity.key)


panels.register(Panel("this_week", "home", "home/this_week.html", this_week, RECORDERS, order=5))
panels.register(Panel("users", "home", "home/users.html", users, frozenset({Role.ADMINISTRATOR}), order=20))
panels.register(Panel("own_programmes", "home", "home/own_programmes.html", own_programmes, order=40))
