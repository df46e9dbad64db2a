"""Series, who led and who was certified, for the working group and for Banteay Srei; all of it invented.

The working group trains trainers; those certified teach villages; some of whom they taught are certified in turn and
teach other villages. A refresher late in 2024 renews those who had not led for six months.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Gender, Person, PersonKey
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo import activities
from samaki.interfaces.demo.activities import Happening, Sitting
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.interfaces.demo.people import Casting, invent
from samaki.strands.learning.models import (
    Assessment,
    Certification,
    CoachingVisit,
    FollowUp,
    Lead,
    Series,
    SeriesActivity,
)
from samaki.strands.learning.rules import in_window
from samaki.strands.learning.rules.practice import Completion, completion
from samaki.strands.learning.sealing import closed, closed_notes

TRAINERS = "bs-trainers"
MARK = {"is_example": True, "origin": ORIGIN}
SEEN = (
    ("yes", "បែងចែកការងារផ្ទះជាមួយប្រពន្ធ ហើយនិយាយរឿងនេះក្នុងការប្រជុំភូមិ។"),
    ("yes", "Speaks with young men of the village about violence each month."),
    ("partly", "Listens more at home; has not spoken about it in public yet."),
    ("yes", "ឈប់និយាយពាក្យមើលងាយ ហើយសុំទោសកូនៗ។"),
    ("no", "Says there was no time for it."),
    ("unknown", ""),
)
NOTES = (
    "Leads the talk calmly; two women had not spoken. Next time pairs first.",
    "រៀបចំបានល្អ។ ត្រូវត្រៀមឧទាហរណ៍ក្នុងភូមិបន្ថែម។",
    "Keeps to time. Wants more on how to answer when somebody laughs.",
)


@dataclass(frozen=True)
class Village:
    """A series of weekly sessions in one commune: led by two, attended by `women` and `men` who live there."""

    key: str
    place: str
    first: dt.date
    leaders: Sequence[Person]
    women: int = 9
    men: int = 6


@dataclass
class Teller:
    """Writes one programme's series. `rng` makes the same example every time."""

    programme: Programme
    organisation: Organisation
    places: Mapping[str, Place]
    rng: Random

    def series(self, key: str, kind: Series.Kind, title_km: str, title_en: str, keys: Sequence[str]) -> Series:
        """A series of activities that are there, ended on the last day of the last."""
        found = list(Activity.objects.filter(key__in=keys, programme=self.programme).order_by("starts_on"))
        made = Series.objects.create(
            programme=self.programme,
            organisation=self.organisation,
            key=key,
            kind=kind,
            title_km=title_km,
            title_en=title_en,
            starts_on=found[0].starts_on,
            ends_on=max(one.ends_on for one in found),
            **MARK,
        )
        SeriesActivity.objects.bulk_create(SeriesActivity(series=made, activity=one) for one in found)
        return made

    def led(self, series: Series, leaders: Sequence[Sequence[Person]]) -> None:
        """Who led each session of the series, in turn."""
        sessions = Session.objects.filter(activity__in_series__series=series).order_by("held_on", "number")
        Lead.objects.bulk_create(
            Lead(session=session, person=person, **MARK)
            for number, session in enumerate(sessions)
            for person in leaders[number % len(leaders)]
        )

    def certified(self, series: Series, most: int = 1000, after: int = 7) -> list[Person]:
        """Those who completed are assessed on the last day, nine in ten pass, and up to `most` of these are certified
        some days later; given in no order."""
        assert series.ends_on is not None
        done = self._completed(series)
        passed = [person for person in done if self.rng.random() < 0.9]
        Assessment.objects.bulk_create(
            Assessment(
                series=series,
                person=person,
                assessed_on=series.ends_on,
                result=Assessment.Result.PASSED if person in passed else Assessment.Result.NOT_YET,
                **MARK,
            )
            for person in done
        )
        chosen = self.rng.sample(passed, min(most, len(passed)))
        return self._certify(series, chosen, series.ends_on + dt.timedelta(days=after), Certification.Kind.FIRST)

    def renewed(self, series: Series) -> list[Person]:
        assert series.ends_on is not None
        return self._certify(series, self._completed(series), series.ends_on, Certification.Kind.RENEWED)

    def village(self, about: Village, taken: set[tuple[str, str]]) -> Series:
        """A village training and the series it makes."""
        place = self.places[about.place]
        cast = Casting([Gender.WOMAN] * about.women + [Gender.MAN] * about.men, (1958, 2005), [place], about.first)
        people = invent(cast, self.organisation, self.rng, taken)
        title_km, title_en = f"វគ្គបណ្តុះបណ្តាលសហគមន៍ ឃុំ{place.name_km}", f"Community training, {place.name_latin}"
        days = [about.first + dt.timedelta(weeks=week) for week in range(5)]
        happening = Happening(
            about.key,
            self.organisation,
            Activity.Kind.TRAINING,
            title_km,
            title_en,
            [Sitting(day, people=[one for one in people if self.rng.random() < 0.88]) for day in days],
            place,
            childcare_offered=True,
        )
        activities.write(self.programme, [happening])
        made = self.series(about.key, Series.Kind.COMMUNITY, title_km, title_en, [about.key])
        self.led(made, [about.leaders])
        return made

    def followed_up(self, people: Sequence[Person], activity: str, months: int) -> None:
        """How it went some months after the activity's last day."""
        about = Activity.objects.get(key=activity)
        keys = PersonKey.objects.in_bulk([person.pk for person in people])
        rows = []
        for number, person in enumerate(people):
            applied, told = SEEN[number % len(SEEN)]
            on = about.ends_on + dt.timedelta(days=30 * months + number)
            rows.append(
                FollowUp(
                    programme=self.programme,
                    organisation=self.organisation,
                    person=person,
                    activity=about,
                    trained_on=about.ends_on,
                    followed_up_on=on,
                    in_window=in_window(about.ends_on, on),
                    applied=applied,
                    evidence=closed(told, person_id=person.pk, origin=ORIGIN, key=keys[person.pk]),
                    **MARK,
                )
            )
        FollowUp.objects.bulk_create(rows)

    def visited(self, series: Series) -> None:
        """A coaching visit to each leader's last session of the series."""
        leads = Lead.objects.filter(session__activity__in_series__series=series).select_related("session")
        last = {one.person_id: one.session for one in leads.order_by("session__held_on")}
        keys = PersonKey.objects.in_bulk(last)
        rows = []
        for number, (person_id, session) in enumerate(sorted(last.items())):
            note = NOTES[number % len(NOTES)]
            rows.append(
                CoachingVisit(
                    programme=self.programme,
                    organisation=self.organisation,
                    person_id=person_id,
                    session=session,
                    visited_on=session.held_on,
                    by="Trainers (example)",
                    notes=closed_notes(note, person_id=person_id, origin=ORIGIN, key=keys[person_id]),
                    **MARK,
                )
            )
        CoachingVisit.objects.bulk_create(rows)

    def _completed(self, series: Series) -> list[Person]:
        sessions = Session.objects.filter(activity__in_series__series=series)
        came = Counter(Attendance.objects.filter(session__in=sessions).values_list("person_id", flat=True))
        whole = sessions.count()
        done = [pk for pk, n in came.items() if completion(n, whole) is Completion.YES]
        return list(Person.objects.filter(pk__in=done).order_by("pk"))

    def _certify(self, series: Series, people: Sequence[Person], on: dt.date, kind: Certification.Kind) -> list[Person]:
        Certification.objects.bulk_create(
            Certification(
                programme=self.programme,
                organisation=self.organisation,
                person=person,
                series=series,
                kind=kind,
                code=_code(f"{series.key} {person.pk}"),
                certified_on=on,
                **MARK,
            )
            for person in people
        )
        return list(people)


