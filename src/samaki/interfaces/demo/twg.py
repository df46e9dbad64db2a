"""The working group: founded in 2016 by men alone; women and non-binary members from 2023; a curriculum workshop late
in 2023, trainings of trainers in the first half of 2024. How many people and on which days is invented."""

from __future__ import annotations

import datetime as dt
from random import Random

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Activity
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Gender, Person
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo import activities
from samaki.interfaces.demo.activities import Happening, Sitting
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.interfaces.demo.people import Casting, invent

GROUP = "twg-working-group"
FOUNDED = dt.date(2016, 3, 1)
OPENED = dt.date(2023, 2, 1)
FOUNDERS, LATER_MEN, WOMEN, ANOTHER = 9, 2, 7, 3
OWN_WORD = "non-binary"


def load_group(programme: Programme, diakonia: Organisation) -> Group:
    group, _is_new = Group.objects.get_or_create(
        key=GROUP,
        defaults={
            "programme": programme,
            "organisation": diakonia,
            "kind": Group.Kind.WORKING_GROUP,
            "name_latin": "Working group on transformative masculinities",
            "name_km": "ក្រុមការងារស្តីពីភាពជាបុរសដែលនាំឱ្យផ្លាស់ប្តូរ",
            "formed_on": FOUNDED,
            "is_example": True,
            "origin": ORIGIN,
        },
    )
    return group


def load_records(programme: Programme, diakonia: Organisation, group: Group, places: dict[str, Place]) -> None:
    """Loads the records where there are none: what somebody changed since stays changed."""
    if Activity.objects.filter(programme=programme).exists():
        return
    rng = Random("samaki twg")  # noqa: S311  # the same example every time, no secret
    taken: set[tuple[str, str]] = set()
    founders = invent(Casting([Gender.MAN] * FOUNDERS, (1960, 1990), [places["12"]], FOUNDED), diakonia, rng, taken)
    later = [Gender.MAN] * LATER_MEN + [Gender.WOMAN] * WOMEN + [Gender.ANOTHER_TERM] * ANOTHER
    joiners = invent(Casting(later, (1975, 2001), [places["12"]], OPENED, OWN_WORD), diakonia, rng, taken)
    _join(group, founders, joiners)
    members = founders[1:] + joiners
    trainees = {
        code: invent(
            Casting(
                [Gender.WOMAN] * 11 + [Gender.MAN] * 10 + [Gender.ANOTHER_TERM],
                (1970, 2004),
                [places[code]],
                dt.date(2024, 3, 1),
                OWN_WORD,
            ),
            diakonia,
            rng,
            taken,
        )
        for code in ("19", "04")
    }
    activities.write(
        programme,
        [
            Happening(
                "twg-curriculum-workshop",
                diakonia,
                Activity.Kind.WORKSHOP,
                "សិក្ខាសាលាកែលម្អកម្មវិធីសិក្សា",
                "Curriculum workshop",
                _days(dt.date(2023, 11, 28), 3, members, rng),
                places["04"],
                group,
                childcare_offered=True,
                facilitator=User.objects.filter(username="facilitator", is_example=True).first(),
            ),
            _training(diakonia, "19", "ស្ទឹងត្រែង", "Stung Treng", dt.date(2024, 3, 12), trainees, places, rng),
            _training(diakonia, "04", "កំពង់ឆ្នាំង", "Kampong Chhnang", dt.date(2024, 5, 21), trainees, places, rng),
        ],
    )


def _join(group: Group, founders: list[Person], joiners: list[Person]) -> None:
    """One founder left before the group opened; the first of the rest chairs it."""
    Membership.objects.bulk_create(
        Membership(
            group=group,
            person=person,
            role="chair" if number == 1 else "member",
            since=FOUNDED if number < len(founders) else OPENED,
            until=dt.date(2022, 7, 1) if number == 0 else None,
            is_example=True,
            origin=ORIGIN,
        )
        for number, person in enumerate([*founders, *joiners])
    )


def _training(
    diakonia: Organisation,
    code: str,
    province_km: str,
    province_en: str,
    first: dt.date,
    trainees: dict[str, list[Person]],
    places: dict[str, Place],
    rng: Random,
) -> Happening:
    return Happening(
        f"twg-tot-{code}",
        diakonia,
        Activity.Kind.TRAINING_OF_TRAINERS,
        f"វគ្គបណ្តុះបណ្តាលគ្រូបង្គោល ខេត្ត{province_km}",
        f"Training of trainers, {province_en}",
        _days(first, 5, trainees[code], rng),
        places[code],
        childcare_offered=True,
    )


def _days(first: dt.date, days: int, people: list[Person], rng: Random) -> list[Sitting]:
    return [
        Sitting(
            first + dt.timedelta(days=day),
            f"ថ្ងៃទី {day + 1}",
            f"Day {day + 1}",
            [person for person in people if rng.random() < 0.92],
        )
        for day in range(days)
    ]
