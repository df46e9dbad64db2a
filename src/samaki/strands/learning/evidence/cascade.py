"""How the rows of the cascade read behind a figure: persons are numbers, generations as they stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from samaki.engines.results.columns import settled
from samaki.ground.activities.models import Attendance, Tally
from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.policy import Action
from samaki.strands.learning.models import Lead

indicator_files.register(IndicatorFile("strands.learning.cascade", Path(__file__).parents[1] / "cascade.toml"))

_SESSION = (
    ("date", _("Date")),
    ("activity", _("Activity")),
    ("place", _("Place")),
    ("organisation", _("Organisation")),
)
_PERSON = (("person", _("Person (number)")), ("gender", _("Gender")), ("generation", _("Generation")))


def _of_persons(model: type[Attendance] | type[Lead], ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    found = model._default_manager.filter(pk__in=ids).select_related(
        "person__merged_into", "session__activity__place", "session__activity__organisation"
    )
    generation = settled(model._meta.db_table, "generation", ids)
    rows = {}
    for one in found:
        person, activity = one.person.merged_into or one.person, one.session.activity
        rows[one.pk] = {
            "person": person.pk,
            "gender": person.gender,
            "generation": generation.get(one.pk),
            "date": one.session.held_on,
            "activity": activity.key,
            "place": activity.place.code if activity.place else None,
            "organisation": activity.organisation.key,
        }
    return rows


def _attendances(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    return _of_persons(Attendance, ids)


def _leads(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    return _of_persons(Lead, ids)


def _tallies(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    found = Tally.objects.filter(pk__in=ids).select_related(
        "session__activity__place", "session__activity__organisation"
    )
    return {
        one.pk: {
            "count": one.count,
            "value": one.value,
            "date": one.session.held_on,
            "activity": one.session.activity.key,
            "place": one.session.activity.place.code if one.session.activity.place else None,
            "organisation": one.session.activity.organisation.key,
        }
        for one in found
    }


row_sources.register(RowSource("cascade", Action.SEE_PEOPLE, (*_PERSON, *_SESSION), _attendances))
row_sources.register(RowSource("cascade_lead", Action.SEE_PEOPLE, (*_PERSON, *_SESSION), _leads))
row_sources.register(
    RowSource(
        "cascade_tallied",
        Action.SEE_PROGRAMME,
        (("count", _("Counted")), ("value", _("Value")), *_SESSION),
        _tallies,
    )
)
