"""How attendances and activities read behind a figure: a person is a number, a gender and a band; never a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity, Attendance
from samaki.ground.people.rules import age_band
from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.policy import Action
from samaki.kernel.verification import OriginPath, origin_paths

indicator_files.register(IndicatorFile("ground.activities", Path(__file__).with_name("indicators.toml")))


def _attendances(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    found = Attendance.objects.filter(pk__in=ids).select_related(
        "person__merged_into", "session__activity__place", "session__activity__organisation"
    )
    rows = {}
    for attendance in found:
        person = attendance.person.merged_into or attendance.person
        activity = attendance.session.activity
        rows[attendance.pk] = {
            "person": person.pk,
            "gender": person.gender,
            "age_band": age_band(person.birth_year, attendance.session.held_on, given=person.age_band),
            "date": attendance.session.held_on,
            "activity": activity.key,
            "place": activity.place.code if activity.place else None,
            "organisation": activity.organisation.key,
            "origin": attendance.session.origin,
        }
    return rows


def _activities(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    found = Activity.objects.filter(pk__in=ids).select_related("place", "organisation")
    return {
        activity.pk: {
            "activity": activity.key,
            "title": activity.title_km if get_language() == "km" else activity.title_en,
            "kind": activity.kind,
            "date": activity.starts_on,
            "until": activity.ends_on,
            "place": activity.place.code if activity.place else None,
            "organisation": activity.organisation.key,
            "origin": activity.origin,
        }
        for activity in found
    }


row_sources.register(
    RowSource(
        "attendance",
        Action.SEE_PEOPLE,
        (
            ("person", _("Person (number)")),
            ("gender", _("Gender")),
            ("age_band", _("Age band")),
            ("date", _("Date")),
            ("activity", _("Activity")),
            ("place", _("Place")),
            ("organisation", _("Organisation")),
            ("origin", _("Came from")),
        ),
        _attendances,
    )
)
origin_paths.register(OriginPath("activities_attendance", "session__origin"))
row_sources.register(
    RowSource(
        "activity",
        Action.SEE_PROGRAMME,
        (
            ("activity", _("Activity")),
            ("title", _("Title")),
            ("kind", _("Kind of activity")),
            ("date", _("Date")),
            ("until", _("Until")),
            ("place", _("Place")),
            ("organisation", _("Organisation")),
            ("origin", _("Came from")),
        ),
        _activities,
    )
)
