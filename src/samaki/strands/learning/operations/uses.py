"""Which version of a curriculum, and which of its modules, each session taught."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Session
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Invalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope
from samaki.strands.learning.models import CurriculumVersion, Module, SessionUse

WHOLE = 0  # in place of a module: the version was taught, which module is not known


def set_uses(
    *,
    activity: Activity,
    version: CurriculumVersion,
    taught: Mapping[int, Collection[int]],
    by: AnyActor,
    at: dt.datetime,
) -> None:
    """What each session of an activity taught of one version: session → modules, or WHOLE; a session with nothing, or
    left out, taught nothing of it. Other versions' uses stay. Raises Invalid: no_such_session, no_such_version
    (another programme's, or a draft), version_not_yet where a session was held before it was agreed, no_such_module."""
    scope = Scope(organisation_id=activity.organisation_id, programme_id=activity.programme_id)
    with acting(by, Action.RUN_SERIES, activity, **scope, group_id=activity.group_id):
        held = {one.pk: one for one in Session.objects.select_for_update().filter(activity=activity).order_by("pk")}
        if set(taught) - set(held):
            raise Invalid("no_such_session", _("Please choose sessions of this activity."))
        _expect_usable(activity, version, [held[pk] for pk, modules in taught.items() if modules])
        modules = {one.pk: one for one in Module.objects.filter(version=version)}
        if {pk for chosen in taught.values() for pk in chosen} - set(modules) - {WHOLE}:
            raise Invalid("no_such_module", _("Please choose modules of this version."))
        before = {
            (one.session_id, one.module_id or WHOLE): one
            for one in SessionUse.objects.filter(session__in=held, version=version)
        }
        wanted = {(session, pk) for session, chosen in taught.items() for pk in chosen}
        SessionUse.objects.filter(pk__in=[one.pk for key, one in before.items() if key not in wanted]).delete()
        SessionUse.objects.bulk_create(
            SessionUse(
                session_id=session,
                version=version,
                module_id=None if pk == WHOLE else pk,
                is_example=activity.is_example,
            )
            for session, pk in sorted(wanted - before.keys())
        )
        details = {"curriculum": version.curriculum.key, "version": version.number, "sessions": len(wanted)}
        record(by, "curriculum.use", activity, **scope, details=details)


def _expect_usable(activity: Activity, version: CurriculumVersion, sessions: Collection[Session]) -> None:
    if version.curriculum.programme_id != activity.programme_id or version.agreed_on is None:
        words = _("Please choose a version of this programme that was agreed.")
        raise Invalid("no_such_version", words, field="version")
    for session in sessions:
        if session.held_on < version.agreed_on:
            words = _("Session %(number)s was held before this version was agreed.")
            raise Invalid("version_not_yet", words, field="version", number=session.number)
