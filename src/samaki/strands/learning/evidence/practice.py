"""How series attended and certificates read behind a figure: a person is a number, and a code is never shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from samaki.ground.people.models import Person
from samaki.kernel.evidence import IndicatorFile, RowSource, indicator_files, row_sources
from samaki.kernel.policy import Action
from samaki.strands.learning.measures.practice import series_and_person
from samaki.strands.learning.models import Certification, Series
from samaki.strands.learning.queries.series import completions

indicator_files.register(IndicatorFile("strands.learning.practice", Path(__file__).parents[1] / "practice.toml"))
_PERSON = (("person", _("Person (number)")), ("gender", _("Gender")))


def _attended(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    pairs = {row_id: series_and_person(row_id) for row_id in ids}
    series = Series.objects.select_related("organisation").in_bulk({one for one, _person in pairs.values()})
    people = {person_id for _series, person_id in pairs.values()}
    genders = dict(Person.objects.filter(pk__in=people).values_list("pk", "gender"))
    told = completions(series, people)
    return {
        row_id: {
            "person": pair[1],
            "gender": genders.get(pair[1]),
            "series": series[pair[0]].key,
            "attended": told[pair].attended,
            "sessions": told[pair].sessions,
            "ended": series[pair[0]].ends_on,
            "completed": told[pair].completed.value,
            "organisation": series[pair[0]].organisation.key,
        }
        for row_id, pair in pairs.items()
        if pair in told
    }


def _certified(ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
    found = Certification.objects.filter(pk__in=ids)
    found = found.select_related("person__merged_into", "series", "organisation")
    return {
        one.pk: {
            "person": (one.person.merged_into or one.person).pk,
            "gender": (one.person.merged_into or one.person).gender,
            "certified_on": one.certified_on,
            "kind": one.kind,
            "series": one.series.key if one.series else None,
            "organisation": one.organisation.key,
        }
        for one in found
    }


row_sources.register(
    RowSource(
        "series_attended",
        Action.SEE_PEOPLE,
        (
            *_PERSON,
            ("series", _("Series")),
            ("attended", _("Sessions attended")),
            ("sessions", _("Sessions of the series")),
            ("ended", _("Last day")),
            ("completed", _("Completed")),
            ("organisation", _("Organisation")),
        ),
        _attended,
    )
)
row_sources.register(
    RowSource(
        "certified",
        Action.SEE_PEOPLE,
        (
            *_PERSON,
            ("certified_on", _("Certified on")),
            ("kind", _("Certificate")),
            ("series", _("Series")),
            ("organisation", _("Organisation")),
        ),
        _certified,
    )
)
