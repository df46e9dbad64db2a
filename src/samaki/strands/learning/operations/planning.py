"""A series from its own page: its training planned or recorded, its words mended, and gone again where it is empty."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Activity
from samaki.ground.activities.operations import create_activity, hold_activity
from samaki.ground.activities.rules import SessionPlan
from samaki.ground.places.models import Place
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action, may
from samaki.kernel.records import expect_revision
from samaki.strands.learning.models import CurriculumVersion, Series, SeriesActivity
from samaki.strands.learning.operations.series import add_activity, expect_usable, locked_series
from samaki.strands.learning.queries.series import scope_of

MOST_DAYS = 30
KINDS = {Series.Kind.TRAINING_OF_TRAINERS: Activity.Kind.TRAINING_OF_TRAINERS}  # others are plain trainings


def plan_training(
    *, series: Series, first_on: dt.date, days: int, place: Place | None, by: AnyActor, at: dt.datetime
) -> Activity:
    """An activity of the series under its title: a session on each of so many days running. Planned where its last day
    is to come, else held; who leads activities facilitates it. Raises Invalid: days_number,
    before_series; and what `create_activity` and `add_activity` do."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("days_number", _("Between 1 and %(most)s days."), field="days", most=MOST_DAYS)
    if first_on < series.starts_on:
        text = _("The series begins later. Please choose its first day or a later day.")
        raise Invalid("before_series", text, field="first_on")
    running = [first_on + dt.timedelta(days=number) for number in range(days)]
    scope = scope_of(series)
    with acting(by, Action.RUN_SERIES, series, **scope):
        leads = may(by, Action.SEE_OWN_ATTENDANCE, **scope)
        activity = create_activity(
            programme=series.programme,
            organisation=series.organisation,
            kind=KINDS.get(Series.Kind(series.kind), Activity.Kind.TRAINING),
            title_km=series.title_km,
            title_en=series.title_en,
            place=place,
            starts_on=running[0],
            ends_on=running[-1],
            sessions=[SessionPlan(day) for day in running],
            state=Activity.State.PLANNED if running[-1] > timezone.localdate(at) else Activity.State.HELD,
            facilitator=User.objects.filter(pk=by.user_id).first() if leads and by.user_id else None,
            by=by,
            at=at,
        )
        add_activity(series=series, activity=activity, by=by, at=at)
    return activity


def hold_training(*, series: Series, activity: Activity, by: AnyActor, at: dt.datetime) -> Activity:
    """A planned training of the series took place. Raises as `hold_activity`; Conflict("not_in_series")."""
    if not SeriesActivity.objects.filter(series=series, activity=activity).exists():
        raise Conflict("not_in_series", _("This activity is not in the series any more."))
    return hold_activity(activity=activity, revision=activity.revision, by=by, at=at)


def edit_series(
    *,
    series: Series,
    revision: int,
    kind: str,
    title_km: str,
    title_en: str,
    starts_on: dt.date,
    version: CurriculumVersion | None,
    by: AnyActor,
    at: dt.datetime,
) -> Series:
    """The words of a series, and while it is open its kind, first day and curriculum too. Raises Invalid: title_wanted,
    not_a_version_here, after_first_activity; Conflict: series_ended, changed_meanwhile."""
    yours = {"kind": kind, "starts_on": starts_on, "version_id": version.pk if version else None}
    with acting(by, Action.RUN_SERIES, series, **scope_of(series)):
        series = locked_series(series)
        expect_revision(series, revision, {**yours, "title_km": title_km, "title_en": title_en})
        if not title_km.strip() and not title_en.strip():
            raise Invalid("title_wanted", _("Please give the series a title."), field="title_km")
        if series.ends_on is not None and any(getattr(series, name) != value for name, value in yours.items()):
            raise Conflict("series_ended", _("This series has ended. Please open it again first."))
        if version is not None and version.pk != series.version_id:
            expect_usable(version, series.programme)
        first = Activity.objects.filter(in_series__series=series).order_by("starts_on").first()
        if first is not None and starts_on > first.starts_on:
            words = _("An activity of the series began before this day.")
            raise Invalid("after_first_activity", words, field="starts_on")
        series.kind, series.starts_on, series.version = kind, starts_on, version
        series.title_km, series.title_en = title_km.strip(), title_en.strip()
        series.revision += 1
        series.save()
        record(by, "edit_series", series, **scope_of(series))
    return series


def remove_series(*, series: Series, revision: int, by: AnyActor, at: dt.datetime) -> None:
    """Opened by mistake. Raises Conflict: changed_meanwhile, series_not_empty where an activity, an assessment or a
    certificate belongs to it."""
    with acting(by, Action.RUN_SERIES, series, **scope_of(series)):
        series = locked_series(series)
        expect_revision(series, revision, {})
        if series.activities.exists() or series.assessments.exists() or series.certifications.exists():
            raise Conflict("series_not_empty", _("Something belongs to this series already, so it stays."))
        details = {"key": series.key, "kind": series.kind, "starts_on": series.starts_on.isoformat()}
        record(by, "remove_series", series, **scope_of(series), details=details)
        series.delete()
