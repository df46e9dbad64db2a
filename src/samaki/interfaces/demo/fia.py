"""Feminists in Action: six partners, two years of monthly records. All of it is invented but the partners' number, the
lead and the donor."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from samaki.ground.activities.models import Activity
from samaki.ground.activities.rules import Counts
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.identities import opened
from samaki.ground.people.models import Gender, Person
from samaki.ground.people.operations import Identity, NewPerson
from samaki.ground.periods.models import PeriodReport
from samaki.ground.periods.rules import State
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo import activities
from samaki.interfaces.demo.activities import Happening, Sitting
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.interfaces.demo.people import Casting, consented, enter_twice, invent
from samaki.interfaces.demo.programmes import FIA_PARTNERS, RIGHTSHOLDERS

STARTED = dt.date(2023, 1, 1)
MONTHS = tuple(dt.date(year, month, 1) for year in (2023, 2024) for month in range(1, 13))
PEOPLE_EACH = 60
Kind = Activity.Kind


@dataclass(frozen=True)
class Theme:
    kind: Kind
    title_km: str
    title_en: str
    group: str = ""
    is_sensitive: bool = False


# What a partner does in the months of a quarter, turn by turn.
THEMES = (
    Theme(Kind.TRAINING, "វគ្គបណ្តុះបណ្តាលអំពីសិទ្ធិស្ត្រី និងច្បាប់", "Training on women’s rights and the law"),
    Theme(Kind.LIVELIHOOD, "ការរៀបចំក្រុមសន្សំប្រាក់", "Savings group at work", "savings"),
    Theme(Kind.DIALOGUE, "បណ្តាញការពារជួបអាជ្ញាធរ", "Protection network meets authorities", "network"),
    Theme(Kind.MEETING, "កិច្ចប្រជុំប្រចាំខែរបស់បណ្តាញ", "Monthly meeting of the network", "network"),
    Theme(Kind.LIVELIHOOD, "វគ្គអនុវត្តសួនបន្លែគ្រួសារ", "Home gardens in practice"),
    Theme(Kind.MEETING, "ការជួបជុំជាមួយសហគមន៍ឥន្ទធនូ", "Meeting with the rainbow community", "", True),
)
REFLECTION = Theme(Kind.REFLECTION, "កិច្ចប្រជុំឆ្លុះបញ្ចាំងប្រចាំត្រីមាស", "Quarterly reflection meeting")


def load_groups(programme: Programme, organisations: dict[str, Organisation]) -> dict[str, Group]:
    """A protection network and a savings group of each partner, by key."""
    wanted = {}
    for key in FIA_PARTNERS:
        partner = organisations[key]
        for kind, latin, khmer in (
            (Group.Kind.NETWORK, "Protection network", "បណ្តាញការពារ"),
            (Group.Kind.SAVINGS_GROUP, "Savings group", "ក្រុមសន្សំប្រាក់"),
        ):
            group = Group(
                key=_group_key(key, kind),
                programme=programme,
                organisation=partner,
                kind=kind,
                name_latin=f"{latin}, {partner.name_latin}",
                name_km=f"{khmer} {partner.name_km}",
                place=partner.place,
                formed_on=STARTED,
                is_example=True,
                origin=ORIGIN,
            )
            wanted[group.key] = group
    known = set(Group.objects.filter(key__in=wanted).values_list("key", flat=True))
    Group.objects.bulk_create(group for key, group in wanted.items() if key not in known)
    return {group.key: group for group in Group.objects.filter(key__in=wanted)}


def load_records(
    programme: Programme, organisations: dict[str, Organisation], groups: dict[str, Group], places: dict[str, Place]
) -> None:
    """Loads the records where there are none: what somebody changed since stays changed."""
    if Activity.objects.filter(programme=programme).exists():
        return
    for number, key in enumerate(FIA_PARTNERS):
        rng = Random(f"samaki {key}")  # noqa: S311  # the same example every time, no secret
        partner = organisations[key]
        people = _people(partner, places, rng)
        _members(groups, key, people)
        activities.write(programme, _happenings(partner, groups, people, organisations["care"], rng))
        _reports(programme, partner, number)


def _group_key(partner: str, kind: Group.Kind | str) -> str:
    return f"fia-{partner}-{'network' if kind in {Group.Kind.NETWORK, 'network'} else 'savings'}"


def _people(partner: Organisation, places: dict[str, Place], rng: Random) -> list[Person]:
    assert partner.place is not None  # every partner of the example has a province
    around = [place for code, place in places.items() if code.startswith(partner.place.code) and len(code) == 6]
    genders = [Gender.WOMAN] * 40 + [Gender.MAN] * 15 + [Gender.ANOTHER_TERM, Gender.PREFERS_NOT_TO_SAY]
    genders += [Gender.NOT_RECORDED] * (PEOPLE_EACH - len(genders))
    people = invent(Casting(genders, (1955, 2003), around or [partner.place], STARTED, "trans"), partner, rng)
    # Two were entered again with the Latin name alone: candidates for the partner's own staff to decide.
    names = opened([person.pk for person in people[:2]])
    again = [
        NewPerson(
            Identity(family_latin=names[person.pk].family_latin, given_latin=names[person.pk].given_latin),
            gender=person.gender,
            birth_year=person.birth_year,
            place_id=person.place_id,
            consents=(consented(STARTED, rng),),
        )
        for person in people[:2]
    ]
    return people + enter_twice(again, partner)


def _members(groups: dict[str, Group], partner: str, people: list[Person]) -> None:
    circles = {"network": people[:18], "savings": people[10:32]}
    Membership.objects.bulk_create(
        Membership(
            group=groups[_group_key(partner, name)],
            person=person,
            role="leader" if number == 0 else "member",
            since=STARTED + dt.timedelta(days=30 * (number % 4)),
            is_example=True,
            origin=ORIGIN,
        )
        for name, circle in circles.items()
        for number, person in enumerate(circle)
    )


def _happenings(
    partner: Organisation, groups: dict[str, Group], people: list[Person], care: Organisation, rng: Random
) -> list[Happening]:
    found = []
    for number, month in enumerate(MONTHS):
        themes = [THEMES[number % len(THEMES)], THEMES[(number + 3) % len(THEMES)]]
        if month.month % 3 == 0:
            themes.append(REFLECTION)
        for turn, theme in enumerate(themes):
            day = month + dt.timedelta(days=4 + 8 * turn + rng.randrange(5))
            found.append(
                Happening(
                    f"fia-{partner.key}-{month:%Y%m}-{turn + 1}",
                    partner,
                    theme.kind,
                    theme.title_km,
                    theme.title_en,
                    [_sitting(theme, day, people, rng)],
                    partner.place,
                    groups[_group_key(partner.key, theme.group)] if theme.group else None,
                    is_sensitive=theme.is_sensitive,
                    childcare_offered=rng.random() < 0.6,
                    time_of_day=rng.choice(("morning", "afternoon")),
                    took_part={"facilitated": care} if theme is REFLECTION else {},
                )
            )
    return found


def _sitting(theme: Theme, day: dt.date, people: list[Person], rng: Random) -> Sitting:
    if theme.is_sensitive:
        return Sitting(day, counts=_counts(rng.randint(8, 20), rng))
    if rng.random() < 0.04:
        return Sitting(day)  # the sheet never came in: unknown, not nobody
    came = rng.sample(people, rng.randint(11, 26))
    if theme.kind is Kind.LIVELIHOOD:
        poor = rng.randint(2, len(came) // 2)
        level_1 = rng.randint(0, poor)
        levels = {("id_poor", "1"): level_1, ("id_poor", "2"): poor - level_1, ("id_poor", "none"): len(came) - poor}
        return Sitting(day, people=came, counts=levels)
    return Sitting(day, people=came)


def _counts(total: int, rng: Random) -> Counts:
    women, others = rng.randint(3, total - 3), rng.randint(0, 2)
    return {
        ("all", "all"): total,
        ("gender", Gender.WOMAN.value): women,
        ("gender", Gender.ANOTHER_TERM.value): others,
        ("gender", Gender.MAN.value): total - women - others,
        ("rightsholder_group", RIGHTSHOLDERS[1][0]): rng.randint(total // 2, total),
    }


def _reports(programme: Programme, partner: Organisation, number: int) -> None:
    """Verified until the autumn of 2024; then one partner's report was returned, one is late, the others wait."""
    PeriodReport.objects.bulk_create(
        _report(programme, partner, month, state) for month in MONTHS if (state := _state(number, month)) is not None
    )