def _code(text: str) -> str:
    """The same code every time, in the form of one drawn at random."""
    return base64.b32encode(hashlib.sha256(UUID(int=4).bytes + text.encode()).digest()[:15]).decode()


def load_working_group(programme: Programme, diakonia: Organisation, places: dict[str, Place]) -> None:
    """Loads the series where there are none."""
    if Series.objects.filter(programme=programme).exists():
        return
    tell = Teller(programme, diakonia, places, Random("samaki twg series"))  # noqa: S311  # no secret
    memberships = Membership.objects.filter(group__programme=programme, until__isnull=True).select_related("person")
    group = [one.person for one in memberships.order_by("pk")]
    taken: set[tuple[str, str]] = set()

    first = tell.series(
        "twg-tot-2024-19",
        Series.Kind.TRAINING_OF_TRAINERS,
        "វគ្គបណ្តុះបណ្តាលគ្រូបង្គោល ខេត្តស្ទឹងត្រែង 2024",
        "Training of trainers, Stung Treng 2024",
        ["twg-tot-19"],
    )
    tell.led(first, [[group[0], group[10]], [group[10], group[13]], [group[1], group[16]]])
    north = tell.certified(first)
    one = tell.village(Village("twg-village-19-1", _commune(places, "19", 0), dt.date(2024, 4, 8), north[:2]), taken)
    two = tell.village(Village("twg-village-19-2", _commune(places, "19", 1), dt.date(2024, 4, 22), north[2:4]), taken)

    second = tell.series(
        "twg-tot-2024-04",
        Series.Kind.TRAINING_OF_TRAINERS,
        "វគ្គបណ្តុះបណ្តាលគ្រូបង្គោល ខេត្តកំពង់ឆ្នាំង 2024",
        "Training of trainers, Kampong Chhnang 2024",
        ["twg-tot-04"],
    )
    tell.led(second, [[group[2], group[11]], [group[11], group[17]], [group[12], north[0]]])
    south = tell.certified(second)
    three = tell.village(Village("twg-village-04-1", _commune(places, "04", 0), dt.date(2024, 6, 17), south[:2]), taken)
    tell.village(Village("twg-village-04-2", _commune(places, "04", 1), dt.date(2024, 7, 1), south[2:4]), taken)

    taught = [tell.certified(each, most=3) for each in (one, two, three)]
    tell.village(Village("twg-village-19-3", _commune(places, "19", 2), dt.date(2024, 8, 5), taught[0][:2]), taken)
    tell.village(
        Village("twg-village-19-4", _commune(places, "19", 0), dt.date(2024, 9, 2), [taught[1][0], north[1]], 6, 8),
        taken,
    )
    fourth = Village("twg-village-04-3", _commune(places, "04", 2), dt.date(2024, 9, 9), taught[2][:2], 11, 4)
    tell.visited(tell.village(fourth, taken))
    tell.visited(one)
    _refresher(tell, group, north, taught[0][0])
    tell.followed_up(north[:11], "twg-tot-19", 4)
    tell.followed_up(south[:9], "twg-tot-04", 5)


