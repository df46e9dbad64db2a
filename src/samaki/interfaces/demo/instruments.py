"""Invented answers before and after: the trainees of the working group, the men's groups and the learning groups. How
many answered, and how, is drawn the same every time and is nobody's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from random import Random

from django.utils import timezone

from samaki.ground.activities.models import Activity, Attendance
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Gender, Person
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo import activities
from samaki.interfaces.demo.activities import Happening, Sitting
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.interfaces.demo.people import Casting, invent
from samaki.kernel.actors import System
from samaki.kernel.database.bulk import among
from samaki.strands.learning.models import InstrumentItem, InstrumentVersion, Response
from samaki.strands.learning.operations.responses import Told, take_responses

BY = System("example data")
LAW_DAYS = {"04": dt.date(2008, 5, 13), "14": dt.date(2008, 6, 10), "15": dt.date(2008, 7, 8)}
TOTS = ("twg-tot-19", "twg-tot-04")
VILLAGES = tuple(f"twg-village-{village}" for village in ("19-1", "19-2", "04-1", "04-2", "19-3", "19-4", "04-3"))
RIGHTS = tuple(f"bs-{commune}-{turn}" for commune in ("150103", "150203", "150303") for turn in (3, 7))
MOVED = {"curriculum-test": (0.42, 0.78), "law-2005": (0.45, 0.74), "gem-scale": (0.5, 0.68)}  # share of right answers
CAME, CAME_BACK = 0.95, 0.8
# Of those asked the Washington Group's questions, the share with a disability: a meeting whose number is shown, and one
# whose number is too small to be.
ASKED_ABOUT_DISABILITY = {"fia-banteay-srei-202408-2": 0.45, "fia-banteay-srei-202312-3": 0.12}
FOLLOWED_UP_AFTER = dt.timedelta(days=175)


def load_working_group(programme: Programme, diakonia: Organisation) -> None:
    keys = {"curriculum-test": (*TOTS, *VILLAGES), "gem-scale": TOTS}
    load_answers(programme, diakonia, keys, follow_up=True)


def load_banteay_srei(programme: Programme, banteay_srei: Organisation) -> None:
    load_answers(programme, banteay_srei, {"gem-scale": RIGHTS})


def load_fia(programme: Programme, banteay_srei: Organisation) -> None:
    """Answers to the Washington Group's questions, each sealed under a person's own key and of use in sums alone."""
    if Response.objects.filter(programme=programme).exists():
        return
    version = InstrumentVersion.objects.filter(instrument__key="washington-group", is_published=True).latest("number")
    numbers = [item.number for item in version.items.order_by("number")]
    rng = Random("samaki washington group")  # noqa: S311  # the same example every time, no secret
    told: list[Told] = []
    for key, share in ASKED_ABOUT_DISABILITY.items():
        activity = Activity.objects.get(programme=programme, organisation=banteay_srei, key=key)
        people = _who_came(activity)
        rng.shuffle(people)
        with_disability = round(share * len(people))
        for at, person_id in enumerate(people):
            answers = {number: rng.choice((1, 1, 1, 2)) for number in numbers}
            if at < with_disability:
                answers[rng.choice(numbers)] = rng.choice((3, 4))
            elif at == len(people) - 1:
                answers = dict.fromkeys(numbers, 7)  # she did not want to say
            told.append(Told(ORIGIN, BY, person_id, version.pk, "pre", activity.starts_on, answers, activity.key))
    take_responses(told, programme_id=programme.pk, organisation_id=banteay_srei.pk, at=timezone.now())


def load_mpp(programme: Programme, wela: Organisation, places: Mapping[str, Place]) -> None:
    """A day on the law in each province, with whom and how many invented; and what they answered that day."""
    if Response.objects.filter(programme=programme).exists():
        return
    rng = Random("samaki law days")  # noqa: S311  # the same example every time, no secret
    genders = [Gender.MAN] * 10 + [Gender.WOMAN] * 4
    taken: set[tuple[str, str]] = set()
    activities.write(
        programme,
        [
            Happening(
                f"mpp-law-day-{code}",
                wela,
                Activity.Kind.TRAINING,
                "វគ្គអំពីច្បាប់ឆ្នាំ 2005 ស្តីពីអំពើហិង្សាក្នុងគ្រួសារ",
                "A day on the law of 2005 on domestic violence",
                [Sitting(day, people=invent(Casting(genders, (1950, 1988), [places[code]], day), wela, rng, taken))],
                places[code],
            )
            for code, day in LAW_DAYS.items()
        ],
    )
    keys = tuple(f"mpp-law-day-{code}" for code in LAW_DAYS)
    load_answers(programme, wela, {"law-2005": keys, "gem-scale": keys})


def load_answers(
    programme: Programme, organisation: Organisation, keys: Mapping[str, Sequence[str]], *, follow_up: bool = False
) -> None:
    """Answers to each instrument (by key) at the activities, from whoever came to them; where there are none yet."""
    if Response.objects.filter(programme=programme).exists():
        return
    rng = Random(f"samaki answers {programme.key}")  # noqa: S311  # the same example every time, no secret
    held = Activity.objects.filter(programme=programme, organisation=organisation).in_bulk(
        {key for found in keys.values() for key in found}, field_name="key"
    )
    told: list[Told] = []
    for instrument, of in keys.items():
        version = InstrumentVersion.objects.filter(instrument__key=instrument, is_published=True).latest("number")
        items = list(version.items.order_by("number"))
        for key in of:
            if key in held:
                told += _at(held[key], version, items, instrument, rng, follow_up=follow_up)
    take_responses(told, programme_id=programme.pk, organisation_id=organisation.pk, at=timezone.now())


def _at(
    activity: Activity,
    version: InstrumentVersion,
    items: Sequence[InstrumentItem],
    instrument: str,
    rng: Random,
    *,
    follow_up: bool,
) -> list[Told]:
    low, high = MOVED[instrument]
    found = []
    for person_id in _who_came(activity):
        steady = rng.uniform(-0.12, 0.12)
        moments = [("pre", activity.starts_on, low, CAME), ("post", activity.ends_on, high, CAME)]
        if follow_up:
            moments.append(("follow_up", activity.ends_on + FOLLOWED_UP_AFTER, high - 0.06, CAME_BACK))
        for moment, on, share, likely in moments:
            answers = {item.number: _answer(item, share + steady, rng) for item in items if rng.random() < 0.99}
            if rng.random() < likely and on <= timezone.localdate():
                found.append(Told(ORIGIN, BY, person_id, version.pk, moment, on, answers, activity.key))
    return found


def _who_came(activity: Activity) -> list[int]:
    came = Attendance.objects.filter(session__activity=activity).values_list("person_id", flat=True)
    people = Person.objects.filter(among("pk", set(came)), merged_into=None, withdrawn_at=None).order_by("pk")
    return list(people.values_list("pk", flat=True))


def _answer(item: InstrumentItem, share: float, rng: Random) -> int:
    """Right with that likelihood in a test; in a scale, nearer to the equitable end."""
    values: list[int] = [one["value"] for one in item.choices]
    if item.right is not None:
        return item.right if rng.random() < share else rng.choice([value for value in values if value != item.right])
    least, most = min(values), max(values)
    step = sum(rng.random() < share for _half in range(most - least))
    return most - step if item.is_reversed else least + step
