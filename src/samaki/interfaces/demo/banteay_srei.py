"""Banteay Srei's learning cycle in Pursat: learning groups of women and men who analyse, learn and advocate. Only the
cycle is from its description; the rest is invented."""

from __future__ import annotations

import datetime as dt
from random import Random

from samaki.ground.activities.models import Activity
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Gender
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo import activities
from samaki.interfaces.demo.activities import Happening, Sitting
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.interfaces.demo.people import Casting, invent

COMMUNES = ("150103", "150203", "150303")
FORMED = dt.date(2022, 2, 1)
CYCLE = (
    (Activity.Kind.MEETING, "ការវិភាគស្ថានភាពសហគមន៍", "The community analyses its situation"),
    (Activity.Kind.DIALOGUE, "ការបោះឆ្នោតជ្រើសរើសបញ្ហាអាទិភាព", "Vote on the first issues"),
    (Activity.Kind.TRAINING, "វគ្គបណ្តុះបណ្តាលអំពីសិទ្ធិ និងភាពជាអ្នកដឹកនាំ", "Training on rights and leadership"),
    (Activity.Kind.DIALOGUE, "ការតស៊ូមតិជាមួយអាជ្ញាធរ", "Advocacy with the authorities"),
)


def load_groups(programme: Programme, banteay_srei: Organisation, places: dict[str, Place]) -> dict[str, Group]:
    """A learning group in each of three communes, by commune code."""
    keys = {f"bs-learning-{code}": code for code in COMMUNES}
    known = set(Group.objects.filter(key__in=keys).values_list("key", flat=True))
    Group.objects.bulk_create(
        Group(
            key=key,
            programme=programme,
            organisation=banteay_srei,
            kind=Group.Kind.LEARNING_GROUP,
            name_latin=f"Learning group of {places[code].name_latin}",
            name_km=f"ក្រុមរៀនសូត្រ ឃុំ{places[code].name_km}",
            place=places[code],
            formed_on=FORMED,
            is_example=True,
            origin=ORIGIN,
        )
        for key, code in keys.items()
        if key not in known
    )
    return {keys[group.key]: group for group in Group.objects.filter(key__in=keys)}


def load_records(
    programme: Programme, banteay_srei: Organisation, groups: dict[str, Group], places: dict[str, Place]
) -> None:
    """Loads the records where there are none: what somebody changed since stays changed."""
    if Activity.objects.filter(programme=programme).exists():
        return
    rng = Random("samaki banteay-srei")  # noqa: S311  # the same example every time, no secret
    happenings = []
    for turn, code in enumerate(COMMUNES):
        genders = [Gender.WOMAN] * 14 + [Gender.MAN] * 6
        people = invent(Casting(genders, (1960, 2003), [places[code]], FORMED), banteay_srei, rng)
        Membership.objects.bulk_create(
            Membership(
                group=groups[code],
                person=person,
                role="leader" if number == 0 else "member",
                since=FORMED,
                is_example=True,
                origin=ORIGIN,
            )
            for number, person in enumerate(people)
        )
        for step, (kind, title_km, title_en) in enumerate(CYCLE * 2):
            day = dt.date(2023, 1, 12) + dt.timedelta(days=77 * step + 9 * turn)
            happenings.append(
                Happening(
                    f"bs-{code}-{step + 1}",
                    banteay_srei,
                    kind,
                    title_km,
                    title_en,
                    [Sitting(day, people=[person for person in people if rng.random() < 0.8])],
                    places[code],
                    groups[code],
                    childcare_offered=True,
                )
            )
    activities.write(programme, happenings)