def _refresher(tell: Teller, group: Sequence[Person], north: Sequence[Person], trainee: Person) -> None:
    """Two days in October 2024 for those certified in March, the second led by somebody whom they taught."""
    days = [dt.date(2024, 10, 15), dt.date(2024, 10, 16)]
    title_km, title_en = "វគ្គរំឭកឡើងវិញ ខេត្តស្ទឹងត្រែង", "Refresher, Stung Treng"
    happening = Happening(
        "twg-refresher-19",
        tell.organisation,
        Activity.Kind.TRAINING,
        title_km,
        title_en,
        [Sitting(day, people=list(north[:8])) for day in days],
        tell.places["19"],
    )
    activities.write(tell.programme, [happening])
    series = tell.series("twg-refresher-2024-19", Series.Kind.REFRESHER, title_km, title_en, ["twg-refresher-19"])
    tell.led(series, [[group[10]], [group[13], trainee]])
    tell.renewed(series)


def _commune(places: Mapping[str, Place], province: str, nth: int) -> str:
    return sorted(code for code in places if len(code) == 6 and code.startswith(province))[nth]


def load_banteay_srei(
    programme: Programme, banteay_srei: Organisation, groups: Mapping[str, Group], places: dict[str, Place]
) -> None:
    """Loads the series where there are none: its own trainers train the leaders of the learning groups, who then lead
    with them in their communes."""
    if Series.objects.filter(programme=programme).exists():
        return
    tell = Teller(programme, banteay_srei, places, Random("samaki banteay-srei series"))  # noqa: S311  # no secret
    trainers = _trainers(tell)
    members = Membership.objects.filter(group__in=groups.values()).select_related("person").order_by("group", "pk")
    by_group: dict[int, list[Person]] = {}
    for membership in members:
        by_group.setdefault(membership.group_id, []).append(membership.person)
    chosen = [person for people in by_group.values() for person in people[:4]]
    title_km, title_en = "វគ្គបណ្តុះបណ្តាលអ្នកដឹកនាំក្រុមរៀនសូត្រ", "Training of learning group leaders"
    days = [dt.date(2023, 2, 20) + dt.timedelta(days=day) for day in range(4)]
    happening = Happening(
        "bs-tot-2023",
        banteay_srei,
        Activity.Kind.TRAINING_OF_TRAINERS,
        title_km,
        title_en,
        [Sitting(day, people=[one for one in chosen if tell.rng.random() < 0.95]) for day in days],
        places["15"],
        childcare_offered=True,
    )
    activities.write(programme, [happening])
    series = tell.series("bs-tot-2023", Series.Kind.TRAINING_OF_TRAINERS, title_km, title_en, ["bs-tot-2023"])
    tell.led(series, [trainers[:2], trainers[2:4]])
    certified = tell.certified(series)
    for number, (code, group) in enumerate(groups.items()):
        place = places[code]
        rights = tell.series(
            f"bs-rights-{code}",
            Series.Kind.COMMUNITY,
            f"វគ្គសិទ្ធិ និងភាពជាអ្នកដឹកនាំ ឃុំ{place.name_km}",
            f"Rights and leadership, {place.name_latin}",
            [f"bs-{code}-3", f"bs-{code}-7"],
        )
        there = set(
            Attendance.objects.filter(session__activity__in_series__series=rights).values_list("person_id", flat=True)
        )
        guests = [one for one in certified if one.pk not in there and one not in by_group[group.pk]]
        tell.led(rights, [[trainers[number], *guests[number : number + 1]], [trainers[number + 1]]])


def _trainers(tell: Teller) -> list[Person]:
    """Banteay Srei's own trainers, who led first of all."""
    since = dt.date(2022, 1, 10)
    group = Group.objects.create(
        key=TRAINERS,
        programme=tell.programme,
        organisation=tell.organisation,
        kind=Group.Kind.WORKING_GROUP,
        name_latin="Trainers of Banteay Srei (example)",
        name_km="ក្រុមគ្រូបណ្តុះបណ្តាលបន្ទាយស្រី (ឧទាហរណ៍)",
        place=tell.places["15"],
        formed_on=since,
        **MARK,
    )
    people = invent(
        Casting([Gender.WOMAN] * 4 + [Gender.MAN], (1970, 1992), [tell.places["15"]], since),
        tell.organisation,
        tell.rng,
    )
    Membership.objects.bulk_create(Membership(group=group, person=person, since=since, **MARK) for person in people)
    return people
