"""Writes of series: opened, filled with activities, ended, opened again."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.activities.rules import date_in_future
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import refuse_locked
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, expect_revision
from samaki.strands.learning.models import CurriculumVersion, Lead, Series, SeriesActivity
from samaki.strands.learning.queries.practice import not_cleared, uncleared
from samaki.strands.learning.queries.series import last_session_on, scope_of


def create_series(
    *,
    programme: Programme,
    organisation: Organisation,
    kind: Series.Kind,
    title_km: str,
    title_en: str,
    starts_on: dt.date,
    version: CurriculumVersion | None = None,
    key: str = "",
    origin: str = "",
    by: AnyActor,
    at: dt.datetime,
) -> Series:
    """An open series without activities. Raises Invalid: not_in_programme, title_wanted, not_a_version_here;
    Conflict("key_in_use"); Refused, audited."""
    key = key or f"{programme.key}-{uuid4().hex[:10]}"
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    with acting(by, Action.RUN_SERIES, ("learning.series", key), **scope):
        if not ProgrammeRole.objects.filter(programme=programme, organisation=organisation).exists():
            raise Invalid("not_in_programme", _("This organisation has no part in the programme."), field="holder")
        if not title_km.strip() and not title_en.strip():
            raise Invalid("title_wanted", _("Please give the series a title."), field="title_km")
        expect_usable(version, programme)
        if Series.objects.filter(key=key).exists():
            raise Conflict("key_in_use", _("This key is in use already."), field="key")
        made = Series.objects.create(
            programme=programme,
            organisation=organisation,
            key=key,
            kind=kind,
            title_km=title_km.strip(),
            title_en=title_en.strip(),
            version=version,
            starts_on=starts_on,
            is_example=organisation.is_example,
            origin=origin,
        )
        record(by, "create_series", made, **scope, details={"kind": str(kind)})
    return made


def add_activity(*, series: Series, activity: Activity, by: AnyActor, at: dt.datetime) -> SeriesActivity:
    """Its sessions belong to the series from now on. Raises Invalid: not_of_this_series (another organisation's or
    programme's), before_series, not_cleared (who led it, for a training of trainers); Conflict: in_a_series,
    series_ended, not_held, period_locked."""
    with acting(by, Action.RUN_SERIES, series, **scope_of(series)):
        series = _open(series)
        if (activity.programme_id, activity.organisation_id) != (series.programme_id, series.organisation_id):
            text = _("Please choose an activity of the same organisation and programme.")
            raise Invalid("not_of_this_series", text, field="activity")
        if activity.state == Activity.State.CANCELLED:
            raise Conflict("not_held", _("This activity has not taken place."), field="activity")
        if activity.starts_on < series.starts_on:
            raise Invalid("before_series", _("This activity began before the series."), field="activity")
        if SeriesActivity.objects.filter(activity=activity).exists():
            raise Conflict("in_a_series", _("This activity belongs to a series already."), field="activity")
        _expect_cleared_leaders(series, activity)
        refuse_locked(series.programme, activity.starts_on, activity.ends_on)
        added = SeriesActivity.objects.create(series=series, activity=activity)
        _save(series, "add_to_series", by, {"activity": activity.pk})
    return added


def take_out_activity(*, series: Series, activity: Activity, by: AnyActor, at: dt.datetime) -> None:
    """The activity stays; it belongs to no series. Raises Conflict: series_ended, period_locked, not_in_series."""
    with acting(by, Action.RUN_SERIES, series, **scope_of(series)):
        series = _open(series)
        refuse_locked(series.programme, activity.starts_on, activity.ends_on)
        gone, _each = SeriesActivity.objects.filter(series=series, activity=activity).delete()
        if not gone:
            raise Conflict("not_in_series", _("This activity is not in the series any more."))
        _save(series, "take_out_of_series", by, {"activity": activity.pk})


def end_series(*, series: Series, revision: int, ends_on: dt.date, by: AnyActor, at: dt.datetime) -> Series:
    """From now on it can be said who completed it. Raises Invalid: date_in_future, before_last_session,
    session_wanted; Conflict: changed_meanwhile, series_ended, period_locked."""
    with acting(by, Action.RUN_SERIES, series, **scope_of(series)):
        series = _open(series)
        expect_revision(series, revision, {"ends_on": ends_on})
        last = last_session_on(series)
        if last is None:
            raise Invalid("session_wanted", _("A series without a session cannot be ended."))
        if ends_on < last:
            text = _("The last session is after this day. Please choose that day or a later one.")
            raise Invalid("before_last_session", text, field="ends_on")
        if ends_on > timezone.localdate(at):
            raise date_in_future("ends_on")
        refuse_locked(series.programme, ends_on)
        series.ends_on = ends_on
        _save(series, "end_series", by, {})
    return series


def reopen_series(*, series: Series, revision: int, by: AnyActor, at: dt.datetime) -> Series:
    """Ended by mistake. Raises Conflict: certificates_given, not_ended, changed_meanwhile, period_locked."""
    with acting(by, Action.RUN_SERIES, series, **scope_of(series)):
        series = locked_series(series)
        expect_revision(series, revision, {"ends_on": None})
        if series.ends_on is None:
            raise Conflict("not_ended", _("This series is open."))
        if series.certifications.exists():
            raise Conflict("certificates_given", _("Certificates were given for this series, so it stays ended."))
        refuse_locked(series.programme, series.ends_on)
        series.ends_on = None
        _save(series, "reopen_series", by, {})
    return series


def _expect_cleared_leaders(series: Series, activity: Activity) -> None:
    """An activity that uncleared people led becomes no training of trainers afterwards."""
    if series.kind != Series.Kind.TRAINING_OF_TRAINERS:
        return
    led = Lead.objects.filter(session__activity=activity).values_list("person_id", "session__held_on")
    for person_id, held_on in led:
        if uncleared(activity, {person_id}, held_on, of_trainers=True):
            raise not_cleared()


def expect_usable(version: CurriculumVersion | None, programme: Programme) -> None:
    if version is None:
        return
    if version.curriculum.programme_id != programme.pk or version.state == CurriculumVersion.State.DRAFT:
        text = _("Please choose an agreed version of a curriculum of this programme.")
        raise Invalid("not_a_version_here", text, field="version")


def locked_series(series: Series) -> Series:
    found = Series.objects.select_for_update(of=("self",), no_key=True).select_related("programme", "organisation")
    return found.get(pk=series.pk)


def _open(series: Series) -> Series:
    series = locked_series(series)
    if series.ends_on is not None:
        raise Conflict("series_ended", _("This series has ended. Please open it again first."))
    return series


def _save(series: Series, act: str, by: AnyActor, details: dict[str, object]) -> None:
    series.revision += 1
    series.save()
    record(by, act, series, **scope_of(series), details=details)
