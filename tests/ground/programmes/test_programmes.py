from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.queries import organisation, organisations_for
from samaki.ground.programmes import operations, queries
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole
from samaki.kernel.actors import PUBLIC, Actor, Grant, Role, System
from samaki.kernel.errors import Conflict, DomainError, NotFound, Refused
from samaki.kernel.policy import Action
from tests.factories.field import NOW, TODAY, a_field, a_place
from tests.factories.people import an_organisation

pytestmark = pytest.mark.django_db
Part = ProgrammeRole.Part


def test_everyone_knows_that_a_programme_exists_and_only_its_people_work_in_it() -> None:
    field = a_field()
    everywhere = Actor(3, "m-e", (Grant(Role.PARTNER_ME, field.ours.pk, None),), second_factor=True)
    donor = field.actor(Role.DONOR)
    assert [programme.key for programme in queries.programmes(PUBLIC)] == ["other", "ours"]
    assert [
        ([one.key for one in queries.own_programmes(actor)], [one.key for one in queries.programmes_for(actor, action)])
        for actor, action in (
            (PUBLIC, Action.SEE_PROGRAMME),
            (donor, Action.SEE_PROGRAMME),
            (field.me, Action.SEE_PROGRAMME),
            (field.me, Action.EDIT_PROGRAMME),
            (everywhere, Action.RECORD_ACTIVITY),
            (System("tests"), Action.EDIT_PROGRAMME),
        )
    ] == [
        ([], []),
        (["ours"], []),
        (["ours"], ["ours"]),
        (["ours"], []),
        (["ours"], ["ours"]),
        (["other", "ours"], ["other", "ours"]),
    ]
    assert [one.key for one in organisations_for(field.me, Action.RECORD_ACTIVITY)] == ["ours"]
    for find in (queries.programme, organisation):
        with pytest.raises(NotFound):
            find(PUBLIC, "nothing")


def test_only_an_officer_or_administrator_of_every_programme_of_the_lead_makes_a_new_one() -> None:
    field = a_field()
    new = {"key": "new", "name_km": "ថ្មី", "name_en": "New", "starts_on": TODAY, "ends_on": None, "at": NOW}
    for actor in (field.officer, field.me, Actor(3, "o", (Grant(Role.PROGRAMME_OFFICER, field.theirs.pk, None),))):
        with pytest.raises(Refused):
            operations.create_programme(**new, lead=field.ours, by=actor)
    officer = Actor(3, "officer", (Grant(Role.PROGRAMME_OFFICER, field.ours.pk, None),))
    made = operations.create_programme(**new, lead=field.ours, by=officer)
    assert [(role.part, role.organisation.key) for role in queries.roles(PUBLIC, made)] == [("lead", "ours")]
    with pytest.raises(Conflict):
        operations.create_programme(**new, lead=field.ours, by=officer)
    for actor in (
        field.actor(Role.ADMINISTRATOR),
        Actor(3, "a", (Grant(Role.ADMINISTRATOR, field.theirs.pk, None),)),
    ):
        with pytest.raises(Refused):
            operations.create_programme(**new | {"key": "newer"}, lead=field.ours, by=actor)


def test_the_second_of_two_people_saving_a_programme_sees_both_and_the_calendar_stays() -> None:
    field = a_field()
    given = {"programme": field.programme, "by": field.officer, "at": NOW}
    operations.edit_programme(**given, revision=1, changes={"name_en": "First"})
    with pytest.raises(Conflict) as second:
        operations.edit_programme(**given, revision=1, changes={"name_en": "Second"})
    assert (second.value.params["theirs"], second.value.params["yours"]) == (
        {"name_en": "First"},
        {"name_en": "Second"},
    )
    codes = []
    for changes in (
        {"fiscal_year_starts_in": 7},
        {"gender_marker": 3},
        {"reports_due_on_day": 29},
        {"ends_on": dt.date(2020, 1, 1)},
    ):
        with pytest.raises(DomainError) as refused:
            operations.edit_programme(**given, revision=2, changes=changes)
        codes.append(refused.value.code)
    assert codes == ["not_editable", "gender_marker", "not_a_due_day", "dates_out_of_order"]
    assert Programme.objects.get(pk=field.programme.pk).revision == 2


def test_an_officer_edits_organisations_of_her_programme_alone() -> None:
    field = a_field()
    stranger = an_organisation("stranger")
    given = {
        "programme": field.programme,
        "revision": 1,
        "changes": {"women_led": True},
        "by": field.officer,
        "at": NOW,
    }
    with pytest.raises(Refused):
        operations.edit_organisation(organisation=stranger, **given)
    assert operations.edit_organisation(organisation=field.theirs, **given).women_led is True
    assert Organisation.objects.get(pk=stranger.pk).women_led is None


def test_one_organisation_has_many_parts_each_once_and_they_end() -> None:
    field = a_field()
    given = {"programme": field.programme, "by": field.officer, "at": NOW}
    made = operations.add_organisation(
        **given, part=Part.DONOR, key="giver", name_latin="Giver", name_km="", kind=Organisation.Kind.DONOR
    )
    operations.give_part(**given, organisation=made, part=Part.MEMBER, since=dt.date(2024, 1, 1))
    with pytest.raises(Conflict):
        operations.give_part(**given, organisation=made, part=Part.MEMBER, since=TODAY)
    member = ProgrammeRole.objects.get(organisation=made, part=Part.MEMBER)
    operations.end_part(role=member, until=dt.date(2024, 3, 31), by=field.officer, at=NOW)
    held = [
        [role.part for role in queries.roles(PUBLIC, field.programme, on=day) if role.organisation_id == made.pk]
        for day in (dt.date(2023, 12, 31), dt.date(2024, 3, 31), dt.date(2024, 4, 1))
    ]
    assert held == [["donor"], ["donor", "member"], ["donor"]]
    assert [one.key for one in queries.partners(PUBLIC, field.programme, on=TODAY)] == ["ours", "theirs"]


def test_a_place_turns_from_new_to_old_on_a_date() -> None:
    field = a_field()
    given = {"programme": field.programme, "place": field.place, "by": field.officer, "at": NOW}
    operations.add_place(**given, area=ProgrammePlace.Area.NEW, since=TODAY)
    with pytest.raises(Conflict):
        operations.add_place(**given, area=ProgrammePlace.Area.OLD, since=TODAY)
    assert {(line.area, line.since) for line in queries.working_places(PUBLIC, field.programme)} == {
        ("new", TODAY),
        ("old", None),
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_a_programme_take_as_many_queries_whatever_their_length(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    field = a_field()
    ProgrammePlace.objects.all().delete()
    for number in range(rows):
        place = a_place(f"0406{number + 1:02}")
        ProgrammePlace.objects.create(programme=field.programme, place=place)
    with django_assert_num_queries(1):
        places = [
            line.place.parent and line.place.parent.code for line in queries.working_places(PUBLIC, field.programme)
        ]
    with django_assert_num_queries(1):
        roles = [role.organisation.key for role in queries.roles(PUBLIC, field.programme)]
    assert (places, roles) == (["0406"] * rows, ["ours", "theirs"])