def _state(number: int, month: dt.date) -> State | None:
    if month < dt.date(2024, 10, 1):
        return State.VERIFIED
    if month.month == 10:
        return State.RETURNED if number == 1 else State.VERIFIED
    if month.month == 11:
        return None if number == 2 else State.SUBMITTED
    return State.SUBMITTED if number in {0, 3} else None


def _report(programme: Programme, partner: Organisation, month: dt.date, state: State) -> PeriodReport:
    sent = dt.datetime.combine(month + dt.timedelta(days=36), dt.time(9, 30), tzinfo=dt.UTC)
    decided = state in {State.VERIFIED, State.RETURNED}
    return PeriodReport(
        programme=programme,
        organisation=partner,
        period=f"{month:%Y-%m}",
        state=state,
        narrative="ក្នុងខែនេះ យើងបានរៀបចំសកម្មភាពតាមផែនការ ហើយបណ្តាញបានជួបអាជ្ញាធរ។",
        submitted_at=sent,
        submitted_by="partner-me-3" if partner.key == "banteay-srei" else "partner-me-2",
        decided_at=sent + dt.timedelta(days=3) if decided else None,
        decided_by="officer" if decided else "",
        return_reason="សូមពិនិត្យចំនួនអ្នកចូលរួមម្តងទៀត។" if state is State.RETURNED else "",
        is_example=True,
        origin=ORIGIN,
    )
