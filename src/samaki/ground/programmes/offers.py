"""What a programme suggests to choose from in a form: what is public about it (T1)."""

from __future__ import annotations

from samaki.ground.programmes.models import ProgrammePlace, RightsholderGroup
from samaki.kernel.form_handlers import Choice


def working_places(programme_id: int) -> tuple[Choice, ...]:
    """The places the programme works in, by code."""
    found = ProgrammePlace.objects.filter(programme=programme_id).select_related("place").order_by("place__code")
    places = {line.place.code: line.place for line in found}
    return tuple(Choice(code, place.name_latin, label_km=place.name_km) for code, place in places.items())


def rightsholder_groups(programme_id: int) -> tuple[Choice, ...]:
    """The groups under which the programme counts people, by key."""
    found = RightsholderGroup.objects.filter(programme=programme_id).order_by("pk")
    return tuple(Choice(group.key, group.name_en, label_km=group.name_km) for group in found)
