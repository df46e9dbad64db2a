"""The Community of Practice: two events, of which the source does not say how many came, so attendance is not recorded.

The first event is dated October 2023 and no closer; its two days in that month are chosen here.
"""

from __future__ import annotations

import datetime as dt

from samaki.ground.activities.models import Activity
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo import activities
from samaki.interfaces.demo.activities import Happening, Sitting
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.interfaces.demo.programmes import OFFICES, RIGHTSHOLDERS


def load_groups(
    programme: Programme, organisations: dict[str, Organisation], places: dict[str, Place]
) -> dict[str, Group]:
    """The five rightsholder groups, one with each member organisation. Belonging reveals, so they keep no names."""
    wanted = {
        f"cop-{key}": Group(
            key=f"cop-{key}",
            programme=programme,
            organisation=organisations[f"cop-member-{number}"],
            kind=Group.Kind.COMMUNITY_OF_PRACTICE,
            name_latin=latin,
            name_km=khmer,
            place=places["16"],
            keeps_names=False,
            is_example=True,
            origin=ORIGIN,
        )
        for number, (key, latin, khmer) in enumerate(RIGHTSHOLDERS, start=1)
    }
    known = set(Group.objects.filter(key__in=wanted).values_list("key", flat=True))
    Group.objects.bulk_create(group for key, group in wanted.items() if key not in known)
    return {group.key: group for group in Group.objects.filter(key__in=wanted)}


def load_records(programme: Programme, organisations: dict[str, Organisation], places: dict[str, Place]) -> None:
    """Loads the records where there are none: what somebody changed since stays changed."""
    if Activity.objects.filter(programme=programme).exists():
        return
    lead = organisations["linking-learning"]
    parts = {f"member {number}": organisations[f"cop-member-{number}"] for number in range(1, 6)}
    parts |= {f"office {number}": organisations[key] for number, key in enumerate(OFFICES, start=1)}
    first, second = dt.date(2023, 10, 17), dt.date(2023, 12, 11)
    activities.write(
        programme,
        [
            Happening(
                "cop-event-1",
                lead,
                Activity.Kind.LEARNING_EVENT,
                "ព្រឹត្តិការណ៍ភ្ជាប់ និងរៀនសូត្រ ខែតុលា ឆ្នាំ 2023",
                "Linking and learning event, October 2023",
                _two_days(first),
                took_part=parts,
            ),
            Happening(
                "cop-event-2",
                lead,
                Activity.Kind.LEARNING_EVENT,
                "ព្រឹត្តិការណ៍ភ្ជាប់ និងរៀនសូត្រ ខេត្តរតនគិរី",
                "Linking and learning event, Ratanakiri",
                _two_days(second),
                places["16"],
                took_part=parts,
            ),
        ],
    )


def _two_days(first: dt.date) -> list[Sitting]:
    return [
        Sitting(first, "រឿងជីវិត", "Life stories"),
        Sitting(first + dt.timedelta(days=1), "តុមូល និងការប្តេជ្ញាចិត្ត", "Round table and commitments"),
    ]
