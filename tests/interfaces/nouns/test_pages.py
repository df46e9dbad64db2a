"""Pages about people, groups, places and activities: what they say, and a cost that does not grow with their rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model, QuerySet
from django.urls import reverse

from samaki.ground.activities.models import Activity
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.people.queries import reveal
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole
from samaki.kernel.actors import System
from samaki.kernel.audit.models import AuditEntry
from tests.interfaces.pages import queries_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]


def a_person() -> Person:
    return Person.objects.filter(organisation__key="banteay-srei", merged_into=None).order_by("pk")[0]


def name_of(person: Person) -> str:
    return reveal(System("test"), person.pk, "test").full_km


def test_lists_of_people_show_no_name_until_asked() -> None:
    client, person = signed_in("partner-me-3"), a_person()
    for address in (reverse("people"), reverse("person", args=[person.pk])):
        assert name_of(person) not in client.get(address).content.decode()


def test_a_name_takes_a_reason_and_the_look_is_written_down() -> None:
    client, person = signed_in("partner-me-3"), a_person()
    address = reverse("reveal_name", args=[person.pk])
    without = client.post(address, {"reason": ""})
    assert (without.status_code, name_of(person) in without.content.decode()) == (422, False)
    given = client.post(address, {"reason": "to correct the spelling"}, headers={"HX-Request": "true"})
    assert (given.status_code, name_of(person) in given.content.decode()) == (200, True)
    assert 'data-mask-after="60"' in given.content.decode()
    entry = AuditEntry.objects.filter(action="people.reveal", actor_name="partner-me-3").latest("pk")
    assert entry.reason == "to correct the spelling"


def test_searching_a_name_puts_it_into_no_address() -> None:
    client, person = signed_in("partner-me-3"), a_person()
    answer = client.post(reverse("people"), {"text": name_of(person)})
    page = answer.content.decode()
    assert reverse("person", args=[person.pk]) in page
    assert name_of(person) not in page


def test_a_place_nobody_knows_is_answered_with_suggestions() -> None:
    page = signed_in("officer").get(reverse("places"), {"q": "Prey Vengand"}).content.decode()
    assert "Did you mean" in page
    assert reverse("place", args=["14"]) in page


def test_a_search_of_places_takes_as_many_queries_for_many_as_for_one() -> None:
    client, address = signed_in("officer"), reverse("places")
    assert queries_of(client, f"{address}?q=Thmei") == queries_of(client, f"{address}?q=Ratanakiri")


def test_a_group_that_keeps_no_names_shows_none() -> None:
    group = Group.objects.filter(keeps_names=False).order_by("pk")[0]
    page = signed_in("officer").get(reverse("group", args=[group.key])).content.decode()
    assert "keeps counts, no names" in page


def test_attendance_not_recorded_is_said_to_be_unknown() -> None:
    event = Activity.objects.filter(programme__key="cop-women").order_by("pk")[0]
    page = signed_in("officer").get(reverse("activity", args=[event.key])).content.decode()
    assert "unknown, not nobody" in page


def test_the_list_of_groups_takes_as_many_queries_for_three_as_for_one() -> None:
    client, counts = signed_in("partner-me-2"), []
    ours = Organisation.objects.get(key="fia-partner-2")
    Group.objects.filter(organisation=ours).update(organisation=Organisation.objects.get(key="care"))
    for number in range(3):
        Group.objects.create(
            key=f"extra-{number}",
            programme=Programme.objects.get(key="fia"),
            organisation=ours,
            kind=Group.Kind.NETWORK,
            name_km="បណ្តាញ",
            name_latin=f"Network {number}",
            place=Place.objects.get(code="150101"),
        )
        counts.append(queries_of(client, reverse("groups")))
    assert counts[0] == counts[2]


def test_the_list_of_people_takes_as_many_queries_for_three_as_for_one() -> None:
    client, counts = signed_in("partner-me-3"), []
    people = list(Person.objects.filter(organisation__key="banteay-srei", merged_into=None).order_by("pk"))
    hidden = [one.pk for one in people]
    MatchCandidate.objects.all().delete()
    for size in (1, 3):
        Person.objects.filter(pk__in=hidden).update(withdrawn_at=None)
        Person.objects.filter(pk__in=hidden[size:]).update(withdrawn_at="2024-01-01T00:00:00Z")
        counts.append(queries_of(client, reverse("people")))
    assert counts[0] == counts[1]


def _taken_away(rows: QuerySet[Any]) -> None:
    """Out of the list. Much hangs on an activity and forbids to delete it, so it goes to another organisation."""
    if rows.model is Activity:
        rows.update(organisation=Organisation.objects.exclude(key="banteay-srei").order_by("pk")[0])
    else:
        rows.delete()


def test_a_group_takes_as_many_queries_for_three_members_as_for_one() -> None:
    group = Group.objects.filter(organisation__key="banteay-srei", keeps_names=True).order_by("pk")[0]
    client, counts = signed_in("partner-me-3"), []
    people = Person.objects.filter(organisation__key="banteay-srei", merged_into=None).order_by("pk")[:3]
    Membership.objects.filter(group=group).delete()
    for person in people:
        Membership.objects.create(group=group, person=person, since="2023-01-01")
        counts.append(queries_of(client, reverse("group", args=[group.key])))
    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    ("user", "name", "model", "narrowed"),
    [
        ("partner-me-3", "activities", Activity, {"programme__key": "fia", "organisation__key": "banteay-srei"}),
        ("partner-me-3", "duplicates", MatchCandidate, {"organisation__key": "banteay-srei", "state": "open"}),
        ("officer", "programmes", ProgrammeRole, {}),
        ("officer", "places", ProgrammePlace, {}),
    ],
)
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(
    user: str, name: str, model: type[Model], narrowed: dict[str, str]
) -> None:
    client, counts = signed_in(user), []
    rows = list(model._default_manager.filter(**narrowed).order_by("pk").values_list("pk", flat=True))
    others = model._default_manager.exclude(pk__in=rows[:3])
    _taken_away(others)
    for kept in (3, 1):
        surplus = model._default_manager.filter(pk__in=rows[kept:3])
        _taken_away(surplus)
        counts.append(queries_of(client, reverse(name)))
    assert counts[0] == counts[1]
