"""The page of a group's members: who may open it, what it keeps, and what the group was over the years."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.models import Person
from samaki.ground.people.queries import reveal
from samaki.kernel.actors import Role, System
from samaki.kernel.audit.models import AuditEntry
from tests.factories.people import a_person
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import queries_of, signed_in, somebody

pytestmark = pytest.mark.django_db
SINCE = dt.date(2022, 3, 1)


def a_working_group(setting: Setting) -> Group:
    return Group.objects.create(
        key=f"{setting.programme.key}-group",
        programme=setting.programme,
        organisation=setting.ours,
        kind=Group.Kind.WORKING_GROUP,
        name_km="ក្រុម",
        name_latin="Group",
        formed_on=dt.date(2020, 1, 1),
    )


def day(name: str, on: dt.date) -> dict[str, str]:
    return {f"{name}_day": str(on.day), f"{name}_month": str(on.month), f"{name}_year": str(on.year)}


@pytest.fixture
def setting() -> Setting:
    return a_setting()


@pytest.fixture
def client(setting: Setting) -> Client:
    return somebody(setting, Role.PARTNER_ME)


def test_only_who_keeps_the_people_opens_the_page_and_writes(setting: Setting) -> None:
    group, person = a_working_group(setting), setting.person()
    one = setting.member(group, "woman", SINCE)
    pages = [reverse("group_members", args=[group.key]), reverse("group_member", args=[group.key, one.pk])]
    steps = [reverse("group_member_step", args=[group.key, one.pk, step]) for step in ("leave", "stay", "never")]
    join = {"join": "1", "person": str(person.pk), "role": "chair", **day("since", SINCE)}
    for role, organisation, status in (
        (Role.PROGRAMME_OFFICER, None, 403),
        (Role.FACILITATOR, None, 403),
        (Role.PARTNER_ME, setting.theirs, 404),
        (Role.DONOR, None, 404),
        (Role.ADMINISTRATOR, None, 404),
    ):
        who = somebody(setting, role, organisation)
        assert [who.get(address).status_code for address in pages] == [status] * 2
        assert [who.post(pages[0], join).status_code, who.post(pages[1], {"role": "chair"}).status_code] == [status] * 2
        assert [who.post(address, {"revision": "1"}).status_code for address in steps] == [status] * 3
    assert list(Membership.objects.values_list("pk", "until", "role")) == [(one.pk, None, "member")]


def test_a_member_joins_with_role_and_organisation_and_her_later_role_leaves_the_earlier_as_it_was(
    setting: Setting, client: Client
) -> None:
    group, person = a_working_group(setting), setting.person()
    address = reverse("group_members", args=[group.key])
    join = {
        "join": "1",
        "person": f"P{person.pk:06}",
        "role": "member",
        "representing": setting.theirs.key,
        **day("since", SINCE),
    }
    assert client.post(address, join).status_code == 302
    first = Membership.objects.get()
    assert (first.person_id, first.role, first.representing, first.since) == (
        person.pk,
        "member",
        setting.theirs,
        SINCE,
    )
    change = {"role": "chair", "representing": "", "revision": "1", **day("on", dt.date(2023, 1, 1))}
    assert client.post(reverse("group_member", args=[group.key, first.pk]), change).status_code == 302
    kept = Membership.objects.order_by("since").values_list("role", "representing", "since", "until")
    assert list(kept) == [
        ("member", setting.theirs.pk, SINCE, dt.date(2023, 1, 1)),
        ("chair", None, dt.date(2023, 1, 1), None),
    ]
    acts = list(
        AuditEntry.objects.filter(object_type="groups.membership").order_by("pk").values_list("action", flat=True)
    )
    assert acts == ["join_group", "change_group_role"]


def test_an_ending_is_undone_and_a_slip_taken_back(setting: Setting, client: Client) -> None:
    group = a_working_group(setting)
    one = setting.member(group, "woman", SINCE)

    def send(step: str, **more: str) -> int:
        one.refresh_from_db()
        address = reverse("group_member_step", args=[group.key, one.pk, step])
        return client.post(address, {"revision": str(one.revision), **more}).status_code

    assert (send("leave", **day("until", dt.date(2023, 5, 1))), send("stay")) == (302, 302)
    one.refresh_from_db()
    assert one.until is None
    assert (send("stay"), send("never"), Membership.objects.count()) == (422, 302, 0)


def test_the_second_of_two_people_ending_a_membership_is_told(setting: Setting, client: Client) -> None:
    group = a_working_group(setting)
    one = setting.member(group, "woman", SINCE)
    Membership.objects.filter(pk=one.pk).update(revision=4)
    address = reverse("group_member_step", args=[group.key, one.pk, "leave"])
    answer = client.post(address, {"revision": "1", **day("until", dt.date(2023, 5, 1))})
    assert (answer.status_code, "Somebody else saved this" in answer.content.decode()) == (422, True)


def test_a_name_is_found_as_a_number_and_opened_only_with_a_reason(setting: Setting, client: Client) -> None:
    group = a_working_group(setting)
    person = a_person(setting.ours)
    Membership.objects.create(group=group, person=person, since=SINCE)
    name = reveal(System("test"), person.pk, "test").full_latin
    address = reverse("group_members", args=[group.key])
    searched = client.post(address, {"search": "1", "text": name}).content.decode()
    assert (name in searched, reverse("person", args=[person.pk]) in searched) == (False, True)
    without = client.post(address, {"names": "1", "reason": ""})
    assert (without.status_code, name in without.content.decode()) == (422, False)
    opened = client.post(address, {"names": "1", "reason": "to print the list"}).content.decode()
    assert (name in opened, 'data-mask-after="60"' in opened) == (True, True)
    assert AuditEntry.objects.get(action="people.reveal", actor_name__startswith="partner_me").reason == (
        "to print the list"
    )


def test_a_group_that_keeps_no_names_lists_nobody(setting: Setting, client: Client) -> None:
    group = a_working_group(setting)
    setting.member(group, "woman", SINCE)
    Group.objects.filter(pk=group.pk).update(keeps_names=False)
    page = client.get(reverse("group_members", args=[group.key])).content.decode()
    assert ("keeps counts, no names" in page, "since 1 March 2022" in page) == (True, False)


def test_the_page_takes_as_many_queries_for_three_members_as_for_one(setting: Setting, client: Client) -> None:
    group, counts = a_working_group(setting), []
    for number in range(3):
        one = setting.member(group, "woman", SINCE)
        one.representing = Organisation.objects.create(key=f"from-{number}", name_latin="From", kind="local_ngo")
        one.save()
        pages = [reverse("group_members", args=[group.key]), reverse("group", args=[group.key])]
        counts.append([queries_of(client, address) for address in pages])
    assert counts[0] == counts[2]


@pytest.mark.usefixtures("example")
def test_a_group_of_men_turns_into_one_of_women_men_and_others() -> None:
    page = signed_in("officer").get(reverse("group", args=["twg-working-group"])).content.decode()
    assert "At the end of 2016: Man 9. Now: Woman 7, Man 10, Another term 3." in page
    on_that_day = signed_in("officer").get(reverse("group", args=["twg-working-group"]), {"on": "2016-12-31"})
    assert "9 members" in " ".join(on_that_day.content.decode().split())


@pytest.mark.usefixtures("example")
def test_the_file_of_a_composition_hides_what_is_small_whoever_takes_it() -> None:
    answer = signed_in("partner-me-4").get(reverse("group_composition_csv", args=["twg-working-group"]))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    years = range(2016, timezone.localdate().year)
    assert sorted({row["period"] for row in rows}) == [f"{year}-12-31" for year in years]
    shown = {(row["period"], row["gender"]): (row["value"], row["suppressed"]) for row in rows}
    assert shown["2016-12-31", "man"] == ("9", "False")
    assert [shown["2023-12-31", gender] for gender in ("woman", "man", "another_term")] == [
        ("", "True"),
        ("", "True"),  # ten men, nine were told before: the one who came would be told too
        ("", "True"),
    ]
    assert Person.objects.filter(gender="another_term").exists()


@pytest.mark.usefixtures("example")
def test_no_file_leaves_of_a_group_that_is_no_indicator() -> None:
    group = Group.objects.filter(programme__key="mpp").order_by("pk")[0]
    assert signed_in("officer").get(reverse("group_composition_csv", args=[group.key])).status_code == 404
    assert (
        signed_in("partner-me-2").get(reverse("group_composition_csv", args=["twg-working-group"])).status_code == 404
    )
