"""Reports to authorities in the example: two invented offices, most of which act within a day, some later, some not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.kernel.actors import System
from samaki.strands.counselling.models import AuthorityResponse
from samaki.strands.counselling.operations import authority

BY = System("example data")
Act = AuthorityResponse.Act
OFFICES = (
    ("example-police-post", "Police post (example)", "ប៉ុស្តិ៍នគរបាល (ឧទាហរណ៍)"),
    ("example-commune-council", "Commune council (example)", "ក្រុមប្រឹក្សាឃុំ (ឧទាហរណ៍)"),
)
# Commune, days ago, office, minutes until it acted (None: not yet), and how.
REPORTS = (
    ("040102", 2, 0, None, None),
    ("040203", 1, 1, None, None),
    ("040102", 9, 0, 95, Act.STOPPED),
    ("040102", 30, 1, 340, Act.SAFETY),
    ("040203", 44, 0, 1_300, Act.RECORD),
    ("040203", 51, 1, 4_400, Act.MEDIATED),
    ("140103", 60, 0, 610, Act.WEAPON),
    ("140103", 75, 0, None, None),
    ("140203", 82, 1, 2_880, Act.RECORD),
    ("140303", 96, 0, 150, Act.STOPPED),
    ("150103", 110, 0, 720, Act.COURT),
    ("150203", 133, 1, 1_440, Act.SAFETY),
)


def load(programme: Programme, groups: Mapping[str, Group], places: Mapping[str, Place], at: dt.datetime) -> None:
    """Loads it once; where anything was reported already, nothing is changed."""
    if AuthorityResponse.objects.filter(programme=programme).exists():
        return
    offices = [_office(*names, places["04"]) for names in OFFICES]
    for commune, days_ago, office, minutes, act in reversed(REPORTS):
        reported_at = at - dt.timedelta(days=days_ago)
        response = authority.report_to_authority(
            group=groups[commune], office=offices[office], reported_at=reported_at, by=BY, at=at
        )
        if minutes is not None and act is not None:
            acted_at = reported_at + dt.timedelta(minutes=minutes)
            authority.record_answer(
                response=response, revision=response.revision, acted_at=acted_at, action=act, by=BY, at=at
            )
    AuthorityResponse.objects.filter(programme=programme).update(origin=ORIGIN)


def _office(key: str, name_latin: str, name_km: str, place: Place) -> Organisation:
    made, _is_new = Organisation.objects.get_or_create(
        key=key,
        defaults={
            "name_latin": name_latin,
            "name_km": name_km,
            "kind": Organisation.Kind.GOVERNMENT_OFFICE,
            "place": place,
            "is_example": True,
            "origin": ORIGIN,
        },
    )
    return made
