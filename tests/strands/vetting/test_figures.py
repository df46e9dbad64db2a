"""How many passed, and whether every member is cleared: counted from the records, and opened by role."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.engines.results.queries import figure
from samaki.engines.results.rows import records
from samaki.ground.clearances.models import Clearance
from samaki.ground.groups.models import Group, Membership
from samaki.kernel.actors import Role
from samaki.kernel.errors import Refused
from samaki.kernel.figures import FigureQuery
from samaki.strands.vetting import operations
from tests.factories.people import a_person, named
from tests.strands.vetting.test_operations import AT, Vetting

pytestmark = pytest.mark.django_db
TODAY = dt.date(2024, 5, 20)


def query(its: Vetting, key: str, **more: object) -> FigureQuery:
    return FigureQuery(its.setting.programme.key, key, **more)  # type: ignore[arg-type]  # as given


def another(its: Vetting, name: str) -> None:
    its.person = a_person(its.setting.ours, named(latin=f"Sok {name}"), gender="man", birth_year=1980)


def test_passed_counts_those_finally_decided_and_nobody_on_the_way() -> None:
    its = Vetting()
    member = its.active()
    another(its, "Borey")
    refused = its.apply()
    for decider in (its.focal, its.supervisor):
        its.decide(refused, decider, approves=False)
    another(its, "Rotha")
    its.apply()
    found = figure(its.supervisor, query(its, "vetting_passed", period="2024"))
    assert (found.numerator, found.denominator) == (1, 2)
    operations.bar(candidacy=member, reason="so", by=its.focal, at=AT)  # what comes later changes nothing
    found = figure(its.supervisor, query(its, "vetting_passed", period="2024"))
    assert (found.numerator, found.denominator) == (1, 2)
    rows = records(its.supervisor, query(its, "vetting_passed", period="2024"))
    assert sorted(str(row["passed"]) for row in rows.rows) == ["no", "yes"]


def test_cleared_members_fall_with_a_suspension_a_bar_elsewhere_and_with_time() -> None:
    its = Vetting()
    Group.objects.filter(pk=its.group.pk).update(ended_on=None)
    candidacy = its.active()
    Membership.objects.create(group=its.group, person=its.person, since=TODAY)
    another(its, "Borey")
    Membership.objects.create(group=its.group, person=its.person, since=TODAY)

    def shares(*days: dt.date) -> list[tuple[int | None, int | None]]:
        found = [figure(its.supervisor, query(its, "members_cleared", as_of=day)) for day in days]
        return [(one.numerator, one.denominator) for one in found]

    expiry = dt.date(2025, 11, 20)
    assert shares(TODAY - dt.timedelta(days=1), TODAY, expiry - dt.timedelta(days=1), expiry) == [
        (0, 0),
        (1, 2),
        (1, 2),
        (0, 2),
    ]
    twin = a_person(its.setting.theirs, named(latin="Sok Dara"), gender="man", birth_year=1980)
    twin.merged_into = candidacy.person
    twin.save()
    elsewhere = Vetting("-elsewhere").setting.programme
    Clearance.objects.create(
        person=twin, programme=elsewhere, organisation=its.setting.theirs, status="suspended", since=TODAY
    )
    assert shares(TODAY) == [(0, 2)]


def test_rows_of_cleared_members_are_the_coordinators_of_his_group_alone_and_say_yes_or_no() -> None:
    its = Vetting()
    Group.objects.filter(pk=its.group.pk).update(ended_on=None)
    its.active()
    Membership.objects.create(group=its.group, person=its.person, since=TODAY)
    other = its.setting.mens_group("040102")
    stranger = a_person(its.setting.ours, named(latin="Chan Rith"), gender="man", birth_year=1970)
    Membership.objects.create(group=other, person=stranger, since=TODAY)
    coordinator = its.setting.actor(Role.GROUP_COORDINATOR, its.setting.ours, group=its.group)
    rows = records(coordinator, query(its, "members_cleared", as_of=TODAY)).rows
    assert [(row["person"], sorted(row)) for row in rows] == [
        (its.person.pk, ["cleared", "group", "id", "in_numerator", "organisation", "person", "since", "until"])
    ]
    for role in (Role.PROGRAMME_OFFICER, Role.FACILITATOR, Role.DONOR):
        with pytest.raises(Refused):
            records(its.setting.actor(role, its.setting.ours), query(its, "members_cleared", as_of=TODAY))
