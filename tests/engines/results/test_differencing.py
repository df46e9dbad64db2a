"""Figures of different days, periods and releases, read side by side by an outsider with a linear programme."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from collections.abc import Mapping

import numpy as np
import pytest
import time_machine
from scipy.optimize import linprog

from samaki.engines.results.operations import load_catalogue
from samaki.engines.results.queries import figure, figures
from samaki.ground.groups.models import Group, Membership
from samaki.kernel.actors import PUBLIC, System
from samaki.kernel.figures import Figure, FigureQuery
from tests.engines.results.test_snapshots import correct, lock
from tests.engines.results.test_snapshots import setting as with_participants
from tests.factories.programmes import Setting, a_setting

setting = with_participants
pytestmark = pytest.mark.django_db
K = 5
CROWD = 1_000
TODAY = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
TABLES: tuple[tuple[str, ...], ...] = ((), ("gender",), ("age_band",), ("gender", "age_band"))


@pytest.fixture(autouse=True)
def definitions(db: None) -> None:
    load_catalogue(by=System("tests"))


@pytest.fixture
def group() -> tuple[Setting, Group]:
    """A working group of nine men from 2020, which one woman joins each March from 2021 on."""
    its = a_setting()
    its.programme.starts_on = dt.date(2020, 1, 1)
    its.programme.save()
    found = Group.objects.create(
        key="talked-about",
        programme=its.programme,
        organisation=its.ours,
        kind=Group.Kind.WORKING_GROUP,
        keeps_names=True,
        name_km="ក",
        name_latin="Group",
        formed_on=dt.date(2020, 1, 1),
    )
    for person in its.people(9, "man"):
        Membership.objects.create(group=found, person=person, since=dt.date(2020, 2, 1))
    for year in range(2021, 2026):
        Membership.objects.create(group=found, person=its.person("woman"), since=dt.date(year, 3, 5))
    return its, found


def composition(its: Setting, actor: object, **more: object) -> Figure:
    query = FigureQuery(its.programme.key, "working_group_composition", **more)  # type: ignore[arg-type]  # as given
    return figure(actor, query)  # type: ignore[arg-type]  # an actor


@time_machine.travel(TODAY, tick=False)
def test_a_public_group_is_told_by_quarters_ends_and_no_two_tell_who_came(group: tuple[Setting, Group]) -> None:
    its, _found = group
    days = [
        dt.date(year, month, calendar.monthrange(year, month)[1])
        for year in range(2020, 2026)
        for month in range(1, 13)
    ]
    for by in ((), ("gender",)):
        told = {day: composition(its, PUBLIC, as_of=day, by=by) for day in days}
        assert {day for day, one in told.items() if not one.suppressed} <= {day for day in days if day.month % 3 == 0}
        totals = [one.value for one in told.values() if one.value is not None]
        cells: dict[str, list[float]] = {}
        for one in told.values():
            for cell in one.by:
                if cell.value is not None:
                    cells.setdefault(cell.dimensions["gender"], []).append(cell.value)
        for values in (totals, *cells.values()):
            assert [(a, b) for a, b in itertools.pairwise(values) if 0 < abs(b - a) < K] == []
    assert composition(its, PUBLIC, as_of=dt.date(2020, 12, 31)).value == 9
    assert composition(its, PUBLIC, as_of=dt.date(2021, 6, 30)).value is None
    assert composition(its, PUBLIC, as_of=dt.date(2025, 12, 31)).value == 14  # five more than was last shown


@time_machine.travel(TODAY, tick=False)
def test_inside_every_day_is_told(group: tuple[Setting, Group]) -> None:
    its, _found = group
    days = {dt.date(2021, 3, 4): 9, dt.date(2021, 3, 31): 10, dt.date(2024, 6, 17): 13, dt.date(2026, 12, 31): 14}
    assert {day: composition(its, its.officer(), as_of=day).value for day in days} == days


@time_machine.travel(TODAY, tick=False)
@pytest.mark.parametrize(
    "more",
    [{"as_of": dt.date(2026, 12, 31)}, {"as_of": dt.date(2026, 11, 30)}, {"period": "2026"}, {"period": "2025-12"}],
)
def test_what_still_moves_is_told_to_nobody_outside(group: tuple[Setting, Group], more: dict[str, object]) -> None:
    its, _found = group
    by = () if more.get("period") == "2025-12" else ("gender",)  # parts of a month are refused anyhow
    found = composition(its, PUBLIC, by=by, **more)
    assert (found.suppressed, found.value, {cell.value for cell in found.by}) == (
        True,
        None,
        {None} if found.by else set(),
    )


@time_machine.travel(TODAY, tick=False)
def test_without_a_day_the_public_reads_the_last_quarters_end(group: tuple[Setting, Group]) -> None:
    its, found = group
    for person in its.people(6, "woman"):
        Membership.objects.create(group=found, person=person, since=dt.date(2026, 5, 1))
    told = composition(its, PUBLIC)
    assert (told.value, told.as_of) == (20, dt.date(2026, 9, 30))


@time_machine.travel(TODAY, tick=False)
def test_a_month_is_not_the_year_less_eleven_others() -> None:
    its = a_setting()
    group = its.mens_group()
    for month in range(1, 13):
        its.cases(3 if month == 7 else 12, group, on=dt.date(2008, month, 9))
    names = [f"2008-{month:02}" for month in range(1, 13)]
    found = figures(
        PUBLIC, [FigureQuery(its.programme.key, "perpetrators_counselled", period=key) for key in ["2008", *names]]
    )
    year, *months = [one.value for one in found]
    assert year == 135
    assert [at for at, value in enumerate(months, start=1) if value is None] == [7, 8, 9]
    inside = figure(its.officer(), FigureQuery(its.programme.key, "perpetrators_counselled", period="2008-07"))
    assert inside.value == 3


@pytest.mark.parametrize("more", [1, 3, 4, 5, 9])
def test_two_releases_beside_each_other_pin_down_nobody(setting: Setting, more: int) -> None:
    """Unknowns are people by gender and age band, in the first release and in the second; whatever is shown of either,
    by every table, is a line of the programme."""
    lock(setting)
    first = _everything(setting)
    correct(setting, women_more=more)
    both = (first, _everything(setting))
    values = [sorted({key[at] for told in both for key in told if key[at]}) for at in (0, 1)]
    inner = list(itertools.product(*values))
    rows, known = [], []
    for release, told in enumerate(both):
        for key, value in told.items():
            if value is not None:
                rows.append(_row(inner, {release: 1.0}, key))
                known.append(value)
    for key in {key for told in both for key in told}:
        for release, told in enumerate(both):
            if told.get(key, 0) is None:
                low, high = _range(rows, known, _row(inner, {release: 1.0}, key))
                assert high - low >= K, (release, key)
        low, high = _range(rows, known, _row(inner, {0: -1.0, 1: 1.0}, key))
        assert high - low >= K or abs(low) >= K or (low, high) == (0, 0), key


def _everything(its: Setting) -> Mapping[tuple[str, str], float | None]:
    """Each cell of each table as the public reads it, by gender and age band, "" where it is not broken down."""
    asked = [FigureQuery(its.programme.key, "participants", "2008", by=by) for by in TABLES]
    told: dict[tuple[str, str], float | None] = {}
    for by, found in zip(TABLES, figures(PUBLIC, asked), strict=True):
        told["", ""] = found.value
        for cell in found.by:
            told[cell.dimensions.get("gender", ""), cell.dimensions.get("age_band", "")] = cell.value
        assert by == () or found.by
    return told


def _row(inner: list[tuple[str, str]], signs: Mapping[int, float], key: tuple[str, str]) -> list[float]:
    inside = [all(want in ("", have) for want, have in zip(key, one, strict=True)) for one in inner]
    return [signs.get(release, 0.0) * one for release in (0, 1) for one in inside]


def _range(rows: list[list[float]], known: list[float], aim: list[float]) -> tuple[float, float]:
    ends = [
        linprog(sign * np.array(aim), A_eq=np.array(rows), b_eq=np.array(known), bounds=(0, CROWD), method="highs")
        for sign in (1, -1)
    ]
    assert all(one.status == 0 for one in ends)
    return round(ends[0].fun, 6), round(-ends[1].fun, 6)


def test_days_before_the_programme_began_tell_nothing_that_the_chain_of_quarters_does_not_judge(
    group: tuple[Setting, Group],
) -> None:
    """Records may be older than what the programme says of its own beginning: two such days told who joined between."""
    its, _group = group
    its.programme.starts_on = dt.date(2025, 7, 1)
    its.programme.save()
    told = [composition(its, PUBLIC, as_of=day).value for day in (dt.date(2021, 12, 31), dt.date(2022, 3, 31))]
    assert told == [None, None]
