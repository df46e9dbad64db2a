"""The Men's Perspective Project: 76 men counselled, 6,322 contacts in 2008, as its published description counts them.

The source gives totals by area and nothing below; how they spread over communes, groups, codes and months is invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.interfaces.demo import counselling
from samaki.interfaces.demo.organisations import ORIGIN
from samaki.interfaces.demo.programmes import NEW_COMMUNES, OLD_COMMUNES
from samaki.kernel.actors import System
from samaki.strands.counselling.models import Case
from samaki.strands.counselling.operations import receive_group_months, record_cases
from samaki.strands.counselling.rules import CaseRow, GroupMonthRow, Judgement, due_on
from samaki.strands.outreach.operations import record_tallies
from samaki.strands.outreach.rules import TallyRow

# Commune → how the men's group judged the men it counselled: stopped, improved, unchanged, not judged.
# Old areas: 36 men, of whom 24 with success; new areas: 40 men, of whom 26; half of each stopped physical violence.
JUDGED = {
    "040102": (3, 3, 3, 0),
    "040203": (3, 3, 3, 0),
    "140103": (3, 3, 3, 0),
    "150103": (3, 3, 3, 0),
    "040403": (3, 3, 0, 2),
    "140203": (3, 2, 0, 3),
    "140303": (2, 3, 0, 3),
    "150203": (3, 2, 0, 3),
    "150303": (2, 3, 0, 3),
}
CONTACTS_2008 = {
    "040102": 902,
    "040203": 845,
    "140103": 873,
    "150103": 904,
    "040403": 560,
    "140203": 548,
    "140303": 571,
    "150203": 565,
    "150303": 554,
}
# Groups of the old areas stood before 2008; one of the new ones began in March.
FORMED = {
    **dict.fromkeys(OLD_COMMUNES, dt.date(2006, 6, 1)),
    **dict.fromkeys(NEW_COMMUNES, dt.date(2007, 11, 15)),
    "150303": dt.date(2008, 3, 1),
}
LATE = {("040102", 4), ("140203", 7), ("150203", 9), ("150303", 5)}
MISSING = {("040403", 8), ("140303", 10), ("150303", 12)}
YEAR = (dt.date(2008, 1, 1), dt.date(2008, 12, 31))


def group_key(commune: str) -> str:
    return f"mpp-men-{commune}"


def group_name(commune: str) -> str:
    return f"Men’s group of {commune}"


def load_groups(programme: Programme, wela: Organisation, places: dict[str, Place]) -> dict[str, Group]:
    """The nine men's groups by commune code, made where they are not there yet."""
    known = set(Group.objects.filter(programme=programme).values_list("key", flat=True))
    Group.objects.bulk_create(
        Group(
            key=group_key(code),
            programme=programme,
            organisation=wela,
            kind=Group.Kind.MENS_GROUP,
            name_latin=group_name(places[code].name_latin),
            name_km=f"ក្រុមបុរស ឃុំ{places[code].name_km}",
            place=places[code],
            formed_on=FORMED[code],
            is_example=True,
            origin=ORIGIN,
        )
        for code in FORMED
        if group_key(code) not in known
    )
    found = {group.key: group for group in Group.objects.filter(programme=programme, kind=Group.Kind.MENS_GROUP)}
    return {code: found[group_key(code)] for code in FORMED}


def load_records(
    programme: Programme, wela: Organisation, groups: dict[str, Group], places: dict[str, Place], at: dt.datetime
) -> None:
    """Loads the records where there are none: what somebody changed since stays changed."""
    if Case.objects.filter(programme=programme).exists():
        return
    by = System("example data")
    record_cases(list(case_rows(groups, places)), programme=programme, organisation=wela, by=by, at=at, origin=ORIGIN)
    record_tallies(list(tally_rows(places)), programme=programme, organisation=wela, by=by, at=at, origin=ORIGIN)
    receive_group_months(list(report_rows(groups)), programme=programme, organisation=wela, by=by, at=at, origin=ORIGIN)
    counselling.load(programme, wela, places["040102"], at)


def case_rows(groups: dict[str, Group], places: dict[str, Place]) -> Iterator[CaseRow]:
    """The register of 76 men. The source gives no date, so there is none."""
    number = 0
    for commune, (stopped, improved, unchanged, not_judged) in JUDGED.items():
        judged = ["stopped"] * stopped + ["improved"] * improved + ["unchanged"] * unchanged + [""] * not_judged
        for place_in_list, value in enumerate(judged):
            number += 1
            yield CaseRow(
                code=f"M-{number:03}",
                group_id=groups[commune].pk,
                place_id=places[commune].pk,
                sessions=(None,) * (1 + place_in_list % 4),
                judgements=(Judgement("any", value), Judgement("physical", value)) if value else (),
            )


def tally_rows(places: dict[str, Place]) -> Iterator[TallyRow]:
    """One count a commune for the whole year: the source splits contacts by area, not by channel."""
    for commune, contacts in CONTACTS_2008.items():
        yield TallyRow(places[commune].pk, "not_recorded", *YEAR, contacts)


def report_rows(groups: dict[str, Group]) -> Iterator[GroupMonthRow]:
    """Monthly reports of 2008. They say how many meetings were held and leave the men to the register."""
    for order, (commune, group) in enumerate(groups.items()):
        for number in range(1, 13):
            month = dt.date(2008, number, 1)
            if FORMED[commune] > month or (commune, number) in MISSING:
                continue
            days = 6 if (commune, number) in LATE else -2 - (order + number) % 5
            yield GroupMonthRow(
                group_id=group.pk,
                month=month,
                received_on=due_on(month, 10) + dt.timedelta(days=days),
                sessions_held=1 + (order + number) % 3,
            )
